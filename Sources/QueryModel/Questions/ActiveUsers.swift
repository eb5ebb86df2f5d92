/// How many people were active, or new, in each bucket of time. Source: Documentation/counting.md C28.
public struct ActiveUsersQuery: Framed, Hashable, Sendable {
    public enum Metric: String, CaseIterable, Sendable {
        case active
        /// Whose first event ever lies in the bucket.
        case new
    }

    public var metric: Metric
    /// At most two group-bys. For new people these and the segments are judged on the first event
    /// (Documentation/counting.md C28).
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
