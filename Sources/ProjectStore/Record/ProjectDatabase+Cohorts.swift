public import EventModel
import Foundation
import GRDB
public import Storage

extension ProjectDatabase {
    public func cohorts() throws(ProjectRecordError) -> [Cohort] {
        try read { db in try Row.fetchAll(db, sql: "SELECT \(Cohort.columns) FROM cohorts").map(Cohort.init) }
    }

    public func cohort(_ id: ExactText) throws(ProjectRecordError) -> Cohort? {
        try read { db in
            try Row.fetchOne(
                db,
                sql: "SELECT \(Cohort.columns) FROM cohorts WHERE id = \(RecordText.argument)",
                arguments: [RecordText(id.string)]
            ).map(Cohort.init)
        }
    }

    public func save(_ cohort: Cohort, members: UserKeySet?) throws(ProjectRecordError) -> Bool {
        let isSaved = try write { db in
            guard try db.hasRoom(in: "cohorts", for: cohort.id, most: Cohort.most) else { return false }
            try cohort.write(to: db)
            if let members {
                try db.execute(
                    sql: "DELETE FROM cohort_members WHERE cohort = \(RecordText.argument)",
                    arguments: [RecordText(cohort.id.string)]
                )
                try cohort.id.add(members, db)
            }
            return true
        }
        if members != nil { knownMembers.forget(cohort.id) }
        return isSaved
    }

    public func removeCohort(_ id: ExactText) throws(ProjectRecordError) -> Bool {
        let wasThere = try write { db in
            let arguments: StatementArguments = [RecordText(id.string)]
            try db.execute(
                sql: "DELETE FROM cohort_members WHERE cohort = \(RecordText.argument)",
                arguments: arguments
            )
            try CohortDownload.remove(where: "cohort = \(RecordText.argument)", arguments, from: db)
            try db.execute(sql: "DELETE FROM cohorts WHERE id = \(RecordText.argument)", arguments: arguments)
            return db.changesCount > 0
        }
        knownMembers.forget(id)
        return wasThere
    }

    public func changeMembers(
        of id: ExactText,
        adding: UserKeySet,
        removing: UserKeySet,
        at time: Timestamp
    ) throws(ProjectRecordError) {
        try write { db in
            try id.add(adding.subtracting(removing), db)
            let statement = try db.cachedStatement(
                sql: "DELETE FROM cohort_members WHERE cohort = \(RecordText.argument) AND user = ?"
            )
            for user in removing { try statement.execute(arguments: [RecordText(id.string), user.number]) }
            try db.execute(
                sql: "UPDATE cohorts SET changed_at = ? WHERE id = \(RecordText.argument)",
                arguments: [time.milliseconds, RecordText(id.string)]
            )
        }
        knownMembers.forget(id)
    }

    public func members(of id: ExactText) throws(ProjectRecordError) -> UserKeySet {
        let (known, version) = knownMembers.members(of: id)
        if let known { return known }
        let members = try read { db in
            var members = UserKeySet()
            let rows = try Int32.fetchCursor(
                db,
                sql: "SELECT user FROM cohort_members WHERE cohort = \(RecordText.argument)",
                arguments: [RecordText(id.string)]
            )
            while let user = try rows.next() { members.insert(UserKey(user)) }
            return members
        }
        knownMembers.note(members, of: id, version)
        return members
    }

    public func cohorts(of users: [UserKey]) throws(ProjectRecordError) -> [ExactText] {
        let list = users.map { String($0.number) }.joined(separator: ",")
        return try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(RecordText.column("id")) FROM cohorts WHERE NOT is_archived
                    AND EXISTS (SELECT 1 FROM cohort_members WHERE cohort = id AND user IN (\(list))) ORDER BY id
                    """
            ).map { ExactText($0.text(0)) }
        }
    }

    public func users(withIDs ids: [String]) throws(ProjectRecordError) -> [UserKey?] {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT key FROM users WHERE user_id = \(RecordText.argument)")
            return try ids.map { try Int32.fetchOne(statement, arguments: [RecordText($0)]).map { UserKey($0) } }
        }
    }

    public func users(_ ids: [AmplitudeID]) throws(ProjectRecordError) -> [UserKey?] {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT key FROM users WHERE amplitude_id = ?")
            return try ids.map { try Int32.fetchOne(statement, arguments: [$0.number]).map { UserKey($0) } }
        }
    }

    public func states(of users: [UserKey]) throws(ProjectRecordError) -> [UserState?] {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT \(UserState.columns) FROM users WHERE key = ?")
            return try users.map { try Row.fetchOne(statement, arguments: [$0.number]).map(UserState.init) }
        }
    }

    // MARK: Downloads

    public func begin(
        _ download: CohortDownload,
        forgettingThoseBefore time: Timestamp
    ) throws(ProjectRecordError) {
        try write { db in
            try CohortDownload.remove(where: "requested_at < ?", [time.milliseconds], from: db)
            try db.execute(
                sql: """
                    INSERT INTO cohort_downloads (id, cohort, requested_at)
                    VALUES (\(RecordText.argument), \(RecordText.argument), ?)
                    """,
                arguments: [
                    RecordText(download.id.string), RecordText(download.cohort.string),
                    download.requestedAt.milliseconds,
                ]
            )
        }
    }

    public func append(_ part: [UInt8], _ number: Int, to download: ExactText) throws(ProjectRecordError) {
        try write { db in
            try db.execute(
                sql: "INSERT INTO cohort_download_parts (download, part, bytes) VALUES (\(RecordText.argument), ?, ?)",
                arguments: [RecordText(download.string), number, Data(part)]
            )
        }
    }

    public func finishDownload(_ id: ExactText, parts: Int) throws(ProjectRecordError) {
        try write { db in
            try db.execute(
                sql: "UPDATE cohort_downloads SET parts = ? WHERE id = \(RecordText.argument)",
                arguments: [parts, RecordText(id.string)]
            )
        }
    }

    public func download(_ id: ExactText) throws(ProjectRecordError) -> CohortDownload? {
        try read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT \(RecordText.column("cohort")), requested_at, parts FROM cohort_downloads
                    WHERE id = \(RecordText.argument)
                    """,
                arguments: [RecordText(id.string)]
            ).map { row in
                CohortDownload(
                    id: id,
                    cohort: ExactText(row.text(0)),
                    requestedAt: Timestamp(milliseconds: row[1]),
                    parts: row[2]
                )
            }
        }
    }

    public func part(_ number: Int, of download: ExactText) throws(ProjectRecordError) -> [UInt8]? {
        try read { db in
            try Data.fetchOne(
                db,
                sql: "SELECT bytes FROM cohort_download_parts WHERE download = \(RecordText.argument) AND part = ?",
                arguments: [RecordText(download.string), number]
            ).map { Array($0) }
        }
    }
}

extension Cohort {
    /// As ``init(_:)`` reads them.
    fileprivate static let columns =
        (["id", "name", "description", "owner", "definition"].map(RecordText.column)
        + ["is_published", "is_archived", "created_at", "changed_at", "size", "counted_at"]).joined(separator: ", ")

    fileprivate init(_ row: Row) {
        self.init(
            id: ExactText(row.text(0)),
            name: row.text(1),
            description: row.optionalText(2),
            owner: row.optionalText(3),
            definition: row.optionalText(4).map { ExactText($0) },
            isPublished: row[5],
            isArchived: row[6],
            createdAt: Timestamp(milliseconds: row[7]),
            changedAt: Timestamp(milliseconds: row[8]),
            size: row[9],
            countedAt: Timestamp(milliseconds: row[10])
        )
    }

    fileprivate func write(to db: Database) throws {
        let text = RecordText.argument
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO cohorts (
                    id, name, description, owner, definition, is_published, is_archived, created_at, changed_at, size,
                    counted_at
                ) VALUES (\(text), \(text), \(text), \(text), \(text), ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                RecordText(id.string), RecordText(name), description.map(RecordText.init), owner.map(RecordText.init),
                (definition?.string).map(RecordText.init), isPublished, isArchived, createdAt.milliseconds,
                changedAt.milliseconds, size, countedAt.milliseconds,
            ]
        )
    }
}

extension CohortDownload {
    fileprivate static func remove(
        where condition: String,
        _ arguments: StatementArguments,
        from db: Database
    ) throws {
        try db.execute(
            sql: """
                DELETE FROM cohort_download_parts
                WHERE download IN (SELECT id FROM cohort_downloads WHERE \(condition))
                """,
            arguments: arguments
        )
        try db.execute(sql: "DELETE FROM cohort_downloads WHERE \(condition)", arguments: arguments)
    }
}

extension ExactText {
    /// Adds people to the cohort that has this id.
    fileprivate func add(_ users: UserKeySet, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO cohort_members (cohort, user) VALUES (\(RecordText.argument), ?)"
        )
        for user in users { try statement.execute(arguments: [RecordText(string), user.number]) }
    }
}
