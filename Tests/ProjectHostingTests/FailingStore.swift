import EventModel
import Foundation
import Storage
import Synchronization
import TestSupport

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

    var store: MemoryEventStore { state.withLock { $0.store } }

    private func check() throws(EventStoreError) {
        if let problem = state.withLock({ $0.problem }) { throw EventStoreError(.unavailable, problem) }
    }
}

extension FailingStore: StoreOfAnother {
    var isOpen: Bool { state.withLock { !$0.isLost } }

    func reopen() throws(EventStoreError) -> StoreProgress {
        try check()
        state.withLock { $0.isLost = false }
        return store.progress()
    }

    func append(_ batches: consuming [JournalBatch]) throws(EventStoreError) {
        try check()
        try store.append(batches)
    }
}

extension FailingStore: PeopleStore {
    func places(
        of users: [UserKey],
        without types: [EventTypeID],
        since cut: Timestamp?,
        newestFirst: Bool,
        offset: Int,
        limit: Int
    ) -> [EventPlace] {
        store.places(
            of: users,
            without: types,
            since: cut,
            newestFirst: newestFirst,
            offset: offset,
            limit: limit
        )
    }

    func events(at rows: [Int]) -> [ResolvedEvent] { store.events(at: rows) }
    func amplitudeIDs(of users: Set<UserKey>) -> [UserKey: AmplitudeID] { store.amplitudeIDs(of: users) }
    func activity(of users: [UserKey], _ types: ActivityTypes, since cut: Timestamp?) -> PersonActivity {
        store.activity(of: users, types, since: cut)
    }
    func spans(of users: [UserKey], without types: [EventTypeID], since cut: Timestamp?) -> [UserSpan] {
        store.spans(of: users, without: types, since: cut)
    }
    func readLastTimes(
        without types: [EventTypeID],
        since cut: Timestamp?,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>) -> Void
    ) {
        store.readLastTimes(without: types, since: cut, body)
    }
    func departures(
        before cut: Timestamp,
        since last: Timestamp?,
        ignoring types: [EventTypeID],
        without users: Set<UserKey>
    ) -> DepartingEvents {
        store.departures(before: cut, since: last, ignoring: types, without: users)
    }
    func users(onDevice device: DeviceKey, limit: Int) -> [UserKey] { store.users(onDevice: device, limit: limit) }

    func changes(of column: NumberColumn, users: [UserKey], limit: Int) -> [NumberChange] {
        store.changes(of: column, users: users, limit: limit)
    }

    func eventCounts(_ times: Range<Timestamp>, without users: Set<UserKey>) -> [EventTypeID: Int] {
        store.eventCounts(times, without: users)
    }
}

extension FailingStore: ArrivalStore {
    func hours(receivedIn times: Range<Timestamp>) -> [ArrivalHour] { store.hours(receivedIn: times) }

    func readEvents(in rows: Range<Int>, where condition: ArrivalCondition, _ body: ([ResolvedEvent]) -> Void) {
        store.readEvents(in: rows, where: condition, body)
    }
}
