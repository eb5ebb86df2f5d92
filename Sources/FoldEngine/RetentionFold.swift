/// Counts who came back how long after a start, by bucket of the start.
///
/// Time runs in hours: intervals are whole days from the start's hour, so a return in the start's own hour, also minutes
/// before it, is in interval 0. Each start opens its own window. Source: reference/dashboard.md §5, retention;
/// decisions.md 21.
public struct RetentionFold: Sendable {
    public enum Mode: Hashable, Sendable {
        /// Column n: came back in interval n.
        case interval(days: Int)
        /// Column n: came back in interval n or later.
        case intervalOrLater(days: Int)
        /// Column n: came back in these days.
        case brackets([Range<Int>])
    }

    /// What is counted.
    public struct Shape: Sendable {
        public var series: Int
        public var buckets: Int
        public var columns: Int
        public var mode: Mode
        /// By bucket: how many columns, from the first, are over for it.
        public var completeColumns: [[Bool]]
        /// Days from the first start to the last return that can matter.
        public var days: Int

        public init(series: Int, columns: Int, mode: Mode, completeColumns: [[Bool]], days: Int) {
            self.series = series
            buckets = completeColumns.count
            self.columns = columns
            self.mode = mode
            self.completeColumns = completeColumns
            self.days = max(1, days)
        }
    }

    /// A start: its hour, counted from an hour before all others, its bucket and its series.
    public struct Start: Sendable {
        public var hour: Int32
        public var bucket: Int32
        public var series: Int32

        public init(hour: Int32, bucket: Int32, series: Int32) {
            self.hour = hour
            self.bucket = bucket
            self.series = series
        }
    }

    private let shape: Shape
    /// Words of a set of columns.
    private let columnWords: Int
    /// The columns that are over for each bucket, a set after the other.
    private let complete: [UInt64]

    /// Index: series × buckets + bucket.
    private var sizes: [Int]
    private var returned: BitCounters
    /// By series, each person once.
    private var combinedSizes: [Int]
    private var combinedReturned: BitCounters
    /// Index as of `sizes`: people by the bucket of their first start. For them, what is over for it is over.
    private var firstBuckets: [Int]
    /// What is over for them by a later bucket alone.
    private var combinedOutOf: BitCounters

    // What is known of one person.
    private var returnDays: ReturnDays
    private var bucketDays: [UInt64]
    private var bucketColumns: [UInt64]
    private var combinedColumns: [UInt64]
    private var combinedComplete: [UInt64]

    public init(_ shape: Shape) {
        self.shape = shape
        columnWords = (shape.columns + 63) / 64
        var complete = [UInt64](repeating: 0, count: shape.buckets * columnWords)
        for (bucket, columns) in shape.completeColumns.enumerated() {
            for (column, isOver) in columns.enumerated() where isOver {
                complete[bucket * columnWords + column / 64] |= 1 << UInt64(column % 64)
            }
        }
        self.complete = complete
        sizes = Array(repeating: 0, count: shape.series * shape.buckets)
        returned = BitCounters(count: shape.series * shape.buckets, words: columnWords)
        combinedSizes = Array(repeating: 0, count: shape.series)
        combinedReturned = BitCounters(count: shape.series, words: columnWords)
        firstBuckets = sizes
        combinedOutOf = combinedReturned
        returnDays = ReturnDays(days: shape.days)
        // As long as each other, since they may change places.
        bucketDays = Array(repeating: 0, count: max(returnDays.words, columnWords))
        bucketColumns = bucketDays
        combinedColumns = Array(repeating: 0, count: columnWords)
        combinedComplete = combinedColumns
    }

    /// Adds all of one person's starts and returns.
    ///
    /// - Parameters:
    ///   - starts: ascending by hour within each series.
    ///   - returns: hours, counted as those of the starts are.
    /// - Complexity: O(starts × series of them + starts × days / 64 + returns), no allocation.
    public mutating func add(starts: [Start], returns: [Int32]) {
        guard var series = starts.lazy.map(\.series).min() else { return }
        returnDays.begin(returns, starts: starts.count)
        while series < .max { series = add(starts, of: series, returns) }
    }

    /// - Returns: the next series of which there is a start; `.max` if there is none.
    private mutating func add(_ starts: [Start], of series: Int32, _ returns: [Int32]) -> Int32 {
        for word in 0..<columnWords { combinedColumns[word] = 0 }
        var isFirst = true
        var next = Int32.max
        var (bucket, hour) = (-1, Int32(-1))
        for start in starts {
            if start.series != series {
                if start.series > series { next = min(next, start.series) }
                continue
            }
            if Int(start.bucket) != bucket {
                if bucket >= 0 {
                    close(bucket, of: series, isFirst: isFirst)
                    isFirst = false
                }
                bucket = Int(start.bucket)
                hour = -1
            }
            if start.hour != hour { returnDays.add(returns, after: start.hour, to: &bucketDays) }
            hour = start.hour
        }
        close(bucket, of: series, isFirst: isFirst)
        combinedSizes[Int(series)] += 1
        combinedReturned.add(combinedColumns, to: Int(series))
        return next
    }

    /// Counts a person in a cell, once all its starts are known.
    private mutating func close(_ bucket: Int, of series: Int32, isFirst: Bool) {
        findColumns()
        let cell = Int(series) * shape.buckets + bucket
        sizes[cell] += 1
        returned.add(bucketColumns, to: cell)
        if isFirst { firstBuckets[cell] += 1 }
        let first = bucket * columnWords
        var isMore = false
        for word in 0..<columnWords {
            let over = complete[first + word]
            combinedColumns[word] |= bucketColumns[word] & over
            let known = isFirst ? over : combinedComplete[word]
            if over & ~known != 0 { isMore = true }
            combinedComplete[word] = known
        }
        if isMore { addOver(of: bucket, series) }
        for word in bucketDays.indices { bucketDays[word] = 0 }
    }

    /// Columns are seldom over for a bucket, but not for an earlier one.
    private mutating func addOver(of bucket: Int, _ series: Int32) {
        let more = (0..<columnWords).map { complete[bucket * columnWords + $0] & ~combinedComplete[$0] }
        for word in 0..<columnWords { combinedComplete[word] |= more[word] }
        combinedOutOf.add(more, to: Int(series))
    }

    /// From days to columns.
    private mutating func findColumns() {
        if case .interval(days: 1) = shape.mode {
            // A day is a column. What is after the last one is counted too, but never read.
            swap(&bucketColumns, &bucketDays)
            return
        }
        for word in 0..<columnWords { bucketColumns[word] = 0 }
        switch shape.mode {
        case .interval(let days):
            let count = shape.columns
            forEachDay { day, columns in Self.set(day / days, of: &columns, below: count) }
        case .intervalOrLater(let days):
            guard let last = lastDay else { return }
            for column in 0...min(last / days, shape.columns - 1) {
                bucketColumns[column / 64] |= 1 << UInt64(column % 64)
            }
        case .brackets(let brackets):
            forEachDay { day, columns in
                for (column, bracket) in brackets.enumerated() where bracket.contains(day) {
                    Self.set(column, of: &columns, below: brackets.count)
                }
            }
        }
    }

    private static func set(_ column: Int, of columns: inout [UInt64], below count: Int) {
        if column < count { columns[column / 64] |= 1 << UInt64(column % 64) }
    }

    private mutating func forEachDay(_ body: (Int, inout [UInt64]) -> Void) {
        // Taken out, so that it can be changed while the days are read; no copy is made.
        var columns: [UInt64] = []
        swap(&columns, &bucketColumns)
        for word in bucketDays.indices {
            var rest = bucketDays[word]
            while rest != 0 {
                body(word * 64 + rest.trailingZeroBitCount, &columns)
                rest &= rest - 1
            }
        }
        swap(&columns, &bucketColumns)
    }

    private var lastDay: Int? {
        for word in bucketDays.indices.reversed() where bucketDays[word] != 0 {
            return word * 64 + 63 - bucketDays[word].leadingZeroBitCount
        }
        return nil
    }

    /// Takes in another fold of the same shape, but over other people.
    public mutating func merge(_ other: RetentionFold) {
        for i in sizes.indices {
            sizes[i] += other.sizes[i]
            firstBuckets[i] += other.firstBuckets[i]
        }
        for i in combinedSizes.indices { combinedSizes[i] += other.combinedSizes[i] }
        returned.merge(other.returned)
        combinedReturned.merge(other.combinedReturned)
        combinedOutOf.merge(other.combinedOutOf)
    }

    // MARK: Results

    /// People of a cohort.
    public func size(series: Int, bucket: Int) -> Int { sizes[series * shape.buckets + bucket] }

    /// By column: people of a cohort who came back.
    public func returned(series: Int, bucket: Int) -> [Int] {
        Array(returned.counts(series * shape.buckets + bucket).prefix(shape.columns))
    }

    /// People of any cohort.
    public func combinedSize(series: Int) -> Int { combinedSizes[series] }

    /// By column: people of any cohort for which it is over, and how many of them came back.
    public func combined(series: Int) -> [(returned: Int, outOf: Int)] {
        var outOf = combinedOutOf.counts(series)
        for bucket in 0..<shape.buckets {
            for column in 0..<shape.columns where shape.completeColumns[bucket][column] {
                outOf[column] += firstBuckets[series * shape.buckets + bucket]
            }
        }
        return Array(zip(combinedReturned.counts(series), outOf).prefix(shape.columns))
            .map { (returned: $0, outOf: $1) }
    }
}
