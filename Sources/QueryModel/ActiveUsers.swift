/// How many people were active, or new, in each bucket of time. Source: Documentation/counting.md C28.
public struct ActiveUsersQuery: Hashable, Sendable {
    /// Raw value: the `m` parameter.
    public enum Metric: String, CaseIterable, Sendable {
        case active
        /// Whose first event ever lies in the bucket.
        case new
    }

    public var metric: Metric
    public var segments: [Segment]
    /// At most two. For new people it is judged on their first event, as are the segments
    /// (Documentation/counting.md C28).
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
