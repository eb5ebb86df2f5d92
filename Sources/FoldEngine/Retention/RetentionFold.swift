/// Counts who came back how long after a start, by bucket of the start.
///
/// Time runs in hours: intervals are whole days from the start's hour, so a return in the start's own hour, also minutes
/// before it, is in interval 0. Each start opens its own window. Source: Documentation/retention.md R2, R3.
public struct RetentionFold: Sendable {
    private let shape: RetentionShape
    /// At bucket × words of a row: the columns of it that count for all buckets together.
    private let combined: [UInt64]

    /// People. Index: series × buckets + bucket; then by series alone, each person once.
    private var sizes: [Int]
    /// In the same places: those who came back.
    private var returned: BitCounters
    /// Index: series × buckets + bucket: people by the bucket of their first start. What counts of any of their buckets
    /// counts of that one.
    private var firstBuckets: [Int]

    // Kept and filled anew, so that they are allocated once.
    private var returnDays: ReturnDays
    private var ofCohorts: CohortRows
    private var ofPeople: CohortRows

    public init(_ shape: RetentionShape) {
        self.shape = shape
        returnDays = ReturnDays(days: shape.days)
        let width = max(returnDays.words, (shape.columns + 63) / 64)
        var combined = [UInt64](repeating: 0, count: shape.buckets * width)
        for (bucket, columns) in shape.combinedColumns.enumerated() {
            for (column, counts) in columns.enumerated() where counts {
                combined[bucket * width + column / 64] |= 1 << UInt64(column % 64)
            }
        }
        self.combined = combined
        let cells = shape.series * shape.buckets
        sizes = Array(repeating: 0, count: cells + shape.series)
        returned = BitCounters(count: cells + shape.series, words: (shape.columns + 63) / 64)
        firstBuckets = Array(repeating: 0, count: cells)
        ofCohorts = CohortRows(width: width)
        ofPeople = CohortRows(width: width)
    }

    /// Adds people with all their starts and returns.
    ///
    /// - Parameters:
    ///   - starts: of one person after another; ascending by hour within each series.
    ///   - returns: hours, counted as those of the starts are.
    public mutating func add(_ starts: Span<RetentionStart>, _ returns: Span<Int32>, _ people: Span<RetentionEnds>) {
        ofCohorts.findDays(starts, returns, people, shape, &returnDays)
        // Mostly a day is a column; what is after the last one is counted too, but never read.
        if shape.mode != .interval(days: 1) { ofCohorts.findColumns(shape.mode, columns: shape.columns) }
        ofPeople.unite(ofCohorts, combined, shape, &firstBuckets)
        // Somebody is counted in a cell at most once.
        returned.makeRoom(for: people.count)
        for rows in [ofCohorts, ofPeople] {
            Self.count(rows.cells, rows.count, &sizes)
            returned.add(rows.words, width: rows.width, to: rows.cells, rows.count)
        }
    }

    private static func count(_ cells: [Int32], _ count: Int, _ sizes: inout [Int]) {
        let cells = cells.span
        var sizes = sizes.mutableSpan
        for row in 0..<count { sizes[Int(cells[row])] &+= 1 }
    }

    /// Takes in another fold of the same shape, but over other people.
    public mutating func merge(_ other: RetentionFold) {
        for i in sizes.indices { sizes[i] += other.sizes[i] }
        for i in firstBuckets.indices { firstBuckets[i] += other.firstBuckets[i] }
        returned.merge(other.returned)
    }

    // MARK: Results

    /// People of a cohort.
    public func size(series: Int, bucket: Int) -> Int { sizes[series * shape.buckets + bucket] }

    /// By column: people of a cohort who came back.
    public func returned(series: Int, bucket: Int) -> [Int] {
        Array(returned.counts(series * shape.buckets + bucket).prefix(shape.columns))
    }

    /// People of any cohort.
    public func combinedSize(series: Int) -> Int { sizes[firstBuckets.count + series] }

    /// By column: people of any cohort of which it counts, and how many of them came back.
    public func combined(series: Int) -> [(returned: Int, outOf: Int)] {
        var outOf = [Int](repeating: 0, count: shape.columns)
        for bucket in 0..<shape.buckets {
            for column in 0..<shape.columns where shape.combinedColumns[bucket][column] {
                outOf[column] += firstBuckets[series * shape.buckets + bucket]
            }
        }
        return Array(zip(returned.counts(firstBuckets.count + series), outOf).prefix(shape.columns))
            .map { (returned: $0, outOf: $1) }
    }
}
