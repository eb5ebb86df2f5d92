/// A start: its hour, counted from an hour before all others, its bucket and its series.
public struct RetentionStart: Sendable, BitwiseCopyable {
    public var hour: Int32
    public var bucket: Int32
    public var series: Int32
    /// 1 if returns count from the next 24 hours on, as all that are in its own come before it; else 0.
    public var firstDay: Int32

    public init(hour: Int32, bucket: Int32, series: Int32, firstDay: Int32 = 0) {
        self.hour = hour
        self.bucket = bucket
        self.series = series
        self.firstDay = firstDay
    }
}

/// Where a person's starts and returns end.
public struct RetentionEnds: Sendable {
    public var starts: Int32
    public var returns: Int32

    public init(starts: Int32, returns: Int32) {
        self.starts = starts
        self.returns = returns
    }
}
