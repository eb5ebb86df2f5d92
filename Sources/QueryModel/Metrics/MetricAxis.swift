public import EventModel

/// The buckets of a metric. From a day on they are the calendar's in the project's zone; below it they go by real time from
/// each midnight on, so that a day of 25 hours has 25. Source: Documentation/metrics.md V3, V4.
public struct MetricAxis: Hashable, Sendable {
    public let interval: Interval
    /// Seconds since 1970: bucket i of the calendar is `bounds[i]..<bounds[i + 1]`.
    public let bounds: [Int64]
    /// Seconds: what was asked for, in which rows count. It may begin in the first bucket and end in the last one.
    public let counted: Range<Int64>
    /// By bucket: the day on which it begins, or for one that is shorter the moment, as answers write it.
    public let dates: [String]

    public init(_ range: ChartRange, _ interval: Interval, in zone: ProjectTimeZone) {
        self.interval = interval
        let days = TimeAxis(range, interval.isBelowDay ? .day : interval, in: zone)
        counted = days.shown
        guard interval.isBelowDay else {
            bounds = days.bounds
            dates = days.dates.map(\.iso)
            return
        }
        let length: Int64 =
            switch interval {
            case .minute: 60
            case .fiveMinutes: 300
            default: 3600
            }
        var bounds: [Int64] = []
        for (start, end) in zip(days.bounds, days.bounds.dropFirst()) {
            for bound in stride(from: start, to: end, by: Int(length))
            where bound + length > counted.lowerBound && bound < counted.upperBound {
                // One that begins before the range does, and lies in it.
                if min(bound + length, end) > counted.lowerBound { bounds.append(bound) }
            }
        }
        let last = bounds[bounds.count - 1]
        let midnight = days.bounds.first { $0 > last } ?? last + length
        self.bounds = bounds + [min(last + length, midnight)]
        dates = bounds.map { Timestamp(milliseconds: $0 * 1000).iso8601 }
    }

    public var bucketCount: Int { dates.count }

    /// When a bucket is over, or what was asked for of it.
    public func end(of bucket: Int) -> Int64 { min(bounds[bucket + 1], counted.upperBound) }

    /// How many points an axis has at most, before it is made. Those of an answer are bounded, and so is this.
    public static func mostBuckets(_ range: ChartRange, _ interval: Interval) -> Int {
        let days = range.dayCount + 1
        return switch interval {
        case .minute: days * 1_500
        case .fiveMinutes: days * 300
        case .hour: days * 25
        default: days
        }
    }
}
