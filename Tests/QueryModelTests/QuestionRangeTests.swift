import EventModel
import QueryModel
import Testing

/// 2024-05-15T12:34:56Z, a Wednesday.
let now = Timestamp(iso8601: "2024-05-15T12:34:56Z")!

@Suite struct QuestionRangeTests {
    @Test(
        "ranges that move with the present",
        arguments: [
            ("1d", "2024-05-15 2024-05-15"), ("7d", "2024-05-09 2024-05-15"), ("30d", "2024-04-16 2024-05-15"),
            ("2w", "2024-05-02 2024-05-15"), ("1y", "2023-05-17 2024-05-15"),
            ("1m", "2024-04-15 2024-05-15"), ("3m", "2024-02-15 2024-05-15"), ("12m", "2023-05-15 2024-05-15"),
            ("17m", "2022-12-15 2024-05-15"),
            ("today", "2024-05-15 2024-05-15"), ("yesterday", "2024-05-14 2024-05-14"),
            ("wtd", "2024-05-13 2024-05-15"), ("mtd", "2024-05-01 2024-05-15"), ("qtd", "2024-04-01 2024-05-15"),
            ("ytd", "2024-01-01 2024-05-15"),
            ("last_week", "2024-05-06 2024-05-12"), ("last_month", "2024-04-01 2024-04-30"),
            ("last_quarter", "2024-01-01 2024-03-31"), ("last_year", "2023-01-01 2023-12-31"),
            ("all_time", "2023-11-07 2024-05-15"),
            ("LAST_MONTH", "2024-04-01 2024-04-30"), ("30D", "2024-04-16 2024-05-15"),
            ("2024-01-01,2024-01-31", "2024-01-01 2024-01-31"),
        ]
    )
    func relative(text: String, days: String) throws {
        let wanted = try #require(QuestionRange(text))
        let first = Timestamp(iso8601: "2023-11-07T23:00:00Z")
        #expect(wanted.range(at: now, in: .utc, earliest: first) == .days(range(days)))
    }

    @Test(
        "months end where a shorter one does",
        arguments: [
            ("2024-03-31", "1m", "2024-02-29"), ("2023-03-31", "1m", "2023-02-28"), ("2024-05-31", "3m", "2024-02-29"),
        ]
    )
    func months(today: String, text: String, first: String) throws {
        let now = try #require(Timestamp(iso8601: "\(today)T01:00:00Z"))
        let found = QuestionRange(text)?.range(at: now, in: .utc, earliest: nil)
        #expect(found == .days(range("\(first) \(today)")))
    }

    @Test("the present day is the zone's")
    func zones() throws {
        let now = try #require(Timestamp(iso8601: "2024-01-01T03:00:00Z"))
        let zone = try #require(ProjectTimeZone(name: "America/New_York"))
        func days(_ text: String, _ zone: ProjectTimeZone) -> ChartRange? {
            QuestionRange(text)?.range(at: now, in: zone, earliest: Timestamp(iso8601: "2023-12-30T04:00:00Z"))
        }
        #expect(days("today", .utc) == .days(range("2024-01-01 2024-01-01")))
        #expect(days("today", zone) == .days(range("2023-12-31 2023-12-31")))
        #expect(days("ytd", zone) == .days(range("2023-01-01 2023-12-31")))
        #expect(days("all_time", zone) == .days(range("2023-12-29 2023-12-31")))
    }

    @Test("hours are moments: from the beginning of a minute to now")
    func hours() throws {
        let found = QuestionRange("6h")?.range(at: now, in: .utc, earliest: nil)
        #expect(found == .times(try #require(TimeRange(start: seconds("2024-05-15T06:34Z"), end: now.seconds))))
    }

    @Test("of a project without events, all time is today; of one with events of tomorrow alone, too")
    func nothing() {
        let all = QuestionRange("all_time")
        #expect(all?.range(at: now, in: .utc, earliest: nil) == .days(range("2024-05-15 2024-05-15")))
        let tomorrow = Timestamp(iso8601: "2024-05-16T12:00:00Z")
        #expect(all?.range(at: now, in: .utc, earliest: tomorrow) == .days(range("2024-05-15 2024-05-15")))
        for zone in [ProjectTimeZone.utc, ProjectTimeZone(name: "America/New_York")!] {
            let madeUp = Timestamp(milliseconds: .min)
            #expect(all?.range(at: now, in: zone, earliest: madeUp) == .days(range("1970-01-01 2024-05-15")))
        }
    }

    @Test(
        "what begins before charts do is no range",
        arguments: ["99999d", "19860d", "653m", "55y", "99999w", "99999m"]
    )
    func tooEarly(text: String) {
        #expect(QuestionRange(text)?.range(at: now, in: .utc, earliest: nil) == nil)
    }

    @Test("but what begins with them is", arguments: ["19859d", "652m", "54y"])
    func early(text: String) {
        #expect(QuestionRange(text)?.range(at: now, in: .utc, earliest: nil) != nil)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "d", "0d", "-1d", "+1d", "1.5d", "100000d", "30", "30 d", " 30d", "30dd", "30x", "last_day", "²d",
            "thismonth",
            "2024-01-31,2024-01-01", "2024-01-01", "2024-01-01,", "2024-01-01,2024-01-31,2024-02-01",
            "2024-02-30,2024-03-01", "1969-12-31,1970-01-01", "2105-12-31,2106-01-01", "2024-1-1,2024-1-2",
        ]
    )
    func wrong(text: String) {
        #expect(QuestionRange(text) == nil)
    }
}
