/// How often, or by how many people, events were done in each bucket of time.
public struct SegmentationQuery: Hashable, Sendable {
    /// Raw value: the `m` parameter. Source: reference/dashboard.md §5, events/segmentation.
    public enum Metric: String, CaseIterable, Sendable {
        /// People with at least one matching event in the bucket.
        case uniques
        /// Matching events in the bucket.
        case totals
    }

    public var event: EventSelector
    public var metric: Metric
    public var range: DateRange
    /// Splits the whole answer (`g`), as opposed to the event's own `group_by`.
    public var groupBy: PropertyReference?
    /// The most groups to answer with, the largest first.
    public var limit: Int

    public init(
        event: EventSelector,
        metric: Metric,
        range: DateRange,
        groupBy: PropertyReference? = nil,
        limit: Int = 100
    ) {
        self.event = event
        self.metric = metric
        self.range = range
        self.groupBy = groupBy
        self.limit = limit
    }
}

/// The answer to a ``SegmentationQuery``.
public struct SegmentationAnswer: Equatable, Sendable {
    public struct Series: Equatable, Sendable {
        /// The value of the property that the answer is split by; `nil` if it is not split.
        public var group: String?
        /// One for each bucket.
        public var values: [Int]
        /// The metric over the whole range, each person counted once.
        public var collapsed: Int

        public init(group: String?, values: [Int], collapsed: Int) {
            self.group = group
            self.values = values
            self.collapsed = collapsed
        }
    }

    public var axis: TimeAxis
    /// Largest `collapsed` first; ties by group, code points ascending, `(none)` last.
    public var series: [Series]

    public init(axis: TimeAxis, series: [Series]) {
        self.axis = axis
        self.series = series
    }
}
