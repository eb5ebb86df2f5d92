public import EventModel
public import Foundation
import GRDB
import SQLiteFiles
public import Storage

extension ProjectDatabase {
    /// How often the journal was rewritten.
    public func journalRewritings() throws(ProjectRecordError) -> Int64 {
        try row("SELECT journal FROM rewritings")?[0] ?? 0
    }

    /// Whether the columns may have something that is in the journal no more.
    public func columnsAreDue() throws(ProjectRecordError) -> Bool {
        try row("SELECT columns < journal FROM rewritings")?[0] ?? false
    }

    /// Whether somebody's grace is over, or a compaction did not come to its end. Days that are due are not looked at.
    public func isCompactionDue(at now: Timestamp) throws(ProjectRecordError) -> Bool {
        try read { db in try Self.isCompactionDue(in: db, at: now) }
    }

    /// The same of a record that is not open; false if nobody can say.
    public static func isCompactionDue(in folder: URL, at now: Timestamp) -> Bool {
        let database = DatabaseFile(url: file(folder))
        if database.absence != nil { return false }
        var isDue = false
        try? database.read { db in
            guard try db.tableExists("rewritings"), try db.tableExists("deletions") else { return }
            isDue = try isCompactionDue(in: db, at: now)
        }
        return isDue
    }

    private static func isCompactionDue(in db: Database, at now: Timestamp) throws -> Bool {
        let isDue = try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM rewritings WHERE columns < journal)
                    OR EXISTS (SELECT 1 FROM deletions WHERE state = ? OR state = ? AND due_at <= ?)
                """,
            arguments: [
                Deletion.State.submitted.rawValue, Deletion.State.staging.rawValue, now.milliseconds,
            ]
        )
        if isDue == true { return true }
        // A record that is not open may be an older one's.
        return try db.tableExists("keeping") && keeping(db).isUnfinished
    }

    /// Notes that the columns are made from the journal as it was after so many rewritings.
    public func noteColumns(after rewritings: Int64) throws(ProjectRecordError) {
        try write { db in
            try db.execute(sql: "UPDATE rewritings SET columns = max(columns, ?)", arguments: [rewritings])
        }
    }
}
