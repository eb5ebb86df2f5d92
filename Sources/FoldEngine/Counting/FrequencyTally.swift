/// Counts people by how many events they have, per series and window. People without any are not counted.
struct FrequencyTally: Sendable {
    private let shape: TallyShape
    private let window: BucketWindow
    private var cells: [Cell: Int] = [:]
    /// The person being added: events per series and bucket, and per series of those that are shown.
    private var events: [Int32: [Int32: Int]] = [:]
    private var shown: [Int32: Int] = [:]

    private struct Cell: Hashable {
        /// Series × (buckets + 1) + bucket; the last bucket of each series is all that is shown.
        var place: Int
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
            let first = Int(series) * (shape.buckets + 1)
            for bucket in 0..<shape.buckets {
                let count = byBucket.reduce(0) { sum, entry in
                    shape.buckets(of: window, at: bucket).contains(Int(entry.key)) ? sum + entry.value : sum
                }
                if count > 0 { cells[Cell(place: first + bucket, events: count), default: 0] += 1 }
            }
        }
        for (series, count) in shown {
            cells[Cell(place: Int(series) * (shape.buckets + 1) + shape.buckets, events: count), default: 0] += 1
        }
    }

    mutating func merge(_ other: FrequencyTally) {
        cells.merge(other.cells, uniquingKeysWith: +)
    }

    /// For each bucket, then for all that is shown: people by their number of events.
    func people(of series: Int) -> (buckets: [[Int: Int]], collapsed: [Int: Int]) {
        var byBucket = [[Int: Int]](repeating: [:], count: shape.buckets + 1)
        let first = series * (shape.buckets + 1)
        for (cell, count) in cells where (first...first + shape.buckets).contains(cell.place) {
            byBucket[cell.place - first][cell.events] = count
        }
        return (Array(byBucket.dropLast()), byBucket[shape.buckets])
    }

    var size: Int { cells.count }
}
