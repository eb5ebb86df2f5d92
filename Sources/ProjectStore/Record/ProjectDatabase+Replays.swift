import Compression
import EventModel
import Foundation
import GRDB
public import Storage

extension ProjectDatabase {
    /// The number of the newest refused request; 0 if there is none.
    public func lastRejectedRequest() throws(ProjectRecordError) -> Int64 {
        try read { db in try Int64.fetchOne(db, sql: "SELECT max(id) FROM rejected_requests") ?? 0 }
    }

    /// Undoes what a refused request left behind when it was sent again in vain: the copy that was kept of it, and its
    /// events in the ledger, so that nothing counts as received twice. The request itself keeps its number.
    ///
    /// - Parameters:
    ///   - id: the request.
    ///   - sent: what was sent, which may be mended.
    ///   - last: the newest refused request before that.
    public func forgetVainReplay(
        of id: Int64,
        sent: RejectedRequest,
        after last: Int64
    ) throws(ProjectRecordError) {
        try write { db in
            // Where so much is kept that the copy took its place, the copy is all there is.
            guard let original = try Self.body(of: id, in: db) else { return }
            let copies = try Row.fetchCursor(
                db,
                sql: """
                    SELECT id, received_at, events, body FROM rejected_requests
                    WHERE id > ? AND path = \(RecordText.argument) AND content_type IS \(RecordText.argument) AND size = ?
                    ORDER BY id DESC
                    """,
                arguments: [
                    last, RecordText(sent.path), sent.contentType.map(RecordText.init), sent.body.count,
                ]
            )
            while let copy = try copies.next() {
                let body: Data = copy[3]
                guard try Zstd.decompress(Array(body)) == sent.body else { continue }
                let (copyID, events): (Int64, Int) = (copy[0], copy[2])
                try Self.count(rejected: -events, at: Timestamp(milliseconds: copy[1]), in: db)
                try db.execute(sql: "DELETE FROM ledger WHERE received = 0")
                if original == sent.body {
                    // It may be refused for another reason than before.
                    try db.execute(
                        sql: """
                            UPDATE rejected_requests SET (reason, details) =
                                (SELECT reason, details FROM rejected_requests WHERE id = ?)
                            WHERE id = ?
                            """,
                        arguments: [copyID, id]
                    )
                }
                try db.execute(sql: "DELETE FROM rejected_requests WHERE id = ?", arguments: [copyID])
                return
            }
        }
    }

    private static func body(of id: Int64, in db: Database) throws -> [UInt8]? {
        let body = try Data.fetchOne(db, sql: "SELECT body FROM rejected_requests WHERE id = ?", arguments: [id])
        return try body.map { try Zstd.decompress(Array($0)) }
    }
}
