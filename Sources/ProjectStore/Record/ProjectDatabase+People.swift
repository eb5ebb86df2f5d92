public import EventModel
import GRDB
public import Storage

extension ProjectDatabase {
    public func users(withIDPrefix prefix: String) throws(ProjectRecordError) -> [UserKey] {
        let (from, end) = (RecordText(prefix), RecordText(Self.end(of: prefix)))
        return try read { db in
            try Int32.fetchAll(
                db,
                sql: """
                    SELECT key FROM users WHERE user_id >= \(RecordText.argument) AND user_id < \(RecordText.argument)
                    UNION SELECT user FROM devices
                    WHERE device_id >= \(RecordText.argument) AND device_id < \(RecordText.argument) AND user <> 0
                    ORDER BY 1
                    """,
                arguments: [from, end, from, end]
            ).map { UserKey($0) }
        }
    }

    public func standingMerges() throws(ProjectRecordError) -> [Merge] {
        try read { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT from_user, into_user, time, cause FROM merges")
            var merges: [Merge] = []
            while let row = try rows.next() { if let merge = Merge(row) { merges.append(merge) } }
            return merges
        }
    }

    /// How many people there are; those who turned out to be one are one, and those who are deleted none.
    public func peopleCount() throws(ProjectRecordError) -> Int {
        let sql = """
            SELECT count(*) FROM users
            WHERE key NOT IN (SELECT from_user FROM merges) AND key NOT IN (SELECT key FROM deleted_users)
            """
        return try row(sql)?[0] ?? 0
    }

    public func merge(of user: UserKey) throws(ProjectRecordError) -> Merge? {
        try merges("from_user", user).first
    }

    public func merges(into user: UserKey) throws(ProjectRecordError) -> [Merge] {
        try merges("into_user", user)
    }

    private func merges(_ column: String, _ user: UserKey) throws(ProjectRecordError) -> [Merge] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT from_user, into_user, time, cause FROM merges WHERE \(column) = ? ORDER BY from_user",
                arguments: [user.number]
            ).compactMap { Merge($0) }
        }
    }

    /// Behind all texts that begin with `prefix`, as SQLite compares them: byte by byte. U+10FFFF is no character.
    private static func end(of prefix: String) -> String { prefix + "\u{10FFFF}" }
}

extension Merge {
    fileprivate init?(_ row: Row) {
        guard let cause = Cause(rawValue: row[3]) else { return nil }
        self.init(from: UserKey(row[0]), into: UserKey(row[1]), time: Timestamp(milliseconds: row[2]), cause: cause)
    }
}
