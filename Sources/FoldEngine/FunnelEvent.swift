/// One event of a person that may be a step of a funnel.
public struct FunnelEvent: Sendable, BitwiseCopyable {
    /// Since 1970.
    public var second: UInt32
    /// Bit k: it may be step k. Never 0.
    public var steps: UInt32
    /// Its event type.
    public var type: UInt32
    /// The series in which a path counts if the event splits it: a number of ``SeriesLists``.
    public var series: Int32
    /// Whether it may be the first step of a path.
    public var enters: Bool
    /// Whether an event that is no step comes after it, in a second between its own and that of the next event that is
    /// one. Asked for only where steps must follow on each other.
    public var isInterrupted: Bool

    public init(
        second: UInt32,
        steps: UInt32,
        type: UInt32,
        series: Int32,
        enters: Bool,
        isInterrupted: Bool = false
    ) {
        self.second = second
        self.steps = steps
        self.type = type
        self.series = series
        self.enters = enters
        self.isInterrupted = isInterrupted
    }

    /// Whether it may be one of several steps.
    var isShared: Bool { steps & (steps &- 1) != 0 }
}

/// How the steps of a funnel follow each other.
public enum FunnelOrder: Hashable, Sendable {
    case ordered, unordered
    /// Ordered, and nothing comes between.
    case sequential
}
