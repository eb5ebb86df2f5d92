/// Some counters, each of which counts, for each of some bits, in how many of the sets added to it the bit was on.
///
/// Adding a set costs about two operations a word, however many bits are on: the counts lie across words, a bit of each in
/// one.
struct BitCounters: Sendable {
    /// 64-bit words of a set.
    private let words: Int
    /// Words of a plane: a set for each counter.
    private let planeWords: Int
    /// Word w of counter c of plane p, the bits worth 2^p, is at p × planeWords + c × words + w. All in one array, so that
    /// adding a set looks at it alone.
    private var planes: [UInt64] = []
    /// Sets that were added; no count is above it.
    private var added = 0
    /// The highest count for which there are planes.
    private var most = 0

    init(count: Int, words: Int) {
        self.words = words
        planeWords = count * words
    }

    /// Adds some sets, each to a counter.
    ///
    /// - Parameters:
    ///   - sets: one after another.
    ///   - width: words of each: at least as many as each counter has; further ones are left out.
    ///   - counters: by set. None may get more sets than there is room for: ``makeRoom(for:)``.
    ///   - count: of sets.
    mutating func add(_ sets: [UInt64], width: Int, to counters: [Int32], _ count: Int) {
        Self.add(sets, width, counters, count, words, planeWords, &planes)
    }

    @inline(__always)
    private static func add(
        _ sets: [UInt64],
        _ width: Int,
        _ counters: [Int32],
        _ count: Int,
        _ words: Int,
        _ planeWords: Int,
        _ planes: inout [UInt64]
    ) {
        let (sets, counters) = (sets.span, counters.span)
        var planes = planes.mutableSpan
        for row in 0..<count {
            for word in 0..<words {
                var carry = sets[row &* width &+ word]
                var index = Int(counters[row]) &* words &+ word
                // Into the first planes always: how far a bit is carried cannot be foreseen.
                for _ in 0..<firstPlanes {
                    let before = planes[index]
                    planes[index] = before ^ carry
                    carry &= before
                    index &+= planeWords
                }
                while carry != 0 {
                    (planes[index], carry) = (planes[index] ^ carry, planes[index] & carry)
                    index += planeWords
                }
            }
        }
    }

    private static var firstPlanes: Int { 4 }

    /// Before at most so many sets are added to any one counter: there are then planes enough for a bit that is on in all of
    /// them, and carrying ends in them.
    mutating func makeRoom(for more: Int) {
        added += more
        while added > most || planes.count < Self.firstPlanes * planeWords {
            planes.append(contentsOf: repeatElement(0, count: planeWords))
            most = 2 * most + 1
        }
    }

    /// Adds the counts of others, of as many counters and words: plane by plane, as numbers are added by hand.
    mutating func merge(_ other: BitCounters) {
        makeRoom(for: other.added)
        for place in 0..<planeWords {
            var carry: UInt64 = 0
            for index in stride(from: place, to: planes.count, by: planeWords) {
                let (ours, theirs) = (planes[index], index < other.planes.count ? other.planes[index] : 0)
                planes[index] = ours ^ theirs ^ carry
                carry = ours & theirs | (ours ^ theirs) & carry
            }
        }
    }

    /// By bit.
    func counts(_ counter: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: words * 64)
        for word in 0..<words {
            for (plane, index) in stride(from: counter * words + word, to: planes.count, by: planeWords).enumerated() {
                var rest = planes[index]
                while rest != 0 {
                    counts[word * 64 + rest.trailingZeroBitCount] += 1 << plane
                    rest &= rest - 1
                }
            }
        }
        return counts
    }
}
