import EventModel
import GRDB
import Storage

extension Deletion {
    private static let columns = """
        id, person, \(RecordText.column("requester")), requested_at, due_at, state, sequence,
        \(RecordText.column("receipt")), done_at
        """

    /// Those for which a condition holds, in the order in which they were asked for.
    static func all(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws -> [Deletion] {
        try Row.fetchAll(
            db,
            sql: "SELECT \(columns) FROM deletions WHERE \(condition) ORDER BY id",
            arguments: arguments
        ).compactMap { row in
            guard let state = State(rawValue: row[5]) else { return nil }
            let id = DeletionID(row[0])
            let doneAt: Int64? = row[8]
            return Deletion(
                id: id,
                person: UserKey(row[1]),
                users: try DeletedUser.all(of: id, db),
                devices: try DeletedDevice.all(of: id, db),
                requester: row.text(2),
                requestedAt: Timestamp(milliseconds: row[3]),
                dueAt: Timestamp(milliseconds: row[4]),
                state: state,
                sequence: JournalSequence(row[6]),
                receipt: row.optionalText(7),
                doneAt: doneAt.map { Timestamp(milliseconds: $0) }
            )
        }
    }

    /// Deletes a person, and lets no id lead to them any more.
    ///
    /// - Parameter user: any key of the person.
    /// - Returns: `nil` if there is nobody of that key, or they are deleted already.
    static func add(
        _ user: UserKey,
        _ order: DeletionOrder,
        _ sequence: JournalSequence,
        to db: Database
    ) throws -> Deletion? {
        let isThere = try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM users WHERE key = ?)
                AND NOT EXISTS (SELECT 1 FROM deleted_users WHERE key = ?)
                """,
            arguments: [user.number, user.number]
        )
        guard isThere == true else { return nil }
        let person = try root(of: user, db)
        try db.execute(
            sql: """
                INSERT INTO deletions (person, requester, requested_at, due_at, state, sequence)
                VALUES (?, \(RecordText.argument), ?, ?, ?, ?)
                """,
            arguments: [
                person.number, RecordText(order.requester), order.requestedAt.milliseconds, order.dueAt.milliseconds,
                State.staging.rawValue, sequence.number,
            ]
        )
        let id = DeletionID(db.lastInsertedRowID)
        try db.execute(
            sql: """
                WITH RECURSIVE person (key) AS (
                    VALUES (?) UNION SELECT from_user FROM merges JOIN person ON into_user = person.key
                )
                INSERT INTO deleted_users (key, deletion, user_id, amplitude_id)
                SELECT users.key, ?, user_id, amplitude_id FROM users JOIN person ON users.key = person.key
                """,
            arguments: [person.number, id.number]
        )
        let keys = "(SELECT key FROM deleted_users WHERE deletion = ?)"
        try db.execute(
            sql: """
                INSERT INTO deleted_devices (deletion, key, device_id, user, is_unclaimed)
                SELECT ?, key, device_id, user, is_unclaimed FROM devices WHERE user IN \(keys)
                """,
            arguments: [id.number, id.number]
        )
        try db.execute(
            sql: "UPDATE devices SET user = 0, is_unclaimed = 1 WHERE user IN \(keys)",
            arguments: [id.number]
        )
        try db.execute(sql: "UPDATE users SET user_id = NULL WHERE key IN \(keys)", arguments: [id.number])
        try db.execute(sql: "DELETE FROM imported_people WHERE user IN \(keys)", arguments: [id.number])
        return try all(db, "id = ?", [id.number]).first
    }

    /// The one into whom a key is counted, over all merges.
    private static func root(of user: UserKey, _ db: Database) throws -> UserKey {
        let merges = try db.cachedStatement(sql: "SELECT into_user FROM merges WHERE from_user = ?")
        var root = user
        // Merges form no circles, but a damaged record must not hang the server.
        var seen: Set<UserKey> = [user]
        while let next = try Int32.fetchOne(merges, arguments: [root.number]), seen.insert(UserKey(next)).inserted {
            root = UserKey(next)
        }
        return root
    }
}

extension DeletedUser {
    fileprivate static func all(of deletion: DeletionID, _ db: Database) throws -> [DeletedUser] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT key, amplitude_id, \(RecordText.column("user_id")) FROM deleted_users
                WHERE deletion = ? ORDER BY key
                """
        )
        return try Row.fetchAll(statement, arguments: [deletion.number]).map { row in
            DeletedUser(
                key: UserKey(row[0]),
                amplitudeID: (row[1] as Int64?).map { AmplitudeID($0) },
                userID: row.optionalText(2)
            )
        }
    }
}

extension DeletedDevice {
    fileprivate static func all(of deletion: DeletionID, _ db: Database) throws -> [DeletedDevice] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT key, \(RecordText.column("device_id")), user, is_unclaimed FROM deleted_devices
                WHERE deletion = ? ORDER BY key
                """
        )
        return try Row.fetchAll(statement, arguments: [deletion.number]).map { row in
            DeletedDevice(
                key: DeviceKey(row[0]),
                deviceID: row.optionalText(1),
                user: UserKey(row[2]),
                isUnclaimed: row[3]
            )
        }
    }
}
