/// Counts events by the value of their operand, per series and bucket. Sparse: values may be many.
struct ValueTally: Sendable {
    private let shape: TallyShape
    private var cells: [Cell: Int] = [:]

    private struct Cell: Hashable {
        /// Series × (buckets + 1) + bucket; the last bucket of each series is all that is shown.
        var place: Int
        var code: UInt32
    }

    init(_ shape: TallyShape) {
        self.shape = shape
    }

    mutating func add(_ buckets: Span<Int32>, _ series: Span<Int32>, _ codes: Span<UInt32>, shownFrom: Int) {
        for i in buckets.indices where codes[i] != 0 {
            let first = Int(series[i]) * (shape.buckets + 1)
            cells[Cell(place: first + Int(buckets[i]), code: codes[i]), default: 0] += 1
            if i >= shownFrom { cells[Cell(place: first + shape.buckets, code: codes[i]), default: 0] += 1 }
        }
    }

    mutating func merge(_ other: ValueTally) {
        cells.merge(other.cells, uniquingKeysWith: +)
    }

    /// For each bucket, then for all that is shown: events by code, over the window.
    func counts(of series: Int, _ window: BucketWindow) -> (buckets: [[UInt32: Int]], collapsed: [UInt32: Int]) {
        var byBucket = [[UInt32: Int]](repeating: [:], count: shape.buckets + 1)
        let first = series * (shape.buckets + 1)
        for (cell, count) in cells where (first...first + shape.buckets).contains(cell.place) {
            byBucket[cell.place - first][cell.code] = count
        }
        let windows = (0..<shape.buckets).map { bucket in
            shape.buckets(of: window, at: bucket).reduce(into: [UInt32: Int]()) { all, b in
                all.merge(byBucket[b], uniquingKeysWith: +)
            }
        }
        return (windows, byBucket[shape.buckets])
    }

    /// How many different cells have been counted: what it costs in memory.
    var size: Int { cells.count }
}
