import CInstructions

/// Finds the events of some types without looking at each: 64 numbers are compared at once.
///
/// It is worth its while for up to ``mostNumbers``; where most events are meant, there is nothing to skip.
struct NumberSearch<Number: FixedWidthInteger & BitwiseCopyable & Sendable>: Sendable {
    private let wanted: [Number]

    static var mostNumbers: Int { 16 }

    /// - Parameter numbers: those that are looked for, at most ``mostNumbers``.
    init(_ numbers: [Number]) {
        wanted = numbers
    }

    /// Calls `body` with each place in `range` whose number is one of those looked for, ascending.
    @inline(__always)
    func forEachPlace(in numbers: Span<Number>, _ range: Range<Int>, _ body: (Int) -> Void) {
        forEachSet(in: numbers, range) { place, set in
            // Where the next one is found is hard to foresee only once for all of them.
            var found = set
            while found != 0 {
                body(place &+ found.trailingZeroBitCount)
                found &= found &- 1
            }
        }
    }

    /// Calls `body` with 64 places after another, the first of them and a set: bit i tells whether the number i places on is
    /// one of those looked for.
    @inline(__always)
    func forEachSet(in numbers: Span<Number>, _ range: Range<Int>, _ body: (_ first: Int, _ set: UInt64) -> Void) {
        precondition(range.upperBound <= numbers.count)
        let wanted = wanted.span
        var place = range.lowerBound
        while place + 64 <= range.upperBound {
            body(place, Self.places(of: wanted, in: numbers, from: place))
            place += 64
        }
        if place == range.upperBound { return }
        var last: UInt64 = 0
        for bit in 0..<range.upperBound - place {
            for index in wanted.indices where wanted[index] == numbers[place + bit] { last |= 1 << UInt64(bit) }
        }
        body(place, last)
    }

    /// - Parameter first: 64 numbers are there from it on.
    /// - Returns: bit i for the number i after it.
    @inline(__always)
    private static func places(of wanted: Span<Number>, in numbers: Span<Number>, from first: Int) -> UInt64 {
        let wantedCount = wanted.count
        // Safe: the C functions read the wanted numbers, and 64 from the first on, which the caller knows to be there.
        return unsafe numbers.withUnsafeBufferPointer { all in
            unsafe wanted.withUnsafeBufferPointer { few in
                guard let all = all.baseAddress, let few = few.baseAddress else { return 0 }
                let (numbers, wanted) = unsafe (UnsafeRawPointer(all + first), UnsafeRawPointer(few))
                return switch Number.bitWidth {
                case 8:
                    unsafe places_of_bytes(
                        numbers.assumingMemoryBound(to: UInt8.self),
                        wanted.assumingMemoryBound(to: UInt8.self),
                        wantedCount
                    )
                case 16:
                    unsafe places_of_shorts(
                        numbers.assumingMemoryBound(to: UInt16.self),
                        wanted.assumingMemoryBound(to: UInt16.self),
                        wantedCount
                    )
                default:
                    unsafe places_of_words(
                        numbers.assumingMemoryBound(to: UInt32.self),
                        wanted.assumingMemoryBound(to: UInt32.self),
                        wantedCount
                    )
                }
            }
        }
    }
}
