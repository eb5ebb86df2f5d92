/// Counts events by the value of their operand, per series and bucket. Sparse: values may be many.
struct ValueTally: Sendable {
    private let shape: TallyShape
    /// By series, so that one among many is found at once.
    private var cells: [Int32: [Cell: Int]] = [:]
    /// How many different cells have been counted: what it costs in memory.
    private(set) var size = 0

    private struct Cell: Hashable {
        /// After the last bucket: all that is shown.
        var bucket: Int32
        var code: UInt32
    }

    init(_ shape: TallyShape) {
        self.shape = shape
    }

    mutating func add(_ buckets: Span<Int32>, _ series: Span<Int32>, _ codes: Span<UInt32>, shownFrom: Int) {
        let whole = Int32(shape.buckets)
        for i in buckets.indices where codes[i] != 0 {
            add(1, to: Cell(bucket: buckets[i], code: codes[i]), of: series[i])
            if i >= shownFrom { add(1, to: Cell(bucket: whole, code: codes[i]), of: series[i]) }
        }
    }

    private mutating func add(_ count: Int, to cell: Cell, of series: Int32) {
        size -= cells[series]?.count ?? 0
        cells[series, default: [:]][cell, default: 0] += count
        size += cells[series]?.count ?? 0
    }

    mutating func merge(_ other: ValueTally) {
        for (series, theirs) in other.cells {
            size -= cells[series]?.count ?? 0
            cells[series, default: [:]].merge(theirs, uniquingKeysWith: +)
            size += cells[series]?.count ?? 0
        }
    }

    /// For each bucket, then for all that is shown: events by code, over the window.
    func counts(of series: Int, _ window: BucketWindow) -> (buckets: [[UInt32: Int]], collapsed: [UInt32: Int]) {
        var byBucket = [[UInt32: Int]](repeating: [:], count: shape.buckets + 1)
        for (cell, count) in cells[Int32(series)] ?? [:] { byBucket[Int(cell.bucket)][cell.code] = count }
        let windows = (0..<shape.buckets).map { bucket in
            shape.buckets(of: window, at: bucket).reduce(into: [UInt32: Int]()) { all, b in
                all.merge(byBucket[b], uniquingKeysWith: +)
            }
        }
        return (windows, byBucket[shape.buckets])
    }
}
