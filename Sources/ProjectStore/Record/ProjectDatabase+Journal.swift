public import EventModel
import Foundation
import GRDB
public import Storage
import Synchronization

extension ProjectDatabase {
    public func commit(_ change: RecordChange) throws(ProjectRecordError) -> JournalSequence {
        let payload = codec.withLock { $0.encode(change.batch) }
        let sequence = try write { db in try change.write(payload: payload, to: db) }
        mark(sequence)
        return sequence
    }

    public func lastSequence() throws(ProjectRecordError) -> JournalSequence {
        try read { db in
            JournalSequence(try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM journal") ?? 0)
        }
    }

    public func batches(
        after sequence: JournalSequence,
        limit: Int,
        bytes: Int
    ) throws(ProjectRecordError) -> [JournalBatch] {
        try read { db in
            var batches: [JournalBatch] = []
            var events = 0
            var size = 0
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT sequence, payload FROM journal WHERE sequence > ? ORDER BY sequence",
                arguments: [sequence.number]
            )
            while events < limit, size < bytes, let row = try rows.next() {
                let payload: Data = row[1]
                let batch = try JournalCodec.decode(Array(payload), sequence: JournalSequence(row[0]))
                events += batch.events.count
                size += batch.size
                batches.append(batch)
            }
            return batches
        }
    }

    public func readFingerprints(
        since time: Timestamp,
        _ body: (FingerprintBatch) throws(ProjectRecordError) -> Void
    ) throws(ProjectRecordError) {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT received_at, fingerprints FROM fingerprints WHERE received_at >= ? ORDER BY sequence",
                arguments: [time.milliseconds]
            )
            while let row = try rows.next() {
                try body(
                    FingerprintBatch(
                        receivedAt: Timestamp(milliseconds: row[0]),
                        fingerprints: [Fingerprint](packed: row[1])
                    )
                )
            }
        }
    }

    public func readImportedRows(
        _ body: ([Fingerprint]) throws(ProjectRecordError) -> Void
    ) throws(ProjectRecordError) {
        try read { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT fingerprints FROM imported_rows ORDER BY sequence")
            while let row = try rows.next() { try body([Fingerprint](packed: row[0])) }
        }
    }
}
