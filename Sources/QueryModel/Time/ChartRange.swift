public import EventModel

/// What a chart is about: whole days, or any moments from one to another.
public enum ChartRange: Hashable, Sendable {
    case days(DateRange)
    case times(TimeRange)

    /// Days that it spans; of moments, how often 24 hours have begun in it.
    public var dayCount: Int {
        switch self {
        case .days(let days): days.dayCount
        case .times(let times): Int((times.end - times.start + 86_399) / 86_400)
        }
    }

    /// The days on which some of it lies.
    public func days(in zone: ProjectTimeZone) -> DateRange {
        switch self {
        case .days(let days): return days
        case .times(let times):
            func date(_ second: Int64) -> CalendarDate { zone.date(of: Timestamp(milliseconds: second * 1000)) }
            guard let days = DateRange(first: date(times.start), last: date(times.end - 1)) else {
                preconditionFailure("no day comes before an earlier moment's")
            }
            return days
        }
    }
}
