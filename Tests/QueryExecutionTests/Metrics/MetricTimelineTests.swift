import ColumnEngine
import EventModel
import QueryModel
import Storage
import TestSupport
import Testing

@testable import QueryExecution

/// A project as text: a timeline a person, with days for steps, from Monday 2024-02-05 on, UTC; a letter is an event of that
/// type, of whose properties `level` is its number in the alphabet. A capital letter is sent with the person's user id.
private struct MetricTimelines {
    var people: [String]
    /// By person and step: the session's id.
    var sessions: [Int: [Int: Int64]] = [:]

    private static let firstDay = CalendarDate(year: 2024, month: 2, day: 5)!

    private var batch: JournalBatch {
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        let timelines = people.map { Timeline($0).moments }
        let letters = Set(timelines.joined().map { $0.letter.uppercased() }).sorted()
        batch.eventTypes = letters.enumerated().map {
            Numbered(EventTypeID(Int32($0.offset + 1)), $0.element == "I" ? "$identify" : $0.element)
        }
        batch.contexts = [Numbered(ContextID(1), EventContext())]
        batch.propertyNames = [PropertyName(.event, "level")]
        for (number, moments) in timelines.enumerated() {
            let key = UserKey(Int32(number + 1))
            let isKnown = moments.contains { $0.letter.isUppercase }
            batch.users.append(UserFact(user: key, userID: isKnown ? "user-\(number + 1)" : nil))
            for moment in moments {
                let time = Timestamp(
                    milliseconds: Int64(Self.firstDay.daysSinceEpoch + moment.step) * 86_400_000 + 3_600_000
                )
                let type = letters.firstIndex(of: moment.letter.uppercased())! + 1
                batch.events.append(
                    StoredEvent(
                        user: key,
                        device: DeviceKey(1),
                        carriesUserID: moment.letter.isUppercase,
                        type: EventTypeID(Int32(type)),
                        time: time,
                        clientTime: time,
                        uploadTime: time,
                        sessionID: sessions[number]?[moment.step] ?? -1,
                        context: ContextID(1),
                        eventProperties: "{\"level\":\(type)}"
                    )
                )
            }
        }
        return batch
    }

    /// The values, day by day.
    func ask(
        _ metric: Metric,
        days: ClosedRange<Int>,
        _ change: (inout MetricQuery) -> Void = { _ in }
    ) async throws -> [Double] {
        let store = MemoryEventStore()
        try store.append([batch])
        let engine = QueryEngine(columns: ColumnStore(store)) { () throws(EventStoreError) in }
        func date(_ day: Int) -> CalendarDate { Self.firstDay.adding(days: day - 1) }
        var query = MetricQuery(
            metric,
            range: .days(DateRange(first: date(days.lowerBound), last: date(days.upperBound))!)
        )
        change(&query)
        return try await engine.metric(query, QueryContext(zone: .utc, now: Timestamp(milliseconds: 0)))
            .period.series[0].values
    }
}

private let isB = PropertyFilter(property: .event(ExactText("level")), operator: .equal, values: [ExactText("2.0")])

@Suite("Metrics, timeline by timeline") struct MetricTimelineTests {
    @Test("people with a user id count wherever they sent anything, also before it was known, and by an identify alone")
    func identified() async throws {
        let timelines = MetricTimelines(people: ["a-A-", "--a-", "I---", "aa-a"])
        #expect(try await timelines.ask(.identifiedUsers, days: 1...4) == [2, 0, 1, 0])
        #expect(
            try await timelines.ask(.identifiedUsers, days: 1...2) == [2, 0],
            "whoever is known later was known"
        )
        #expect(
            try await timelines.ask(.identifiedUsers, days: 1...4) { $0.event = .named(ExactText("A")) } == [
                1, 0, 1, 0,
            ]
        )
    }

    @Test("the first row of all must meet the conditions, or the first that meets them counts")
    func firstTime() async throws {
        let timelines = MetricTimelines(people: ["a-b-", "b-a-", "-bb-"])
        func first(_ matches: Bool, _ lookback: Int? = nil, days: ClosedRange<Int> = 1...4) async throws -> [Double] {
            try await timelines.ask(
                .firstTime(Metric.FirstTime(ofThoseThatMatch: matches, lookbackDays: lookback)),
                days: days
            ) { $0.conditions = [isB] }
        }
        #expect(try await first(false) == [1, 1, 0, 0])
        #expect(try await first(true) == [1, 1, 1, 0])
        #expect(try await first(true, days: 3...4) == [1, 0], "of all times: the third had its own on the second day")
        #expect(try await first(true, 1, days: 3...4) == [1, 0], "a day of 24 hours back the third's is known, too")
        #expect(try await first(true, 1, days: 4...4) == [0])
    }

    @Test("a session counts at its first row, wherever the others lie; under way it is in every bucket with a row")
    func sessions() async throws {
        let timelines = MetricTimelines(
            people: ["aba-", "ab--", "a---"],
            sessions: [0: [0: 1, 1: 1, 2: 1], 1: [0: 1, 1: 2]]
        )
        #expect(try await timelines.ask(.sessions, days: 1...4) == [2, 1, 0, 0], "one key: person and id")
        #expect(try await timelines.ask(.sessions, days: 2...4) == [1, 0, 0], "the first one began before")
        #expect(try await timelines.ask(.sessions, days: 1...4) { $0.conditions = [isB] } == [0, 1, 0, 0])
        #expect(try await timelines.ask(.sessionsUnderWay, days: 1...4) == [2, 2, 1, 0])
        #expect(try await timelines.ask(.sessionsUnderWay, days: 1...4) { $0.conditions = [isB] } == [0, 2, 0, 0])
    }

    @Test("seven days up to the end of a bucket, and plain weeks")
    func week() async throws {
        let timelines = MetricTimelines(people: ["a------a", "-a------"])
        #expect(try await timelines.ask(.activeUsers(.week), days: 7...9) == [2, 2, 1])
        #expect(try await timelines.ask(.activeUsers(.week), days: 1...9) { $0.interval = .week } == [2, 1])
        #expect(try await timelines.ask(.activeUsers(.month), days: 9...9) == [2])
    }
}
