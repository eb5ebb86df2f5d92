/// Counts matching events, the people who did them and the amounts they carry, per series and bucket.
///
/// Feed it one person after another; the order of people, and how they are shared out among folds that are merged in
/// the end, changes nothing (sums: nothing but the last digit).
public struct SegmentationFold: Sendable {
    /// What is to be counted.
    public struct Measures: Sendable {
        public var totals = false
        public var uniques: Set<BucketWindow> = []
        /// By code of the operand's value, the number that it is; not a number where it is none. `nil`: no sums.
        public var numbers: [Double]?
        /// Events by value of the operand.
        public var values = false
        /// Pairs of a person and a value of the operand.
        public var pairs: Set<BucketWindow> = []
        /// People by their number of events.
        public var frequencies: Set<BucketWindow> = []

        public init() {}

        /// Whether events come with the code of an operand.
        public var hasOperand: Bool { numbers != nil || values || !pairs.isEmpty }
    }

    private var person: UInt32 = 0
    private var totals: TotalsTally?
    private var uniques: [BucketWindow: UniquesTally] = [:]
    private var sums: SumTally?
    private var values: ValueTally?
    private var pairs: [BucketWindow: PairsTally] = [:]
    private var frequencies: [BucketWindow: FrequencyTally] = [:]
    /// Whether anything is counted that stands in a dictionary: not even an empty one is looked at for each person.
    private let hasWindows: Bool
    private var bucketUniques: BucketUniquesTally?

    public init(_ shape: TallyShape, _ measures: Measures) {
        hasWindows =
            measures.uniques.contains { $0 != .bucket } || !measures.pairs.isEmpty || !measures.frequencies.isEmpty
        if measures.totals { totals = TotalsTally(shape) }
        for window in measures.uniques {
            if window == .bucket {
                bucketUniques = BucketUniquesTally(shape)
            } else {
                uniques[window] = UniquesTally(shape, window)
            }
        }
        if let numbers = measures.numbers { sums = SumTally(shape, numbers: numbers) }
        if measures.values { values = ValueTally(shape) }
        for window in measures.pairs { pairs[window] = PairsTally(shape, window) }
        for window in measures.frequencies { frequencies[window] = FrequencyTally(shape, window) }
    }

    /// Adds all of one person's matching events.
    ///
    /// - Parameters:
    ///   - buckets: ascending.
    ///   - series: the series in which each event counts; an event that counts in several is listed once for each.
    ///   - codes: of each event's operand; empty if nothing needs one.
    ///   - shownFrom: index of the first event that lies in what is shown; those before it count in windows alone.
    /// - Complexity: O(events), no allocation, unless values, pairs or frequencies are asked for.
    public mutating func add(buckets: Span<Int32>, series: Span<Int32>, codes: Span<UInt32>, shownFrom: Int = 0) {
        guard !buckets.isEmpty else { return }
        person &+= 1
        bucketUniques?.add(person, buckets, series, shownFrom: shownFrom)
        totals?.add(buckets, series, shownFrom: shownFrom)
        sums?.add(buckets, series, codes, shownFrom: shownFrom)
        values?.add(buckets, series, codes, shownFrom: shownFrom)
        if hasWindows { addToWindows(buckets, series, codes, shownFrom) }
    }

    /// Whether ``add(people:of:buckets:series:codes:)`` will do: nothing is counted that looks at one person's events
    /// together.
    public var takesMany: Bool { !hasWindows }

    /// Adds all matching events of some people at once, all of which lie in what is shown.
    ///
    /// - Parameters:
    ///   - people: the number of each event's person, ascending, below `count`.
    ///   - buckets: ascending for each person.
    ///   - series, codes: as for single people.
    /// - Complexity: O(events), no allocation, unless values are asked for.
    public mutating func add(
        people: Span<UInt32>,
        of count: Int,
        buckets: Span<Int32>,
        series: Span<Int32>,
        codes: Span<UInt32>
    ) {
        precondition(takesMany, "what looks at one person's events together takes people one after another")
        bucketUniques?.add(people, from: person &+ 1, buckets, series)
        person &+= UInt32(count)
        totals?.add(buckets, series, shownFrom: 0)
        sums?.add(buckets, series, codes, shownFrom: 0)
        values?.add(buckets, series, codes, shownFrom: 0)
    }

    private mutating func addToWindows(
        _ buckets: Span<Int32>,
        _ series: Span<Int32>,
        _ codes: Span<UInt32>,
        _ shownFrom: Int
    ) {
        for window in uniques.keys { uniques[window]?.add(person, buckets, series, shownFrom: shownFrom) }
        for window in pairs.keys { pairs[window]?.add(person, buckets, series, codes, shownFrom: shownFrom) }
        for window in frequencies.keys { frequencies[window]?.add(buckets, series, shownFrom: shownFrom) }
    }

    /// Takes in another fold of the same shape and measures, but over other people.
    public mutating func merge(_ other: SegmentationFold) {
        if let theirs = other.bucketUniques { bucketUniques?.merge(theirs) }
        if let theirs = other.totals { totals?.merge(theirs) }
        for (window, theirs) in other.uniques { uniques[window]?.merge(theirs) }
        if let theirs = other.sums { sums?.merge(theirs) }
        if let theirs = other.values { values?.merge(theirs) }
        for (window, theirs) in other.pairs { pairs[window]?.merge(theirs) }
        for (window, theirs) in other.frequencies { frequencies[window]?.merge(theirs) }
    }

    // MARK: Results. Asking for what was not counted is a programming error.

    public func totals(of series: Int, _ window: BucketWindow = .bucket) -> TallyValues {
        totals!.values(of: series, window)
    }

    public func uniques(of series: Int, _ window: BucketWindow = .bucket) -> TallyValues {
        window == .bucket ? bucketUniques!.values(of: series) : uniques[window]!.values(of: series)
    }

    /// Sums of the operand.
    public func sums(of series: Int, _ window: BucketWindow = .bucket) -> TallyValues {
        sums!.sums(of: series, window)
    }

    /// Events whose operand is a number.
    public func numberCounts(of series: Int, _ window: BucketWindow = .bucket) -> TallyValues {
        sums!.counts(of: series, window)
    }

    /// Pairs of a person and a value of the operand.
    public func pairs(of series: Int, _ window: BucketWindow = .bucket) -> TallyValues {
        pairs[window]!.values(of: series)
    }

    /// Events by code of the operand.
    public func valueCounts(
        of series: Int,
        _ window: BucketWindow = .bucket
    ) -> (buckets: [[UInt32: Int]], collapsed: [UInt32: Int]) {
        values!.counts(of: series, window)
    }

    /// People by their number of events.
    public func frequencies(
        of series: Int,
        _ window: BucketWindow = .bucket
    ) -> (buckets: [[Int: Int]], collapsed: [Int: Int]) {
        frequencies[window]!.people(of: series)
    }

    // Of one series among many, as quickly as can be: no values by bucket are made.

    /// Whether a series has events in a bucket from `first` on.
    public func hasEvents(in series: Int, from first: Int) -> Bool { totals!.hasAny(in: series, from: first) }

    public func collapsedTotals(of series: Int) -> Double { totals!.collapsed(of: series) }

    public func collapsedUniques(of series: Int, _ window: BucketWindow = .bucket) -> Double {
        window == .bucket ? bucketUniques!.collapsed(of: series) : uniques[window]!.collapsed(of: series)
    }

    /// The sum of the operand.
    public func collapsedSum(of series: Int) -> Double { sums!.collapsedSum(of: series) }

    /// Events whose operand is a number.
    public func collapsedNumberCount(of series: Int) -> Double { sums!.collapsedCount(of: series) }

    /// Entries of the sparse counts: what bounds their memory.
    public var size: Int {
        (values?.size ?? 0) + pairs.values.reduce(0) { $0 + $1.size } + frequencies.values.reduce(0) { $0 + $1.size }
    }
}
