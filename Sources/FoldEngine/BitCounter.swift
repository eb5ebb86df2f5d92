/// Counts, for each of some bits, in how many of the added sets it was on. Adding a set costs about two operations a word,
/// however many bits are on: the counts lie across words, a bit of each in one.
struct BitCounter: Sendable {
    /// 64-bit words of a set.
    private let words: Int
    /// Word w of plane p, the bits worth 2^p, is at p × words + w.
    private var planes: [UInt64] = []
    /// Counts taken over from others.
    private var carried: [Int] = []

    init(words: Int) {
        self.words = words
    }

    /// - Parameter set: as many words as the counter has.
    mutating func add(_ set: [UInt64]) {
        for word in 0..<words {
            var carry = set[word]
            var index = word
            while carry != 0 {
                if index >= planes.count { planes.append(contentsOf: repeatElement(0, count: words)) }
                (planes[index], carry) = (planes[index] ^ carry, planes[index] & carry)
                index += words
            }
        }
    }

    mutating func merge(_ other: BitCounter) {
        let theirs = other.counts
        if carried.isEmpty { carried = Array(repeating: 0, count: theirs.count) }
        for bit in theirs.indices { carried[bit] += theirs[bit] }
    }

    /// By bit.
    var counts: [Int] {
        var counts = carried.isEmpty ? Array(repeating: 0, count: words * 64) : carried
        for (index, plane) in planes.enumerated() where plane != 0 {
            let (worth, word) = (1 << (index / words), index % words)
            for bit in 0..<64 where plane >> UInt64(bit) & 1 != 0 { counts[word * 64 + bit] += worth }
        }
        return counts
    }
}
