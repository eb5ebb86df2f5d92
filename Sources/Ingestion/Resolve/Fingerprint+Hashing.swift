private import CXXHash
import EventModel
import Storage

extension Fingerprint {
    /// Stands for a (device id, insert id) pair: two pairs share one with a probability of 2⁻¹²⁸. XXH3 in its 128-bit form
    /// is the same on every machine and in every version.
    ///
    /// - Parameter scratch: bytes that are overwritten.
    init(deviceID: Span<UInt8>, insertID: Span<UInt8>, scratch: inout [UInt8]) {
        scratch.removeAll(keepingCapacity: true)
        // The length in front keeps ("ab", "c") and ("a", "bc") apart.
        scratch.append(contentsOf: String(deviceID.count).utf8)
        scratch.append(UInt8(ascii: ":"))
        scratch.append(copying: deviceID)
        scratch.append(copying: insertID)
        self.init(hashing: scratch.span)
    }

    init(hashing bytes: Span<UInt8>) {
        // Safe: xxHash reads `count` bytes within the call.
        let hash = unsafe bytes.withUnsafeBufferPointer { unsafe XXH3_128bits($0.baseAddress, $0.count) }
        self.init(high: hash.high64, low: hash.low64)
    }

    /// Stands for bytes as long as this process lives.
    init(_ bytes: Span<UInt8>, _ secret: Secret) {
        // Safe: as above.
        let hash = unsafe bytes.withUnsafeBufferPointer {
            unsafe XXH3_128bits_withSeed($0.baseAddress, $0.count, secret.seed)
        }
        self.init(high: hash.high64, low: hash.low64)
    }

    /// As above; where many are made, the secret is better asked for once.
    init(secretly bytes: Span<UInt8>) {
        self.init(bytes, .shared)
    }

    /// Keeps anybody outside from finding two texts with one fingerprint. One for the whole process.
    struct Secret {
        static let shared = Secret(seed: .random(in: .min ... .max))
        fileprivate let seed: UInt64
    }

    /// Stands for this one together with some small number.
    func with(_ number: UInt64) -> Fingerprint {
        let mixed = (high ^ number &* 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return Fingerprint(high: low ^ mixed.high, low: low &+ number &* 0xBF58_476D_1CE4_E5B9 ^ mixed.low)
    }
}

extension [UInt8] {
    mutating func append(copying bytes: Span<UInt8>) {
        // Safe: the array copies the bytes within the call.
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

/// The device id of events that name only their user: always the same for the same user.
/// Source: Documentation/events-and-identity.md E8.
func deviceID(derivedFrom userID: Span<UInt8>) -> String {
    var bytes = Array("device of ".utf8)
    bytes.append(copying: userID)
    let hash = Fingerprint(hashing: bytes.span)
    return hexadecimal(hash.high) + hexadecimal(hash.low) + "R"
}

private func hexadecimal(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
