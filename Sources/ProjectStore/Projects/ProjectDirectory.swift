public import EventModel
public import Foundation
import GRDB

/// The projects of a data folder and their keys: `<data>/server.sqlite`. Safe to use from several processes at once.
public final class ProjectDirectory: Sendable {
    /// What can go wrong with a project, as a sentence with the next step.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        case invalidName(ProjectName.Invalid)
        case nameTaken(String)
        case unknownProject(String)
        /// The folder, which was to be there already.
        case noDataFolder(String)
        /// The folder, and the system's reason.
        case cannotMakeFolder(String, reason: String)
        /// The file, and the system's or SQLite's reason.
        case unavailable(String, reason: String)

        public var description: String {
            switch self {
            case .invalidName(let invalid): invalid.description
            case .nameTaken(let name):
                "There is a project called \(name) already. Choose another name, or see it with"
                    + " `antinode project show`."
            case .unknownProject(let name):
                "There is no project \(name.shown()). `antinode project list` shows those that there are."
            case .noDataFolder(let folder):
                "There is no Antinode data in \(folder). Name the right folder with --data-dir, or let `antinode serve`"
                    + " make one there."
            case .cannotMakeFolder(let folder, let reason):
                "The data folder \(folder) cannot be made: \(reason). Name another one with --data-dir."
            case .unavailable(let path, let reason): "\(path) cannot be used: \(reason)."
            }
        }
    }

    /// Whether a data folder is made where there is none.
    public enum Opening: Sendable { case makeIfMissing, existing }

    let pool: DatabasePool
    let file: URL

    /// Opens the directory in `dataFolder`.
    public init(dataFolder: URL, _ opening: Opening = .makeIfMissing) throws(Failure) {
        let file = dataFolder.appendingPathComponent("server.sqlite")
        self.file = file
        if opening == .existing, !FileManager.default.fileExists(atPath: file.path) {
            throw .noDataFolder(dataFolder.path)
        }
        do {
            try FileManager.default.createDirectory(at: dataFolder, withIntermediateDirectories: true)
        } catch {
            throw .cannotMakeFolder(dataFolder.path, reason: reason(of: error))
        }
        pool = try Self.attempt(file) {
            let pool = try DatabasePool.durable(at: file)
            try Self.migrator.migrate(pool)
            return pool
        }
    }

    /// All projects, oldest first.
    public func all() throws(Failure) -> [Project] {
        try attempt { try pool.read { db in try Self.projects(in: db) } }
    }

    /// The project of that id or, if none has it, of that name.
    public func project(_ nameOrID: String) throws(Failure) -> Project {
        let all = try all()
        return try Self.find(nameOrID, among: all)
    }

    /// Writes something to the disk and reads it back; throws if that does not work.
    public func probe() throws(Failure) {
        try attempt {
            let written = Int64.random(in: 0...Int64.max)
            try pool.write { db in
                try db.execute(
                    sql: "INSERT OR REPLACE INTO probe (id, value) VALUES (1, ?)",
                    arguments: [written]
                )
            }
            let found = try pool.read { db in try Int64.fetchOne(db, sql: "SELECT value FROM probe WHERE id = 1") }
            guard found == written else {
                throw Failure.unavailable(file.path, reason: "what was written could not be read back")
            }
        }
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
        migrator.registerMigration("4: old keys") { db in
            // Keys that were replaced: `kind` is api or secret, `ends_at` in milliseconds since 1970.
            try db.execute(
                sql: """
                    CREATE TABLE old_keys (
                        key TEXT PRIMARY KEY,
                        kind TEXT NOT NULL,
                        project INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
                        ends_at INTEGER NOT NULL
                    ) STRICT;
                    """
            )
        }
        return migrator
    }

    /// Oldest first.
    static func projects(in db: Database) throws -> [Project] {
        let rows = try Row.fetchAll(db, sql: "SELECT key, kind, project, ends_at FROM old_keys ORDER BY rowid")
        let oldKeys = Dictionary(grouping: rows) { $0["project"] as Int64 }
        return try Row.fetchAll(db, sql: "SELECT * FROM projects ORDER BY id").map { row in
            try Project(row, oldKeys: oldKeys[row["id"], default: []].compactMap(OldKey.init))
        }
    }

    /// An id comes first: earlier versions took digits for a name, too.
    static func find(_ nameOrID: String, among projects: [Project]) throws(Failure) -> Project {
        let wanted = nameOrID.precomposedStringWithCanonicalMapping
        guard
            let project = projects.first(where: { String($0.id) == wanted })
                ?? projects.first(where: { $0.name == wanted })
        else { throw .unknownProject(nameOrID) }
        return project
    }

    func attempt<Value>(_ body: () throws -> Value) throws(Failure) -> Value {
        try Self.attempt(file, body)
    }

    private static func attempt<Value>(_ place: URL, _ body: () throws -> Value) throws(Failure) -> Value {
        do {
            return try body()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .unavailable(place.path, reason: reason(of: error))
        }
    }
}

extension Project {
    fileprivate init(_ row: Row, oldKeys: [OldKey]) throws {
        let name: String = row["name"]
        let zone: String = row["time_zone"]
        // A zone that has left the system's database since: days would begin at other moments, so say it.
        guard let timeZone = ProjectTimeZone(name: zone) else {
            throw ProjectDirectory.Failure.unavailable(
                "The project \(name)",
                reason: "this system does not know the time zone \(zone)"
            )
        }
        let days: String = row["retention_days"]
        guard let retentionDays = RetentionDays(rawValue: days) else {
            throw ProjectDirectory.Failure.unavailable(
                "The project \(name)",
                reason: "this version does not know the days of retention \(days)"
            )
        }
        self.init(
            id: row["id"],
            name: name,
            timeZone: timeZone,
            retentionDays: retentionDays,
            apiKey: row["api_key"],
            secretKey: row["secret_key"],
            oldKeys: oldKeys
        )
    }
}

extension OldKey {
    /// `nil` if it is of a kind that only another version knows.
    fileprivate init?(_ row: Row) {
        guard let kind = Kind(rawValue: row["kind"]) else { return nil }
        self.init(kind, row["key"], endsAt: Timestamp(milliseconds: row["ends_at"]))
    }
}
