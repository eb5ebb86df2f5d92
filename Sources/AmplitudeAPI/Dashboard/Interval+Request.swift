import QueryModel

extension Interval {
    /// By their numbers in requests, the `i` parameter: days, or milliseconds below a day, negated. Source:
    /// Documentation/time.md T2.
    static let requestNumbers: [(number: Int, interval: Interval)] = [
        (-300_000, .fiveMinutes), (-3_600_000, .hour), (1, .day), (7, .week), (30, .month),
    ]

    /// What requests may ask of an interval.
    private struct Limits {
        /// The longest range, in days.
        var days: Int
        /// The most buckets that one rolling window or average may span.
        var rollingBuckets: Int
    }

    /// More buckets than these nobody reads, and no axis holds.
    private static let mostBuckets = 5_000

    private var limits: Limits {
        switch self {
        case .fiveMinutes: Limits(days: 2, rollingBuckets: 36)
        case .hour: Limits(days: 7, rollingBuckets: 72)
        case .day: Limits(days: 365, rollingBuckets: 90)
        case .week: Limits(days: 7 * Self.mostBuckets, rollingBuckets: 12)
        case .month: Limits(days: 30 * Self.mostBuckets, rollingBuckets: 12)
        case .minute, .quarter, .year, .all: preconditionFailure("no request has a number for it")
        }
    }

    var mostDays: Int { limits.days }
    var mostRollingBuckets: Int { limits.rollingBuckets }
}
