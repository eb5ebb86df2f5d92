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

    /// Where a person's starts and returns end.
    public struct Ends: Sendable {
        public var starts: Int32
        public var returns: Int32

        public init(starts: Int32, returns: Int32) {
            self.starts = starts
            self.returns = returns
        }
    }

    private let shape: Shape
    /// The columns that are over for each bucket, a set after the other.
    private let complete: [UInt64]

    /// People. Index: series × buckets + bucket; then by series alone, each person once.
    private var sizes: [Int]
    /// In the same places: those who came back.
    private var returned: BitCounters
    /// Index: series × buckets + bucket: people by the bucket of their first start. For them, what is over for it is over.
    private var firstBuckets: [Int]
    /// By series: what is over for them by a later bucket alone.
    private var combinedOutOf: BitCounters

    // Sets that are found of one person.
    private var returnDays: ReturnDays
    /// Of one bucket.
    private var days: [UInt64]
    /// Of one bucket.
    private var columns: [UInt64]
    /// Columns of all buckets for which they are over.
    private var combined: [UInt64]
    /// Columns that are over for a bucket.
    private var over: [UInt64]

    public init(_ shape: Shape) {
        self.shape = shape
        let columnWords = (shape.columns + 63) / 64
        var complete = [UInt64](repeating: 0, count: shape.buckets * columnWords)
        for (bucket, columns) in shape.completeColumns.enumerated() {
            for (column, isOver) in columns.enumerated() where isOver {
                complete[bucket * columnWords + column / 64] |= 1 << UInt64(column % 64)
            }
        }
        self.complete = complete
        let cells = shape.series * shape.buckets
        sizes = Array(repeating: 0, count: cells + shape.series)
        returned = BitCounters(count: cells + shape.series, words: columnWords)
        firstBuckets = Array(repeating: 0, count: cells)
        combinedOutOf = BitCounters(count: shape.series, words: columnWords)
        returnDays = ReturnDays(days: shape.days)
        days = Array(repeating: 0, count: max(returnDays.words, columnWords))
        columns = Array(repeating: 0, count: columnWords)
        combined = columns
        over = columns
    }

    /// Adds people with all their starts and returns.
    ///
    /// - Parameters:
    ///   - starts: of one person after another; ascending by hour within each series.
    ///   - returns: hours, counted as those of the starts are.
    /// - Complexity: for each person O(starts × series of them + starts × days / 64 + returns), no allocation.
    public mutating func add(_ starts: Span<Start>, _ returns: Span<Int32>, _ people: Span<Ends>) {
        // Somebody is counted in a cell at most once.
        returned.makeRoom(for: people.count)
        Self.add(
            starts,
            returns,
            people,
            shape,
            complete,
            &sizes,
            &firstBuckets,
            &returned,
            &combinedOutOf,
            &returnDays,
            &days,
            &columns,
            &combined,
            &over
        )
    }

    /// Apart from what it writes to, so that who owns it is looked up once and not for each person.
    private static func add(
        _ starts: Span<Start>,
        _ returns: Span<Int32>,
        _ people: Span<Ends>,
        _ shape: Shape,
        _ complete: [UInt64],
        _ sizes: inout [Int],
        _ firstBuckets: inout [Int],
        _ returned: inout BitCounters,
        _ combinedOutOf: inout BitCounters,
        _ returnDays: inout ReturnDays,
        _ days: inout [UInt64],
        _ columns: inout [UInt64],
        _ combined: inout [UInt64],
        _ over: inout [UInt64]
    ) {
        let complete = complete.span
        var sizes = sizes.mutableSpan
        var firstBuckets = firstBuckets.mutableSpan
        var days = days.mutableSpan
        var columns = columns.mutableSpan
        var combined = combined.mutableSpan
        var over = over.mutableSpan
        let (words, cells) = (combined.count, firstBuckets.count)
        var last = Ends(starts: 0, returns: 0)
        for person in people.indices {
            let ends = people[person]
            let starts = starts.extracting(Int(last.starts)..<Int(ends.starts))
            let returns = returns.extracting(Int(last.returns)..<Int(ends.returns))
            last = ends
            returnDays.begin(returns, starts: starts.count)
            var next = nextSeries(of: starts, after: -1, shape)
            while let series = next {
                for word in 0..<words { combined[word] = 0 }
                var isFirst = true
                var place = nextPlace(of: series, in: starts, from: 0)
                while place < starts.count {
                    let bucket = Int(starts[place].bucket)
                    var hour = Int32(-1)
                    repeat {
                        let start = starts[place]
                        if start.hour != hour { returnDays.add(returns, after: start.hour, to: &days) }
                        hour = start.hour
                        place = nextPlace(of: series, in: starts, from: place + 1)
                    } while place < starts.count && Int(starts[place].bucket) == bucket

                    findColumns(days.span, shape, &columns)
                    let cell = Int(series) &* shape.buckets &+ bucket
                    sizes[cell] &+= 1
                    if isFirst { firstBuckets[cell] &+= 1 }
                    returned.add(columns.span, to: cell)
                    var more: UInt64 = 0
                    for word in 0..<words {
                        let isOver = complete[bucket &* words &+ word]
                        combined[word] |= columns[word] & isOver
                        let known = isFirst ? isOver : over[word]
                        more |= isOver & ~known
                        over[word] = known
                    }
                    // Columns are seldom over for a bucket, but not for an earlier one.
                    if more != 0 {
                        let isOver = complete.extracting(bucket * words..<(bucket + 1) * words)
                        combinedOutOf.makeRoom(for: 1)
                        combinedOutOf.add(addOver(isOver, to: &over).span, to: Int(series))
                    }
                    for word in days.indices { days[word] = 0 }
                    isFirst = false
                }
                sizes[cells + Int(series)] &+= 1
                returned.add(combined.span, to: cells + Int(series))
                next = nextSeries(of: starts, after: series, shape)
            }
        }
    }

    /// The lowest series above one of which there is a start.
    @inline(__always)
    private static func nextSeries(of starts: Span<Start>, after series: Int32, _ shape: Shape) -> Int32? {
        if shape.series == 1 { return series < 0 && !starts.isEmpty ? 0 : nil }
        var next: Int32?
        for index in starts.indices where starts[index].series > series {
            next = min(next ?? .max, starts[index].series)
        }
        return next
    }

    @inline(__always)
    private static func nextPlace(of series: Int32, in starts: Span<Start>, from first: Int) -> Int {
        var place = first
        while place < starts.count, starts[place].series != series { place += 1 }
        return place
    }

    /// - Returns: the columns that were not known to be over.
    private static func addOver(_ columns: Span<UInt64>, to over: inout MutableSpan<UInt64>) -> [UInt64] {
        columns.indices.map { word in
            let more = columns[word] & ~over[word]
            over[word] |= more
            return more
        }
    }

    /// From days to columns.
    @inline(__always)
    private static func findColumns(_ days: Span<UInt64>, _ shape: Shape, _ columns: inout MutableSpan<UInt64>) {
        if case .interval(days: 1) = shape.mode {
            // A day is a column. What is after the last one is counted too, but never read.
            for word in 0..<min(days.count, columns.count) { columns[word] = days[word] }
        } else {
            findWideColumns(days, shape, &columns)
        }
    }

    private static func findWideColumns(_ days: Span<UInt64>, _ shape: Shape, _ columns: inout MutableSpan<UInt64>) {
        for word in columns.indices { columns[word] = 0 }
        func add(_ column: Int, _ columns: inout MutableSpan<UInt64>) {
            if column < shape.columns { columns[column / 64] |= 1 << UInt64(column % 64) }
        }
        for word in days.indices {
            var rest = days[word]
            while rest != 0 {
                let day = word * 64 + rest.trailingZeroBitCount
                rest &= rest - 1
                switch shape.mode {
                case .interval(let days): add(day / days, &columns)
                case .intervalOrLater(let days):
                    for column in 0...min(day / days, shape.columns - 1) { add(column, &columns) }
                case .brackets(let brackets):
                    for (column, bracket) in brackets.enumerated() where bracket.contains(day) { add(column, &columns) }
                }
            }
        }
    }

    /// Takes in another fold of the same shape, but over other people.
    public mutating func merge(_ other: RetentionFold) {
        for i in sizes.indices { sizes[i] += other.sizes[i] }
        for i in firstBuckets.indices { firstBuckets[i] += other.firstBuckets[i] }
        returned.merge(other.returned)
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
    public func combinedSize(series: Int) -> Int { sizes[firstBuckets.count + series] }

    /// By column: people of any cohort for which it is over, and how many of them came back.
    public func combined(series: Int) -> [(returned: Int, outOf: Int)] {
        var outOf = combinedOutOf.counts(series)
        for bucket in 0..<shape.buckets {
            for column in 0..<shape.columns where shape.completeColumns[bucket][column] {
                outOf[column] += firstBuckets[series * shape.buckets + bucket]
            }
        }
        return Array(zip(returned.counts(firstBuckets.count + series), outOf).prefix(shape.columns))
            .map { (returned: $0, outOf: $1) }
    }
}
