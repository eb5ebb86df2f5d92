/// Revenue in each bucket of time. Source: Documentation/revenue.md M5.
public struct RevenueQuery: Framed, Hashable, Sendable {
    public enum Metric: String, CaseIterable, Sendable {
        case total
        /// People with at least one event whose revenue is above 0.
        case paying
        /// Revenue by the active people.
        case perActivePerson = "per_active_person"
        /// Revenue by the paying people.
        case perPayingPerson = "per_paying_person"
    }

    public var metric: Metric
    /// At most two group-bys.
    public var frame: ChartFrame

    public init(_ metric: Metric, in frame: ChartFrame) {
        self.metric = metric
        self.frame = frame
    }

    public init(
        metric: Metric,
        segments: [Segment] = [.everybody],
        groupBy: [PropertyReference] = [],
        range: DateRange,
        interval: Interval = .day,
        limit: Int = 1000
    ) {
        let frame = ChartFrame(range: range, interval: interval, segments: segments, groupBys: groupBy, limit: limit)
        self.init(metric, in: frame)
    }
}
