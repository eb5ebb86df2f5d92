import Compression
import EventModel
import Foundation
import GRDB
public import Storage

extension ProjectDatabase {
    /// What is kept of refused requests: the newest, in all no more than this.
    private static let mostRejects = 10_000
    private static let mostRejectBytes = 64 << 20

    public func reject(_ request: RejectedRequest) throws(ProjectRecordError) {
        let body = Data(Zstd.compress(request.body))
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO rejected_requests (received_at, path, reason, details, events, content_type, size, body)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    request.receivedAt.milliseconds, request.path, request.reason, request.details, request.events,
                    request.contentType, request.size, body,
                ]
            )
            try Self.count(rejected: request.events, at: request.receivedAt, in: db)
            try Self.forgetOldest(in: db)
        }
    }

    public func rejectedRequests(limit: Int) throws(ProjectRecordError) -> [RejectedRequest] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, received_at, path, reason, details, events, content_type, size FROM rejected_requests
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
                    SELECT id, received_at, path, reason, details, events, content_type, size, body
                    FROM rejected_requests
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
    /// Columns: id, received_at, path, reason, details, events, content_type, size.
    fileprivate init(_ row: Row, body: [UInt8]) {
        self.init(
            id: row[0],
            receivedAt: Timestamp(milliseconds: row[1]),
            path: row[2],
            reason: row[3],
            details: row[4],
            events: row[5],
            contentType: row[6],
            size: row[7],
            body: body
        )
    }
}
