/// Finds the few events of some types without looking at each: a machine word of their numbers is compared at a time.
///
/// It is worth its while for up to ``mostNumbers``; where most events are meant, there is nothing to skip.
struct NumberSearch<Number: FixedWidthInteger & BitwiseCopyable & Sendable>: Sendable {
    /// One word for each number, which has it in every lane.
    private let patterns: [UInt64]

    static var mostNumbers: Int { 3 }

    /// Numbers in a word.
    private static var lanes: Int { 64 / Number.bitWidth }
    /// The lowest bit of every lane.
    private static var low: UInt64 { UInt64.max / UInt64(Number.max) }
    /// The highest bit of every lane.
    private static var high: UInt64 { low << UInt64(Number.bitWidth - 1) }

    /// - Parameter numbers: those that are looked for, at most ``mostNumbers``.
    init(_ numbers: [Number]) {
        patterns = numbers.map { Self.low * UInt64($0) }
    }

    /// Calls `body` with each place in `range` whose number is one of those looked for, ascending.
    @inline(__always)
    func forEachPlace(in numbers: Span<Number>, _ range: Range<Int>, _ body: (Int) -> Void) {
        precondition(range.upperBound <= numbers.count)
        // Mostly one type is looked for, and a loop over one is dearer than what it does.
        if patterns.count == 1 {
            let pattern = patterns[0]
            Self.search(numbers, range, { Self.zeroLanes(of: $0 ^ pattern) }, body)
        } else {
            Self.search(numbers, range, { word in patterns.reduce(0) { $0 | Self.zeroLanes(of: word ^ $1) } }, body)
        }
    }

    /// - Parameter match: the highest bit of each lane whose number is looked for.
    @inline(__always)
    private static func search(
        _ numbers: Span<Number>,
        _ range: Range<Int>,
        _ match: (UInt64) -> UInt64,
        _ body: (Int) -> Void
    ) {
        // Safe: only read.
        let bytes = unsafe numbers.bytes
        var place = range.lowerBound
        // A bit for each of 64 numbers: where the next one is found is then hard to foresee only once for all of them.
        while place + 64 <= range.upperBound {
            var found: UInt64 = 0
            for word in 0..<Number.bitWidth {
                let first = place + word * lanes
                // Safe: the word ends within the range, which lies within the numbers.
                let loaded = unsafe bytes.unsafeLoadUnaligned(
                    fromUncheckedByteOffset: first * MemoryLayout<Number>.size,
                    as: UInt64.self
                )
                found |= packed(match(UInt64(littleEndian: loaded))) << UInt64(word * lanes)
            }
            while found != 0 {
                body(place + found.trailingZeroBitCount)
                found &= found - 1
            }
            place += 64
        }
        while place < range.upperBound {
            let number = UInt64(truncatingIfNeeded: numbers[place]) & UInt64(Number.max)
            if match(low * number) != 0 { body(place) }
            place += 1
        }
    }

    /// The highest bit of each lane that is zero, exactly: no lane carries into the next.
    private static func zeroLanes(of word: UInt64) -> UInt64 {
        let rest = ~high
        return ~((word & rest &+ rest) | word | rest)
    }

    /// The highest bits of all lanes, side by side from the lowest bit on: the product moves each to a place of its own.
    private static func packed(_ lanesFound: UInt64) -> UInt64 {
        let step = Number.bitWidth - 1
        var factor: UInt64 = 0
        for lane in 0..<lanes { factor |= 1 << UInt64(step * lane) }
        let product = (lanesFound >> UInt64(step)) &* factor
        return product >> UInt64(step * (lanes - 1)) & ((1 << UInt64(lanes)) - 1)
    }
}
