public import EventModel
import GRDB
public import Storage

extension ProjectDatabase {
    public func ledgerTotals() throws(ProjectRecordError) -> LedgerCounts {
        try row("SELECT sum(received), sum(stored), sum(duplicate), sum(rejected) FROM ledger").map { row in
            var counts = LedgerCounts()
            counts.received = row[0] ?? 0
            counts.stored = row[1] ?? 0
            counts.duplicate = row[2] ?? 0
            counts.rejected = row[3] ?? 0
            return counts
        } ?? LedgerCounts()
    }

    public func ledger(
        _ minutes: Range<LedgerMinute>
    ) throws(ProjectRecordError) -> [Numbered<LedgerMinute, LedgerCounts>] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT minute, received, stored, duplicate, rejected FROM ledger
                    WHERE minute >= ? AND minute < ? ORDER BY minute
                    """,
                arguments: [minutes.lowerBound.number, minutes.upperBound.number]
            ).map { row in
                var counts = LedgerCounts()
                counts.received = row[1]
                counts.stored = row[2]
                counts.duplicate = row[3]
                counts.rejected = row[4]
                return Numbered(LedgerMinute(row[0]), counts)
            }
        }
    }

    public func departed() throws(ProjectRecordError) -> DepartedCounts {
        try row("SELECT deleted, expired FROM departed").map { DepartedCounts(deleted: $0[0], expired: $0[1]) }
            ?? DepartedCounts()
    }

    public func countRejected(_ events: Int, at time: Timestamp) throws(ProjectRecordError) {
        try write { db in try Self.count(rejected: events, at: time, in: db) }
    }

    static func count(rejected events: Int, at time: Timestamp, in db: Database) throws {
        var counts = LedgerCounts()
        counts.received = events
        counts.rejected = events
        try count(counts, at: time, in: db)
    }

    static func count(_ counts: LedgerCounts, at time: Timestamp, in db: Database) throws {
        if counts.expired > 0 {
            try db.cachedStatement(sql: "UPDATE departed SET expired = expired + ?").execute(
                arguments: [counts.expired])
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO ledger (minute, received, stored, duplicate, rejected) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (minute) DO UPDATE
                SET received = received + excluded.received, stored = stored + excluded.stored,
                    duplicate = duplicate + excluded.duplicate, rejected = rejected + excluded.rejected
                """
        ).execute(
            arguments: [
                LedgerMinute(of: time).number, counts.received, counts.stored, counts.duplicate, counts.rejected,
            ])
    }
}
