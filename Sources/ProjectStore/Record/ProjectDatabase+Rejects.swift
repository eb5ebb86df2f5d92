import Compression
import EventModel
import Foundation
import GRDB
public import Storage

extension ProjectDatabase {
    /// What is kept of refused requests: the newest, in all no more than this.
    private static let mostRejects = 10_000
    private static let mostRejectBytes = 64 << 20
    /// How many small ones may come before it is looked whether they are too much.
    private static let rejectsBetweenSums: Int64 = 64
    private static let largeReject = 64 << 10

    public func reject(_ request: RejectedRequest) throws(ProjectRecordError) {
        let body = Data(Zstd.compress(request.body))
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO rejected_requests (received_at, path, reason, details, events, content_type, size, body)
                    VALUES (?, \(RecordText.argument), \(RecordText.argument), \(RecordText.argument), ?, \(RecordText.argument), ?, ?)
                    """,
                arguments: [
                    request.receivedAt.milliseconds, RecordText(request.path), RecordText(request.reason),
                    RecordText(request.details), request.events, request.contentType.map(RecordText.init),
                    request.size, body,
                ]
            )
            // To sum them up takes longer than to keep one, and commits wait meanwhile: small ones are let gather.
            let isDue = db.lastInsertedRowID % Self.rejectsBetweenSums == 0 || body.count > Self.largeReject
            try Self.count(rejected: request.events, at: request.receivedAt, in: db)
            if isDue { try Self.forgetOldest(in: db) }
        }
    }

    public func rejectedRequests(limit: Int) throws(ProjectRecordError) -> [RejectedRequest] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(RejectedRequest.columns) FROM rejected_requests
                    ORDER BY id DESC LIMIT ?
                    """,
                arguments: [limit]
            ).map { RejectedRequest($0, body: []) }
        }
    }

    public func rejectedRequest(_ id: Int64) throws(ProjectRecordError) -> RejectedRequest? {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT \(RejectedRequest.columns), body FROM rejected_requests
                    WHERE id = ?
                    """,
                arguments: [id]
            )
            guard let row else { return nil }
            let body: Data = row[8]
            return RejectedRequest(row, body: try Zstd.decompress(Array(body)))
        }
    }

    public func forgetRejectedRequest(_ id: Int64) throws(ProjectRecordError) {
        try write { db in
            try db.execute(sql: "DELETE FROM rejected_requests WHERE id = ?", arguments: [id])
        }
    }

    private static func forgetOldest(in db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM rejected_requests WHERE id <= (SELECT max(id) FROM rejected_requests) - ?
                """,
            arguments: [mostRejects]
        )
        // Summed up from the newest: whatever comes after the limit goes.
        try db.execute(
            sql: """
                DELETE FROM rejected_requests WHERE id IN (
                    SELECT id FROM (
                        SELECT id, sum(length(body) + length(path)) OVER (ORDER BY id DESC) AS bytes FROM rejected_requests
                    ) WHERE bytes > ?
                )
                """,
            arguments: [mostRejectBytes]
        )
    }
}

extension RejectedRequest {
    fileprivate static let columns = """
        id, received_at, \(RecordText.column("path")), \(RecordText.column("reason")),
        \(RecordText.column("details")), events, \(RecordText.column("content_type")), size
        """

    /// - Parameter row: with ``columns``.
    fileprivate init(_ row: Row, body: [UInt8]) {
        self.init(
            id: row[0],
            receivedAt: Timestamp(milliseconds: row[1]),
            path: row.text(2),
            reason: row.text(3),
            details: row.text(4),
            events: row[5],
            contentType: row.optionalText(6),
            size: row[7],
            body: body
        )
    }
}
