import Storage

/// Says of most fingerprints that are not in a set that they are not: a Bloom filter whose bits for one fingerprint lie
/// in one line of cache. About one in 300 strangers is let through.
struct FingerprintFilter: Sendable {
    private static let bitsPerKey = 12

    /// 512 bits each.
    private var blocks: [SIMD8<UInt64>]

    /// - Parameter count: how many fingerprints will be inserted.
    init(count: Int) {
        blocks = Array(repeating: .zero, count: max(1, (count * Self.bitsPerKey + 511) / 512))
    }

    /// Bytes of memory.
    var size: Int { blocks.count * MemoryLayout<SIMD8<UInt64>>.stride }

    mutating func insert(_ key: Fingerprint) {
        blocks[block(of: key)] |= Self.bits(of: key)
    }

    func mayContain(_ key: Fingerprint) -> Bool {
        let bits = Self.bits(of: key)
        return blocks[block(of: key)] & bits == bits
    }

    private func block(of key: Fingerprint) -> Int {
        Int(key.high.multipliedFullWidth(by: UInt64(blocks.count)).high)
    }

    /// One bit in each of the eight words.
    private static func bits(of key: Fingerprint) -> SIMD8<UInt64> {
        var bits = SIMD8<UInt64>.zero
        for word in 0..<8 { bits[word] = 1 << (key.low >> UInt64(6 * word) & 63) }
        return bits
    }
}
