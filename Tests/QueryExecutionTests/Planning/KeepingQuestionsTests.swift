import ColumnEngine
import EventModel
import QueryModel
import Storage
import TestSupport
import Testing

@testable import QueryExecution

/// A project whose first days have left, as text: a timeline a person, with days for steps; a letter is an event of that type,
/// and a capital one brings in 10. Source: Documentation/data.md D19.
private struct Departed {
    var people: [String]
    /// Days that have left.
    var left: Int
    /// Whether they are out of the store, too.
    var isCleared: Bool
    /// Types that are asked for by name are looked for in columns of few types, or of many.
    var moreTypes = 0
    /// All events are of one session.
    var session: Int64 = -1

    static let first = CalendarDate(year: 2024, month: 2, day: 1)!
    private static let day: Int64 = 86_400_000
    private static func midnight(_ day: Int) -> Int64 { Int64(first.daysSinceEpoch + day) * Self.day }

    var context: QueryContext {
        QueryContext(zone: .utc, now: Timestamp(milliseconds: Self.midnight(400)), retentionDays: .calendar)
    }

    func engine() throws -> QueryEngine {
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        let timelines = people.map { Timeline($0).moments }
        let letters = Set(timelines.joined().map(\.letter)).sorted()
        batch.eventTypes = letters.enumerated().map { Numbered(EventTypeID(Int32($0.offset + 1)), "\($0.element)") }
        for more in 0..<moreTypes {
            batch.eventTypes.append(Numbered(EventTypeID(Int32(letters.count + more + 1)), "more \(more)"))
        }
        batch.contexts = [Numbered(ContextID(1), EventContext())]
        let cut = Timestamp(milliseconds: Self.midnight(left))
        for (number, moments) in timelines.enumerated() {
            for (index, moment) in moments.enumerated() {
                let time = Timestamp(milliseconds: Self.midnight(moment.step) + Int64(index))
                if isCleared, time < cut, index > 0 { continue }
                batch.events.append(
                    StoredEvent(
                        user: UserKey(Int32(number + 1)),
                        device: DeviceKey(1),
                        carriesUserID: false,
                        type: EventTypeID(Int32(letters.firstIndex(of: moment.letter)! + 1)),
                        time: time,
                        clientTime: time,
                        uploadTime: time,
                        sessionID: session,
                        context: ContextID(1),
                        revenue: moment.letter.isUppercase ? 10 : nil
                    )
                )
            }
        }
        let store = MemoryEventStore()
        try store.append([batch])
        let columns = ColumnStore(store) { () throws(EventStoreError) in
            HiddenPeople(keys: [], cut: cut, version: 0)
        }
        return QueryEngine(columns: columns) { () throws(EventStoreError) in }
    }

    static func range(_ days: ClosedRange<Int>) -> DateRange {
        DateRange(first: first.adding(days: days.lowerBound - 1), last: first.adding(days: days.upperBound - 1))!
    }

    func segmentation(
        _ type: EventSelector.EventType,
        days: ClosedRange<Int>,
        _ change: (inout SegmentationQuery) -> Void = { _ in }
    ) async throws -> [Double] {
        var query = SegmentationQuery(events: [EventSelector(type: type)], range: Self.range(days), interval: .day)
        change(&query)
        return try await engine().segmentation(query, context).series[0].values
    }
}

@Suite("questions about a project whose first days have left", .serialized) struct KeepingQuestionsTests {
    private static let everybody = ["AA-b-A", "b---A-", "---AAA", "A-----"]

    private static let kinds = [(false, 0), (true, 0), (false, 40), (true, 40)]

    private func departed(_ kind: (isCleared: Bool, moreTypes: Int)) -> Departed {
        Departed(people: Self.everybody, left: 3, isCleared: kind.isCleared, moreTypes: kind.moreTypes)
    }

    private func named(_ name: String) -> EventSelector { EventSelector(type: .named(ExactText(name))) }

    @Test(
        "days that left count 0, and those that stay as ever, also where windows and averages look back",
        arguments: kinds
    )
    func counts(kind: (Bool, Int)) async throws {
        let project = departed(kind)
        var found = try await project.segmentation(.named(ExactText("A")), days: 1...6) { $0.metric = .totals }
        #expect(found == [0, 0, 0, 1, 2, 2])
        found = try await project.segmentation(.any, days: 1...6)
        #expect(found == [0, 0, 0, 2, 2, 2])
        found = try await project.segmentation(.any, days: 4...6) { $0.rolling = .window(3) }
        #expect(found == [2, 3, 3])
        found = try await project.segmentation(.any, days: 4...6) { $0.rolling = .average(2) }
        #expect(found == [1, 2, 2])
        found = try await project.segmentation(.revenue(.any), days: 1...6) { $0.metric = .totals }
        #expect(found == [0, 0, 0, 1, 2, 2])
    }

    @Test("who is new stays, on whatever day, also as a condition", arguments: kinds)
    func new(kind: (Bool, Int)) async throws {
        let project = departed(kind)
        let query = ActiveUsersQuery(metric: .new, range: Departed.range(1...6))
        let answer = try await project.engine().activeUsers(query, project.context)
        #expect(answer.series[0].values == [3, 0, 0, 1, 0, 0])
        var active = query
        active.metric = .active
        let days = try await project.engine().activeUsers(active, project.context).series[0].values
        #expect(days == [0, 0, 0, 2, 2, 2])
        let found = try await project.segmentation(.any, days: 1...6) { $0.population = .new }
        #expect(found == [0, 0, 0, 1, 0, 0], "of those who were new on a day that left, nothing that they did then")
        let once = Segment([
            .performed(
                PerformedCondition(event: named("A"), comparison: .greaterOrEqual, count: 2, span: .sinceEver)
            )
        ])
        let twice = try await project.segmentation(.any, days: 4...6) { $0.segments = [once] }
        #expect(twice == [0, 1, 1], "what they did before is not known any more")
    }

    @Test("retention of new people has their cohorts, whole, and the returns that are left", arguments: kinds)
    func retention(kind: (Bool, Int)) async throws {
        let project = departed(kind)
        var query = RetentionQuery(
            start: EventSelector(type: .firstEver),
            return: EventSelector(type: .anyActive),
            range: Departed.range(1...1)
        )
        var row = try await project.engine().retention(query, project.context).series[0].rows[0]
        #expect(row.prefix(7).map(\.count) == [3, 0, 0, 0, 1, 1, 1])
        query.start = named("A")
        query.return = named("A")
        row = try await project.engine().retention(query, project.context).series[0].rows[0]
        #expect(row.prefix(4).map(\.count) == [0, 0, 0, 0])
        query.range = .days(Departed.range(4...4))
        row = try await project.engine().retention(query, project.context).series[0].rows[0]
        #expect(row.prefix(4).map(\.count) == [1, 1, 1, 1])
    }

    @Test("lifetime value is of the same people; what they paid in the days that left is gone", arguments: kinds)
    func lifetimeValue(kind: (Bool, Int)) async throws {
        let project = departed(kind)
        let query = LifetimeValueQuery(metric: .total, range: Departed.range(1...1))
        let cohort = try await project.engine().lifetimeValue(query, project.context).series[0].cohorts[0]
        #expect(cohort.people == 3 && cohort.payers == 2 && cohort.amount == 20)
        #expect(cohort.newPayers.reduce(0, +) == 2 && cohort.newPayers[0] == 0)
    }

    @Test("funnels begin with what is left", arguments: kinds)
    func funnel(kind: (Bool, Int)) async throws {
        let project = departed(kind)
        var query = FunnelQuery(
            steps: [named("b"), named("A")],
            window: FunnelQuery.ConversionWindow(seconds: 864_000)!,
            range: Departed.range(1...6)
        )
        var answer = try await project.engine().funnel(query, project.context).series[0]
        #expect(answer.reached == [1, 1])
        query.order = .sequential
        query.steps = [named("A"), named("A")]
        answer = try await project.engine().funnel(query, project.context).series[0]
        #expect(answer.reached == [3, 1])
        query.isOfNewPeople = true
        answer = try await project.engine().funnel(query, project.context).series[0]
        #expect(answer.reached == [1, 1])
    }

    @Test("a session that lies on both sides begins with what is left of it", arguments: [false, true])
    func sessions(isCleared: Bool) async throws {
        let project = Departed(people: ["AAAA--", "A-----"], left: 2, isCleared: isCleared, session: 7)
        let query = SessionQuery(.perPerson, range: Departed.range(1...6))
        guard case .days(_, let days, _) = try await project.engine().sessions(query, project.context) else {
            Issue.record("no days")
            return
        }
        #expect(days == [0, 0, 1, 0, 0, 0])
    }

    @Test("nobody stands in the cell of a day that left", arguments: kinds)
    func cells(kind: (Bool, Int)) async throws {
        let project = departed(kind)
        let query = SegmentationQuery(
            events: [EventSelector(type: .any)],
            range: Departed.range(1...6),
            interval: .day
        )
        let wantedByIndex: [Int: [Int32]] = [0: [], 2: [], 3: [1, 3]]
        for (index, wanted) in wantedByIndex {
            let users = try await project.engine().users(
                of: SeriesCell(series: 0, index: index),
                in: query,
                UserPage(after: nil, limit: 10),
                project.context
            )
            #expect(users.users.map(\.key.number) == wanted)
        }
    }
}
