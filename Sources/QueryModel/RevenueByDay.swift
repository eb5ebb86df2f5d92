/// Revenue in each bucket of time. Source: Documentation/revenue.md M5.
public struct RevenueQuery: Hashable, Sendable {
    /// Raw value: the `m` parameter.
    public enum Metric: String, CaseIterable, Sendable {
        case total
        /// People with at least one event whose revenue is above 0.
        case paying
        /// Revenue by the active people.
        case perActivePerson = "arpu"
        /// Revenue by the paying people.
        case perPayingPerson = "arppu"
    }

    public var metric: Metric
    public var segments: [Segment]
    public var groupBy: [PropertyReference]
    public var range: DateRange
    public var interval: Interval

    public init(
        metric: Metric,
        segments: [Segment] = [.everybody],
        groupBy: [PropertyReference] = [],
        range: DateRange,
        interval: Interval = .day
    ) {
        self.metric = metric
        self.segments = segments
        self.groupBy = groupBy
        self.range = range
        self.interval = interval
    }
}
