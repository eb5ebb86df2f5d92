public import EventModel
import GRDB

extension ProjectDirectory {
    /// Creates a project with fresh keys.
    public func create(name: String, timeZone: ProjectTimeZone) throws(Failure) -> Project {
        let name = try Self.valid(name)
        return try write { db in
            try Self.refuseTaken(name, by: Self.projects(in: db))
            return try insert(name: name, timeZone: timeZone, into: db)
        }
    }

    /// The oldest project; one called `name` is created if there is none yet.
    public func defaultProject(name: String, timeZone: ProjectTimeZone) throws(Failure) -> Project {
        try write { db in
            if let first = try Self.projects(in: db).first { return first }
            return try insert(name: name, timeZone: timeZone, into: db)
        }
    }

    /// Calls a project otherwise. Its id, keys and events stay.
    public func rename(_ nameOrID: String, to name: String) throws(Failure) -> Project {
        let name = try Self.valid(name)
        return try change(nameOrID) { project, db in
            let others = try Self.projects(in: db).filter { [id = project.id] in $0.id != id }
            try Self.refuseTaken(name, by: others)
            project.name = name
        }
    }

    /// Moves the beginning of a project's days, also of those that are past.
    public func setTimeZone(_ nameOrID: String, to timeZone: ProjectTimeZone) throws(Failure) -> Project {
        try change(nameOrID) { project, _ in project.timeZone = timeZone }
    }

    /// Says what a day of a project's retention is, also of events that came earlier.
    public func setRetentionDays(_ nameOrID: String, to days: RetentionDays) throws(Failure) -> Project {
        try change(nameOrID) { project, _ in project.retentionDays = days }
    }

    // MARK: Keys

    /// Gives a project new keys.
    ///
    /// - Parameters:
    ///   - secretOnly: leaves the API key as it is, and those that it had before: shipped apps go on sending.
    ///   - keepOldUntil: until when the keys that are replaced go on working; without it they stop, and with them all
    ///     that were kept earlier.
    public func rotateKeys(
        _ nameOrID: String,
        secretOnly: Bool = false,
        keepOldUntil: Timestamp? = nil
    ) throws(Failure) -> Project {
        try change(nameOrID) { project, db in
            var replaced = [(OldKey.Kind.secret, project.secretKey)]
            project.secretKey = Self.newKey()
            if !secretOnly {
                replaced.append((.api, project.apiKey))
                project.apiKey = Self.newKey()
            }
            for (kind, key) in replaced {
                if let keepOldUntil {
                    project.oldKeys.append(OldKey(kind, key, endsAt: keepOldUntil))
                } else {
                    project.oldKeys.removeAll { $0.kind == kind }
                }
            }
            try Self.write(project.oldKeys, of: project.id, to: db)
        }
    }

    /// Ends all old keys of a project at once.
    public func endOldKeys(_ nameOrID: String) throws(Failure) -> Project {
        try change(nameOrID) { project, db in
            project.oldKeys = []
            try Self.write([], of: project.id, to: db)
        }
    }

    // MARK: Inside

    /// Changes one project, in one transaction.
    private func change(
        _ nameOrID: String,
        _ body: (inout Project, Database) throws -> Void
    ) throws(Failure) -> Project {
        try write { db in
            var project = try Self.find(nameOrID, among: Self.projects(in: db))
            try body(&project, db)
            try db.execute(
                sql: """
                    UPDATE projects SET name = ?, time_zone = ?, retention_days = ?, api_key = ?, secret_key = ?
                    WHERE id = ?
                    """,
                arguments: [
                    project.name, project.timeZone.name, project.retentionDays.rawValue, project.apiKey,
                    project.secretKey, project.id,
                ]
            )
            return project
        }
    }

    private static func valid(_ name: String) throws(Failure) -> String {
        do throws(ProjectName.Invalid) {
            return try ProjectName(name).text
        } catch {
            throw .invalidName(error)
        }
    }

    private static func refuseTaken(_ name: String, by others: [Project]) throws(Failure) {
        if others.contains(where: { $0.name == name }) { throw .nameTaken(name) }
    }

    private func insert(name: String, timeZone: ProjectTimeZone, into db: Database) throws -> Project {
        let keys = (api: Self.newKey(), secret: Self.newKey())
        // Never the id of a project that was there, be it one of which nothing is left but its folder.
        let last = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'projects'") ?? 0
        let id = max(last, ProjectFolders(dataFolder).ids.max() ?? 0) + 1
        try db.execute(
            sql: "INSERT INTO projects (id, name, time_zone, api_key, secret_key) VALUES (?, ?, ?, ?, ?)",
            arguments: [id, name, timeZone.name, keys.api, keys.secret]
        )
        return Project(
            id: db.lastInsertedRowID,
            name: name,
            timeZone: timeZone,
            apiKey: keys.api,
            secretKey: keys.secret
        )
    }

    private static func write(_ oldKeys: [OldKey], of project: Int64, to db: Database) throws {
        try db.execute(sql: "DELETE FROM old_keys WHERE project = ?", arguments: [project])
        for old in oldKeys {
            try db.execute(
                sql: "INSERT INTO old_keys (key, kind, project, ends_at) VALUES (?, ?, ?, ?)",
                arguments: [old.key, old.kind.rawValue, project, old.endsAt.milliseconds]
            )
        }
    }

    /// 32 hexadecimal digits from the system's source of secrets, the shape that Amplitude's own keys have.
    private static func newKey() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in
            let byte = UInt8.random(in: 0...255, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
