/// Finds the few events of some types without looking at each: a machine word of their numbers is compared at a time.
///
/// It is worth its while for up to ``mostNumbers``; where most events are meant, there is nothing to skip.
struct NumberSearch<Number: FixedWidthInteger & BitwiseCopyable & Sendable>: Sendable {
    /// One word for each number, which has it in every lane.
    private let patterns: [UInt64]

    static var mostNumbers: Int { 3 }

    /// Numbers in a word.
    private static var lanes: Int { 64 / Number.bitWidth }
    /// The highest bit of every lane.
    private static var high: UInt64 { (UInt64.max / UInt64(Number.max)) << UInt64(Number.bitWidth - 1) }

    /// - Parameter numbers: those that are looked for, at most ``mostNumbers``.
    init(_ numbers: [Number]) {
        patterns = numbers.map { UInt64.max / UInt64(Number.max) * UInt64($0) }
    }

    /// Calls `body` with each place in `range` whose number is one of those looked for, ascending.
    @inline(__always)
    func forEachPlace(in numbers: Span<Number>, _ range: Range<Int>, _ body: (Int) -> Void) {
        precondition(range.upperBound <= numbers.count)
        // Safe: only read.
        let bytes = unsafe numbers.bytes
        var place = range.lowerBound
        while place + Self.lanes <= range.upperBound {
            // Safe: the word ends within the range, which lies within the numbers.
            let word = unsafe bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: place * MemoryLayout<Number>.size,
                as: UInt64.self
            )
            var found: UInt64 = 0
            for pattern in patterns { found |= Self.zeroLanes(of: UInt64(littleEndian: word) ^ pattern) }
            while found != 0 {
                body(place + found.trailingZeroBitCount / Number.bitWidth)
                found &= found - 1
            }
            place += Self.lanes
        }
        while place < range.upperBound {
            let own = UInt64(truncatingIfNeeded: numbers[place]) & UInt64(Number.max)
            if patterns.contains(where: { $0 & UInt64(Number.max) == own }) { body(place) }
            place += 1
        }
    }

    /// The highest bit of each lane that is zero, exactly: no lane carries into the next.
    private static func zeroLanes(of word: UInt64) -> UInt64 {
        let rest = ~high
        return ~((word & rest &+ rest) | word | rest)
    }
}
