public import EventModel
import GRDB
public import Storage

extension ProjectDatabase {
    public func charts() throws(ProjectRecordError) -> [SavedChart] {
        try read { db in
            let sql = "SELECT \(SavedChart.columns) FROM charts ORDER BY created_at DESC, number DESC"
            return try Row.fetchAll(db, sql: sql).map(SavedChart.init)
        }
    }

    public func chart(_ id: ExactText) throws(ProjectRecordError) -> SavedChart? {
        try read { db in
            let sql = "SELECT \(SavedChart.columns) FROM charts WHERE id = \(RecordText.argument)"
            return try Row.fetchOne(db, sql: sql, arguments: [RecordText(id.string)]).map(SavedChart.init)
        }
    }

    public func save(_ chart: SavedChart) throws(ProjectRecordError) -> Bool {
        try write { db in
            guard try db.hasRoom(in: "charts", for: chart.id, most: SavedChart.most) else { return false }
            try chart.write(to: db)
            return true
        }
    }
}

extension SavedChart {
    /// As ``init(_:)`` reads them.
    fileprivate static let columns =
        (["id", "name", "description", "owner", "question", "request"].map(RecordText.column)
        + ["created_at", "changed_at", "is_archived"]).joined(separator: ", ")

    fileprivate init(_ row: Row) {
        self.init(
            id: ExactText(row.text(0)),
            name: row.text(1),
            description: row.optionalText(2),
            owner: row.optionalText(3),
            question: row.text(4),
            request: row.optionalText(5),
            createdAt: Timestamp(milliseconds: row[6]),
            changedAt: Timestamp(milliseconds: row[7]),
            isArchived: row[8]
        )
    }

    /// A chart that is there keeps its number, and with it its place among those of the same moment.
    fileprivate func write(to db: Database) throws {
        let text = RecordText.argument
        try db.execute(
            sql: """
                INSERT INTO charts (
                    id, name, description, owner, question, request, created_at, changed_at, is_archived
                ) VALUES (\(text), \(text), \(text), \(text), \(text), \(text), ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                    name = excluded.name, description = excluded.description, owner = excluded.owner,
                    question = excluded.question, request = excluded.request, changed_at = excluded.changed_at,
                    is_archived = excluded.is_archived
                """,
            arguments: [
                RecordText(id.string), RecordText(name), description.map(RecordText.init), owner.map(RecordText.init),
                RecordText(question), request.map(RecordText.init), createdAt.milliseconds, changedAt.milliseconds,
                isArchived,
            ]
        )
    }
}
