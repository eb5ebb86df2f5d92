public import EventModel
public import Foundation
import GRDB

/// The projects of a data folder and their keys: `<data>/server.sqlite`. Safe to use from several processes at once.
public final class ProjectDirectory: Sendable {
    /// What can go wrong with a project, as a sentence with the next step.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        case nameTaken(String)
        case unknownProject(String)
        /// The reason is SQLite's.
        case unavailable(String)

        public var description: String {
            switch self {
            case .nameTaken(let name):
                "There is a project called \(name) already. Choose another name, or see it with"
                    + " `antinode project show`."
            case .unknownProject(let name):
                "There is no project \(name). `antinode project list` shows those that there are."
            case .unavailable(let reason): "The project list cannot be used: \(reason)"
            }
        }
    }

    private let pool: DatabasePool

    /// Opens the directory in `dataFolder`, and makes both if they are not there.
    public init(dataFolder: URL) throws(Failure) {
        pool = try Self.attempt {
            try FileManager.default.createDirectory(at: dataFolder, withIntermediateDirectories: true)
            let pool = try DatabasePool.durable(at: dataFolder.appendingPathComponent("server.sqlite"))
            try Self.migrator.migrate(pool)
            return pool
        }
    }

    /// Creates a project with fresh keys.
    public func create(name: String, timeZone: ProjectTimeZone) throws(Failure) -> Project {
        try Self.attempt {
            try pool.write { db in
                let taken = try Bool.fetchOne(
                    db,
                    sql: "SELECT EXISTS (SELECT 1 FROM projects WHERE name = ?)",
                    arguments: [name]
                )
                if taken == true { throw Failure.nameTaken(name) }
                return try Self.insert(name: name, timeZone: timeZone, into: db)
            }
        }
    }

    /// The oldest project; one called `name` is created if there is none yet.
    public func defaultProject(name: String, timeZone: ProjectTimeZone) throws(Failure) -> Project {
        try Self.attempt {
            try pool.write { db in
                if let row = try Row.fetchOne(db, sql: "SELECT * FROM projects ORDER BY id LIMIT 1") {
                    return try Project(row)
                }
                return try Self.insert(name: name, timeZone: timeZone, into: db)
            }
        }
    }

    /// All projects, oldest first.
    public func all() throws(Failure) -> [Project] {
        try Self.attempt {
            try pool.read { db in
                try Row.fetchAll(db, sql: "SELECT * FROM projects ORDER BY id").map(Project.init)
            }
        }
    }

    /// The project of that name or, if none has it, of that id.
    public func project(_ nameOrID: String) throws(Failure) -> Project {
        let found = try all()
        guard
            let project = found.first(where: { $0.name == nameOrID })
                ?? found.first(where: { String($0.id) == nameOrID })
        else { throw .unknownProject(nameOrID) }
        return project
    }

    /// Writes something to the disk and reads it back; throws if that does not work.
    public func probe() throws(Failure) {
        try Self.attempt {
            let written = Int64.random(in: 0...Int64.max)
            try pool.write { db in
                try db.execute(
                    sql: "INSERT OR REPLACE INTO probe (id, value) VALUES (1, ?)",
                    arguments: [written]
                )
            }
            let found = try pool.read { db in try Int64.fetchOne(db, sql: "SELECT value FROM probe WHERE id = 1") }
            guard found == written else { throw Failure.unavailable("what was written could not be read back") }
        }
    }

    /// Gives a project new keys; the old ones stop working.
    public func rotateKeys(_ nameOrID: String) throws(Failure) -> Project {
        var project = try project(nameOrID)
        project.apiKey = Self.newKey()
        project.secretKey = Self.newKey()
        try Self.attempt { [project] in
            try pool.write { db in
                try db.execute(
                    sql: "UPDATE projects SET api_key = ?, secret_key = ? WHERE id = ?",
                    arguments: [project.apiKey, project.secretKey, project.id]
                )
            }
        }
        return project
    }

    /// Says what a day of a project's retention is, also of events that came earlier.
    public func setRetentionDays(_ nameOrID: String, to days: RetentionDays) throws(Failure) -> Project {
        var project = try project(nameOrID)
        project.retentionDays = days
        try Self.attempt { [project] in
            try pool.write { db in
                try db.execute(
                    sql: "UPDATE projects SET retention_days = ? WHERE id = ?",
                    arguments: [project.retentionDays.rawValue, project.id]
                )
            }
        }
        return project
    }

    // MARK: Inside

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: projects") { db in
            try db.execute(
                sql: """
                    CREATE TABLE projects (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        name TEXT NOT NULL UNIQUE,
                        time_zone TEXT NOT NULL,
                        api_key TEXT NOT NULL UNIQUE,
                        secret_key TEXT NOT NULL
                    ) STRICT;
                    """
            )
        }
        migrator.registerMigration("2: probe") { db in
            try db.execute(sql: "CREATE TABLE probe (id INTEGER PRIMARY KEY, value INTEGER NOT NULL) STRICT")
        }
        migrator.registerMigration("3: retention days") { db in
            try db.execute(sql: "ALTER TABLE projects ADD COLUMN retention_days TEXT NOT NULL DEFAULT '24h'")
        }
        return migrator
    }

    private static func insert(name: String, timeZone: ProjectTimeZone, into db: Database) throws -> Project {
        let keys = (api: newKey(), secret: newKey())
        try db.execute(
            sql: "INSERT INTO projects (name, time_zone, api_key, secret_key) VALUES (?, ?, ?, ?)",
            arguments: [name, timeZone.name, keys.api, keys.secret]
        )
        return Project(
            id: db.lastInsertedRowID,
            name: name,
            timeZone: timeZone,
            apiKey: keys.api,
            secretKey: keys.secret
        )
    }

    /// 32 hexadecimal digits from the system's source of secrets, the shape that Amplitude's own keys have.
    private static func newKey() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in
            let byte = UInt8.random(in: 0...255, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private static func attempt<Value>(_ body: () throws -> Value) throws(Failure) -> Value {
        do {
            return try body()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .unavailable("\(error)")
        }
    }
}

extension Project {
    fileprivate init(_ row: Row) throws {
        let zone: String = row["time_zone"]
        // A zone that has left the system's database since: days would begin at other moments, so say it.
        guard let timeZone = ProjectTimeZone(name: zone) else {
            throw ProjectDirectory.Failure.unavailable("this system does not know the time zone \(zone)")
        }
        let days: String = row["retention_days"]
        guard let retentionDays = RetentionDays(rawValue: days) else {
            throw ProjectDirectory.Failure.unavailable("this version does not know the days of retention \(days)")
        }
        self.init(
            id: row["id"],
            name: row["name"],
            timeZone: timeZone,
            retentionDays: retentionDays,
            apiKey: row["api_key"],
            secretKey: row["secret_key"]
        )
    }
}
