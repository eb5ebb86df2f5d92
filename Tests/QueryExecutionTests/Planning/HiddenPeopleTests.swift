import ColumnEngine
import EventModel
import QueryModel
import Storage
import Testing

@testable import QueryExecution

/// People whose events arrived in two goes are hidden where the first of them lie, and stand with all of them elsewhere. A
/// question about few types of many looks for those types in the columns, past people whom it must not count there.
@Suite struct HiddenPeopleTests {
    private static let day: Int64 = 86_400_000
    private static let first = CalendarDate(year: 2024, month: 5, day: 1)!
    private static let people = 30

    /// Twelve types; everybody starts on the first day, and comes back on the second.
    private func batch(_ sequence: Int64, _ events: [(person: Int, type: Int, day: Int64)]) -> JournalBatch {
        var batch = JournalBatch(sequence: JournalSequence(sequence), receivedAt: Timestamp(milliseconds: 0))
        if sequence == 1 {
            batch.eventTypes = (1...12).map { Numbered(EventTypeID(Int32($0)), "T\($0)") }
            batch.contexts = [Numbered(ContextID(1), EventContext())]
        }
        for event in events {
            let midnight = Int64(Self.first.daysSinceEpoch) * Self.day
            let time = Timestamp(milliseconds: midnight + event.day * Self.day + Int64(event.type) * 60_000)
            batch.events.append(
                StoredEvent(
                    user: UserKey(Int32(event.person)),
                    device: DeviceKey(1),
                    carriesUserID: false,
                    type: EventTypeID(Int32(event.type)),
                    time: time,
                    clientTime: time,
                    uploadTime: time,
                    context: ContextID(1)
                )
            )
        }
        return batch
    }

    /// - Parameter later: who comes back on the third day too, which arrives when the columns are there.
    private func engine(_ later: [Int]) async throws -> QueryEngine {
        let store = MemoryEventStore()
        let columns = ColumnStore(store, smallTail: 1_000)
        let everybody = (1...Self.people).flatMap { person -> [(person: Int, type: Int, day: Int64)] in
            [(person, 3, 0), (person, 7, 0), (person, 5, 1)]
        }
        try store.append([batch(1, everybody)])
        try await columns.warm()
        try store.append([batch(2, later.map { ($0, 5, 2) })])
        return QueryEngine(columns: columns) { () throws(EventStoreError) in }
    }

    private static let range = DateRange(first: first, last: first.adding(days: 2))!
    private static let context = QueryContext(
        zone: .utc,
        now: Timestamp(milliseconds: Int64(first.daysSinceEpoch + 10) * day)
    )

    private static let later: [[Int]] = [
        [1], [30], [1, 30], [2, 3, 4, 5], Array(stride(from: 1, through: 30, by: 3)), Array(1...30), [],
    ]

    @Test("are counted once in a retention, wherever they stood", arguments: later)
    func retention(later: [Int]) async throws {
        let query = RetentionQuery(
            start: EventSelector(type: .named(ExactText("T3"))),
            return: EventSelector(type: .named(ExactText("T5"))),
            range: Self.range
        )
        let row = try await engine(later).retention(query, Self.context).series[0].rows[0]
        #expect(row.prefix(4).map(\.count) == [30, 0, 30, later.count])
    }

    @Test("and in a funnel", arguments: later)
    func funnel(later: [Int]) async throws {
        let query = FunnelQuery(
            steps: [3, 5, 5].map { EventSelector(type: .named(ExactText("T\($0)"))) },
            order: .ordered,
            window: FunnelQuery.ConversionWindow(seconds: 864_000)!,
            range: Self.range
        )
        let answer = try await engine(later).funnel(query, Self.context).series[0]
        #expect(answer.reached == [30, 30, later.count])
    }
}
