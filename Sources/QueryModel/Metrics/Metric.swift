public import Formulas

/// What the metrics API counts or computes, bucket by bucket. Source: Documentation/metrics.md V8 to V16.
public enum Metric: Hashable, Sendable {
    /// The distinct people who were active.
    case activeUsers(ActiveSpan)
    /// Rows.
    case events
    /// Arithmetic over a property of the rows.
    case values(of: PropertyReference, Arithmetic)
    /// What each person has of a bucket's rows, and then one number of all of them: how many rows or, of a property, the
    /// sum of its numbers.
    case perActor(of: PropertyReference?, Summary)
    /// The people whose first row it is.
    case firstTime(FirstTime)
    /// The distinct people with a user id who sent anything.
    case identifiedUsers
    /// Sessions, dated by their first event.
    case sessions
    /// Sessions of which something lies in the bucket.
    case sessionsUnderWay
    /// The people of a day, or of the seven days up to it, in percent of those of the thirty days up to it.
    case stickiness(Stickiness)
    /// Who is new, goes on, came back or stayed away. Values are listed state by state, see ``LifecycleAnswer/State``.
    case lifecycle(includesDormant: Bool)

    public enum Stickiness: Hashable, Sendable { case day, week }

    /// In which days up to the end of a bucket somebody was active.
    public enum ActiveSpan: Hashable, Sendable {
        case bucket
        /// Seven days; the bucket itself where that is a week or longer.
        case week
        /// Thirty days; the bucket itself where that is a month or longer.
        case month
    }

    public enum Arithmetic: String, CaseIterable, Hashable, Sendable {
        case sum, avg, min, max
        /// Rows that have the property, whatever it is.
        case count
    }

    public enum Summary: Hashable, Sendable {
        case average, min, max, sum
        case quantile(Quantile)
    }

    public struct FirstTime: Hashable, Sendable {
        /// Whether the first row is the first that meets the conditions; else the first of all, which must meet them.
        public var ofThoseThatMatch: Bool
        /// How many days of 24 hours before the range are looked at; all if `nil`.
        public var lookbackDays: Int?

        public init(ofThoseThatMatch: Bool, lookbackDays: Int?) {
            self.ofThoseThatMatch = ofThoseThatMatch
            self.lookbackDays = lookbackDays
        }
    }
}

/// A metric over a time, of some rows, perhaps split and compared.
public struct MetricQuery: Hashable, Sendable {
    public var metric: Metric
    public var range: ChartRange
    public var interval: Interval
    /// Rows of this event alone.
    public var event: EventSelector.EventType?
    /// All must pass, of the same row; of sessions, of their first event.
    public var conditions: [PropertyFilter]
    /// An audience's id; everybody if `nil`.
    public var audience: String?
    public var breakdown: PropertyReference?
    /// Beyond so many values, the largest first, all others are one series. At least 1.
    public var breakdownLimit: Int
    /// An earlier time that it is compared with.
    public var previous: ChartRange?

    public init(
        _ metric: Metric,
        range: ChartRange,
        interval: Interval = .day,
        event: EventSelector.EventType? = nil,
        conditions: [PropertyFilter] = [],
        audience: String? = nil,
        breakdown: PropertyReference? = nil,
        breakdownLimit: Int = 25,
        previous: ChartRange? = nil
    ) {
        self.metric = metric
        self.range = range
        self.interval = interval
        self.event = event
        self.conditions = conditions
        self.audience = audience
        self.breakdown = breakdown
        self.breakdownLimit = breakdownLimit
        self.previous = previous
    }
}

/// Values bucket by bucket, a series for each value of the breakdown.
public struct MetricAnswer: Equatable, Sendable {
    public struct Series: Equatable, Sendable {
        /// `nil` where nothing splits.
        public var dimension: Dimension?
        /// By bucket; of a lifecycle by state and bucket.
        public var values: [Double]

        public init(dimension: Dimension? = nil, values: [Double]) {
            self.dimension = dimension
            self.values = values
        }
    }

    public enum Dimension: Hashable, Sendable {
        case value(String)
        /// All values that are not shown alone.
        case other
    }

    public struct Period: Equatable, Sendable {
        public var axis: MetricAxis
        /// The largest first; ``Dimension/other`` last.
        public var series: [Series]

        public init(axis: MetricAxis, series: [Series]) {
            self.axis = axis
            self.series = series
        }
    }

    public var period: Period
    /// What it is compared with: the same dimensions in the same order.
    public var previous: Period?

    public init(period: Period, previous: Period? = nil) {
        self.period = period
        self.previous = previous
    }
}
