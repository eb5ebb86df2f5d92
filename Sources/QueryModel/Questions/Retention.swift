/// Of the people who did one event in a bucket of time, how many did another one how long after. Source:
/// Documentation/retention.md R1 to R12.
public struct RetentionQuery: FramedOfOneGroupBy, Hashable, Sendable {
    public enum Mode: Hashable, Sendable {
        /// On interval n.
        case nDay
        /// On interval n, or any later one.
        case rolling
        /// Within half-open ranges of days, whatever the interval.
        case brackets([Range<Int>])
    }

    public var start: EventSelector
    public var `return`: EventSelector
    public var mode: Mode
    /// By day, week or month. Segments and the group-by, one at most, are judged on the start event.
    public var frame: ChartFrame

    public init(start: EventSelector, return: EventSelector, mode: Mode = .nDay, in frame: ChartFrame) {
        self.start = start
        self.return = `return`
        self.mode = mode
        self.frame = frame
    }

    public init(
        start: EventSelector,
        return: EventSelector,
        mode: Mode = .nDay,
        range: DateRange,
        interval: Interval = .day,
        segments: [Segment] = [.everybody],
        groupBy: PropertyReference? = nil,
        limit: Int = 100
    ) {
        self.init(
            start: start,
            return: `return`,
            mode: mode,
            in: ChartFrame(
                range: range,
                interval: interval,
                segments: segments,
                groupBys: groupBy.map { [$0] } ?? [],
                limit: limit
            )
        )
    }
}

/// The answer to a ``RetentionQuery``.
public struct RetentionAnswer: Equatable, Sendable {
    public struct Cell: Equatable, Sendable {
        /// People who came back.
        public var count: Int
        /// People of the cohort.
        public var outOf: Int
        /// The time in which they may come back is not over.
        public var isIncomplete: Bool

        public init(count: Int, outOf: Int, isIncomplete: Bool) {
            self.count = count
            self.outOf = outOf
            self.isIncomplete = isIncomplete
        }
    }

    public struct Series: Equatable, Sendable {
        public var segment: Int
        /// The value of the property that the answer is split by; `nil` if nothing splits it.
        public var group: String?
        /// By bucket: the whole cohort, then interval 0, 1, …, or the brackets.
        public var rows: [[Cell]]
        /// The same for all buckets together, each person counted once.
        public var combined: [Cell]

        public init(segment: Int, group: String?, rows: [[Cell]], combined: [Cell]) {
            self.segment = segment
            self.group = group
            self.rows = rows
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
