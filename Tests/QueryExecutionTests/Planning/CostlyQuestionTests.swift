import ColumnEngine
import Dispatch
import EventModel
import QueryModel
import Storage
import Synchronization
import TestSupport
import Testing

@testable import QueryExecution

/// Questions that take long hold up nobody, and end when nobody waits for them any more.
@Suite struct CostlyQuestionTests {
    /// Ten events of each of some values.
    private static func engine(values: Int, mostCells: Int = 4_000_000) throws -> QueryEngine {
        let store = MemoryEventStore()
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        batch.eventTypes = [Numbered(EventTypeID(1), "Play")]
        batch.contexts = [Numbered(ContextID(1), EventContext())]
        batch.propertyNames = [PropertyName(.event, "song")]
        for number in 0..<values * 10 {
            batch.users.append(UserFact(user: UserKey(Int32(number + 1)), userID: nil))
            batch.events.append(
                StoredEvent(
                    user: UserKey(Int32(number + 1)),
                    device: DeviceKey(1),
                    carriesUserID: false,
                    type: EventTypeID(1),
                    time: Timestamp(milliseconds: 1_000),
                    clientTime: Timestamp(milliseconds: 1_000),
                    uploadTime: Timestamp(milliseconds: 1_000),
                    context: ContextID(1),
                    eventProperties: "{\"song\":\"song \(number % values)\"}"
                )
            )
        }
        try store.append([batch])
        return QueryEngine(columns: ColumnStore(store), mostCells: mostCells) { () throws(EventStoreError) in }
    }

    private static func question(_ pattern: String?, splits: Bool = false) -> SegmentationQuery {
        let song = PropertyReference.event(ExactText("song"))
        let filter = pattern.map { [PropertyFilter(property: song, operator: .globMatch, values: [ExactText($0)])] }
        let day = CalendarDate(daysSinceEpoch: 0)
        return SegmentationQuery(
            events: [EventSelector(type: .any, filters: filter ?? [], groupBy: splits ? [song] : [])],
            metric: .totals,
            range: DateRange(first: day, last: day)!,
            limit: 3
        )
    }

    private static let context = QueryContext(zone: .utc, now: Timestamp(milliseconds: 2_000))

    @Test("whoever is gone is not looked for a value for: the question ends amid its values")
    func cancelled() async throws {
        let engine = try Self.engine(values: 3_000)
        // Loads the columns, so that nothing but the values is left to be looked at.
        let whole = try await engine.segmentation(Self.question("song*"), Self.context)
        #expect(whole.series[0].values == [30_000])
        let asking = Task {
            while !Task.isCancelled { await Task.yield() }
            do throws(QueryError) {
                _ = try await engine.segmentation(Self.question("*ong*"), Self.context)
                return QueryError?.none
            } catch {
                return error
            }
        }
        asking.cancel()
        let error = await asking.value
        #expect(error == .cancelled)
    }

    @Test("of many groups of one size, those of the first labels; in one pass and in two", arguments: [4_000_000, 100])
    func manyGroups(mostCells: Int) async throws {
        let engine = try Self.engine(values: 2_000, mostCells: mostCells)
        let answer = try await engine.segmentation(Self.question(nil, splits: true), Self.context)
        #expect(answer.series.map(\.group) == [["song 0"], ["song 1"], ["song 10"]])
        #expect(answer.series.map(\.collapsed) == [10, 10, 10])
    }

    @Test("threads that are all at work hold up no other task, and do what waits when they are free")
    func threads() async throws {
        let threads = QueryThreads()
        let release = DispatchSemaphore(value: 0)
        let begun = Count()
        let held = (0..<ProcessorCount.active + 1).map { _ in
            Task {
                try await threads.run {
                    begun.increase()
                    Self.wait(for: release)
                    return true
                }
            }
        }
        while begun.value < ProcessorCount.active { await Task.yield() }
        // All other tasks go on.
        #expect(await Task { 1 + 1 }.value == 2)
        #expect(begun.value == ProcessorCount.active, "one more than there are threads waits")
        for _ in held { release.signal() }
        for task in held { #expect(try await task.value) }
        #expect(try await threads.run { await Task { 7 }.value } == 7)
    }

    private final class Count: Sendable {
        private let number = Mutex(0)

        var value: Int { number.withLock { $0 } }
        func increase() { number.withLock { $0 += 1 } }
    }

    private static func wait(for semaphore: DispatchSemaphore) { semaphore.wait() }
}
