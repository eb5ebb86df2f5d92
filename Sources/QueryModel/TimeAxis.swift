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
    public init(_ range: DateRange, _ interval: Interval, in zone: ProjectTimeZone, leadCount: Int = 0) {
        self.interval = interval
        self.leadCount = leadCount
        switch interval {
        case .fiveMinutes, .hour:
            let clock = ClockBuckets(range, interval, zone, leadCount: leadCount)
            bounds = clock.bounds
            labels = Array(clock.labels.dropFirst(leadCount))
            dates = Array(clock.dates.dropFirst(leadCount))
            shown = bounds[leadCount]..<bounds[bounds.count - 1]
        case .day, .week, .month:
            let first = range.first.start(of: interval)
            let all = sequence(first: first.adding(-leadCount, interval)) { $0.adding(1, interval) }
                .prefix { $0 <= range.last.adding(1, interval) }
            let starts = Array(all.prefix { $0 <= range.last }) + all.drop { $0 <= range.last }.prefix(1)
            bounds = starts.map { zone.start(of: $0).seconds }
            dates = Array(starts.dropFirst(leadCount).dropLast())
            labels = dates.map(\.iso)
            shown =
                zone.start(of: range.first).seconds..<zone.start(of: range.last.adding(days: 1)).seconds
        }
    }

    /// The same, but all of the first and the last bucket is shown, whatever part was asked for.
    public var withWholeBuckets: TimeAxis {
        TimeAxis(interval, bounds: bounds, leadCount: leadCount, labels: labels, dates: dates)
    }

    /// Any buckets, all of them shown.
    public init(_ interval: Interval, bounds: [Int64], leadCount: Int = 0, labels: [String], dates: [CalendarDate]) {
        precondition(bounds.count == leadCount + labels.count + 1, "each bucket has a label")
        self.interval = interval
        self.bounds = bounds
        self.leadCount = leadCount
        self.labels = labels
        self.dates = dates
        shown = bounds[leadCount]..<bounds[bounds.count - 1]
    }

    /// The whole of what `axis` shows, as one bucket.
    public init(wholeOf axis: TimeAxis) {
        interval = axis.interval
        leadCount = 0
        shown = axis.shown
        bounds = [axis.shown.lowerBound, axis.shown.upperBound]
        labels = [axis.labels.first ?? ""]
        dates = Array(axis.dates.prefix(1))
    }
}

/// Buckets below a day, by the clock on the wall. Source: Documentation/time.md T6, T7.
private struct ClockBuckets {
    private(set) var bounds: [Int64] = []
    private(set) var labels: [String] = []
    private(set) var dates: [CalendarDate] = []

    init(_ range: DateRange, _ interval: Interval, _ zone: ProjectTimeZone, leadCount: Int) {
        // A day may be short by up to two hours.
        let fewestPerDay = interval == .hour ? 24 : 264
        var date = range.first.adding(days: leadCount == 0 ? 0 : -(leadCount / fewestPerDay + 1))
        while date <= range.last {
            let bucketsOfDay = interval == .hour ? Self.hours(of: date, zone) : Self.fiveMinutes(of: date, zone)
            for (start, minute) in bucketsOfDay {
                bounds.append(start)
                labels.append("\(date.iso)T\(Self.padded(minute / 60)):\(Self.padded(minute % 60)):00")
                dates.append(date)
            }
            date = date.adding(days: 1)
        }
        bounds.append(zone.start(of: date).seconds)
        // Only charts of hours may begin and end within a day.
        let (firstHour, lastHour) = interval == .hour ? (range.firstHour, range.lastHour) : (0, 23)
        let shownFirst = dates.firstIndex(of: range.first) ?? 0
        let tooMany = shownFirst + firstHour - leadCount
        bounds.removeFirst(tooMany)
        labels.removeFirst(tooMany)
        dates.removeFirst(tooMany)
        bounds.removeLast(23 - lastHour)
        labels.removeLast(23 - lastHour)
        dates.removeLast(23 - lastHour)
    }

    /// The first moments of the 24 hours: an hour that comes twice is one bucket, one that is skipped is empty.
    private static func hours(of date: CalendarDate, _ zone: ProjectTimeZone) -> [(start: Int64, minute: Int)] {
        let (start, end) = (zone.start(of: date).seconds, zone.start(of: date.adding(days: 1)).seconds)
        var starts: [(Int64, Int)] = []
        // Clocks change at, and by, whole quarters of an hour.
        for quarter in stride(from: start, to: end, by: 900) {
            let hour = zone.secondOfDay(at: quarter) / 3600
            while starts.count <= hour, starts.count < 24 { starts.append((quarter, starts.count * 60)) }
        }
        while starts.count < 24 { starts.append((end, starts.count * 60)) }
        return starts
    }

    /// In the order in which they pass: an hour that comes twice is there twice.
    private static func fiveMinutes(of date: CalendarDate, _ zone: ProjectTimeZone) -> [(start: Int64, minute: Int)] {
        let (start, end) = (zone.start(of: date).seconds, zone.start(of: date.adding(days: 1)).seconds)
        return stride(from: start, to: end, by: 300).map { ($0, zone.secondOfDay(at: $0) / 60) }
    }

    private static func padded(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}

extension CalendarDate {
    /// The first day of the bucket in which this day lies.
    public func start(of interval: Interval) -> CalendarDate {
        switch interval {
        case .fiveMinutes, .hour, .day: self
        // 1970-01-01 was a Thursday.
        case .week: adding(days: -(((daysSinceEpoch + 3) % 7 + 7) % 7))
        case .month: adding(days: 1 - day)
        }
    }

    /// `count` buckets later, from the first day of a bucket.
    public func adding(_ count: Int, _ interval: Interval) -> CalendarDate {
        switch interval {
        case .fiveMinutes, .hour, .day: return adding(days: count)
        case .week: return adding(days: 7 * count)
        case .month:
            let months = year * 12 + month - 1 + count
            return CalendarDate(year: months / 12, month: months % 12 + 1, day: 1) ?? self
        }
    }
}
