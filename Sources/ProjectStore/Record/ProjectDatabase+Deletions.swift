public import EventModel
import Foundation
import GRDB
public import Storage
import Synchronization

extension ProjectDatabase {
    // MARK: Asking

    public func hiddenPeople() throws(ProjectRecordError) -> HiddenPeople {
        if let known = knownHidden.withLock({ $0 }) { return known }
        let read = try readHidden()
        return knownHidden.withLock { known in
            // Whoever came first may have changed them since.
            if let known { return known }
            known = read
            return read
        }
    }

    private func readHidden() throws(ProjectRecordError) -> HiddenPeople {
        try read { db in
            let keys = Set(try Int32.fetchAll(db, sql: "SELECT key FROM deleted_users").lazy.map { UserKey($0) })
            let cut = try Int64.fetchOne(db, sql: "SELECT cut FROM keeping")
            return HiddenPeople(keys: keys, cut: cut.map { Timestamp(milliseconds: $0) }, version: 1)
        }
    }

    public func deletedAmplitudeIDs() throws(ProjectRecordError) -> [AmplitudeID] {
        try read { db in
            try Int64.fetchAll(db, sql: "SELECT amplitude_id FROM deleted_users").map { AmplitudeID($0) }
        }
    }

    /// From now on these are hidden in addition, and those no more.
    private func hide(_ keys: [UserKey], butNot shown: [UserKey] = []) throws(ProjectRecordError) {
        // Read after what was just written, if nobody has asked yet.
        let before = try hiddenPeople()
        knownHidden.withLock { known in
            let now = known ?? before
            known = HiddenPeople(
                keys: now.keys.union(keys).subtracting(shown),
                cut: now.cut,
                version: now.version + 1
            )
        }
    }

    /// From now on days before are hidden, if they were not.
    func cutHidden(at cut: Timestamp) throws(ProjectRecordError) {
        // Read after what was just written, if nobody has asked yet.
        let before = try hiddenPeople()
        knownHidden.withLock { known in
            let now = known ?? before
            known = HiddenPeople(keys: now.keys, cut: max(now.cut ?? cut, cut), version: now.version)
        }
    }

    public func deletions(in state: Deletion.State?) throws(ProjectRecordError) -> [Deletion] {
        try read { db in
            if let state { return try Deletion.all(db, "state = ?", [state.rawValue]) }
            return try Deletion.all(db, "true", [])
        }
    }

    public func deletion(of user: UserKey) throws(ProjectRecordError) -> Deletion? {
        try read { db in
            try Deletion.all(db, "id = (SELECT deletion FROM deleted_users WHERE key = ?)", [user.number]).first
        }
    }

    public func deletion(of id: AmplitudeID) throws(ProjectRecordError) -> Deletion? {
        try read { db in
            let condition = "id = (SELECT deletion FROM deleted_users WHERE amplitude_id = ?)"
            return try Deletion.all(db, condition, [id.number]).first
        }
    }

    public func stagedDeletion(ofUserID userID: String) throws(ProjectRecordError) -> Deletion? {
        try read { db in
            try Deletion.all(
                db,
                "id IN (SELECT deletion FROM deleted_users WHERE user_id = \(RecordText.argument)) AND state = ?",
                [RecordText(userID), Deletion.State.staging.rawValue]
            ).last
        }
    }

    // MARK: Deleting and cancelling

    public func commit(
        _ change: RecordChange,
        deleting people: [UserKey],
        _ order: DeletionOrder
    ) throws(ProjectRecordError) -> (JournalSequence, [Deletion]) {
        let payload = codec.withLock { $0.encode(change.batch) }
        let (sequence, deletions) = try write { db in
            let sequence = try change.write(payload: payload, to: db)
            return (sequence, try people.compactMap { try Deletion.add($0, order, sequence, to: db) })
        }
        mark(sequence)
        try hide(deletions.flatMap(\.keys))
        return (sequence, deletions)
    }

    public func commit(
        _ change: RecordChange,
        cancelling deletion: DeletionID
    ) throws(ProjectRecordError) -> JournalSequence {
        let payload = codec.withLock { $0.encode(change.batch) }
        let (sequence, keys) = try write { db in
            let found = try Deletion.all(db, "id = ?", [deletion.number]).first
            guard let found, found.state == .staging else {
                throw ProjectRecordError(.refused, "deletion \(deletion.number) cannot be cancelled any more")
            }
            for table in ["deleted_users", "deleted_devices"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE deletion = ?", arguments: [deletion.number])
            }
            try db.execute(sql: "DELETE FROM deletions WHERE id = ?", arguments: [deletion.number])
            return (try change.write(payload: payload, to: db), found.keys)
        }
        mark(sequence)
        try hide([], butNot: keys)
        return sequence
    }

    // MARK: From one state to the next

    public func submitDeletions(dueBy time: Timestamp?) throws(ProjectRecordError) -> [Deletion] {
        try write { db in
            try db.execute(
                sql: "UPDATE deletions SET state = ? WHERE state = ? AND due_at <= ?",
                arguments: [
                    Deletion.State.submitted.rawValue, Deletion.State.staging.rawValue, time?.milliseconds ?? .max,
                ]
            )
            return try Deletion.all(db, "state = ?", [Deletion.State.submitted.rawValue])
        }
    }

    public func finishDeletions(
        _ deletions: [DeletionID],
        receipt: String,
        at time: Timestamp
    ) throws(ProjectRecordError) {
        let parts = try cohortParts(without: deletions)
        try write { db in
            for part in parts { try part.write(to: db) }
            for deletion in deletions {
                try db.execute(
                    sql: """
                        UPDATE deletions SET state = ?, receipt = \(RecordText.argument), done_at = ?
                        WHERE id = ? AND state = ?
                        """,
                    arguments: [
                        Deletion.State.done.rawValue, RecordText(receipt), time.milliseconds, deletion.number,
                        Deletion.State.submitted.rawValue,
                    ]
                )
                guard db.changesCount > 0 else { continue }
                try db.execute(
                    sql: "UPDATE deleted_users SET user_id = NULL WHERE deletion = ?",
                    arguments: [deletion.number]
                )
                try db.execute(
                    sql: "UPDATE deleted_devices SET device_id = NULL WHERE deletion = ?",
                    arguments: [deletion.number]
                )
            }
            // One look at all members for all who are gone.
            try db.execute(
                sql: """
                    DELETE FROM cohort_members WHERE user IN (
                        SELECT key FROM deleted_users JOIN deletions ON id = deletion WHERE state = ?
                    )
                    """,
                arguments: [Deletion.State.done.rawValue]
            )
        }
        knownMembers.forgetAll()
    }

    /// Those parts of files of cohorts' people in which somebody is who was deleted, without them. Those that come to be
    /// meanwhile have nobody who is deleted.
    private func cohortParts(without deletions: [DeletionID]) throws(ProjectRecordError) -> [CohortPart] {
        try read { db in
            var people: Set<Int64> = []
            for deletion in deletions {
                let sql = "SELECT amplitude_id FROM deleted_users WHERE deletion = ?"
                people.formUnion(try Int64.fetchAll(db, sql: sql, arguments: [deletion.number]))
            }
            var changed: [CohortPart] = []
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT \(RecordText.column("download")), part, bytes FROM cohort_download_parts"
            )
            while let row = try rows.next() {
                let bytes = Array(row[2] as Data)
                let left = CohortDownload.lines(bytes, without: people)
                if left.count < bytes.count {
                    changed.append(CohortPart(download: row.text(0), number: row[1], bytes: left))
                }
            }
            return changed
        }
    }
}

/// A part of a file of a cohort's people.
private struct CohortPart {
    var download: String
    var number: Int
    var bytes: [UInt8]

    func write(to db: Database) throws {
        try db.execute(
            sql: "UPDATE cohort_download_parts SET bytes = ? WHERE download = \(RecordText.argument) AND part = ?",
            arguments: [Data(bytes), RecordText(download), number]
        )
    }
}
