import ColumnEngine
import EventModel
import QueryModel
import Storage
import Testing

@testable import QueryExecution

@Suite struct EdgesOfTimeTests {
    @Test("events before 1970 and after 2106 are on no chart, not even on its first or last day")
    func outside() async throws {
        let store = MemoryEventStore()
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        batch.eventTypes = [Numbered(EventTypeID(1), "Play")]
        batch.contexts = [Numbered(ContextID(1), EventContext())]
        let far: Int64 = 4_294_967_296_000
        let events = [-1, -1_000_000_000_000, 60_000, far, far * 2, 4_289_000_000_000].map { time in
            StoredEvent(
                user: UserKey(1),
                device: DeviceKey(1),
                carriesUserID: false,
                type: EventTypeID(1),
                time: Timestamp(milliseconds: time),
                clientTime: Timestamp(milliseconds: time),
                uploadTime: Timestamp(milliseconds: time),
                context: ContextID(1)
            )
        }
        batch.events = StoredEvents(events)
        try store.append([batch])
        let engine = QueryEngine(columns: ColumnStore(store)) { () throws(EventStoreError) in }
        func totals(_ first: CalendarDate, _ last: CalendarDate, zone: String) async throws -> [Double] {
            let answer = try await engine.segmentation(
                SegmentationQuery(
                    events: [EventSelector(type: .any)],
                    metric: .totals,
                    range: DateRange(first: first, last: last)!,
                    interval: .month,
                    rolling: .window(2)
                ),
                QueryContext(zone: ProjectTimeZone(name: zone)!, now: Timestamp(milliseconds: 0))
            )
            return [answer.series[0].values.reduce(0, max), answer.series[0].collapsed]
        }
        for zone in ["UTC", "Pacific/Auckland", "America/New_York"] {
            let first = CalendarDate(year: 1970, month: 1, day: 1)!
            let found = try await totals(first, CalendarDate(year: 1970, month: 2, day: 1)!, zone: zone)
            // In New York, its one minute lies in 1969.
            #expect(found == (zone == "America/New_York" ? [1, 0] : [1, 1]), "\(zone)")
            let last = CalendarDate(year: 2105, month: 12, day: 31)!
            let late = try await totals(CalendarDate(year: 2105, month: 11, day: 1)!, last, zone: zone)
            #expect(late == [1, 1], "\(zone)")
        }
    }
}
