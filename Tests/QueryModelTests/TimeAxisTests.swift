import EventModel
import QueryModel
import Testing

func date(_ iso: String) -> CalendarDate {
    let parts = iso.split(separator: "-").compactMap { Int($0) }
    return CalendarDate(year: parts[0], month: parts[1], day: parts[2])!
}

/// Two days, perhaps with hours: `2024-03-10T05 2024-03-11`.
func range(_ text: String) -> DateRange {
    let ends = text.split(separator: " ").map { $0.split(separator: "T") }
    func hour(_ end: [Substring], _ other: Int) -> Int { end.count > 1 ? Int(end[1])! : other }
    return DateRange(
        first: date(String(ends[0][0])),
        last: date(String(ends[1][0])),
        firstHour: hour(ends[0], 0),
        lastHour: hour(ends[1], 23)
    )!
}

/// Seconds since 1970 of a time such as `2024-03-10T05:00Z`.
func seconds(_ text: String) -> Int64 {
    Timestamp(iso8601: text.replacing("Z", with: ":00Z"))!.seconds
}

struct AxisCase: Sendable, CustomTestStringConvertible {
    var zone: String
    var range: String
    var interval: Interval
    var lead = 0
    var labels: [String]
    /// In UTC, to the minute; leading ones included.
    var bounds: [String]
    var shown: (String, String)
    var why: String
    var testDescription: String { "\(zone): \(why)" }

    init(
        _ zone: String,
        _ range: String,
        _ interval: Interval,
        lead: Int = 0,
        labels: [String],
        bounds: [String],
        shown: (String, String)? = nil,
        _ why: String
    ) {
        self.zone = zone
        self.range = range
        self.interval = interval
        self.lead = lead
        self.labels = labels
        self.bounds = bounds
        self.shown = shown ?? (bounds[lead], bounds[bounds.count - 1])
        self.why = why
    }
}

@Suite struct TimeAxisTests {
    @Test(
        "days, weeks, months, quarters, years and all",
        arguments: [
            AxisCase(
                "Europe/Berlin",
                "2024-02-10 2024-04-01",
                .quarter,
                labels: ["2024-01-01", "2024-04-01"],
                bounds: ["2023-12-31T23:00Z", "2024-03-31T22:00Z", "2024-06-30T22:00Z"],
                shown: ("2024-02-09T23:00Z", "2024-04-01T22:00Z"),
                "the clocks change within the first, both are cut"
            ),
            AxisCase(
                "UTC",
                "2024-12-31 2024-12-31",
                .quarter,
                lead: 2,
                labels: ["2024-10-01"],
                bounds: ["2024-04-01T00:00Z", "2024-07-01T00:00Z", "2024-10-01T00:00Z", "2025-01-01T00:00Z"],
                shown: ("2024-12-31T00:00Z", "2025-01-01T00:00Z"),
                "two quarters lead in"
            ),
            AxisCase(
                "UTC",
                "2023-12-31 2024-12-31",
                .year,
                lead: 1,
                labels: ["2023-01-01", "2024-01-01"],
                bounds: ["2022-01-01T00:00Z", "2023-01-01T00:00Z", "2024-01-01T00:00Z", "2025-01-01T00:00Z"],
                shown: ("2023-12-31T00:00Z", "2025-01-01T00:00Z"),
                "a leap year, of the one before a day"
            ),
            AxisCase(
                "America/New_York",
                "2024-03-09 2024-03-10",
                .all,
                labels: ["2024-03-09"],
                bounds: ["2024-03-09T05:00Z", "2024-03-11T04:00Z"],
                "the whole has the label of its first day"
            ),
            AxisCase(
                "UTC",
                "2024-03-09 2024-03-10",
                .all,
                lead: 2,
                labels: ["2024-03-09"],
                bounds: ["2024-03-09T00:00Z", "2024-03-09T00:00Z", "2024-03-09T00:00Z", "2024-03-11T00:00Z"],
                "nothing leads into the whole"
            ),
            AxisCase(
                "UTC",
                "2024-02-28 2024-03-01",
                .day,
                labels: ["2024-02-28", "2024-02-29", "2024-03-01"],
                bounds: ["2024-02-28T00:00Z", "2024-02-29T00:00Z", "2024-03-01T00:00Z", "2024-03-02T00:00Z"],
                "a leap day"
            ),
            AxisCase(
                "UTC",
                "2023-02-28 2023-03-01",
                .day,
                lead: 2,
                labels: ["2023-02-28", "2023-03-01"],
                bounds: [
                    "2023-02-26T00:00Z", "2023-02-27T00:00Z", "2023-02-28T00:00Z", "2023-03-01T00:00Z",
                    "2023-03-02T00:00Z",
                ],
                "two days lead in, none is shown"
            ),
            AxisCase(
                "America/New_York",
                "2024-03-09 2024-03-10",
                .day,
                labels: ["2024-03-09", "2024-03-10"],
                bounds: ["2024-03-09T05:00Z", "2024-03-10T05:00Z", "2024-03-11T04:00Z"],
                "a day of 23 hours"
            ),
            AxisCase(
                "America/New_York",
                "2024-11-03 2024-11-03",
                .day,
                labels: ["2024-11-03"],
                bounds: ["2024-11-03T04:00Z", "2024-11-04T05:00Z"],
                "a day of 25 hours"
            ),
            AxisCase(
                "Australia/Lord_Howe",
                "2024-04-07 2024-04-07",
                .day,
                labels: ["2024-04-07"],
                bounds: ["2024-04-06T13:00Z", "2024-04-07T13:30Z"],
                "a day of 24 hours and a half"
            ),
            AxisCase(
                "Asia/Kathmandu",
                "2024-12-31 2025-01-01",
                .day,
                labels: ["2024-12-31", "2025-01-01"],
                bounds: ["2024-12-30T18:15Z", "2024-12-31T18:15Z", "2025-01-01T18:15Z"],
                "five hours and three quarters before London"
            ),
            AxisCase(
                "America/Santiago",
                "2024-09-07 2024-09-08",
                .day,
                labels: ["2024-09-07", "2024-09-08"],
                bounds: ["2024-09-07T04:00Z", "2024-09-08T04:00Z", "2024-09-09T03:00Z"],
                "midnight is skipped: the day begins at one"
            ),
            AxisCase(
                "Africa/Cairo",
                "2024-10-31 2024-11-01",
                .day,
                labels: ["2024-10-31", "2024-11-01"],
                bounds: ["2024-10-30T21:00Z", "2024-10-31T22:00Z", "2024-11-01T22:00Z"],
                "the last hour comes twice"
            ),
            AxisCase(
                "America/Havana",
                "2024-11-03 2024-11-03",
                .day,
                labels: ["2024-11-03"],
                bounds: ["2024-11-03T04:00Z", "2024-11-04T05:00Z"],
                "the first hour comes twice, and both are the day's"
            ),
            AxisCase(
                "Pacific/Auckland",
                "2024-09-29 2024-09-29",
                .day,
                labels: ["2024-09-29"],
                bounds: ["2024-09-28T12:00Z", "2024-09-29T11:00Z"],
                "a short day east of the date line"
            ),
            AxisCase(
                "UTC",
                "2024-03-06 2024-03-12",
                .week,
                labels: ["2024-03-04", "2024-03-11"],
                bounds: ["2024-03-04T00:00Z", "2024-03-11T00:00Z", "2024-03-18T00:00Z"],
                shown: ("2024-03-06T00:00Z", "2024-03-13T00:00Z"),
                "weeks begin on Monday, the first and the last are clipped"
            ),
            AxisCase(
                "UTC",
                "2024-03-04 2024-03-10",
                .week,
                labels: ["2024-03-04"],
                bounds: ["2024-03-04T00:00Z", "2024-03-11T00:00Z"],
                "Monday to Sunday is one week"
            ),
            AxisCase(
                "UTC",
                "2024-03-10 2024-03-11",
                .week,
                lead: 1,
                labels: ["2024-03-04", "2024-03-11"],
                bounds: ["2024-02-26T00:00Z", "2024-03-04T00:00Z", "2024-03-11T00:00Z", "2024-03-18T00:00Z"],
                shown: ("2024-03-10T00:00Z", "2024-03-12T00:00Z"),
                "Sunday and Monday are in two weeks"
            ),
            AxisCase(
                "America/New_York",
                "2024-03-05 2024-03-11",
                .week,
                labels: ["2024-03-04", "2024-03-11"],
                bounds: ["2024-03-04T05:00Z", "2024-03-11T04:00Z", "2024-03-18T04:00Z"],
                shown: ("2024-03-05T05:00Z", "2024-03-12T04:00Z"),
                "a week of 167 hours"
            ),
            AxisCase(
                "UTC",
                "2024-01-31 2024-03-01",
                .month,
                labels: ["2024-01-01", "2024-02-01", "2024-03-01"],
                bounds: ["2024-01-01T00:00Z", "2024-02-01T00:00Z", "2024-03-01T00:00Z", "2024-04-01T00:00Z"],
                shown: ("2024-01-31T00:00Z", "2024-03-02T00:00Z"),
                "the 31st does not reach into March"
            ),
            AxisCase(
                "UTC",
                "2024-02-01 2024-02-29",
                .month,
                lead: 3,
                labels: ["2024-02-01"],
                bounds: [
                    "2023-11-01T00:00Z", "2023-12-01T00:00Z", "2024-01-01T00:00Z", "2024-02-01T00:00Z",
                    "2024-03-01T00:00Z",
                ],
                "three months lead in, over the year's end"
            ),
        ]
    )
    func days(_ c: AxisCase) throws {
        let axis = TimeAxis(
            range(c.range),
            c.interval,
            in: try #require(ProjectTimeZone(name: c.zone)),
            leadCount: c.lead
        )
        #expect(axis.labels == c.labels)
        #expect(axis.bounds == c.bounds.map(seconds))
        #expect(axis.shown == seconds(c.shown.0)..<seconds(c.shown.1))
        #expect(axis.dates.map(\.iso) == c.labels)
        #expect(axis.bucketCount == c.labels.count)
        #expect(axis.leadCount == c.lead)
        let first = c.lead > 0 ? c.bounds[0] : c.shown.0
        #expect(
            axis.counted == seconds(first)..<seconds(c.shown.1),
            "what leads in counts, up to the end of what is shown"
        )
    }

    @Test(
        "hours have the labels of the clock on the wall, 24 a day",
        arguments: [
            // Zone, date, (hour, beginning, end) of some.
            ("America/New_York", "2024-03-10", [(1, "06:00", "07:00"), (2, "07:00", "07:00"), (3, "07:00", "08:00")]),
            ("America/New_York", "2024-11-03", [(0, "04:00", "05:00"), (1, "05:00", "07:00"), (2, "07:00", "08:00")]),
            (
                "Australia/Lord_Howe", "2024-10-06",
                [(1, "14:30", "15:30"), (2, "15:30", "16:00"), (3, "16:00", "17:00")]
            ),
            (
                "Australia/Lord_Howe", "2024-04-07",
                [(0, "13:00", "14:00"), (1, "14:00", "15:30"), (2, "15:30", "16:30")]
            ),
            ("Asia/Kathmandu", "2024-01-01", [(0, "18:15", "19:15"), (23, "17:15", "18:15")]),
            ("America/Santiago", "2024-09-08", [(0, "04:00", "04:00"), (1, "04:00", "05:00"), (23, "02:00", "03:00")]),
            ("America/Santiago", "2024-04-06", [(22, "01:00", "02:00"), (23, "02:00", "04:00")]),
            ("Africa/Cairo", "2024-10-31", [(22, "19:00", "20:00"), (23, "20:00", "22:00")]),
            ("America/Havana", "2024-11-03", [(0, "04:00", "06:00"), (1, "06:00", "07:00")]),
        ] as [(String, String, [(Int, String, String)])]
    )
    func hours(name: String, day: String, wanted: [(hour: Int, first: String, last: String)]) throws {
        let axis = TimeAxis(range("\(day) \(day)"), .hour, in: try #require(ProjectTimeZone(name: name)))
        #expect(axis.labels == (0..<24).map { "\(day)T\($0 < 10 ? "0" : "")\($0):00:00" })
        #expect(axis.bounds.count == 25)
        for (hour, first, last) in wanted {
            func clock(_ bound: Int64) -> String {
                String(Timestamp(milliseconds: bound * 1000).iso8601.dropFirst(11).prefix(5))
            }
            #expect(clock(axis.bounds[hour]) == first, "hour \(hour) begins")
            #expect(clock(axis.bounds[hour + 1]) == last, "hour \(hour) ends")
        }
    }

    @Test("hours may begin and end within a day, and be led in by others")
    func hourRanges() throws {
        let utc = ProjectTimeZone.utc
        let within = TimeAxis(range("2024-03-01T22 2024-03-02T00"), .hour, in: utc)
        #expect(within.labels == ["2024-03-01T22:00:00", "2024-03-01T23:00:00", "2024-03-02T00:00:00"])
        #expect(within.shown == seconds("2024-03-01T22:00Z")..<seconds("2024-03-02T01:00Z"))
        let one = TimeAxis(range("2024-03-01T05 2024-03-01T05"), .hour, in: utc, leadCount: 7)
        #expect(one.labels == ["2024-03-01T05:00:00"])
        #expect(one.bounds.first == seconds("2024-02-29T22:00Z"))
        #expect(one.counted == seconds("2024-02-29T22:00Z")..<seconds("2024-03-01T06:00Z"))
        let long = TimeAxis(
            range("2024-03-11 2024-03-11"),
            .hour,
            in: ProjectTimeZone(name: "America/New_York")!,
            leadCount: 71
        )
        #expect(long.labels.first == "2024-03-11T00:00:00")
        #expect(long.bounds.count == 24 + 71 + 1)
        #expect(long.bounds[0] == seconds("2024-03-08T06:00Z"), "71 hours of the clock, of which one was skipped")
    }

    @Test(
        "only charts of less than a day heed hours",
        arguments: Interval.allCases.filter { !$0.isBelowDay }
    )
    func hoursElsewhere(interval: Interval) {
        let whole = TimeAxis(range("2024-03-01 2024-03-02"), interval, in: .utc)
        #expect(TimeAxis(range("2024-03-01T05 2024-03-02T07"), interval, in: .utc) == whole)
    }

    @Test("pieces of five minutes have one bucket a label: what comes twice is one with both, what is skipped is empty")
    func fiveMinutes() throws {
        let zone = try #require(ProjectTimeZone(name: "America/New_York"))
        let short = TimeAxis(range("2024-03-10 2024-03-10"), .fiveMinutes, in: zone)
        #expect(short.bucketCount == 288)
        #expect(short.labels[24] == "2024-03-10T02:00:00")
        #expect(short.bounds[24] == short.bounds[36], "two o'clock never was")
        #expect(short.repeats.isEmpty)
        let long = TimeAxis(range("2024-11-03 2024-11-03"), .fiveMinutes, in: zone)
        #expect(long.bucketCount == 288)
        #expect(Set(long.labels).count == 288)
        #expect(long.labels[12] == "2024-11-03T01:00:00")
        #expect(long.bounds[12] == seconds("2024-11-03T05:00Z"))
        #expect(
            long.repeats.first
                == RepeatedBucket(bucket: 12, times: seconds("2024-11-03T06:00Z")..<seconds("2024-11-03T06:05Z"))
        )
        #expect(long.repeats.map(\.bucket) == Array(12..<23), "the last piece's second time lies within its bounds")
        #expect(long.calendarEnd(of: 12) == seconds("2024-11-03T06:05Z"))
        #expect(long.calendarEnd(of: 11) == seconds("2024-11-03T05:00Z"))
        #expect(long.calendarEnd(of: 23) == seconds("2024-11-03T07:00Z"))
        #expect(long.bounds[24] == seconds("2024-11-03T07:00Z"))
        let led = TimeAxis(range("2024-11-04 2024-11-04"), .fiveMinutes, in: zone, leadCount: 35)
        #expect(led.labels.first == "2024-11-04T00:00:00")
        #expect(led.bounds[0] == seconds("2024-11-04T02:05Z"))
        #expect(led.bounds.count == 288 + 35 + 1)
        #expect(led.repeats.isEmpty, "they lie before it")
        let cairo = TimeAxis(
            range("2024-11-01 2024-11-01"),
            .fiveMinutes,
            in: ProjectTimeZone(name: "Africa/Cairo")!,
            leadCount: 14
        )
        #expect(cairo.repeats.map(\.bucket) == Array(2..<13), "the hour before midnight came twice")
        #expect(cairo.bounds[0] == seconds("2024-10-31T19:50Z"))
    }

    @Test("minutes go by the clock, one bucket a label")
    func minutes() throws {
        let zone = try #require(ProjectTimeZone(name: "America/New_York"))
        let long = TimeAxis(range("2024-11-03 2024-11-03"), .minute, in: zone)
        #expect(long.bucketCount == 1440)
        #expect(long.labels[59...61] == ["2024-11-03T00:59:00", "2024-11-03T01:00:00", "2024-11-03T01:01:00"])
        #expect(long.bounds[60] == seconds("2024-11-03T05:00Z"))
        #expect(long.repeats.map(\.bucket) == Array(60..<119))
        let short = TimeAxis(range("2024-03-10 2024-03-10"), .minute, in: zone, leadCount: 3)
        #expect(short.bucketCount == 1440)
        #expect(short.bounds[0] == seconds("2024-03-10T04:57Z"))
        #expect(short.counted.lowerBound == short.bounds[0])
        let odd = TimeAxis(range("2024-01-01 2024-01-01"), .minute, in: ProjectTimeZone(name: "Asia/Kathmandu")!)
        #expect(odd.labels.first == "2024-01-01T00:00:00")
        #expect(odd.labels.last == "2024-01-01T23:59:00")
        #expect(odd.bounds[0] == seconds("2023-12-31T18:15Z"))
    }

    @Test(
        "every moment is in the bucket that has what the clock shows",
        arguments: [
            ("America/New_York", "2024-03-10"), ("America/New_York", "2024-11-03"),
            ("Australia/Lord_Howe", "2024-04-07"), ("Australia/Lord_Howe", "2024-10-06"),
            ("America/Santiago", "2024-09-08"), ("America/Santiago", "2024-04-06"), ("Africa/Cairo", "2024-10-31"),
            ("America/Havana", "2024-11-03"), ("Antarctica/Troll", "2024-03-31"), ("Antarctica/Troll", "2024-10-27"),
        ],
        [Interval.minute, .fiveMinutes, .hour]
    )
    func clock(_ place: (name: String, day: String), interval: Interval) throws {
        let zone = try #require(ProjectTimeZone(name: place.name))
        let length = [Interval.minute: 60, .fiveMinutes: 300][interval] ?? 3600
        for lead in [0, 7] {
            let axis = TimeAxis(range("\(place.day) \(place.day)"), interval, in: zone, leadCount: lead)
            #expect(axis.bucketCount == 86_400 / length)
            for time in stride(from: axis.shown.lowerBound, to: axis.shown.upperBound, by: 60) {
                let again = axis.repeats.first { $0.times.contains(time) }?.bucket
                let bucket = again ?? axis.bounds.lastIndex { $0 <= time }!
                let clock = zone.secondOfDay(at: time) / length * length
                func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
                let label = "\(place.day)T\(padded(clock / 3600)):\(padded(clock / 60 % 60)):00"
                try #require(axis.labels[bucket - lead] == label, "\(time), lead \(lead)")
                try #require(axis.calendarEnd(of: bucket) > time)
            }
        }
    }

    @Test("a bucket that the range cuts is over where the range is")
    func ends() {
        let weeks = TimeAxis(range("2024-03-06 2024-03-12"), .week, in: .utc, leadCount: 1)
        #expect(weeks.end(of: 0) == seconds("2024-03-11T00:00Z"))
        #expect(weeks.end(of: 1) == seconds("2024-03-13T00:00Z"), "not the 18th")
        #expect(weeks.calendarEnd(of: 2) == seconds("2024-03-18T00:00Z"))
    }

    @Test(
        "pieces of hours begin and end with the hours that were asked for",
        arguments: [(Interval.fiveMinutes, 12), (.minute, 60), (.hour, 1)]
    )
    func piecesOfHours(interval: Interval, perHour: Int) throws {
        let zone = try #require(ProjectTimeZone(name: "America/New_York"))
        let axis = TimeAxis(range("2024-03-01T05 2024-03-02T07"), interval, in: zone, leadCount: 2)
        #expect(axis.bucketCount == 27 * perHour)
        #expect(axis.labels.first == "2024-03-01T05:00:00")
        #expect(axis.shown == seconds("2024-03-01T10:00Z")..<seconds("2024-03-02T13:00Z"))
        #expect(axis.bounds.count == axis.bucketCount + 3)
        #expect(axis.bounds[2] == axis.shown.lowerBound)
        // On the long day one o'clock comes twice.
        let long = TimeAxis(range("2024-11-03T01 2024-11-03T01"), interval, in: zone)
        #expect(long.bucketCount == perHour)
        #expect(long.shown == seconds("2024-11-03T05:00Z")..<seconds("2024-11-03T07:00Z"))
        let skipped = TimeAxis(range("2024-03-10T02 2024-03-10T02"), interval, in: zone)
        #expect(skipped.bucketCount == perHour && skipped.shown.isEmpty)
    }

    @Test("a day that was skipped is listed where it was asked for", arguments: [60, 300, 3600])
    func skippedDayAlone(length: Int) throws {
        let zone = try #require(ProjectTimeZone(name: "Pacific/Apia"))
        let interval = [60: Interval.minute, 300: .fiveMinutes][length] ?? .hour
        let axis = TimeAxis(range("2011-12-30 2011-12-30"), interval, in: zone, leadCount: 3)
        #expect(axis.bucketCount == 86_400 / length)
        #expect(axis.shown.isEmpty)
        #expect(axis.labels.last?.hasPrefix("2011-12-30T23:") == true)
    }

    @Test("a day that was skipped has no pieces, and those that lead in lie before it", arguments: [60, 300])
    func skippedDay(length: Int) throws {
        // Samoa went from the 29th of December 2011 to the 31st.
        let zone = try #require(ProjectTimeZone(name: "Pacific/Apia"))
        let interval = length == 60 ? Interval.minute : .fiveMinutes
        let axis = TimeAxis(range("2011-12-31 2011-12-31"), interval, in: zone, leadCount: 36)
        #expect(axis.bucketCount == 86_400 / length)
        #expect(axis.bounds[36] - axis.bounds[0] == Int64(36 * length))
        #expect(axis.labels.first == "2011-12-31T00:00:00")
    }

    @Test(
        "of moments, the buckets in which some of them lie, and only those moments are shown",
        arguments: [
            AxisCase(
                "UTC",
                "2024-03-01T10:20Z 2024-03-01T12:05Z",
                .hour,
                lead: 1,
                labels: ["2024-03-01T10:00:00", "2024-03-01T11:00:00", "2024-03-01T12:00:00"],
                bounds: [
                    "2024-03-01T09:00Z", "2024-03-01T10:00Z", "2024-03-01T11:00Z", "2024-03-01T12:00Z",
                    "2024-03-01T13:00Z",
                ],
                shown: ("2024-03-01T10:20Z", "2024-03-01T12:05Z"),
                "hours, cut at both ends"
            ),
            AxisCase(
                "UTC",
                "2024-03-01T10:00Z 2024-03-01T12:00Z",
                .hour,
                labels: ["2024-03-01T10:00:00", "2024-03-01T11:00:00"],
                bounds: ["2024-03-01T10:00Z", "2024-03-01T11:00Z", "2024-03-01T12:00Z"],
                "an hour that would begin with the end is none"
            ),
            AxisCase(
                "America/New_York",
                "2024-03-10T06:30Z 2024-03-10T07:30Z",
                .hour,
                labels: ["2024-03-10T01:00:00", "2024-03-10T02:00:00", "2024-03-10T03:00:00"],
                bounds: ["2024-03-10T06:00Z", "2024-03-10T07:00Z", "2024-03-10T07:00Z", "2024-03-10T08:00Z"],
                shown: ("2024-03-10T06:30Z", "2024-03-10T07:30Z"),
                "an hour that the clock skips is empty"
            ),
            AxisCase(
                "UTC",
                "2024-02-29T23:58Z 2024-03-01T00:01Z",
                .minute,
                lead: 2,
                labels: ["2024-02-29T23:58:00", "2024-02-29T23:59:00", "2024-03-01T00:00:00"],
                bounds: [
                    "2024-02-29T23:56Z", "2024-02-29T23:57Z", "2024-02-29T23:58Z", "2024-02-29T23:59Z",
                    "2024-03-01T00:00Z", "2024-03-01T00:01Z",
                ],
                "minutes over midnight"
            ),
            AxisCase(
                "Europe/Berlin",
                "2024-03-01T10:00Z 2024-03-02T23:00Z",
                .day,
                labels: ["2024-03-01", "2024-03-02"],
                bounds: ["2024-02-29T23:00Z", "2024-03-01T23:00Z", "2024-03-02T23:00Z"],
                shown: ("2024-03-01T10:00Z", "2024-03-02T23:00Z"),
                "days, the first one cut"
            ),
            AxisCase(
                "UTC",
                "2024-03-01T10:00Z 2024-03-01T11:00Z",
                .month,
                lead: 1,
                labels: ["2024-03-01"],
                bounds: ["2024-02-01T00:00Z", "2024-03-01T00:00Z", "2024-04-01T00:00Z"],
                shown: ("2024-03-01T10:00Z", "2024-03-01T11:00Z"),
                "an hour of a month"
            ),
            AxisCase(
                "UTC",
                "2024-03-01T10:00Z 2024-03-02T11:00Z",
                .all,
                lead: 1,
                labels: ["2024-03-01"],
                bounds: ["2024-03-01T10:00Z", "2024-03-01T10:00Z", "2024-03-02T11:00Z"],
                "all of them as one bucket"
            ),
        ]
    )
    func moments(_ c: AxisCase) throws {
        let ends = c.range.split(separator: " ").map { seconds(String($0)) }
        let axis = TimeAxis(
            .times(try #require(TimeRange(start: ends[0], end: ends[1]))),
            c.interval,
            in: try #require(ProjectTimeZone(name: c.zone)),
            leadCount: c.lead
        )
        #expect(axis.labels == c.labels)
        #expect(axis.bounds == c.bounds.map(seconds))
        #expect(axis.shown == seconds(c.shown.0)..<seconds(c.shown.1))
        #expect(axis.dates.map(\.iso) == c.labels.map { String($0.prefix(10)) })
        #expect(axis.leadCount == c.lead)
    }

    @Test("bounds ascend, labels are as many as buckets", arguments: Interval.allCases)
    func shape(interval: Interval) throws {
        for name in [
            "UTC", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "America/Havana",
        ] {
            let zone = try #require(ProjectTimeZone(name: name))
            for day in stride(from: 19_700, to: 20_100, by: 3) {
                let first = CalendarDate(daysSinceEpoch: day)
                for lead in [0, 1, 5] {
                    let axis = TimeAxis(DateRange(first: first, last: first)!, interval, in: zone, leadCount: lead)
                    try #require(axis.bounds.count == axis.labels.count + lead + 1, "\(name) \(first.iso)")
                    try #require(axis.bounds == axis.bounds.sorted(), "\(name) \(first.iso)")
                    try #require(axis.bounds[lead] <= axis.shown.lowerBound, "\(name) \(first.iso)")
                    try #require(axis.shown.upperBound <= axis.bounds[axis.bounds.count - 1], "\(name) \(first.iso)")
                    try #require(!axis.shown.isEmpty, "\(name) \(first.iso)")
                }
            }
        }
    }
}
