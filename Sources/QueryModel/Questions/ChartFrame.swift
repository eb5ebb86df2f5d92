/// What most questions have in common: when, of whom, split by what.
public struct ChartFrame: Hashable, Sendable {
    public var range: ChartRange
    public var interval: Interval
    /// At least one.
    public var segments: [Segment]
    /// The properties that split the whole answer. How many there may be is for the question to say.
    public var groupBys: [PropertyReference]
    /// The most groups to answer with, the largest first. At least 1.
    public var limit: Int

    public init(
        range: ChartRange,
        interval: Interval = .day,
        segments: [Segment] = [.everybody],
        groupBys: [PropertyReference] = [],
        limit: Int = 100
    ) {
        self.range = range
        self.interval = interval
        self.segments = segments
        self.groupBys = groupBys
        self.limit = limit
    }
}

extension ChartFrame {
    /// The same about whole days.
    public init(
        range: DateRange,
        interval: Interval = .day,
        segments: [Segment] = [.everybody],
        groupBys: [PropertyReference] = [],
        limit: Int = 100
    ) {
        self.init(range: .days(range), interval: interval, segments: segments, groupBys: groupBys, limit: limit)
    }
}

/// A question that is asked within a frame.
public protocol Framed {
    var frame: ChartFrame { get set }
}

extension Framed {
    public var range: ChartRange {
        get { frame.range }
        set { frame.range = newValue }
    }

    public var interval: Interval {
        get { frame.interval }
        set { frame.interval = newValue }
    }

    public var segments: [Segment] {
        get { frame.segments }
        set { frame.segments = newValue }
    }

    public var groupBys: [PropertyReference] {
        get { frame.groupBys }
        set { frame.groupBys = newValue }
    }

    public var limit: Int {
        get { frame.limit }
        set { frame.limit = newValue }
    }
}

/// A question of which one property at most splits the answer.
public protocol FramedOfOneGroupBy: Framed {}

extension FramedOfOneGroupBy {
    public var groupBy: PropertyReference? {
        get { frame.groupBys.first }
        set { frame.groupBys = newValue.map { [$0] } ?? [] }
    }
}
