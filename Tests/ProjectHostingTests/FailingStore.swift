import EventModel
import Foundation
import Storage
import Synchronization

/// An in-memory store whose appends fail, or which loses what it has, when it is told so.
final class FailingStore: Sendable {
    private struct State {
        var store = MemoryEventStore()
        var problem: String?
        var isLost = false
    }

    private let state = Mutex(State())

    /// From now on appends and reopening fail for that reason, or not any more.
    func fail(_ problem: String?) { state.withLock { $0.problem = problem } }

    /// As when a disk was pulled out: all is gone, until the store is opened again.
    func lose() {
        state.withLock { state in
            state.store = MemoryEventStore()
            state.isLost = true
        }
    }

    private var store: MemoryEventStore { state.withLock { $0.store } }

    private func check() throws(EventStoreError) {
        if let problem = state.withLock({ $0.problem }) { throw EventStoreError(.unavailable, problem) }
    }
}

extension FailingStore: EventStore {
    var isOpen: Bool { state.withLock { !$0.isLost } }

    func reopen() throws(EventStoreError) -> StoreProgress {
        try check()
        state.withLock { $0.isLost = false }
        return store.progress()
    }

    func progress() -> StoreProgress { store.progress() }

    func append(_ batches: consuming [JournalBatch]) throws(EventStoreError) {
        try check()
        try store.append(batches)
    }

    func readEvents(_ selection: EventSelection, _ body: (Span<Int32>, Span<Int64>, Span<Int32>) -> Void) {
        store.readEvents(selection, body)
    }

    func readEvents(
        _ selection: EventSelection,
        with column: NumberColumn,
        _ body: (Span<Int32>, Span<Int64>, Span<Int32>, Span<Int32>) -> Void
    ) {
        store.readEvents(selection, with: column, body)
    }

    func readNumbers(_ column: NumberColumn, _ selection: EventSelection, _ body: (Span<Int32>) -> Void) {
        store.readNumbers(column, selection, body)
    }

    func readLongs(_ column: LongColumn, _ selection: EventSelection, _ body: (Span<Int64>) -> Void) {
        store.readLongs(column, selection, body)
    }

    func readRevenues(_ selection: EventSelection, _ body: (Int, Double) -> Void) {
        store.readRevenues(selection, body)
    }

    func readEventProperty(_ name: String, _ selection: EventSelection, _ body: (Int, Span<UInt8>) -> Bool) {
        store.readEventProperty(name, selection, body)
    }

    func readFacts(of dimension: EventDimension, after known: Int, _ body: (Int32, Span<UInt8>?) -> Bool) {
        store.readFacts(of: dimension, after: known, body)
    }

    func eventTypes() -> [Named<EventTypeID>] { store.eventTypes() }
    func propertyNames() -> [PropertyName] { store.propertyNames() }
    func merges(after known: Int) -> [Merge] { store.merges(after: known) }
}

extension FailingStore: PeopleStore {
    func places(
        of users: [UserKey],
        without types: [EventTypeID],
        newestFirst: Bool,
        offset: Int,
        limit: Int
    ) -> [EventPlace] {
        store.places(of: users, without: types, newestFirst: newestFirst, offset: offset, limit: limit)
    }

    func events(at rows: [Int]) -> [ResolvedEvent] { store.events(at: rows) }
    func activity(of users: [UserKey], _ types: ActivityTypes) -> PersonActivity { store.activity(of: users, types) }
    func spans(of users: [UserKey], without types: [EventTypeID]) -> [UserSpan] {
        store.spans(of: users, without: types)
    }
    func readLastTimes(without types: [EventTypeID], _ body: (_ users: Span<Int32>, _ times: Span<Int64>) -> Void) {
        store.readLastTimes(without: types, body)
    }
    func users(onDevice device: DeviceKey, limit: Int) -> [UserKey] { store.users(onDevice: device, limit: limit) }

    func changes(of column: NumberColumn, users: [UserKey], limit: Int) -> [NumberChange] {
        store.changes(of: column, users: users, limit: limit)
    }

    func eventCounts(_ times: Range<Timestamp>) -> [EventTypeID: Int] { store.eventCounts(times) }
}

extension FailingStore: ArrivalStore {
    func hours(receivedIn times: Range<Timestamp>) -> [ArrivalHour] { store.hours(receivedIn: times) }

    func readEvents(in rows: Range<Int>, where condition: ArrivalCondition, _ body: ([ResolvedEvent]) -> Void) {
        store.readEvents(in: rows, where: condition, body)
    }
}
