import EventModel
import Foundation
import Logging
import ProjectStore
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Ingestion

private func event(device: String? = nil, user: String? = nil) -> String {
    let ids = [("device_id", device), ("user_id", user)].compactMap { field, id in id.map { "\"\(field)\":\"\($0)\"" } }
    return "{\(ids.joined(separator: ",")),\"event_type\":\"A\"}"
}

extension IncomingBatch {
    fileprivate init(events: [String]) {
        // Safe to insist: the events above are ones that a request may have.
        self = try! decoded(events.joined(separator: ","))
    }
}

@Suite struct EventGateTests {
    private let folder = TemporaryFolder()

    private func writer(
        _ record: ProjectDatabase,
        _ gate: EventGate,
        isDiskFull: @escaping @Sendable () -> Bool = { false }
    ) throws -> ProjectWriter {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let feeder = try StoreFeeder(store: MemoryEventStore(), journal: record, logger: quiet)
        return ProjectWriter(record: record, feeder: feeder, logger: quiet, gate: gate, isDiskFull: isDiskFull) {
            Timestamp(milliseconds: 1_700_000_000_000)
        }
    }

    @Test("without limits everything is taken")
    func off() {
        let gate = EventGate(limits: [.batch: RateLimits()], uptime: { 0 })
        let batch = IncomingBatch(events: Array(repeating: event(device: "dev-1", user: "user-1"), count: 5_000))
        #expect(gate.admit(batch, from: .httpV2) == .taken(nil))
        #expect(gate.admit(batch, from: .batch) == .taken(nil))
    }

    @Test("a throttled request names its devices and users, with events a second rounded up, and of the day")
    func names() {
        let limits = RateLimits(eventsPerSecond: 1, windowSeconds: 2, eventsPerDay: 4)
        let gate = EventGate(limits: [.batch: limits], uptime: { 0 })
        let batch = IncomingBatch(
            events: Array(repeating: event(device: "dev-1", user: "user-1"), count: 3) + [event(user: "user-2")]
                + Array(repeating: event(device: "dev-2"), count: 5)
        )
        var expected = Throttling(limits: limits)
        expected.devices = [ThrottledID(id: "dev-1", events: 2), ThrottledID(id: "dev-2", events: 3)]
        expected.users = [ThrottledID(id: "user-1", events: 2)]
        expected.events = [2, 6, 7, 8]
        #expect(gate.admit(batch, from: .batch) == .throttled(expected))
        #expect(gate.admit(batch, from: .httpV2) == .taken(nil), "each endpoint has its own limits")
    }

    @Test("time frees what was used")
    func time() async throws {
        let uptime = Mutex<Int64>(10_000)
        let gate = EventGate(limits: [.httpV2: RateLimits(eventsPerSecond: 1, windowSeconds: 1)]) {
            uptime.withLock { $0 }
        }
        let batch = IncomingBatch(events: [event(user: "user-1")])
        let record = try ProjectDatabase(folder: folder.url)
        let writer = try writer(record, gate)
        #expect(try await writer.send(batch, from: .httpV2).accepted == 1)
        var throttling = Throttling(limits: RateLimits(eventsPerSecond: 1, windowSeconds: 1))
        throttling.users = [ThrottledID(id: "user-1", events: 2)]
        throttling.events = [0]
        let expected = throttling
        await #expect(throws: IngestionError.throttled(expected)) { try await writer.send(batch, from: .httpV2) }
        #expect(try await writer.send(batch, from: .batch).accepted == 1)
        uptime.withLock { $0 = 11_000 }
        #expect(try await writer.send(batch, from: .httpV2).accepted == 1)
    }

    @Test("what is throttled or silenced is not stored, counts as rejected, and is not kept")
    func ledger() async throws {
        let gate = EventGate(limits: [.httpV2: RateLimits(eventsPerSecond: 1, windowSeconds: 3)], uptime: { 0 })
        let record = try ProjectDatabase(folder: folder.url)
        let writer = try writer(record, gate)
        let three = IncomingBatch(events: Array(repeating: event(user: "user-1"), count: 3))
        #expect(try await writer.send(three, from: .httpV2).accepted == 3)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    await #expect(throws: IngestionError.self) { try await writer.send(three, from: .httpV2) }
                }
            }
        }
        gate.silence(["dev-1"])
        let mixed = IncomingBatch(
            events: [event(user: "user-2"), event(device: "dev-1", user: "user-3"), event(device: "dev-1")]
        )
        var silencing = Silencing(limits: RateLimits(eventsPerSecond: 1, windowSeconds: 3))
        silencing.devices = ["dev-1"]
        silencing.events = [1, 2]
        let expected = silencing
        await #expect(throws: IngestionError.silenced(expected)) { try await writer.send(mixed, from: .httpV2) }
        let counts = try record.ledgerTotals()
        #expect(counts.received == 66 && counts.stored == 3 && counts.rejected == 63 && counts.balances)
        #expect(try record.rejectedRequests(limit: 10) == [])
        gate.silence([])
        #expect(try await writer.send(mixed, from: .httpV2).accepted == 3)
    }

    @Test("a request that could not be stored has used up nothing")
    func diskFull() async throws {
        let isFull = Mutex(true)
        let gate = EventGate(limits: [.batch: RateLimits(eventsPerDay: 2)], uptime: { 0 })
        let record = try ProjectDatabase(folder: folder.url)
        let writer = try writer(record, gate, isDiskFull: { isFull.withLock { $0 } })
        let two = IncomingBatch(events: Array(repeating: event(user: "user-1"), count: 2))
        for _ in 0..<3 {
            await #expect(throws: IngestionError.diskFull) { try await writer.send(two, from: .batch) }
        }
        isFull.withLock { $0 = false }
        #expect(try await writer.send(two, from: .batch).accepted == 2)
        await #expect(throws: IngestionError.self) { try await writer.send(two, from: .batch) }
    }
}

extension ProjectWriter {
    fileprivate func send(
        _ batch: IncomingBatch,
        from endpoint: IngestionEndpoint
    ) async throws(IngestionError) -> Receipt {
        try await store(admit(batch, from: endpoint))
    }
}
