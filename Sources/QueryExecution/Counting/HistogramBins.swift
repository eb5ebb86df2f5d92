import EventModel

/// Bins of equal width; one if all values are the same.
struct HistogramBins {
    /// One more than there are bins. The ends are the values themselves: rounding leaves none of them out.
    private let edges: [Double]

    init(_ smallest: Double, _ largest: Double) {
        if smallest == largest {
            edges = [smallest, largest]
            return
        }
        // Multiplied first, as that rounds least, unless it is too much for a number.
        let isSmall = (largest * 10).isFinite && (smallest * 10).isFinite
        let between = (1..<10).map { bin in
            let (low, high) = (Double(10 - bin), Double(bin))
            return isSmall ? (smallest * low + largest * high) / 10 : smallest / 10 * low + largest / 10 * high
        }
        edges = [smallest] + between + [largest]
    }

    /// From the smallest to the largest number in range of several groups; `nil` if there are none.
    init?(_ groups: [SegmentationResult.ValueCounts]) {
        let ranges = groups.compactMap(\.range)
        guard let smallest = ranges.map(\.lowerBound).min(), let largest = ranges.map(\.upperBound).max() else {
            return nil
        }
        self.init(smallest, largest)
    }

    var indices: Range<Int> { 0..<edges.count - 1 }

    /// `nil` for a value outside of all.
    func index(of value: Double) -> Int? {
        guard value >= edges[0], value <= edges[edges.count - 1] else { return nil }
        // Against the edges as they are written, so that no rounding puts a value beside its label.
        return indices.last { value >= edges[$0] }
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
        "\(PropertyValue.decimal(edges[bin]))-\(PropertyValue.decimal(edges[bin + 1]))"
    }
}
