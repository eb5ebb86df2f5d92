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
        ]
    )
    func adding(text: String, count: Int, interval: Interval, sum: String) {
        #expect(date(text).adding(count, interval).iso == sum)
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
