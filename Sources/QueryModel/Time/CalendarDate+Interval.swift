public import EventModel

extension CalendarDate {
    /// The first day of the bucket in which this day lies. The whole of a range begins where the range does.
    public func start(of interval: Interval) -> CalendarDate {
        switch interval {
        case .minute, .fiveMinutes, .hour, .day, .all: self
        // 1970-01-01 was a Thursday.
        case .week: adding(days: -(((daysSinceEpoch + 3) % 7 + 7) % 7))
        case .month: adding(days: 1 - day)
        case .quarter: first(ofMonth: (month - 1) / 3 * 3 + 1)
        case .year: first(ofMonth: 1)
        }
    }

    /// `count` buckets later, from the first day of a bucket. Below a day and of the whole of a range, so many days.
    public func adding(_ count: Int, _ interval: Interval) -> CalendarDate {
        switch interval {
        case .minute, .fiveMinutes, .hour, .day, .all: adding(days: count)
        case .week: adding(days: 7 * count)
        case .month: adding(months: count)
        case .quarter: adding(months: 3 * count)
        case .year: adding(months: 12 * count)
        }
    }

    /// The same day so many months later or, where that month is too short, its last day.
    public func adding(months count: Int) -> CalendarDate {
        let months = year * 12 + month - 1 + count
        let (year, month) = (months / 12, months % 12 + 1)
        for day in stride(from: day, through: 1, by: -1) {
            if let date = CalendarDate(year: year, month: month, day: day) { return date }
        }
        preconditionFailure("a calendar date lies in the years 1 to 9999")
    }

    private func first(ofMonth month: Int) -> CalendarDate {
        CalendarDate(year: year, month: month, day: 1) ?? self
    }
}
