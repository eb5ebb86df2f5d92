private import CXXHash

/// Numbers for byte strings, counted from 0 in order of first appearance.
///
/// All bytes lie in one array, so a string costs its length and 16 bytes or so, and looking it up allocates nothing.
struct ByteDictionary: Sendable {
    private var bytes: [UInt8] = []
    /// By number: where its bytes end; they begin where the one before ends.
    private var ends: [Int] = []
    private var hashes: [UInt32] = []
    /// Open addressing: number + 1, or 0 where nothing is. A power of two, at least a third of it free.
    private var slots: [UInt32] = Array(repeating: 0, count: 16)

    /// Seeded anew in each process, so that nobody outside can make strings that collide.
    private static let seed = UInt64.random(in: .min ... .max)

    var count: Int { ends.count }

    /// Bytes of memory.
    var size: Int { bytes.capacity + ends.capacity * 8 + hashes.capacity * 4 + slots.capacity * 4 }

    /// The number of `text`, and whether it has been given it only now.
    mutating func number(of text: Span<UInt8>) -> (number: Int, isNew: Bool) {
        let hash = Self.hash(text)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if hashes[number] == hash, equals(number, text) { return (number, false) }
            slot = (slot + 1) & (slots.count - 1)
        }
        for i in text.indices { bytes.append(text[i]) }
        ends.append(bytes.count)
        hashes.append(hash)
        slots[slot] = UInt32(ends.count)
        if ends.count * 3 > slots.count * 2 { grow() }
        return (ends.count - 1, true)
    }

    /// The number of `text`; `nil` if it has none.
    func known(_ text: Span<UInt8>) -> Int? {
        let hash = Self.hash(text)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if hashes[number] == hash, equals(number, text) { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Lends the bytes of a number.
    func withBytes<Answer>(of number: Int, _ body: (Span<UInt8>) -> Answer) -> Answer {
        body(bytes.span.extracting(range(of: number)))
    }

    private func range(of number: Int) -> Range<Int> {
        (number == 0 ? 0 : ends[number - 1])..<ends[number]
    }

    private func equals(_ number: Int, _ text: Span<UInt8>) -> Bool {
        let known = bytes.span.extracting(range(of: number))
        guard known.count == text.count else { return false }
        for i in text.indices where known[i] != text[i] { return false }
        return true
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for (number, hash) in hashes.enumerated() {
            var slot = Int(hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }

    private static func hash(_ text: Span<UInt8>) -> UInt32 {
        // Safe: the function reads the span's bytes within the call.
        let hash = unsafe text.withUnsafeBufferPointer { unsafe XXH3_64bits_withSeed($0.baseAddress, $0.count, seed) }
        return UInt32(truncatingIfNeeded: hash)
    }
}
