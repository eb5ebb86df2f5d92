/// Width of one bucket of a chart. Raw value: the `i` parameter; days, or milliseconds below a day, negated.
/// Source: Documentation/time.md T2.
public enum Interval: Int, CaseIterable, Sendable {
    case fiveMinutes = -300_000
    case hour = -3_600_000
    case day = 1
    /// Begins on Monday.
    case week = 7
    case month = 30

    /// The longest range that may be asked for, in days; `nil` if there is no bound of its own.
    public var mostDays: Int? {
        switch self {
        case .fiveMinutes: 2
        case .hour: 7
        case .day: 365
        case .week, .month: nil
        }
    }

    /// The most buckets that one rolling window or average may span.
    public var mostRollingBuckets: Int {
        switch self {
        case .fiveMinutes: 36
        case .hour: 72
        case .day: 90
        case .week, .month: 12
        }
    }
}
