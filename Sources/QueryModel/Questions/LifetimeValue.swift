/// What new people have paid since their first event. Source: Documentation/revenue.md M6 to M11.
public struct LifetimeValueQuery: FramedOfOneGroupBy, Hashable, Sendable {
    /// Raw value: its name in a question's document.
    public enum Metric: String, CaseIterable, Sendable {
        /// Revenue by people.
        case perPerson = "per_person"
        /// Revenue by the people who have ever paid.
        case perPayer = "per_payer"
        case total
        /// People who have paid so far.
        case payers
    }

    /// The days after the first event for which there is a value.
    public static let days = Array(1...180)
    /// Those for which it is said who paid for the first time since the one before.
    public static let newPayerDays = [1, 2, 3, 4, 5, 6, 7, 14, 30, 60, 90, 120, 180]
    /// Those for which there is a projection.
    public static let projectedDays = Array(1...90)

    public var metric: Metric
    /// Segments and the group-by, one at most, are judged on the first event.
    public var frame: ChartFrame

    public init(_ metric: Metric, in frame: ChartFrame) {
        self.metric = metric
        self.frame = frame
    }

    public init(
        metric: Metric = .perPerson,
        range: DateRange,
        interval: Interval = .day,
        segments: [Segment] = [.everybody],
        groupBy: PropertyReference? = nil,
        limit: Int = 100
    ) {
        let groupBys = groupBy.map { [$0] } ?? []
        let frame = ChartFrame(range: range, interval: interval, segments: segments, groupBys: groupBys, limit: limit)
        self.init(metric, in: frame)
    }
}

/// The answer to a ``LifetimeValueQuery``.
public struct LifetimeValueAnswer: Equatable, Sendable {
    /// The people who were new in one bucket, or in all.
    public struct Cohort: Equatable, Sendable {
        /// By ``LifetimeValueQuery/days``: the metric over so many times 24 hours from each one's first event, of buckets
        /// that began as long ago; 0 if none did.
        public var values: [Double]
        /// By days: whether the bucket, or any, began as long ago.
        public var isComplete: [Bool]
        /// By ``LifetimeValueQuery/newPayerDays``: people whose first payment came within so many days, and not within those
        /// before.
        public var newPayers: [Int]
        public var people: Int
        /// People who have ever paid.
        public var payers: Int
        /// All that they have paid.
        public var amount: Double

        public init(
            values: [Double],
            isComplete: [Bool],
            newPayers: [Int],
            people: Int,
            payers: Int,
            amount: Double
        ) {
            self.values = values
            self.isComplete = isComplete
            self.newPayers = newPayers
            self.people = people
            self.payers = payers
            self.amount = amount
        }
    }

    public struct Series: Equatable, Sendable {
        public var segment: Int
        public var group: String?
        /// By bucket.
        public var cohorts: [Cohort]
        public var combined: Cohort
        /// By ``LifetimeValueQuery/projectedDays``: the combined value or, beyond the last day that any bucket is as old as,
        /// that day's.
        public var projected: [Double] {
            var last = 0.0
            return LifetimeValueQuery.projectedDays.indices.map { day in
                if combined.isComplete[day] { last = combined.values[day] }
                return last
            }
        }

        public init(segment: Int, group: String?, cohorts: [Cohort], combined: Cohort) {
            self.segment = segment
            self.group = group
            self.cohorts = cohorts
            self.combined = combined
        }
    }

    public var axis: TimeAxis
    public var series: [Series]

    public init(axis: TimeAxis, series: [Series]) {
        self.axis = axis
        self.series = series
    }
}
