public import EventModel
import GRDB
public import Storage

extension ProjectDatabase {
    public func users(withIDPrefix prefix: String, limit: Int) throws(ProjectRecordError) -> [UserState] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(UserState.columns) FROM users WHERE user_id >= \(RecordText.argument) AND user_id < \(RecordText.argument)
                    ORDER BY user_id LIMIT ?
                    """,
                arguments: [RecordText(prefix), RecordText(Self.end(of: prefix)), limit]
            ).map(UserState.init)
        }
    }

    public func devices(withIDPrefix prefix: String, limit: Int) throws(ProjectRecordError) -> [DeviceState] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(DeviceState.columns) FROM devices
                    WHERE device_id >= \(RecordText.argument) AND device_id < \(RecordText.argument)
                    ORDER BY device_id LIMIT ?
                    """,
                arguments: [RecordText(prefix), RecordText(Self.end(of: prefix)), limit]
            ).map(DeviceState.init)
        }
    }

    /// How many people there are; those who turned out to be one are one.
    public func peopleCount() throws(ProjectRecordError) -> Int {
        let sql = "SELECT count(*) FROM users WHERE key NOT IN (SELECT from_user FROM merges)"
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
            ).compactMap { row in
                Merge.Cause(rawValue: row[3]).map { cause in
                    Merge(
                        from: UserKey(row[0]),
                        into: UserKey(row[1]),
                        time: Timestamp(milliseconds: row[2]),
                        cause: cause
                    )
                }
            }
        }
    }

    /// Behind all texts that begin with `prefix`, as SQLite compares them: byte by byte. U+10FFFF is no character.
    private static func end(of prefix: String) -> String { prefix + "\u{10FFFF}" }
}
