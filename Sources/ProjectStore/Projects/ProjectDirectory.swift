public import EventModel
public import Foundation
import GRDB
import SQLiteFiles

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
        /// The folder of a deleted project, and the system's reason.
        case cannotRemoveFolder(String, reason: String)
        /// The file, and the system's or SQLite's reason.
        case unavailable(String, reason: String)
        /// The file, which only a newer version can read.
        case newerVersion(String)
        /// The file, why it is no list, and the folders of projects that are there all the same.
        case listLost(String, reason: String, [String])
        /// The folders of projects that are not in the list.
        case strangers([String])

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
            case .cannotRemoveFolder(let folder, let reason):
                "\(folder), the folder of a deleted project, cannot be removed: \(reason). Whoever runs antinode must own it."
            case .unavailable(let path, let reason): "\(path) cannot be used: \(reason)."
            case .newerVersion(let path):
                "\(path) was written by a newer version of Antinode. Start that version again, or name another folder with"
                    + " --data-dir."
            case .listLost(let path, let reason, let folders):
                "\(path), the list of projects and keys, is lost: \(reason)"
                    + (folders.isEmpty ? "" : ", though there is \(folders.joined(separator: ", "))")
                    + ". Restore it from a backup, with its -wal if there is one; or name another folder with --data-dir."
            case .strangers(let folders):
                "\(folders.joined(separator: ", ")): no project has that folder, so the list of projects in server.sqlite"
                    + " is an older copy. Restore it from the newest backup, with its -wal if there is one, or move the"
                    + " folder away."
            }
        }
    }

    /// Whether a data folder is made where there is none.
    public enum Opening: Sendable { case makeIfMissing, existing }

    let pool: DatabasePool
    let file: URL
    let dataFolder: URL
    /// The file as it was opened: what is put in its place later is another list.
    private let opened: FileState?

    /// Opens the directory in `dataFolder`. A list that cannot be the whole one is refused, and stays as it is.
    public init(dataFolder: URL, _ opening: Opening = .makeIfMissing) throws(Failure) {
        let file = dataFolder.appendingPathComponent("server.sqlite")
        self.file = file
        self.dataFolder = dataFolder
        let database = DatabaseFile(url: file)
        let folders = ProjectFolders(dataFolder)
        // Before the list is read: a project that another process makes is in that first.
        let projects = folders.ids
        if let absence = database.absence {
            if !projects.isEmpty || database.hasLog {
                throw .listLost(file.path, reason: absence, projects.map { folders.folder($0).path })
            }
            if opening == .existing { throw .noDataFolder(dataFolder.path) }
            do {
                let parent = dataFolder.deletingLastPathComponent()
                try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
                try PrivateFiles.makeFolder(dataFolder)
            } catch {
                throw .cannotMakeFolder(dataFolder.path, reason: reason(of: error))
            }
        }
        pool = try Self.attempt(file) {
            if database.absence == nil {
                try database.read { db in
                    if try Self.migrator.hasBeenSuperseded(db) { throw Failure.newerVersion(file.path) }
                    let known = try Self.ids(in: db)
                    // One that another process has just finished to delete is in neither.
                    let strangers = projects.filter { !known.contains($0) && folders.ids.contains($0) }
                    if !strangers.isEmpty { throw Failure.strangers(strangers.map { folders.folder($0).path }) }
                }
            }
            let pool = try DatabasePool.durable(at: file)
            // Keys that are over are not left in free places, nor in a file elsewhere while the list is written anew.
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY")
            }
            try Self.migrator.migrate(pool)
            return pool
        }
        opened = FileState(file)
    }

    /// Closes the file; a call after this fails. Everything is in `server.sqlite` then, unless another process has it open.
    public func close() {
        pool.closeWithoutLog()
    }

    /// Throws if the list is not at its place any more: what is open is then not what whoever looks there sees.
    func checkPlace() throws(Failure) {
        if FileState(file)?.isSameFile(as: opened) != true {
            throw .unavailable(
                file.path,
                reason: "it was moved away or replaced while the server had it open; restart the server"
            )
        }
    }

    /// Is another one once anybody has changed the list, be it another process. Two looks at what the system knows of its
    /// files.
    public struct Version: Hashable, Sendable {
        fileprivate var files: [FileState?]
    }

    public var version: Version { Version(files: DatabaseFile(url: file).state) }

    /// All projects, oldest first.
    public func all() throws(Failure) -> [Project] { try contents().projects }

    /// What the list says.
    public struct Contents: Sendable {
        /// Oldest first.
        public var projects: [Project]
        /// The ids of projects that are deleted, but not finished with: ``ProjectDirectory/finishDeletion(of:)``.
        public var deleted: [Int64]

        public init(projects: [Project], deleted: [Int64] = []) {
            self.projects = projects
            self.deleted = deleted
        }
    }

    public func contents() throws(Failure) -> Contents {
        try checkPlace()
        return try attempt {
            try pool.read { db in
                Contents(
                    projects: try Self.projects(in: db),
                    deleted: try Int64.fetchAll(db, sql: "SELECT id FROM deleted_projects ORDER BY id")
                )
            }
        }
    }

    /// The project of that id or, if none has it, of that name.
    public func project(_ nameOrID: String) throws(Failure) -> Project {
        let all = try all()
        return try Self.find(nameOrID, among: all)
    }

    /// Writes something to the disk and reads it back; throws if that does not work.
    public func probe() throws(Failure) {
        try checkPlace()
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
        migrator.registerMigration("5: records") { db in
            // Which record the project has: NULL until it is made.
            try db.execute(sql: "ALTER TABLE projects ADD COLUMN record TEXT")
        }
        migrator.registerMigration("6: deleted projects") { db in
            // Those whose folders may still be there.
            try db.execute(sql: "CREATE TABLE deleted_projects (id INTEGER PRIMARY KEY) STRICT")
        }
        return migrator
    }

    /// Of all projects that may have a folder. The list may be one that an earlier version wrote.
    private static func ids(in db: Database) throws -> Set<Int64> {
        var ids: Set<Int64> = []
        for table in ["projects", "deleted_projects"] where try db.tableExists(table) {
            ids.formUnion(try Int64.fetchSet(db, sql: "SELECT id FROM \(table)"))
        }
        return ids
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

    /// Changes the list, which then is in its one file, be its log lost or not: keys must not be forgotten.
    func write<Value>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
        let value = try attempt { try pool.write(body) }
        // Not now, if somebody else reads or writes.
        _ = try? pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
        return value
    }

    private static func attempt<Value>(_ place: URL, _ body: () throws -> Value) throws(Failure) -> Value {
        do {
            return try body()
        } catch let failure as Failure {
            throw failure
        } catch let damage as DatabaseFile.Damage {
            throw .unavailable(place.path, reason: "\(damage.reason); restore it from a backup")
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
