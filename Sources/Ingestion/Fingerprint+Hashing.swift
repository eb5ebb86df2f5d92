private import CXXHash
import EventModel
import Storage

extension Fingerprint {
    /// Stands for a (device id, insert id) pair: two pairs share one with a probability of 2⁻¹²⁸.
    init(deviceID: String, insertID: String) {
        // The length in front keeps ("ab", "c") and ("a", "bc") apart.
        self.init(hashing: "\(deviceID.utf8.count):\(deviceID)\(insertID)")
    }

    /// XXH3 in its 128-bit form: the same on every machine and in every version.
    init(hashing text: String) {
        self.init(hashing: text.utf8Span.span)
    }

    init(hashing bytes: Span<UInt8>) {
        // Safe: xxHash reads `count` bytes within the call.
        let hash = unsafe bytes.withUnsafeBufferPointer { unsafe XXH3_128bits($0.baseAddress, $0.count) }
        self.init(high: hash.high64, low: hash.low64)
    }
}

/// The device id of events that name only their user: always the same for the same user.
/// Source: reference/ingest.md §3.
func derivedDeviceID(userID: String) -> String {
    let hash = Fingerprint(hashing: "device of \(userID)")
    return hexadecimal(hash.high) + hexadecimal(hash.low) + "R"
}

private func hexadecimal(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
