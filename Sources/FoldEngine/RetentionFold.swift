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
    /// Words of a set of days, and of a set of columns.
    private let dayWords: Int
    private let columnWords: Int
    /// By bucket: the columns that are over.
    private let complete: [[UInt64]]

    /// Index: series × buckets + bucket.
    private var sizes: [Int]
    private var returned: [BitCounter]
    /// By series, each person once.
    private var combinedSizes: [Int]
    private var combinedReturned: [BitCounter]
    private var combinedOutOf: [BitCounter]

    // One person's returns by hour of the day, then those at this hour or later, and those before it: sets of days.
    private var atOrAfter: [UInt64]
    private var before: [UInt64]
    private var bucketDays: [UInt64]
    private var bucketColumns: [UInt64]
    private var combinedColumns: [UInt64]
    private var combinedComplete: [UInt64]

    public init(_ shape: Shape) {
        self.shape = shape
        dayWords = (shape.days + 63) / 64
        columnWords = (shape.columns + 63) / 64
        let columnWords = columnWords
        complete = shape.completeColumns.map { columns in
            var set = [UInt64](repeating: 0, count: columnWords)
            for (column, isOver) in columns.enumerated() where isOver { set[column / 64] |= 1 << UInt64(column % 64) }
            return set
        }
        let counter = BitCounter(words: columnWords)
        sizes = Array(repeating: 0, count: shape.series * shape.buckets)
        returned = Array(repeating: counter, count: shape.series * shape.buckets)
        combinedSizes = Array(repeating: 0, count: shape.series)
        combinedReturned = Array(repeating: counter, count: shape.series)
        combinedOutOf = combinedReturned
        atOrAfter = Array(repeating: 0, count: 24 * dayWords)
        before = atOrAfter
        bucketDays = Array(repeating: 0, count: dayWords)
        bucketColumns = Array(repeating: 0, count: columnWords)
        combinedColumns = bucketColumns
        combinedComplete = bucketColumns
    }

    /// Adds all of one person's starts and returns.
    ///
    /// - Parameters:
    ///   - starts: ascending by hour within each series.
    ///   - returns: hours, counted as those of the starts are.
    /// - Complexity: O(starts × days / 64 + returns), no allocation.
    public mutating func add(starts: [Start], returns: [Int32]) {
        guard let first = starts.first else { return }
        sortReturns(returns)
        var isOneSeries = true
        for start in starts where start.series != first.series { isOneSeries = false }
        if isOneSeries {
            add(starts, series: first.series)
        } else {
            for series in Set(starts.map(\.series)) { add(starts.filter { $0.series == series }, series: series) }
        }
    }

    /// Splits the returns by hour of the day, so that "n days after a start" is a shift by whole days.
    private mutating func sortReturns(_ returns: [Int32]) {
        for index in atOrAfter.indices { atOrAfter[index] = 0 }
        for hour in returns where hour >= 0 {
            let day = Int(hour) / 24
            if day < shape.days {
                atOrAfter[Int(hour) % 24 * dayWords + day / 64] |= 1 << UInt64(day % 64)
            }
        }
        for word in 0..<dayWords {
            var earlier: UInt64 = 0
            for hour in 0..<24 {
                before[hour * dayWords + word] = earlier
                earlier |= atOrAfter[hour * dayWords + word]
            }
            var later: UInt64 = 0
            for hour in (0..<24).reversed() {
                later |= atOrAfter[hour * dayWords + word]
                atOrAfter[hour * dayWords + word] = later
            }
        }
    }

    private mutating func add(_ starts: [Start], series: Int32) {
        for word in 0..<columnWords {
            combinedColumns[word] = 0
            combinedComplete[word] = 0
        }
        var index = 0
        while index < starts.count {
            let bucket = Int(starts[index].bucket)
            for word in 0..<dayWords { bucketDays[word] = 0 }
            var lastHour: Int32 = -1
            while index < starts.count, Int(starts[index].bucket) == bucket {
                if starts[index].hour != lastHour { addDays(after: Int(starts[index].hour)) }
                lastHour = starts[index].hour
                index += 1
            }
            findColumns()
            let cell = Int(series) * shape.buckets + bucket
            sizes[cell] += 1
            returned[cell].add(bucketColumns)
            for word in 0..<columnWords {
                combinedColumns[word] |= bucketColumns[word] & complete[bucket][word]
                combinedComplete[word] |= complete[bucket][word]
            }
        }
        combinedSizes[Int(series)] += 1
        combinedReturned[Int(series)].add(combinedColumns)
        combinedOutOf[Int(series)].add(combinedComplete)
    }

    /// Adds the days, counted from a start, on which there are returns.
    private mutating func addDays(after hour: Int) {
        let (day, hourOfDay) = (hour / 24, hour % 24)
        // A return at an earlier hour of the day belongs to the window of the day before.
        shift(atOrAfter, hourOfDay * dayWords, by: day)
        shift(before, hourOfDay * dayWords, by: day + 1)
    }

    private mutating func shift(_ source: [UInt64], _ first: Int, by days: Int) {
        let (words, bits) = (days / 64, UInt64(days % 64))
        var target = 0
        while target + words < dayWords {
            let source0 = source[first + target + words]
            var shifted = source0 >> bits
            if bits > 0, target + words + 1 < dayWords {
                shifted |= source[first + target + words + 1] << (64 - bits)
            }
            bucketDays[target] |= shifted
            target += 1
        }
    }

    /// From days to columns.
    private mutating func findColumns() {
        for word in 0..<columnWords { bucketColumns[word] = 0 }
        switch shape.mode {
        case .interval(days: 1):
            for word in 0..<min(dayWords, columnWords) { bucketColumns[word] = bucketDays[word] }
            let last = shape.columns % 64
            if last > 0 { bucketColumns[columnWords - 1] &= (1 << UInt64(last)) - 1 }
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
        for word in 0..<dayWords {
            var rest = bucketDays[word]
            while rest != 0 {
                body(word * 64 + rest.trailingZeroBitCount, &columns)
                rest &= rest - 1
            }
        }
        swap(&columns, &bucketColumns)
    }

    private var lastDay: Int? {
        for word in (0..<dayWords).reversed() where bucketDays[word] != 0 {
            return word * 64 + 63 - bucketDays[word].leadingZeroBitCount
        }
        return nil
    }

    /// Takes in another fold of the same shape, but over other people.
    public mutating func merge(_ other: RetentionFold) {
        for i in sizes.indices {
            sizes[i] += other.sizes[i]
            returned[i].merge(other.returned[i])
        }
        for i in combinedSizes.indices {
            combinedSizes[i] += other.combinedSizes[i]
            combinedReturned[i].merge(other.combinedReturned[i])
            combinedOutOf[i].merge(other.combinedOutOf[i])
        }
    }

    // MARK: Results

    /// People of a cohort.
    public func size(series: Int, bucket: Int) -> Int { sizes[series * shape.buckets + bucket] }

    /// By column: people of a cohort who came back.
    public func returned(series: Int, bucket: Int) -> [Int] {
        Array(returned[series * shape.buckets + bucket].counts.prefix(shape.columns))
    }

    /// People of any cohort.
    public func combinedSize(series: Int) -> Int { combinedSizes[series] }

    /// By column: people of any cohort for which it is over, and how many of them came back.
    public func combined(series: Int) -> [(returned: Int, outOf: Int)] {
        Array(zip(combinedReturned[series].counts, combinedOutOf[series].counts).prefix(shape.columns))
            .map { (returned: $0, outOf: $1) }
    }
}
