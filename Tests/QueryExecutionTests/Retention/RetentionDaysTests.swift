import ColumnEngine
import EventModel
import Foundation
import QueryModel
import Storage
import Testing

@testable import QueryExecution

/// What a day of retention is, by the clocks of New York: on 2024-03-10 they go from 2:00 to 3:00, and on 2024-11-03 from
/// 2:00 back to 1:00.
@Suite struct RetentionDaysTests {
    private static let zone = ProjectTimeZone(name: "America/New_York")!

    /// Of whoever starts on a day: whether they came back on day 0, 1, …; `*` where it is not over.
    private func returns(
        start: String,
        return back: String,
        _ days: RetentionDays,
        by interval: Interval = .day,
        now: String = "2024-12-31T12:00-05:00",
        columns: Int = 3
    ) async throws -> String {
        func time(_ text: String) throws -> Timestamp {
            let date = try Date("\(text.prefix(16)):00\(text.dropFirst(16))", strategy: .iso8601)
            return Timestamp(milliseconds: Int64(date.timeIntervalSince1970) * 1000)
        }
        let store = MemoryEventStore()
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        batch.eventTypes = [Numbered(EventTypeID(1), "Start"), Numbered(EventTypeID(2), "Return")]
        batch.contexts = [Numbered(ContextID(1), EventContext())]
        for (type, text) in [(1, start), (2, back)] {
            let time = try time(text)
            batch.events.append(
                StoredEvent(
                    user: UserKey(1),
                    device: DeviceKey(1),
                    carriesUserID: false,
                    type: EventTypeID(Int32(type)),
                    time: time,
                    clientTime: time,
                    uploadTime: time,
                    context: ContextID(1)
                )
            )
        }
        try store.append([batch])
        let engine = QueryEngine(columns: ColumnStore(store)) { () throws(EventStoreError) in }
        let date = Self.zone.date(of: try time(start))
        let query = RetentionQuery(
            start: EventSelector(type: .named(ExactText("Start"))),
            return: EventSelector(type: .named(ExactText("Return"))),
            range: try #require(DateRange(first: date, last: date)),
            interval: interval
        )
        let context = QueryContext(zone: Self.zone, now: try time(now), retentionDays: days)
        let row = try await engine.retention(query, context).series[0].rows[0]
        return row.dropFirst().prefix(columns).map { "\($0.count)\($0.isIncomplete ? "*" : "")" }.joined(separator: " ")
    }

    @Test(
        "windows of 24 hours, and days from midnight to midnight",
        arguments: [
            ("2024-05-01T23:30-04:00", "2024-05-02T00:10-04:00", "1 0 0", "0 1 0", "midnight is what counts"),
            ("2024-05-01T00:10-04:00", "2024-05-01T23:50-04:00", "1 0 0", "1 0 0", "one day either way"),
            ("2024-05-01T23:30-04:00", "2024-05-03T00:10-04:00", "0 1 0", "0 0 1", "25 hours are two midnights"),
            ("2024-05-01T12:00-04:00", "2024-05-01T12:00-04:00", "1 0 0", "1 0 0", "the same moment"),
            ("2024-05-01T12:50-04:00", "2024-05-01T12:10-04:00", "1 0 0", "1 0 0", "an hour is not told apart"),
            ("2024-05-01T12:00-04:00", "2024-05-01T09:00-04:00", "0 0 0", "1 0 0", "nor is a day of the calendar"),
            ("2024-05-01T12:00-04:00", "2024-04-30T23:59-04:00", "0 0 0", "0 0 0", "the day before"),
            ("2024-03-10T00:30-05:00", "2024-03-11T00:15-04:00", "1 0 0", "0 1 0", "a day of 23 hours"),
            ("2024-03-09T23:30-05:00", "2024-03-11T00:10-04:00", "0 1 0", "0 0 1", "across it"),
            ("2024-11-03T00:30-04:00", "2024-11-03T23:45-05:00", "0 1 0", "1 0 0", "a day of 25 hours"),
            ("2024-11-02T12:00-04:00", "2024-11-03T23:59-05:00", "0 1 0", "0 1 0", "to its end"),
            ("2024-11-02T12:00-04:00", "2024-11-04T00:00-05:00", "0 1 0", "0 0 1", "and past it"),
        ]
    )
    func days(start: String, back: String, windows: String, calendar: String, why: String) async throws {
        let inWindows = try await returns(start: start, return: back, .windows)
        #expect(inWindows == windows, "\(why)")
        let byCalendar = try await returns(start: start, return: back, .calendar)
        #expect(byCalendar == calendar, "\(why)")
    }

    @Test(
        "weeks and months are blocks of days from the start, or those of the calendar",
        arguments: [
            (.week, "2024-05-01", "2024-05-06", "1 0 0", "0 1 0", "from Wednesday to the next Monday"),
            (.week, "2024-05-01", "2024-05-05", "1 0 0", "1 0 0", "to Sunday"),
            (.week, "2024-05-06", "2024-05-12", "1 0 0", "1 0 0", "from Monday to Sunday"),
            (.week, "2024-05-05", "2024-05-06", "1 0 0", "0 1 0", "from Sunday to Monday"),
            (.week, "2024-05-05", "2024-05-12", "0 1 0", "0 1 0", "from Sunday to Sunday"),
            (.week, "2024-05-01", "2024-04-29", "0 0 0", "0 0 0", "an earlier day of the week is no return"),
            (.week, "2023-12-31", "2024-01-01", "1 0 0", "0 1 0", "over the year's end"),
            (.month, "2024-05-25", "2024-06-01", "1 0 0", "0 1 0", "from May to June"),
            (.month, "2024-05-01", "2024-05-31", "0 1 0", "1 0 0", "May has 31 days"),
            (.month, "2024-05-31", "2024-07-01", "0 1 0", "0 0 1", "June is between"),
            (.month, "2024-05-02", "2024-05-01", "0 0 0", "0 0 0", "the day before"),
        ] as [(Interval, String, String, String, String, String)]
    )
    func units(
        _ c: (unit: Interval, start: String, back: String, windows: String, calendar: String, why: String)
    )
        async throws
    {
        let (start, back) = (c.start + "T12:00-05:00", c.back + "T12:00-05:00")
        let inWindows = try await returns(start: start, return: back, .windows, by: c.unit)
        #expect(inWindows == c.windows, "\(c.why)")
        let byCalendar = try await returns(start: start, return: back, .calendar, by: c.unit)
        #expect(byCalendar == c.calendar, "\(c.why)")
    }

    @Test("a week of the calendar is over on Monday, a month on the first")
    func incompleteUnits() async throws {
        for (unit, now, wanted) in [
            (Interval.week, "2024-05-05T23:59-04:00", "1*"), (.week, "2024-05-06T00:00-04:00", "1 0*"),
            (.week, "2024-05-12T23:59-04:00", "1 0*"), (.week, "2024-05-13T00:00-04:00", "1 0 0*"),
            (.month, "2024-05-31T23:59-04:00", "1*"), (.month, "2024-06-01T00:00-04:00", "1 0*"),
        ] {
            let time = "2024-05-01T12:00-04:00"
            let found = try await returns(start: time, return: time, .calendar, by: unit, now: now)
            #expect(found == wanted, "\(unit) at \(now)")
        }
    }

    @Test("a day of the calendar is over at midnight, a window 24 hours after the last who may have started")
    func incomplete() async throws {
        let (start, back) = ("2024-03-09T10:00-05:00", "2024-03-10T11:00-04:00")
        for (now, windows, calendar) in [
            ("2024-03-09T12:00-05:00", "0*", "0*"), ("2024-03-09T23:59-05:00", "0*", "0*"),
            ("2024-03-10T00:00-05:00", "0* 1*", "0 1*"), ("2024-03-10T23:59-04:00", "0* 1*", "0 1*"),
            ("2024-03-11T00:00-04:00", "0* 1* 0*", "0 1 0*"), ("2024-03-11T01:00-04:00", "0 1* 0*", "0 1 0*"),
        ] {
            let inWindows = try await returns(start: start, return: back, .windows, now: now)
            let byCalendar = try await returns(start: start, return: back, .calendar, now: now)
            #expect(inWindows == windows && byCalendar == calendar, "at \(now): \(inWindows), \(byCalendar)")
        }
    }
}
