public import EventModel

/// A range that moves with the present: what it is depends on the day, or the moment, on which it is asked for.
/// Source: Documentation/questions.md.
public enum RelativeRange: Hashable, Sendable {
    /// Raw value: its letter, as in `30d`.
    public enum Unit: String, CaseIterable, Sendable {
        /// Up to the present moment, from so many hours before it, its minute begun.
        case hours = "h"
        /// With today as the last one.
        case days = "d"
        /// Of seven days, likewise.
        case weeks = "w"
        /// From the same day so many months ago to today.
        case months = "m"
        /// Of 365 days, with today as the last one.
        case years = "y"
    }

    /// Raw value: its name in a question's document.
    public enum Name: String, CaseIterable, Sendable {
        case today, yesterday
        /// From Monday to today.
        case weekToDate = "wtd"
        case monthToDate = "mtd"
        case quarterToDate = "qtd"
        case yearToDate = "ytd"
        // The whole one before the present one.
        case lastWeek = "last_week"
        case lastMonth = "last_month"
        case lastQuarter = "last_quarter"
        case lastYear = "last_year"
        /// From the day of the first event to today.
        case allTime = "all_time"
    }

    /// At least one.
    case last(Int, Unit)
    case named(Name)

    /// The most units of ``last(_:_:)``: more than the calendar has.
    static let most = 99_999

    /// - Parameter earliest: the time of the project's first event; `nil` if it has none.
    /// - Returns: `nil` if it begins before ``CalendarDate/chartable`` days do.
    public func range(at now: Timestamp, in zone: ProjectTimeZone, earliest: Timestamp?) -> ChartRange? {
        let today = zone.date(of: now)
        switch self {
        case .last(let count, .hours):
            let start = now.seconds - Int64(count) * 3600
            guard let times = TimeRange(start: start - (start % 60 + 60) % 60, end: now.seconds) else { return nil }
            return CalendarDate.chartable.contains(zone.date(of: Timestamp(milliseconds: times.start * 1000)))
                ? .times(times) : nil
        case .last(let count, .days): return days(count, until: today)
        case .last(let count, .weeks): return days(7 * count, until: today)
        case .last(let count, .years): return days(365 * count, until: today)
        case .last(let count, .months):
            // Further back than the calendar's first month.
            guard count <= (today.year - CalendarDate.chartable.lowerBound.year) * 12 + today.month - 1 else {
                return nil
            }
            return days(from: today.adding(months: -count), to: today)
        case .named(let name):
            // Senders may have made moments up.
            let first = earliest.map {
                zone.date(of: Timestamp(milliseconds: max(0, min($0.milliseconds, now.milliseconds))))
            }
            return range(name, today, first.map { max($0, CalendarDate.chartable.lowerBound) })
        }
    }

    private func range(_ name: Name, _ today: CalendarDate, _ earliest: CalendarDate?) -> ChartRange? {
        func toDate(_ interval: Interval) -> ChartRange? { days(from: today.start(of: interval), to: today) }
        func last(_ interval: Interval) -> ChartRange? {
            let start = today.start(of: interval)
            return days(from: start.adding(-1, interval), to: start.adding(days: -1))
        }
        switch name {
        case .today: return days(from: today, to: today)
        case .yesterday: return days(from: today.adding(days: -1), to: today.adding(days: -1))
        case .weekToDate: return toDate(.week)
        case .monthToDate: return toDate(.month)
        case .quarterToDate: return toDate(.quarter)
        case .yearToDate: return toDate(.year)
        case .lastWeek: return last(.week)
        case .lastMonth: return last(.month)
        case .lastQuarter: return last(.quarter)
        case .lastYear: return last(.year)
        case .allTime: return days(from: min(earliest ?? today, today), to: today)
        }
    }

    private func days(_ count: Int, until last: CalendarDate) -> ChartRange? {
        let room = last.daysSinceEpoch - CalendarDate.chartable.lowerBound.daysSinceEpoch
        return count - 1 <= room ? days(from: last.adding(days: 1 - count), to: last) : nil
    }

    private func days(from first: CalendarDate, to last: CalendarDate) -> ChartRange? {
        guard CalendarDate.chartable.contains(first) else { return nil }
        return DateRange(first: first, last: last).map { .days($0) }
    }
}

extension CalendarDate {
    /// Earlier and later events are on no chart, and the calendar ends not far beyond.
    public static let chartable = CalendarDate(daysSinceEpoch: 0)...CalendarDate(year: 2105, month: 12, day: 31)!
}
