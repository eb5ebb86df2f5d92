import EventModel
import QueryModel
import Testing

@Suite struct CalendarDateIntervalTests {
    @Test(
        "first day of the bucket",
        arguments: [
            ("2024-03-04", Interval.week, "2024-03-04"),
            ("2024-03-10", .week, "2024-03-04"),
            ("2024-03-11", .week, "2024-03-11"),
            ("2024-01-01", .week, "2024-01-01"),
            ("2023-01-01", .week, "2022-12-26"),
            ("1970-01-01", .week, "1969-12-29"),
            ("1969-12-28", .week, "1969-12-22"),
            ("2024-02-29", .month, "2024-02-01"),
            ("2024-02-01", .month, "2024-02-01"),
            ("2024-03-31", .quarter, "2024-01-01"),
            ("2024-04-01", .quarter, "2024-04-01"),
            ("2024-12-31", .quarter, "2024-10-01"),
            ("2024-12-31", .year, "2024-01-01"),
            ("2024-01-01", .year, "2024-01-01"),
            ("2024-02-29", .all, "2024-02-29"),
            ("2024-02-29", .minute, "2024-02-29"),
            ("2024-02-29", .day, "2024-02-29"),
            ("2024-02-29", .hour, "2024-02-29"),
            ("2024-02-29", .fiveMinutes, "2024-02-29"),
        ]
    )
    func start(of text: String, interval: Interval, start: String) {
        #expect(date(text).start(of: interval).iso == start)
    }

    @Test(
        "so many buckets on",
        arguments: [
            ("2024-02-28", 1, Interval.day, "2024-02-29"),
            ("2024-02-28", 2, .day, "2024-03-01"),
            ("2023-02-28", 1, .day, "2023-03-01"),
            ("2024-01-01", -1, .day, "2023-12-31"),
            ("2024-12-30", 1, .week, "2025-01-06"),
            ("2024-01-01", -2, .week, "2023-12-18"),
            ("2024-12-01", 1, .month, "2025-01-01"),
            ("2024-01-01", -1, .month, "2023-12-01"),
            ("2024-01-01", -12, .month, "2023-01-01"),
            ("2024-03-01", -1, .month, "2024-02-01"),
            ("2024-11-01", 14, .month, "2026-01-01"),
            ("2024-10-01", 1, .quarter, "2025-01-01"),
            ("2024-01-01", -1, .quarter, "2023-10-01"),
            ("2024-01-01", -5, .quarter, "2022-10-01"),
            ("2024-01-01", 1, .year, "2025-01-01"),
            ("2024-01-01", -20, .year, "2004-01-01"),
        ]
    )
    func adding(text: String, count: Int, interval: Interval, sum: String) {
        #expect(date(text).adding(count, interval).iso == sum)
    }
}

@Suite struct MonthsTests {
    @Test(
        "a day that a month does not have is its last",
        arguments: [
            ("2024-01-31", 1, "2024-02-29"), ("2023-01-31", 1, "2023-02-28"), ("2024-03-31", -1, "2024-02-29"),
            ("2024-05-31", 1, "2024-06-30"), ("2024-02-29", 12, "2025-02-28"), ("2024-02-29", -12, "2023-02-28"),
            ("2024-12-15", 1, "2025-01-15"), ("2024-01-15", -1, "2023-12-15"), ("2024-01-15", -13, "2022-12-15"),
        ]
    )
    func adding(text: String, count: Int, sum: String) {
        #expect(date(text).adding(months: count).iso == sum)
    }
}

@Suite struct TimeRangeTests {
    @Test("half-open: an end that is no later is no range")
    func order() {
        #expect(TimeRange(start: 5, end: 5) == nil)
        #expect(TimeRange(start: 6, end: 5) == nil)
        #expect(TimeRange(start: 5, end: 6) != nil)
    }

    @Test(
        "the days on which some of it lies",
        arguments: [
            ("UTC", "2024-03-01T00:00Z", "2024-03-02T00:00Z", "2024-03-01", "2024-03-01", 1),
            ("UTC", "2024-03-01T00:00Z", "2024-03-02T00:01Z", "2024-03-01", "2024-03-02", 2),
            ("UTC", "2024-03-01T23:59Z", "2024-03-02T00:01Z", "2024-03-01", "2024-03-02", 1),
            ("America/New_York", "2024-03-01T04:59Z", "2024-03-01T05:01Z", "2024-02-29", "2024-03-01", 1),
        ]
    )
    func days(zone: String, start: String, end: String, first: String, last: String, count: Int) throws {
        let times = ChartRange.times(try #require(TimeRange(start: seconds(start), end: seconds(end))))
        let days = times.days(in: try #require(ProjectTimeZone(name: zone)))
        #expect(days == range("\(first) \(last)"))
        #expect(times.dayCount == count, "24 hours that have begun")
        #expect(ChartRange.days(days).dayCount == days.dayCount)
        #expect(ChartRange.days(days).days(in: .utc) == days)
    }
}

@Suite struct DateRangeTests {
    @Test("an end before the beginning is no range")
    func order() {
        let (a, b) = (date("2024-03-01"), date("2024-03-02"))
        #expect(DateRange(first: b, last: a) == nil)
        #expect(DateRange(first: a, last: a)?.dayCount == 1)
        #expect(DateRange(first: a, last: b)?.dayCount == 2)
        #expect(DateRange(first: a, last: a, firstHour: 5, lastHour: 4) == nil)
        #expect(DateRange(first: a, last: a, firstHour: 5, lastHour: 5) != nil)
        #expect(DateRange(first: a, last: b, firstHour: 5, lastHour: 4) != nil, "over midnight")
        #expect(DateRange(first: a, last: b, firstHour: 24) == nil)
        #expect(DateRange(first: a, last: b, lastHour: -1) == nil)
    }
}
