public import EventModel

/// The time axis of a chart: buckets that follow on from one another, each with its label.
///
/// The moments at which buckets begin are computed once from the zone's rules, so days of 23 or 25 hours are right by
/// construction. All times are whole seconds since 1970.
public struct TimeAxis: Hashable, Sendable {
    public let interval: Interval
    /// Bucket i of the calendar is `bounds[i]..<bounds[i + 1]`; the first ``leadCount`` ones lie before the first one
    /// shown. Ascending; two are equal where the clock skips an hour.
    public let bounds: [Int64]
    /// Times that belong to another bucket than the one in whose bounds they lie, an earlier one, as the clock showed its
    /// label before. Source: Documentation/time.md T6, T7.
    public let repeats: [RepeatedBucket]
    /// Buckets before the first one shown, which rolling windows read.
    public let leadCount: Int
    /// What was asked for: from the start of the first day to the end of the last one. A first or last week or month may
    /// reach beyond it.
    public let shown: Range<Int64>
    /// One for each bucket that is shown.
    public let labels: [String]
    /// The date on which each bucket that is shown begins.
    public let dates: [CalendarDate]

    /// Events that count: those asked for and, where buckets lead in, all of those too.
    /// Source: Documentation/time.md T8.
    public var counted: Range<Int64> {
        leadCount > 0 ? bounds[0]..<shown.upperBound : shown
    }

    /// Buckets that are shown.
    public var bucketCount: Int { labels.count }

    /// - Parameter leadCount: how many buckets before the first are needed.
    public init(_ range: ChartRange, _ interval: Interval, in zone: ProjectTimeZone, leadCount: Int = 0) {
        switch range {
        case .days(let days): self.init(days, interval, in: zone, leadCount: leadCount)
        case .times(let times): self.init(times, interval, in: zone, leadCount: leadCount)
        }
    }

    public init(_ range: DateRange, _ interval: Interval, in zone: ProjectTimeZone, leadCount: Int = 0) {
        self.interval = interval
        self.leadCount = leadCount
        let days = zone.start(of: range.first).seconds..<zone.start(of: range.last.adding(days: 1)).seconds
        switch interval {
        case .minute, .fiveMinutes, .hour:
            let clock = ClockBuckets(range, interval, zone, leadCount: leadCount)
            bounds = clock.bounds
            repeats = clock.repeats
            labels = Array(clock.labels.dropFirst(leadCount))
            dates = Array(clock.dates.dropFirst(leadCount))
            shown = bounds[leadCount]..<bounds[bounds.count - 1]
        case .day, .week, .month, .quarter, .year:
            let first = range.first.start(of: interval)
            let all = sequence(first: first.adding(-leadCount, interval)) { $0.adding(1, interval) }
                .prefix { $0 <= range.last.adding(1, interval) }
            let starts = Array(all.prefix { $0 <= range.last }) + all.drop { $0 <= range.last }.prefix(1)
            bounds = starts.map { zone.start(of: $0).seconds }
            repeats = []
            dates = Array(starts.dropFirst(leadCount).dropLast())
            labels = dates.map(\.iso)
            shown = days
        case .all:
            // Nothing comes before the whole: what leads in is empty.
            bounds = Array(repeating: days.lowerBound, count: leadCount + 1) + [days.upperBound]
            repeats = []
            dates = [range.first]
            labels = [range.first.iso]
            shown = days
        }
    }

    /// The buckets in which some of `times` lies, whole, but only that part of the first and the last one is shown.
    private init(_ times: TimeRange, _ interval: Interval, in zone: ProjectTimeZone, leadCount: Int) {
        let days = TimeAxis(ChartRange.times(times).days(in: zone), interval, in: zone, leadCount: leadCount)
        self.interval = interval
        self.leadCount = leadCount
        shown = times.start..<times.end
        guard interval != .all else {
            bounds = Array(repeating: times.start, count: leadCount + 1) + [times.end]
            repeats = []
            labels = days.labels
            dates = days.dates
            return
        }
        let starts = days.bounds[leadCount...].dropLast()
        let first = (starts.lastIndex { $0 <= times.start } ?? leadCount) - leadCount
        let last = (starts.lastIndex { $0 < times.end } ?? leadCount) - leadCount
        bounds = Array(days.bounds[first...last + leadCount + 1])
        repeats = days.repeats.kept(in: first..<last + leadCount + 1, bounds)
        labels = Array(days.labels[first...last])
        dates = Array(days.dates[first...last])
    }

    /// When a bucket of the calendar is over; those that lead in are counted, too.
    public func calendarEnd(of bucket: Int) -> Int64 {
        repeats.last { $0.bucket == bucket }.map { max($0.times.upperBound, bounds[bucket + 1]) } ?? bounds[bucket + 1]
    }

    /// When a bucket that is shown is over, or what was asked for of it. Source: Documentation/time.md T5.
    public func end(of bucket: Int) -> Int64 { min(calendarEnd(of: leadCount + bucket), shown.upperBound) }

    /// Any buckets, all of them shown.
    public init(_ interval: Interval, bounds: [Int64], leadCount: Int = 0, labels: [String], dates: [CalendarDate]) {
        precondition(bounds.count == leadCount + labels.count + 1, "each bucket has a label")
        self.interval = interval
        self.bounds = bounds
        repeats = []
        self.leadCount = leadCount
        self.labels = labels
        self.dates = dates
        shown = bounds[leadCount]..<bounds[bounds.count - 1]
    }
}
