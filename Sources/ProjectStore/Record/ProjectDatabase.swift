import EventModel
public import Foundation
import GRDB
import SQLiteFiles
public import Storage
import Synchronization

/// The record of one project, in SQLite: `<data>/projects/<id>/project.sqlite`.
///
/// WAL with `synchronous=FULL`: a commit is on disk when ``commit(_:)`` returns.
/// Source: Documentation/operations.md O1.
public final class ProjectDatabase: ProjectRecord {
    private let pool: DatabasePool
    private let folder: URL
    /// The file as it was opened: what is put in its place later is another record.
    private let file: FileState?
    public let id: RecordID
    /// The event types' settings as they are on disk; `nil` until somebody asks.
    let knownSettings = Mutex<KnownSettings?>(nil)
    /// Held by whoever changes them.
    let settingsChange = Mutex(())
    /// Whom no answer may show; `nil` until somebody asks.
    let knownHidden = Mutex<HiddenPeople?>(nil)
    let knownMembers = KnownMembers()
    /// Lookup tables as they are on disk; `nil` until somebody asks.
    let knownLookups = Mutex<[LookupTable]?>(nil)
    let codec = Mutex(JournalCodec())

    static func file(_ folder: URL) -> URL { folder.appendingPathComponent("project.sqlite") }

    /// Opens the record in `folder`. Where nothing says that there was one, it is made, and the folder, too.
    ///
    /// - Parameter expected: the record that must be there; `nil` if there may be none yet.
    /// - Throws: `.damaged` if the record is not the whole one that was there, `.newerVersion` if this version cannot read
    ///   it. Everything in the folder stays then. Source: Documentation/operations.md O3.
    public init(folder: URL, expecting expected: RecordID? = nil) throws(ProjectRecordError) {
        self.folder = folder
        try Self.check(folder, expected)
        (pool, id) = try Self.attempt {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let pool = try DatabasePool.durable(at: Self.file(folder))
            // Whatever is deleted is overwritten where that costs nothing; a compaction sees to the rest.
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA secure_delete = FAST; PRAGMA temp_store = MEMORY")
            }
            try ProjectSchema.migrator.migrate(pool)
            return (pool, try pool.read(Self.id))
        }
        file = FileState(Self.file(folder))
        if RecordMark(in: folder)?.record != id {
            // One that cannot be read may be longer than what is written over it.
            if FileState(RecordMark.file(folder))?.isFile == true {
                try? FileManager.default.removeItem(at: RecordMark.file(folder))
            }
            mark(try lastSequence())
        }
        PrivateFiles.restrict(RecordMark.file(folder))
    }

    /// Throws if the record is not at its place any more: what is open is then not what whoever looks there sees.
    public func checkPlace() throws(ProjectRecordError) {
        if FileState(Self.file(folder))?.isSameFile(as: file) != true {
            throw ProjectRecordError(
                .unavailable,
                "project.sqlite was moved away or replaced while the server had it open. Restart the server."
            )
        }
    }

    /// Closes the files; a call after this fails. Everything is in `project.sqlite` then, unless another process has it
    /// open.
    public func close() {
        pool.closeWithoutLog()
    }

    /// Notes how far the journal goes.
    func mark(_ sequence: JournalSequence) {
        RecordMark(id, sequence).write(in: folder)
    }

    func row(
        _ sql: String,
        _ argument: (any DatabaseValueConvertible)? = nil
    ) throws(ProjectRecordError) -> Row? {
        try read { db in
            let statement = try db.cachedStatement(sql: sql)
            return try Row.fetchOne(statement, arguments: argument.map { [$0] } ?? [])?.copy()
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(ProjectRecordError) -> Value {
        try Self.attempt { try pool.write(body) }
    }

    func writeWithoutTransaction<Value>(_ body: (Database) throws -> Value) throws(ProjectRecordError) -> Value {
        try Self.attempt { try pool.writeWithoutTransaction(body) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(ProjectRecordError) -> Value {
        try Self.attempt { try pool.read(body) }
    }

    /// SQLite's words for: not this, whatever the disk can do.
    private static let refusals: [ResultCode] = [.SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH]

    private static func attempt<Value>(_ body: () throws -> Value) throws(ProjectRecordError) -> Value {
        do {
            return try body()
        } catch let error as ProjectRecordError {
            throw error
        } catch is JournalDamage {
            throw ProjectRecordError(
                .damaged,
                "project.sqlite is damaged: a batch of its journal cannot be read. Restore it from a backup."
            )
        } catch let error as DatabaseError where refusals.contains(error.resultCode) {
            throw ProjectRecordError(.refused, "project.sqlite refuses it: \(reason(of: error)).")
        } catch let error as DatabaseError where [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode) {
            throw ProjectRecordError(.damaged, "project.sqlite is damaged: \(reason(of: error)).")
        } catch {
            throw ProjectRecordError(.unavailable, "project.sqlite cannot be used: \(reason(of: error)).")
        }
    }
}

// MARK: Before it is opened

extension ProjectDatabase {
    /// Refuses a record that is not the whole one that was there, or that a newer version wrote. Changes nothing.
    ///
    /// - Parameter expected: the record that must be there; `nil` if only the folder says which one that is, if it does.
    static func check(_ folder: URL, _ expected: RecordID?) throws(ProjectRecordError) {
        let database = DatabaseFile(url: file(folder))
        let mark = RecordMark(in: folder)
        let wanted = expected ?? mark?.record
        if let absence = database.absence {
            // Whoever opens it would make a new one.
            if wanted != nil || database.hasLog { throw lost(absence) }
            let columns = folder.appendingPathComponent("events.duckdb")
            if FileState(columns) != nil { throw lost("\(absence), though events.duckdb is") }
            return
        }
        try attempt {
            do {
                try database.read { db in try check(db, wanted, mark) }
            } catch let damage as DatabaseFile.Damage {
                throw lost(damage.reason)
            }
        }
    }

    private static func check(_ db: Database, _ wanted: RecordID?, _ mark: RecordMark?) throws {
        if try ProjectSchema.migrator.hasBeenSuperseded(db) {
            throw ProjectRecordError(
                .newerVersion,
                "project.sqlite was written by a newer version of Antinode. Start that version again."
            )
        }
        guard let wanted else { return }
        guard try db.tableExists("record") else { throw lost("it is an older copy, or another file") }
        guard try id(db) == wanted else { throw lost("it is another project's") }
        let last = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM journal") ?? 0
        if let mark, mark.record == wanted, last < mark.sequence.number {
            throw ProjectRecordError(
                .damaged,
                "project.sqlite ends with batch \(last), but batch \(mark.sequence.number) was stored: it is an older"
                    + " copy, or project.sqlite-wal is missing. Restore both from the newest backup. To go on without"
                    + " what came later, move project.mark and events.duckdb out of the folder."
            )
        }
    }

    private static func lost(_ damage: String) -> ProjectRecordError {
        ProjectRecordError(
            .damaged,
            "project.sqlite is not the record that was here: \(damage). Restore it from a backup, together with its -wal"
                + " if there is one; what else is in the folder stays until then."
        )
    }

    private static func id(_ db: Database) throws -> RecordID {
        RecordID(try String.fetchOne(db, sql: "SELECT id FROM record") ?? "")
    }
}

extension ProjectDatabase {
    /// The writer's journal mode and `synchronous` level, for the test that a commit waits for the disk.
    func writerSettings() throws -> [String] {
        try pool.writeWithoutTransaction { db in
            [
                try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
                try String.fetchOne(db, sql: "PRAGMA synchronous") ?? "",
            ]
        }
    }
}
