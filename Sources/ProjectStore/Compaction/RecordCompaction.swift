public import EventModel
import Foundation
import GRDB
public import Storage
import Synchronization

/// Takes people and days out of a record, step by step, beside a writer that goes on. Each step is small, is whole or nothing
/// on disk, and can be done again: whoever was stopped on the way begins anew. Calls block.
///
/// 1. ``look()`` until all of the journal was looked at: nothing is changed.
/// 2. ``forget()`` while nothing is committed, and by a writer that remembers nothing afterwards: what the record knows of
///    people who leave, and the names that nobody needs, which so cannot be handed out again.
/// 3. ``rewrite()`` until the journal is without them; then ``forgetRefused()`` and ``wipe()``.
///
/// Source: Documentation/data.md D15.
public final class RecordCompaction: Sendable {
    private struct State {
        var survey: JournalSurvey
        var codec = JournalCodec()
        /// Up to here the journal was rewritten.
        var rewritten = JournalSequence.none
        /// Up to here refused requests were looked through.
        var refused: Int64 = 0
        var receipt = CompactionReceipt()
        var hasMoreToWipe = true
    }

    let record: ProjectDatabase
    private let state: Mutex<State>

    /// So much of the journal is read at a time, and no more is written in one transaction.
    private static let eventsPerStep = 20_000
    private static let bytesPerStep = 8 << 20
    /// So many names are forgotten while commits wait.
    private static let namesPerStep = 20_000

    public init(_ departure: Departure, in record: ProjectDatabase) {
        self.record = record
        state = Mutex(State(survey: JournalSurvey(departure)))
    }

    /// What was done so far.
    public var receipt: CompactionReceipt { state.withLock { $0.receipt } }

    /// How much of the journal was looked at, and of that rewritten.
    public var progress: (looked: JournalSequence, rewritten: JournalSequence) {
        state.withLock { ($0.survey.sequence, $0.rewritten) }
    }

    /// What was found by ``look()``, once all was looked at.
    public var findings: CompactionFindings {
        state.withLock { state in
            CompactionFindings(
                events: state.survey.events,
                departing: state.survey.departing,
                newest: state.survey.newest,
                concernsPeople: state.survey.concernsJournal
            )
        }
    }

    // MARK: Looking

    /// Looks at some more of the journal and, at its end, at what people have now.
    ///
    /// - Returns: false when all was looked at.
    public func look() throws(ProjectRecordError) -> Bool {
        try state.withLock { state throws(ProjectRecordError) in
            let batches = try record.batches(
                after: state.survey.sequence,
                limit: Self.eventsPerStep,
                bytes: Self.bytesPerStep
            )
            if !batches.isEmpty {
                for batch in batches { state.survey.add(batch) }
                return true
            }
            try record.read { db in try Self.lookAtPeople(&state.survey, db) }
            state.survey.conclude()
            return false
        }
    }

    /// Notes what people and devices have who stay.
    private static func lookAtPeople(_ survey: inout JournalSurvey, _ db: Database) throws {
        let users = try Row.fetchCursor(db, sql: "SELECT key, context, properties FROM users")
        while let row = try users.next() {
            if !survey.leaves(UserKey(row[0])) { survey.keep(context: row[1], propertySet: row[2]) }
        }
        let devices = try Row.fetchCursor(db, sql: "SELECT key, user FROM devices")
        while let row = try devices.next() {
            let user = UserKey(row[1])
            // One of user 0 stood for somebody who was deleted.
            if user != .nobody, !survey.leaves(user) { survey.keep(device: row[0]) }
        }
    }

    // MARK: Forgetting

    /// Forgets people, and some of the names that nobody needs any more. Only while nothing is committed.
    ///
    /// - Returns: true if there are more names: to be called again.
    public func forget() throws(ProjectRecordError) -> Bool {
        try state.withLock { state throws(ProjectRecordError) in
            // What came since, and what its people have now.
            var changed: Set<UserKey> = []
            while true {
                let batches = try record.batches(after: state.survey.sequence, limit: Self.eventsPerStep)
                if batches.isEmpty { break }
                for batch in batches {
                    state.survey.add(batch)
                    changed.formUnion(batch.events.rows.lazy.map(\.user))
                    changed.formUnion(batch.users.map(\.user))
                    changed.formUnion(batch.merges.map(\.into))
                }
            }
            for user in changed where !state.survey.leaves(user) {
                guard let now = try record.user(user) else { continue }
                state.survey.keep(context: now.context?.number, propertySet: now.properties.number)
            }
            state.survey.conclude()
            let survey = state.survey
            let (names, hasMore) = try record.write { db in
                try survey.forgetPeople(in: db)
                return try survey.forgetNames(limit: Self.namesPerStep, in: db)
            }
            state.receipt.names += names
            return hasMore
        }
    }

    // MARK: Rewriting

    /// Rewrites some more of the journal.
    ///
    /// - Returns: false when all of it was.
    public func rewrite() throws(ProjectRecordError) -> Bool {
        try state.withLock { state throws(ProjectRecordError) in
            let last = state.survey.sequence
            let batches = try record.batches(
                after: state.rewritten,
                limit: Self.eventsPerStep,
                bytes: Self.bytesPerStep
            ).filter { $0.sequence <= last }
            guard let end = batches.last?.sequence else { return false }
            var departed = DepartedCounts()
            var changed: [(sequence: JournalSequence, events: Int, payload: [UInt8])] = []
            for batch in batches {
                guard let reduced = batch.reduced(by: state.survey) else { continue }
                departed += reduced.departed
                changed.append((batch.sequence, reduced.batch.events.count, state.codec.encode(reduced.batch)))
            }
            if !changed.isEmpty {
                try record.write { db in
                    let update = try db.cachedStatement(
                        sql: "UPDATE journal SET events = ?, payload = ? WHERE sequence = ?"
                    )
                    for (sequence, events, payload) in changed {
                        try update.execute(arguments: [events, Data(payload), sequence.number])
                    }
                    try db.execute(
                        sql: "UPDATE departed SET deleted = deleted + ?, expired = expired + ?",
                        arguments: [departed.deleted, departed.expired]
                    )
                    try db.execute(sql: "UPDATE rewritings SET journal = journal + 1")
                }
            }
            state.receipt.departed += departed
            state.receipt.batches += changed.count
            state.rewritten = end
            return end < last
        }
    }

    /// Looks through some more refused requests, and forgets those that name somebody who leaves.
    ///
    /// - Returns: false when all of them were.
    public func forgetRefused() throws(ProjectRecordError) -> Bool {
        try state.withLock { state throws(ProjectRecordError) in
            let departure = state.survey.departure
            let devices = departure.deviceIDs.filter { !state.survey.isNeeded(device: $0.key.number) }
            let traces = PersonTraces(departure.userIDs.union(devices.values))
            if traces.isEmpty { return false }
            let after = state.refused
            let (last, found) = try record.read { db in try traces.refusedRequests(after: after, in: db) }
            if !found.isEmpty {
                try record.write { db in
                    for id in found {
                        try db.execute(sql: "DELETE FROM rejected_requests WHERE id = ?", arguments: [id])
                    }
                }
            }
            state.receipt.refusedRequests += found.count
            guard let last else { return false }
            state.refused = last
            return true
        }
    }
}

/// What leaves, and of how much.
public struct CompactionFindings: Equatable, Sendable {
    /// Events that there are.
    public var events: Int
    public var departing: DepartedCounts
    /// When something was received last.
    public var newest: Timestamp
    /// Whether anything is told of people who leave, beside their events.
    public var concernsPeople: Bool
}

extension RecordCompaction {
    /// Whether free places are left that ``wipe()`` has not come to.
    public var hasMoreToWipe: Bool { state.withLock { $0.hasMoreToWipe } }

    func note(wiped bytes: Int, hasMore: Bool) {
        state.withLock { state in
            state.receipt.wipedBytes += bytes
            state.hasMoreToWipe = hasMore
        }
    }
}
