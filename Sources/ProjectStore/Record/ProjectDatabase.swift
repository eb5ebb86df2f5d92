public import Foundation
import GRDB
public import Storage
import Synchronization

/// The record of one project, in SQLite: `<data>/projects/<id>/project.sqlite`.
///
/// WAL with `synchronous=FULL`: a commit is on disk when ``commit(_:)`` returns.
/// Source: Documentation/operations.md O1.
public final class ProjectDatabase: ProjectRecord {
    private let pool: DatabasePool
    /// The event types' settings as they are on disk; `nil` until somebody asks.
    let knownSettings = Mutex<KnownSettings?>(nil)
    /// Held by whoever changes them.
    let settingsChange = Mutex(())
    let codec = Mutex(JournalCodec())

    /// Opens the record in `folder`, and makes both if they are not there.
    public init(folder: URL) throws(ProjectRecordError) {
        pool = try Self.attempt {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let pool = try DatabasePool.durable(at: folder.appendingPathComponent("project.sqlite"))
            try ProjectSchema.migrator.migrate(pool)
            return pool
        }
    }

    /// Closes the files; a call after this fails.
    public func close() {
        try? pool.close()
    }

    func row(
        _ sql: String,
        _ argument: (any DatabaseValueConvertible)? = nil
    )
        throws(ProjectRecordError) -> Row?
    {
        try read { db in
            let statement = try db.cachedStatement(sql: sql)
            return try Row.fetchOne(statement, arguments: argument.map { [$0] } ?? [])?.copy()
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(ProjectRecordError) -> Value {
        try Self.attempt { try pool.write(body) }
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
            throw ProjectRecordError(.damaged, "a journal row is damaged")
        } catch let error as DatabaseError where refusals.contains(error.resultCode) {
            throw ProjectRecordError(.refused, "\(error)")
        } catch {
            throw ProjectRecordError(.unavailable, "\(error)")
        }
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
