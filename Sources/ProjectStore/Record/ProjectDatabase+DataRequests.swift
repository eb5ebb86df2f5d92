import EventModel
import GRDB
public import Storage

extension ProjectDatabase {
    public func add(_ request: DataRequest) throws(ProjectRecordError) -> Int64 {
        var id: Int64 = 0
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO data_requests (user, user_id, first_day, last_day, requested_at)
                    VALUES (?, \(RecordText.argument), ?, ?, ?)
                    """,
                arguments: [
                    request.user.number, request.userID.map(RecordText.init), request.days.lowerBound.daysSinceEpoch,
                    request.days.upperBound.daysSinceEpoch, request.requestedAt.milliseconds,
                ]
            )
            id = db.lastInsertedRowID
        }
        return id
    }

    public func dataRequest(_ id: Int64) throws(ProjectRecordError) -> DataRequest? {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT \(RecordText.column("user_id")), user, first_day, last_day, requested_at FROM data_requests
                    WHERE id = ?
                    """,
                arguments: [id]
            )
            return row.map { row in
                DataRequest(
                    id: id,
                    user: UserKey(row[1]),
                    userID: row.optionalText(0),
                    days: CalendarDate(daysSinceEpoch: row[2])...CalendarDate(daysSinceEpoch: row[3]),
                    requestedAt: Timestamp(milliseconds: row[4])
                )
            }
        }
    }
}
