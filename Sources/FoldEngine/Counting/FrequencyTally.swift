/// Counts people by how many events they have, per series and window. People without any are not counted.
struct FrequencyTally: Sendable {
    private let shape: TallyShape
    private let window: BucketWindow
    /// By series, so that one among many is found at once.
    private var cells: [Int32: [Cell: Int]] = [:]
    /// How many different cells have been counted: what it costs in memory.
    private(set) var size = 0
    /// The person being added: events per series and bucket, and per series of those that are shown.
    private var events: [Int32: [Int32: Int]] = [:]
    private var shown: [Int32: Int] = [:]

    private struct Cell: Hashable {
        /// After the last bucket: all that is shown.
        var bucket: Int32
        var events: Int
    }

    init(_ shape: TallyShape, _ window: BucketWindow) {
        self.shape = shape
        self.window = window
    }

    mutating func add(_ buckets: Span<Int32>, _ series: Span<Int32>, shownFrom: Int) {
        events.removeAll(keepingCapacity: true)
        shown.removeAll(keepingCapacity: true)
        for i in buckets.indices {
            events[series[i], default: [:]][buckets[i], default: 0] += 1
            if i >= shownFrom { shown[series[i], default: 0] += 1 }
        }
        for (series, byBucket) in events {
            for bucket in 0..<shape.buckets {
                let count = byBucket.reduce(0) { sum, entry in
                    shape.buckets(of: window, at: bucket).contains(Int(entry.key)) ? sum + entry.value : sum
                }
                if count > 0 { add(Cell(bucket: Int32(bucket), events: count), of: series) }
            }
        }
        for (series, count) in shown { add(Cell(bucket: Int32(shape.buckets), events: count), of: series) }
    }

    private mutating func add(_ cell: Cell, of series: Int32) {
        size -= cells[series]?.count ?? 0
        cells[series, default: [:]][cell, default: 0] += 1
        size += cells[series]?.count ?? 0
    }

    mutating func merge(_ other: FrequencyTally) {
        for (series, theirs) in other.cells {
            size -= cells[series]?.count ?? 0
            cells[series, default: [:]].merge(theirs, uniquingKeysWith: +)
            size += cells[series]?.count ?? 0
        }
    }

    /// For each bucket, then for all that is shown: people by their number of events.
    func people(of series: Int) -> (buckets: [[Int: Int]], collapsed: [Int: Int]) {
        var byBucket = [[Int: Int]](repeating: [:], count: shape.buckets + 1)
        for (cell, count) in cells[Int32(series)] ?? [:] { byBucket[Int(cell.bucket)][cell.events] = count }
        return (Array(byBucket.dropLast()), byBucket[shape.buckets])
    }
}
