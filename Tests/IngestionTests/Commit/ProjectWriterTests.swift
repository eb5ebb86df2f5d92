import Dispatch
import EventModel
import Foundation
import GRDB
import Logging
import ProjectStore
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Ingestion

/// A store whose appends fail as long as it is told so.
private final class FlakyStore: Sendable {
    let store = MemoryEventStore()
    let isBroken = Mutex(false)
}

extension FlakyStore: StoreOfAnother {
    func append(_ batches: consuming [JournalBatch]) throws(EventStoreError) {
        if isBroken.withLock({ $0 }) { throw EventStoreError(.unavailable, "broken") }
        try store.append(batches)
    }
}

private var quiet: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}

private func batch(_ name: String, _ count: Int) throws -> IncomingBatch {
    let events = (0..<count).map { index in
        "{\"user_id\":\"user \(index % 7)\",\"event_type\":\"A\",\"insert_id\":\"\(name) \(index)\"}"
    }
    return try decoded(events.joined(separator: ","))
}

@Suite struct ProjectWriterTests {
    private let folder = TemporaryFolder()

    private func writer(_ record: ProjectDatabase, _ store: any EventStore) throws -> (ProjectWriter, StoreFeeder) {
        let feeder = try StoreFeeder(store: store, journal: record, logger: quiet)
        let writer = ProjectWriter(record: record, feeder: feeder, logger: quiet) {
            Timestamp(milliseconds: 1_700_000_000_000)
        }
        return (writer, feeder)
    }

    @Test("many requests at once: all stored once, in fewer commits, and visible")
    func concurrent() async throws {
        let record = try ProjectDatabase(folder: folder.url)
        let store = MemoryEventStore()
        let (writer, feeder) = try writer(record, store)
        await withTaskGroup(of: Void.self) { group in
            for request in 0..<200 {
                group.addTask {
                    let receipt = try? await writer.store(batch("request \(request)", 5))
                    #expect(receipt?.accepted == 5)
                }
            }
        }
        try await feeder.waitUntilComplete()
        #expect(store.progress().rows == 1_000)
        let ledger = try record.ledgerTotals()
        #expect(ledger.received == 1_000 && ledger.stored == 1_000 && ledger.balances)
        #expect(try record.lastSequence().number <= 200)
        #expect(store.progress().sequence == (try record.lastSequence()))
    }

    @Test("requests are stored in the order in which they came, also if some among them only wait")
    func order() async throws {
        let record = try ProjectDatabase(folder: folder.url)
        let feeder = try StoreFeeder(store: MemoryEventStore(), journal: record, logger: quiet)
        // The first commit is held back, so that all others share the next one.
        let gate = DispatchSemaphore(value: 0)
        let writer = ProjectWriter(
            record: record,
            feeder: feeder,
            logger: quiet,
            isDiskFull: {
                gate.wait()
                return false
            },
            now: { Timestamp(milliseconds: 1_700_000_000_000) }
        )
        let types = ["First", "", "A", "B", "", "C", "D"]
        var requests: [Task<Void, any Error>] = []
        for type in types {
            let batch = type.isEmpty ? IncomingBatch() : try decoded(#"{"user_id":"ann","event_type":"\#(type)"}"#)
            await withCheckedContinuation { queued in
                requests.append(Task { _ = try await writer.store(batch) { queued.resume() } })
            }
        }
        for _ in types { gate.signal() }
        for request in requests { try await request.value }
        #expect(try record.eventTypeNames().map(\.value) == types.filter { !$0.isEmpty })
    }

    @Test("a request that is sent again is accepted, and stored once")
    func again() async throws {
        let record = try ProjectDatabase(folder: folder.url)
        let store = MemoryEventStore()
        let (writer, feeder) = try writer(record, store)
        for _ in 0..<3 { #expect(try await writer.store(batch("same", 10)).accepted == 10) }
        try await feeder.waitUntilComplete()
        #expect(store.progress().rows == 10)
        #expect(try record.ledgerTotals().duplicate == 20)
    }

    @Test("what the store could not take is there when it can again")
    func brokenStore() async throws {
        let record = try ProjectDatabase(folder: folder.url)
        let store = FlakyStore()
        let (writer, feeder) = try writer(record, store)
        _ = try await writer.store(batch("first", 3))
        try await feeder.waitUntilComplete()
        store.isBroken.withLock { $0 = true }
        _ = try await writer.store(batch("second", 4))
        await #expect(throws: EventStoreError.self) { try await feeder.waitUntilComplete() }
        #expect(store.progress().rows == 3)
        store.isBroken.withLock { $0 = false }
        try await feeder.waitUntilComplete()
        #expect(store.progress().rows == 7)
    }

    @Test("a record that cannot be written refuses, and goes on when it can")
    func brokenRecord() async throws {
        let record = try ProjectDatabase(folder: folder.url)
        let (writer, _) = try writer(record, MemoryEventStore())
        _ = try await writer.store(batch("first", 3))
        record.close()
        await #expect(throws: IngestionError.unavailable) { try await writer.store(batch("second", 3)) }
    }

    @Test("a request that cannot be stored costs none of those that share its commit")
    func poison() async throws {
        let record = try ProjectDatabase(folder: folder.url)
        // As if the tables knew better than the memory: this one name is never taken.
        try await DatabaseQueue(path: folder.url.appendingPathComponent("project.sqlite").path).write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER poison BEFORE INSERT ON event_types WHEN NEW.name = 'Poison'
                    BEGIN SELECT RAISE(ABORT, 'poison'); END
                    """
            )
        }
        let store = MemoryEventStore()
        let feeder = try StoreFeeder(store: store, journal: record, logger: quiet)
        let writer = ProjectWriter(
            record: record,
            feeder: feeder,
            logger: quiet,
            isDiskFull: {
                // Long enough for others to gather behind the commit that is under way.
                Thread.sleep(forTimeInterval: 0.01)
                return false
            },
            now: { Timestamp(milliseconds: 1_700_000_000_000) }
        )
        let poison = try decoded("{\"user_id\":\"bad\",\"event_type\":\"Poison\"}")
        await withTaskGroup(of: Void.self) { group in
            for request in 0..<120 {
                group.addTask {
                    if request % 10 == 0 {
                        await #expect(throws: IngestionError.unavailable) { try await writer.store(poison) }
                    } else {
                        let receipt = try? await writer.store(batch("request \(request)", 2))
                        #expect(receipt?.accepted == 2)
                    }
                }
            }
        }
        try await feeder.waitUntilComplete()
        #expect(store.progress().rows == 216)
        #expect(try record.user(withID: "bad") == nil, "nothing of it is stored")
        #expect(try record.ledgerTotals().stored == 216)
    }

    @Test("a store that is behind, or new, is brought up from the journal")
    func rebuild() async throws {
        let record = try ProjectDatabase(folder: folder.url)
        let (writer, feeder) = try writer(record, MemoryEventStore())
        for request in 0..<5 { _ = try await writer.store(batch("request \(request)", 10)) }
        try await feeder.waitUntilComplete()
        let fresh = MemoryEventStore()
        let second = try StoreFeeder(store: fresh, journal: record, logger: quiet)
        try await second.waitUntilComplete()
        #expect(fresh.progress() == StoreProgress(sequence: try record.lastSequence(), rows: 50))
    }
}
