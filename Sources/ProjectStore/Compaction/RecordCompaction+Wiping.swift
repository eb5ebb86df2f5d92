import GRDB
public import Storage

extension RecordCompaction {
    /// Free places of the file that are overwritten in one transaction, as pages.
    private static let pagesPerStep = 1_000

    /// Overwrites some of the places in the file that are free: what is deleted there stays until something else comes.
    ///
    /// - Returns: false when all were, and the write-ahead log is empty: true also while somebody still reads from that.
    public func wipe() throws(ProjectRecordError) -> Bool {
        let (filled, isFull) = try record.write { db in
            let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            let pages = min(free, Self.pagesPerStep)
            // One more than is free, as a part of it lies with its row.
            let bytes = (pages + 1) * pageSize
            if pages > 0 { try db.execute(sql: "INSERT INTO filler (bytes) VALUES (zeroblob(?))", arguments: [bytes]) }
            return (bytes, free <= Self.pagesPerStep)
        }
        note(wiped: filled, hasMore: !isFull)
        if !isFull { return true }
        try record.write { db in try db.execute(sql: "DELETE FROM filler") }
        return try !record.emptyLog()
    }
}

extension ProjectDatabase {
    /// Moves all of the write-ahead log into the file, and makes it empty.
    ///
    /// - Returns: false if somebody reads from it just now.
    func emptyLog() throws(ProjectRecordError) -> Bool {
        try writeWithoutTransaction { db in
            do {
                try db.checkpoint(.truncate)
                return true
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                return false
            }
        }
    }
}
