import EventModel
import GRDB
public import Storage

extension ProjectDatabase {
    public func remarks() throws(ProjectRecordError) -> [Remark] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT \(Remark.columns) FROM remarks ORDER BY id").map(Remark.init)
        }
    }

    public func remark(_ id: RemarkID) throws(ProjectRecordError) -> Remark? {
        try read { db in try Remark.find(id, db) }
    }

    public func add(_ remark: Remark) throws(ProjectRecordError) -> Remark? {
        try write { db in
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM remarks") ?? 0
            guard count < Remark.most else { return nil }
            var added = remark
            let last = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'remarks'")
            added.id = RemarkID((last ?? 0) + 1)
            try added.write(to: db)
            return added
        }
    }

    public func changeRemark(_ id: RemarkID, _ change: (inout Remark) throws -> Void) throws -> Remark? {
        let result: Result<Remark?, any Error> = try write { db in
            guard var remark = try Remark.find(id, db) else { return .success(nil) }
            do { try change(&remark) } catch { return .failure(error) }
            try remark.write(to: db)
            return .success(remark)
        }
        return try result.get()
    }

    public func removeRemark(_ id: RemarkID) throws(ProjectRecordError) -> Bool {
        try write { db in
            try db.execute(sql: "DELETE FROM remarks WHERE id = ?", arguments: [id.number])
            return db.changesCount > 0
        }
    }

    // MARK: Categories

    public func remarkCategories() throws(ProjectRecordError) -> [Named<RemarkCategoryID>] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT id, \(RecordText.column("name")) FROM remark_categories ORDER BY id")
                .map { Named(RemarkCategoryID($0[0]), $0.text(1)) }
        }
    }

    public func addRemarkCategory(named name: String) throws(ProjectRecordError) -> RemarkCategoryID? {
        try write { db in
            let isTaken = try Bool.fetchOne(
                db,
                sql: "SELECT EXISTS (SELECT 1 FROM remark_categories WHERE name = \(RecordText.argument))",
                arguments: [RecordText(name)]
            )
            if isTaken == true { return nil }
            try db.execute(
                sql: "INSERT INTO remark_categories (name) VALUES (\(RecordText.argument))",
                arguments: [RecordText(name)]
            )
            return RemarkCategoryID(db.lastInsertedRowID)
        }
    }

    public func renameRemarkCategory(_ id: RemarkCategoryID, to name: String) throws(ProjectRecordError) -> Bool {
        try write { db in
            try db.execute(
                sql: "UPDATE OR IGNORE remark_categories SET name = \(RecordText.argument) WHERE id = ?",
                arguments: [RecordText(name), id.number]
            )
            return db.changesCount > 0
        }
    }

    public func removeRemarkCategory(_ id: RemarkCategoryID) throws(ProjectRecordError) {
        try write { db in
            try db.execute(
                sql: "UPDATE remarks SET category = ? WHERE category = ?",
                arguments: [RemarkCategoryID.none.number, id.number]
            )
            try db.execute(sql: "DELETE FROM remark_categories WHERE id = ?", arguments: [id.number])
        }
    }
}

extension Remark {
    /// As ``init(_:)`` reads them.
    fileprivate static let columns = """
        id, time, end_time, \(RecordText.column("label")), \(RecordText.column("details")), category,
        \(RecordText.column("chart")), created_at, changed_at, code, \(RecordText.column("version")),
        \(RecordText.column("platforms")), is_shown, \(RecordText.column("created_by"))
        """

    fileprivate static func find(_ id: RemarkID, _ db: Database) throws -> Remark? {
        try Row.fetchOne(db, sql: "SELECT \(columns) FROM remarks WHERE id = ?", arguments: [id.number]).map(
            Remark.init
        )
    }

    fileprivate init(_ row: Row) {
        let (end, code): (Int64?, String?) = (row[2], row[9])
        self.init(
            id: RemarkID(row[0]),
            time: Timestamp(milliseconds: row[1]),
            end: end.map { Timestamp(milliseconds: $0) },
            label: row.text(3),
            details: row.optionalText(4),
            category: RemarkCategoryID(row[5]),
            chart: row.optionalText(6),
            createdAt: Timestamp(milliseconds: row[7]),
            changedAt: Timestamp(milliseconds: row[8])
        )
        guard let code else { return }
        release = Release(
            code: code,
            version: row.optionalText(10) ?? "",
            platforms: row.optionalText(11).map(RecordText.list),
            isShown: row[12],
            createdBy: row.optionalText(13) ?? ""
        )
    }

    fileprivate func write(to db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO remarks (
                    id, time, end_time, label, details, category, chart, created_at, changed_at,
                    code, version, platforms, is_shown, created_by
                ) VALUES (
                    ?, ?, ?, \(RecordText.argument), \(RecordText.argument), ?, \(RecordText.argument), ?, ?,
                    ?, \(RecordText.argument), \(RecordText.argument), ?, \(RecordText.argument)
                )
                """,
            arguments: [
                id.number, time.milliseconds, end?.milliseconds, RecordText(label), details.map(RecordText.init),
                category.number, chart.map(RecordText.init), createdAt.milliseconds, changedAt.milliseconds,
                release?.code, (release?.version).map(RecordText.init),
                (release?.platforms).map { RecordText(list: $0) }, release?.isShown,
                (release?.createdBy).map(RecordText.init),
            ]
        )
    }
}
