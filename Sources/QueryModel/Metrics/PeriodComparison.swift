public import EventModel

/// With which earlier time a metric is compared. Source: Documentation/metrics.md V5.
public enum PeriodComparison: Hashable, Sendable {
    /// The same length of time, up to the beginning.
    case previous
    /// The same a year earlier; 29 February is the 28th then.
    case yearBefore

    /// - Returns: `nil` if it begins before ``CalendarDate/chartable`` days do.
    public func range(before range: ChartRange, in zone: ProjectTimeZone) -> ChartRange? {
        switch (self, range) {
        case (.previous, .days(let days)):
            return Self.days(days.first.adding(days: -days.dayCount), until: days.first)
        case (.yearBefore, .days(let days)):
            return Self.days(days.first.yearBefore, until: days.last.adding(days: 1).yearBefore)
        case (.previous, .times(let times)):
            return Self.times(times.start - (times.end - times.start), until: times.start)
        case (.yearBefore, .times(let times)):
            return Self.times(zone.yearBefore(times.start), until: zone.yearBefore(times.end))
        }
    }

    /// - Parameter end: the day after the last one.
    private static func days(_ first: CalendarDate, until end: CalendarDate) -> ChartRange? {
        guard CalendarDate.chartable.contains(first) else { return nil }
        return DateRange(first: first, last: end.adding(days: -1)).map { .days($0) }
    }

    private static func times(_ start: Int64, until end: Int64) -> ChartRange? {
        start > 0 ? TimeRange(start: start, end: end).map { .times($0) } : nil
    }
}

extension CalendarDate {
    /// The last of February for its 29th.
    fileprivate var yearBefore: CalendarDate { adding(months: -12) }
}

extension ProjectTimeZone {
    /// The same time of the day a year earlier.
    fileprivate func yearBefore(_ second: Int64) -> Int64 {
        let date = date(of: Timestamp(milliseconds: second * 1000)).yearBefore
        return start(of: date).seconds + Int64(secondOfDay(at: second))
    }
}
