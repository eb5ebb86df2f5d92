import EventModel

/// Bins of equal width, from the smallest value to the largest. Source: Documentation/counting.md C16.
enum HistogramBins {
    /// Ten, the last one closed; one if all values are the same. By bin, its edges: one more than there are bins. The ends
    /// are the values themselves: rounding leaves none of them out.
    case edges([Double])
    /// Ten at most, of one whole width, each from its first whole number to its last.
    case whole(first: Double, width: Double, count: Int)

    /// Beyond these not every whole number is a `Double`.
    private static let wholeNumbers = -0x1p52...0x1p52

    /// - Parameter areWhole: whether all values are whole numbers.
    init(_ smallest: Double, _ largest: Double, areWhole: Bool = false) {
        if areWhole, Self.wholeNumbers.contains(smallest), Self.wholeNumbers.contains(largest) {
            let numbers = largest - smallest + 1
            let width = (numbers / 10).rounded(.up)
            self = .whole(first: smallest, width: width, count: Int((numbers / width).rounded(.up)))
            return
        }
        if smallest == largest {
            self = .edges([smallest, largest])
            return
        }
        // Multiplied first, as that rounds least, unless it is too much for a number.
        let isSmall = (largest * 10).isFinite && (smallest * 10).isFinite
        let between = (1..<10).map { bin in
            let (low, high) = (Double(10 - bin), Double(bin))
            return isSmall ? (smallest * low + largest * high) / 10 : smallest / 10 * low + largest / 10 * high
        }
        self = .edges([smallest] + between + [largest])
    }

    /// Of the numbers in range of several groups; `nil` if there are none.
    init?(_ groups: [SegmentationResult.ValueCounts]) {
        let ranges = groups.compactMap(\.range)
        guard let smallest = ranges.map(\.lowerBound).min(), let largest = ranges.map(\.upperBound).max() else {
            return nil
        }
        self.init(smallest, largest, areWhole: groups.allSatisfy(\.areWhole))
    }

    var indices: Range<Int> {
        switch self {
        case .edges(let edges): 0..<edges.count - 1
        case .whole(_, _, let count): 0..<count
        }
    }

    /// `nil` for a value outside of all.
    func index(of value: Double) -> Int? {
        switch self {
        case .edges(let edges):
            guard value >= edges[0], value <= edges[edges.count - 1] else { return nil }
            // Against the edges as they are written, so that no rounding puts a value beside its label.
            return indices.last { value >= edges[$0] }
        case .whole(let first, let width, let count):
            let bin = ((value - first) / width).rounded(.down)
            return bin >= 0 && bin < Double(count) ? Int(bin) : nil
        }
    }

    /// Events, or people, in a bin.
    ///
    /// - Parameters:
    ///   - events: by code of their value.
    ///   - numbers: by code; not a number where it is none.
    func count(_ bin: Int, _ events: [UInt32: Int], _ numbers: [Double]) -> Double {
        events.reduce(0) { sum, entry in
            let number = numbers[Int(entry.key)]
            return !number.isNaN && index(of: number) == bin ? sum + Double(entry.value) : sum
        }
    }

    func label(_ bin: Int) -> String {
        switch self {
        case .edges(let edges): "\(PropertyValue.decimal(edges[bin]))-\(PropertyValue.decimal(edges[bin + 1]))"
        case .whole(let first, let width, _):
            "\(PropertyValue.decimal(first + Double(bin) * width))"
                + "-\(PropertyValue.decimal(first + Double(bin + 1) * width - 1))"
        }
    }
}
