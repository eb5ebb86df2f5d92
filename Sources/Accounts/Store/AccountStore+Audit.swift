public import EventModel
import GRDB

extension AccountStore {
    /// Notes a change that is kept elsewhere.
    public func note(
        _ action: AuditLine.Action,
        of subject: String,
        _ detail: String? = nil,
        in workspace: Int64? = nil,
        by author: Author,
        at now: Timestamp
    ) throws(AccountError) {
        try write { db in
            try Self.record(action, of: subject, detail, in: workspace, by: author, at: now, to: db)
        }
    }

    /// The changes of a workspace, or all, newest first.
    ///
    /// - Parameters:
    ///   - workspace: `nil` for all, those of no workspace among them.
    ///   - before: only those with a lower number.
    public func audit(
        of workspace: Int64?,
        before: Int64 = .max,
        limit: Int
    ) throws(AccountError) -> [AuditLine] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM audit WHERE number < ? AND (? IS NULL OR workspace = ?) ORDER BY number DESC LIMIT ?
                    """,
                arguments: [before, workspace, workspace, limit]
            ).compactMap(AuditLine.init)
        }
    }

    static func record(
        _ action: AuditLine.Action,
        of subject: String,
        _ detail: String? = nil,
        in workspace: Int64? = nil,
        by author: Author,
        at now: Timestamp,
        to db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO audit (at, author, address, action, workspace, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                now.milliseconds, author.name, author.address, action.rawValue, workspace, subject, detail,
            ]
        )
    }
}

extension AuditLine {
    /// `nil` if it is of a kind that only another version knows.
    fileprivate init?(_ row: Row) {
        guard let action = Action(rawValue: row["action"]) else { return nil }
        self.init(
            number: row["number"],
            at: Timestamp(milliseconds: row["at"]),
            author: Author(row["author"], from: row["address"]),
            action: action,
            workspace: row["workspace"],
            subject: row["subject"],
            detail: row["detail"]
        )
    }
}
