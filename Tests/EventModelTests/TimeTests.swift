import EventModel
import Testing

@Suite struct CalendarDateTests {
    @Test(
        "days since the epoch and back",
        arguments: [
            (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017), (2024, 1, 1, 19_723),
            (1900, 3, 1, -25_508), (2100, 2, 28, 47_540), (9999, 12, 31, 2_932_896), (1, 1, 1, -719_162),
        ]
    )
    func daysSinceEpoch(year: Int, month: Int, day: Int, days: Int) throws {
        let date = try #require(CalendarDate(year: year, month: month, day: day))
        #expect(date.daysSinceEpoch == days)
        #expect(CalendarDate(daysSinceEpoch: days) == date)
    }

    @Test(
        "days that are not there",
        arguments: [
            (2023, 2, 29), (2024, 2, 30), (1900, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (2024, 1, 0),
            (0, 1, 1),
        ]
    )
    func noSuchDay(year: Int, month: Int, day: Int) {
        #expect(CalendarDate(year: year, month: month, day: day) == nil)
    }

    @Test func iso() {
        #expect(CalendarDate(year: 987, month: 6, day: 5)?.iso == "0987-06-05")
    }
}

@Suite struct ProjectTimeZoneTests {
    @Test(
        "first moment of a day",
        arguments: [
            ("UTC", 2024, 3, 10, "2024-03-10T00:00:00Z"),
            ("America/New_York", 2024, 3, 10, "2024-03-10T05:00:00Z"),  // clocks go forward at 2:00
            ("America/New_York", 2024, 3, 11, "2024-03-11T04:00:00Z"),
            ("America/New_York", 2024, 11, 3, "2024-11-03T04:00:00Z"),  // clocks go back at 2:00
            ("America/New_York", 2024, 11, 4, "2024-11-04T05:00:00Z"),
            ("Asia/Kathmandu", 2024, 1, 1, "2023-12-31T18:15:00Z"),  // +05:45
            ("Asia/Kolkata", 2024, 1, 1, "2023-12-31T18:30:00Z"),
            ("Australia/Lord_Howe", 2024, 4, 8, "2024-04-07T13:30:00Z"),  // half an hour of daylight saving
            ("America/Sao_Paulo", 2018, 11, 4, "2018-11-04T03:00:00Z"),  // midnight is skipped: the day begins at 1:00
            ("Pacific/Apia", 2011, 12, 31, "2011-12-30T10:00:00Z"),  // the day before was left out
            ("Pacific/Kiritimati", 2024, 1, 1, "2023-12-31T10:00:00Z"),  // +14
            ("Pacific/Pago_Pago", 2024, 1, 1, "2024-01-01T11:00:00Z"),  // -11
        ]
    )
    func startOfDay(name: String, year: Int, month: Int, day: Int, start: String) throws {
        let zone = try #require(ProjectTimeZone(name: name))
        let date = try #require(CalendarDate(year: year, month: month, day: day))
        let expected = try #require(Timestamp(iso8601: start))
        #expect(zone.start(of: date) == expected)
        #expect(zone.date(of: expected) == date, "a day's first moment is on that day")
        #expect(zone.date(of: Timestamp(milliseconds: expected.milliseconds - 1)) < date, "and the one before is not")
    }

    @Test("a date that a zone skipped begins where it ends: with the next one")
    func skippedDate() throws {
        for (name, day) in [("Pacific/Apia", (2011, 12, 30)), ("Pacific/Kwajalein", (1993, 8, 21))] {
            let zone = try #require(ProjectTimeZone(name: name))
            let date = try #require(CalendarDate(year: day.0, month: day.1, day: day.2))
            let start = zone.start(of: date)
            #expect(start == zone.start(of: date.adding(days: 1)), "\(name)")
            #expect(zone.date(of: start) == date.adding(days: 1))
            #expect(zone.date(of: Timestamp(milliseconds: start.milliseconds - 1)) == date.adding(days: -1))
        }
    }

    @Test(
        "every day of some years begins after the one before, and no more than 25 hours later",
        arguments: [
            "UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca", "Europe/Dublin",
        ]
    )
    func daysFollowOn(name: String) throws {
        let zone = try #require(ProjectTimeZone(name: name))
        var date = try #require(CalendarDate(year: 2020, month: 1, day: 1))
        var start = zone.start(of: date)
        for _ in 0..<1_500 {
            date = date.adding(days: 1)
            let next = zone.start(of: date)
            let hours = Double(next.milliseconds - start.milliseconds) / 3_600_000
            #expect(hours >= 23 && hours <= 25, "\(date.iso)")
            start = next
        }
    }

    @Test("zones that are none", arguments: ["", "Mars/Olympus", "GMT+2", "+02:00", "/etc/passwd"])
    func unknown(name: String) {
        #expect(ProjectTimeZone(name: name) == nil)
    }
}

@Suite struct TimestampParsingTests {
    @Test(
        "moments",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.001Z", 1), ("1970-01-01 00:00:01", 1000),
            ("2024-02-29T23:59:59.999999Z", 1_709_251_199_999), ("2024-01-01T01:00:00+01:00", 1_704_067_200_000),
            ("2023-12-31T18:30:00-0530", 1_704_067_200_000), ("1969-12-31T23:59:59.5Z", -500),
        ]
    )
    func valid(text: String, milliseconds: Int64) {
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(
        "no moments",
        arguments: [
            "", "2024", "2024-01-01", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00Zx", "2024-01-01T00:00:00+1",
            "1700000000000", "24-01-01T00:00:00Z",
        ]
    )
    func invalid(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }
}

@Suite struct PropertyValueTests {
    @Test(
        "labels: 3, 3.0 and \"3\" are one value",
        arguments: [
            (PropertyValue.integer(3), "3"), (.number(3), "3"), (.string("3"), "3"), (.number(0.1), "0.1"),
            (.number(-2.5), "-2.5"), (.bool(true), "true"), (.integer(.max), "9223372036854775807"),
            (.number(-0.0), "0"),
        ]
    )
    func label(value: PropertyValue, label: String) {
        #expect(value.label == label)
    }

    @Test func noLabel() {
        #expect(PropertyValue.null.label == nil)
        #expect(PropertyValue.list([.integer(1)]).label == nil)
        #expect(PropertyValue.object([]).label == nil)
    }

    @Test("texts are told apart by code points")
    func exactText() {
        #expect("é" == "e\u{301}", "Swift's own equality is canonical")
        #expect(ExactText("é") != ExactText("e\u{301}"))
        #expect(Set([ExactText("é"), ExactText("e\u{301}"), ExactText("é")]).count == 2)
        #expect(ExactText("Z") < ExactText("a"))
    }
}
