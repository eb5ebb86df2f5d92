/// One person's rows that a metric looks at, in the order of their times, each once.
///
/// Kept and filled anew from person to person.
public struct MetricRows: Sendable {
    /// Since 1970.
    public var seconds: [UInt32] = []
    /// What stands for the series of each row, see ``SeriesLists``.
    public var series: [Int32] = []
    /// Of the property that is computed with; not a number where it is none. Empty if nothing is computed.
    public var numbers: [Double] = []
    /// Session ids; -1 is none. Empty if they do not matter.
    public var sessions: [Int64] = []
    /// Whether a row meets what is asked of it beyond being looked at. Empty if nothing is.
    public var meets: [Bool] = []

    public init() {}

    public var count: Int { seconds.count }

    public mutating func removeAll() {
        seconds.removeAll(keepingCapacity: true)
        series.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        sessions.removeAll(keepingCapacity: true)
        meets.removeAll(keepingCapacity: true)
    }
}

/// Counts rows, people or sessions of many people, one after another, by series and bucket. The order of people, and how they
/// are shared out among tallies that are merged in the end, changes nothing (sums: nothing but the last digit).
public protocol MetricTally: Sendable {
    /// Adds one person's rows.
    mutating func add(_ rows: borrowing MetricRows)

    /// Takes in another tally of the same shape, but of other people.
    mutating func merge(_ other: Self)

    /// By bucket.
    func values(of series: Int) -> [Double]

    /// Whether any row that counts in the range itself is in a series.
    func hasRows(in series: Int) -> Bool

    /// So much was counted that memory is at stake: the counts are not complete.
    var isTooLarge: Bool { get }
}

extension MetricTally {
    public var isTooLarge: Bool { false }
}

/// The series and buckets of a tally, and which rows it counts.
public struct MetricShape: Sendable {
    public let series: Int
    public let lists: SeriesLists
    public let buckets: BucketTable
    /// Seconds: rows elsewhere do not count.
    public let counted: Range<UInt32>

    public init(series: Int, lists: SeriesLists, buckets: BucketTable, counted: Range<UInt32>) {
        self.series = series
        self.lists = lists
        self.buckets = buckets
        self.counted = counted
    }

    var cellCount: Int { series * buckets.bucketCount }

    func cell(_ series: Int32, _ second: UInt32) -> Int {
        Int(series) * buckets.bucketCount + buckets.bucket(of: Int64(second))
    }

    func cells(of series: Int) -> Range<Int> {
        series * buckets.bucketCount..<(series + 1) * buckets.bucketCount
    }
}
