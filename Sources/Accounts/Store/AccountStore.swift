import EventModel
public import Foundation
import GRDB
import SQLiteFiles

/// People who can sign in, their parts in workspaces, sessions, keys and links, and who changed what: `accounts.sqlite` in the
/// data folder. What a call that changes something did is on the disk when it returns, with its line in the audit.
///
/// Calls block; those that are async do not.
public final class AccountStore: Sendable {
    let pool: DatabasePool
    private let file: URL

    /// Opens the accounts of a data folder that is there, and makes them if there are none.
    public init(dataFolder: URL) throws(AccountError) {
        let file = dataFolder.appendingPathComponent("accounts.sqlite")
        self.file = file
        pool = try Self.attempt(file) {
            let database = DatabaseFile(url: file)
            if let absence = database.absence {
                // What SQLite would take for a new one, and throw its log away.
                if database.hasLog {
                    throw AccountError.unavailable("\(file.path) is lost: \(absence). Restore it from a backup.")
                }
            } else {
                try database.read { db in
                    if try Self.migrator.hasBeenSuperseded(db) {
                        throw AccountError.unavailable(
                            "\(file.path) was written by a newer version of Antinode. Start that version again."
                        )
                    }
                }
            }
            let pool = try DatabasePool.durable(at: file)
            // Digests of secrets that are over are not left in free places.
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY")
            }
            try Self.migrator.migrate(pool)
            return pool
        }
    }

    /// Closes the file; a call after this fails.
    public func close() { pool.closeWithoutLog() }

    // MARK: Inside

    func read<Value>(_ body: (Database) throws -> Value) throws(AccountError) -> Value {
        try Self.attempt(file) { try pool.read(body) }
    }

    /// One transaction: all of it, with its audit, or nothing.
    func write<Value>(_ body: (Database) throws -> Value) throws(AccountError) -> Value {
        try Self.attempt(file) { try pool.write(body) }
    }

    /// Reads without holding a thread that serves requests.
    func readLater<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(AccountError) -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw Self.failure(error, file)
        }
    }

    private static func attempt<Value>(_ file: URL, _ body: () throws -> Value) throws(AccountError) -> Value {
        do {
            return try body()
        } catch {
            throw failure(error, file)
        }
    }

    private static func failure(_ error: any Error, _ file: URL) -> AccountError {
        switch error {
        case let error as AccountError: error
        case let damage as DatabaseFile.Damage:
            .unavailable("\(file.path) cannot be used: \(damage.reason); restore it from a backup.")
        default: .unavailable("\(file.path) cannot be used: \(reason(of: error)).")
        }
    }
}

extension AccountStore {
    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: accounts") { db in
            // Moments are milliseconds since 1970. A workspace is a project's id.
            try db.execute(
                sql: """
                    CREATE TABLE accounts (
                        id TEXT PRIMARY KEY,
                        email TEXT NOT NULL UNIQUE,
                        password TEXT NOT NULL,
                        is_platform INTEGER NOT NULL,
                        made_at INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE members (
                        workspace INTEGER NOT NULL,
                        account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                        role TEXT NOT NULL,
                        since INTEGER NOT NULL,
                        PRIMARY KEY (workspace, account)
                    ) STRICT;
                    CREATE INDEX members_of_account ON members (account);
                    -- Without an account it is the local owner's.
                    CREATE TABLE sessions (
                        digest BLOB PRIMARY KEY,
                        account TEXT REFERENCES accounts (id) ON DELETE CASCADE,
                        began_at INTEGER NOT NULL,
                        ends_at INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX sessions_of_account ON sessions (account);
                    CREATE TABLE keys (
                        id TEXT PRIMARY KEY,
                        digest BLOB NOT NULL UNIQUE,
                        name TEXT NOT NULL,
                        account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                        workspace INTEGER NOT NULL,
                        role TEXT NOT NULL,
                        hint TEXT NOT NULL,
                        made_at INTEGER NOT NULL,
                        ends_at INTEGER
                    ) STRICT;
                    CREATE INDEX keys_of_account ON keys (account);
                    -- Links that were not used yet.
                    CREATE TABLE links (
                        id TEXT PRIMARY KEY,
                        digest BLOB NOT NULL UNIQUE,
                        kind TEXT NOT NULL,
                        account TEXT REFERENCES accounts (id) ON DELETE CASCADE,
                        email TEXT,
                        workspace INTEGER,
                        role TEXT,
                        made_at INTEGER NOT NULL,
                        ends_at INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE audit (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        at INTEGER NOT NULL,
                        author TEXT NOT NULL,
                        address TEXT,
                        action TEXT NOT NULL,
                        workspace INTEGER,
                        subject TEXT NOT NULL,
                        detail TEXT
                    ) STRICT;
                    CREATE INDEX audit_of_workspace ON audit (workspace, number);
                    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
                    """
            )
        }
        return migrator
    }
}
