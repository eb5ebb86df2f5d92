import ColumnEngine
import EventModel
import QueryModel
import Storage
import Testing

@testable import QueryExecution

@Suite struct RetentionGroupsTests {
    /// Country i has so many people; no two have as many, and the order of numbers is not that of sizes.
    private static let countries = 130
    private static func people(in country: Int) -> Int { 1 + country * 37 % countries }

    @Test("of more than a hundred groups, those with the most people who start; each with its own people's returns")
    func largest() async throws {
        let store = MemoryEventStore()
        let day: Int64 = 86_400_000
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        batch.eventTypes = [Numbered(EventTypeID(1), "Start"), Numbered(EventTypeID(2), "Return")]
        var user: Int32 = 0
        for country in 0..<Self.countries {
            var context = EventContext()
            context[.country] = "country \(country)"
            batch.contexts.append(Numbered(ContextID(Int32(country + 1)), context))
            for number in 0..<Self.people(in: country) {
                user += 1
                // Half of a country's people come back, on the day after.
                for (type, time) in [(1, 10 * day), (2, 11 * day)].prefix(1 + number % 2) {
                    batch.events.append(
                        StoredEvent(
                            user: UserKey(user),
                            device: DeviceKey(1),
                            carriesUserID: false,
                            type: EventTypeID(Int32(type)),
                            time: Timestamp(milliseconds: time),
                            clientTime: Timestamp(milliseconds: time),
                            uploadTime: Timestamp(milliseconds: time),
                            context: ContextID(Int32(country + 1))
                        )
                    )
                }
            }
        }
        try store.append([batch])
        let engine = QueryEngine(columns: ColumnStore(store)) { () throws(EventStoreError) in }
        let date = try #require(CalendarDate(year: 1970, month: 1, day: 11))
        let query = RetentionQuery(
            start: EventSelector(type: .named(ExactText("Start"))),
            return: EventSelector(type: .named(ExactText("Return"))),
            range: try #require(DateRange(first: date, last: date)),
            groupBy: .builtIn(.country)
        )
        let context = QueryContext(zone: .utc, now: Timestamp(milliseconds: 20 * day))
        let answer = try await engine.retention(query, context)

        let found = answer.series.map { "\($0.group ?? "") \($0.rows[0].prefix(4).map(\.count))" }
        let sizes = (0..<Self.countries).map { (country: $0, people: Self.people(in: $0)) }
        let expected = sizes.sorted { $0.people > $1.people }.prefix(100)
            .map { "country \($0.country) [\($0.people), 0, \($0.people / 2), 0]" }
        #expect(found == expected)
    }
}
