import EventModel
import QueryModel
import Testing

@Suite struct MetricAxisTests {
    private func axis(_ zone: String, _ days: String, _ interval: Interval) -> MetricAxis {
        MetricAxis(.days(range(days)), interval, in: ProjectTimeZone(name: zone)!)
    }

    @Test("a day of 25 hours has 25, one of 23 has 23, all of them an hour long")
    func hours() {
        let long = axis("Europe/Berlin", "2026-10-25 2026-10-25", .hour)
        #expect(long.bucketCount == 25)
        #expect(long.dates[0] == "2026-10-24T22:00:00Z" && long.dates[24] == "2026-10-25T22:00:00Z")
        let short = axis("Europe/Berlin", "2026-03-29 2026-03-29", .hour)
        #expect(short.bucketCount == 23)
        #expect(zip(short.bounds, short.bounds.dropFirst()).allSatisfy { $1 - $0 == 3600 })
    }

    @Test("where a clock moves by half an hour, the last hour of the day is shorter, and the next day begins anew")
    func halfHour() {
        // Lord Howe goes back by half an hour on 5 April 2026.
        let days = axis("Australia/Lord_Howe", "2026-04-05 2026-04-06", .hour)
        #expect(days.bucketCount == 25 + 24)
        #expect(days.bounds[25] - days.bounds[24] == 1800)
        #expect(days.bounds[26] - days.bounds[25] == 3600)
    }

    @Test("a range of hours begins and ends within buckets, which keep the calendar's date")
    func cut() {
        let times = TimeRange(start: seconds("2026-03-02T10:20Z"), end: seconds("2026-03-04T11:40Z"))!
        let days = MetricAxis(.times(times), .day, in: .utc)
        #expect(days.dates == ["2026-03-02", "2026-03-03", "2026-03-04"])
        #expect(days.counted == times.start..<times.end && days.end(of: 2) == times.end)
        let hours = MetricAxis(.times(times), .hour, in: .utc)
        #expect(hours.dates.first == "2026-03-02T10:00:00Z" && hours.dates.last == "2026-03-04T11:00:00Z")
        #expect(hours.bucketCount == 50)
        let minutes = MetricAxis(
            .times(TimeRange(start: times.start + 30, end: times.start + 150)!),
            .minute,
            in: .utc
        )
        #expect(minutes.dates.map { $0.suffix(9) } == ["10:20:00Z", "10:21:00Z", "10:22:00Z"].map { $0.suffix(9) })
    }

    @Test("none is one bucket, dated by the first day")
    func whole() {
        let all = axis("America/New_York", "2026-03-01 2026-03-31", .all)
        #expect(all.dates == ["2026-03-01"] && all.bounds.count == 2)
    }

    @Test("as long a time before, or a year before, to the day")
    func comparisons() {
        func before(_ comparison: PeriodComparison, _ days: String) -> ChartRange? {
            comparison.range(before: .days(range(days)), in: .utc)
        }
        #expect(before(.previous, "2025-03-10 2025-03-16") == .days(range("2025-03-03 2025-03-09")))
        #expect(before(.yearBefore, "2025-03-10 2025-03-16") == .days(range("2024-03-10 2024-03-16")))
        #expect(before(.yearBefore, "2024-02-29 2024-03-01") == .days(range("2023-02-28 2023-03-01")))
        #expect(before(.previous, "1970-01-02 1970-02-01") == nil, "before the calendar begins")
        let times = TimeRange(start: seconds("2026-03-02T10:20Z"), end: seconds("2026-03-02T11:20Z"))!
        #expect(
            PeriodComparison.previous.range(before: .times(times), in: .utc)
                == .times(TimeRange(start: times.start - 3600, end: times.start)!)
        )
    }
}
