import DuckDB
import EventModel
import Foundation
import Storage

/// Where a store keeps its events, and how that is opened: a file of no use is put aside, as the journal has all it had.
struct EventFile: Sendable {
    /// `nil` keeps everything in memory.
    var path: String?
    var options: [String: String]

    static let options = [
        // One thread a connection: reads are split by ranges of rows where that pays.
        "threads": "1",
        // A checkpoint stalls appends, so it comes seldom; until then its rows are held in memory.
        "checkpoint_threshold": "64MB",
        // Mostly a cache of what is on disk; what a query needs beyond it is spilled, to the size below.
        "memory_limit": DuckDBMemory.setting(DuckDBMemory.first),
        "max_temp_directory_size": "4GB",
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    ]

    /// An open database, with its tables.
    struct Opened {
        var database: Database
        var connection: Connection
        var progress: StoreProgress
        /// What was done with the file that was there, as a sentence for the log; `nil` if it is the one.
        var remark: String?
    }

    /// - Parameter committed: how far the journal goes.
    /// - Throws: also `.aheadOfJournal`, with the file as it was.
    func open(committed: JournalSequence?) throws -> Opened {
        guard let path else { return try opened(Database(.memory, options: options), nil) }
        let flaw: Flaw
        do {
            let database = try Database(.file(path), options: options)
            guard let found = try Self.flaw(database, path, committed) else { return try opened(database, nil) }
            flaw = found
        } catch let error as DatabaseError where Self.isDamage(error) {
            flaw = Flaw(reason: error.message, isInJournal: false)
        }
        return try anew(because: flaw)
    }

    /// Why a file is of no use.
    struct Flaw {
        var reason: String
        /// Whether it is certain that the journal has all that is in the file.
        var isInJournal: Bool
    }

    /// Makes a new file, and puts the one that was there aside.
    func anew(because flaw: Flaw) throws -> Opened {
        let aside = try putAside(flaw)
        let remark =
            "events.duckdb was of no use and is made anew from the journal (\(flaw.reason))."
            + (aside.map { " What was there is kept as \($0); it can be deleted once all events are back." } ?? "")
        return try opened(Database(path.map { .file($0) } ?? .memory, options: options), remark)
    }

    private func opened(_ database: Database, _ remark: String?) throws -> Opened {
        let connection = try Connection(database)
        try connection.execute(EventSchema.statements)
        if let path {
            // What people did is nobody else's to read.
            try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
        return Opened(
            database: database,
            connection: connection,
            progress: try Self.progress(connection),
            remark: remark
        )
    }

    private static func progress(_ connection: Connection) throws(DatabaseError) -> StoreProgress {
        let sequence: Int64? = try connection.scalar("SELECT max(sequence) FROM batches")
        let rows: Int64? = try connection.scalar("SELECT max(rows_after) FROM batches")
        let arrivals: Int64? = try connection.scalar("SELECT max(arrivals_after) FROM batches")
        return StoreProgress(
            sequence: JournalSequence(sequence ?? 0),
            rows: Int(rows ?? 0),
            arrivals: Int(arrivals ?? 0)
        )
    }

    // MARK: Files of no use

    /// Whether it is the file that is wrong, and not the machine: no library, memory or descriptors, a full disk, or
    /// another process that has the file open.
    private static func isDamage(_ error: DatabaseError) -> Bool {
        if [.library, .outOfMemory].contains(error.code) { return false }
        let passing = [
            "Could not set lock", "Cannot open file", "No space left", "Permission denied", "Too many open files",
            "Input/output error", "Read-only file system", "Cannot allocate memory",
        ]
        return !passing.contains { error.message.contains($0) }
    }

    /// Why an open file is of no use; `nil` if it is of use.
    private static func flaw(_ database: Database, _ path: String, _ committed: JournalSequence?) throws -> Flaw? {
        let connection = try Connection(database)
        let tables: Int64? = try connection.scalar("SELECT count(*) FROM duckdb_tables()")
        if tables == 0 { return nil }
        let known: Int64? = try connection.scalar("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'format'")
        let version: Int32? = known == 1 ? try connection.scalar("SELECT version FROM format") : nil
        guard version == EventSchema.version else {
            return Flaw(reason: "its tables are of another version", isInJournal: false)
        }
        // DuckDB looks at a block only when it needs it: an end that is missing would show in the midst of a question.
        // Three headers of 4 KB come first.
        let whole: Int64? = try connection.scalar(
            "SELECT 3 * 4096 + total_blocks * block_size FROM pragma_database_size()"
        )
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64
        let progress = try progress(connection)
        if let committed, progress.sequence > committed { throw ahead(progress, committed) }
        if let whole, let size, size < whole {
            return Flaw(reason: "its end is missing", isInJournal: committed != nil)
        }
        let rows: Int64? = try connection.scalar("SELECT count(*) FROM events")
        if rows == Int64(progress.rows) { return nil }
        let reason = "it has \(rows ?? 0) events instead of \(progress.rows)"
        return Flaw(reason: reason, isInJournal: committed != nil)
    }

    private static func ahead(_ progress: StoreProgress, _ committed: JournalSequence) -> EventStoreError {
        EventStoreError(
            .aheadOfJournal,
            "events.duckdb has \(progress.sequence.number) batches (\(progress.rows) events), but the record beside it,"
                + " project.sqlite, has \(committed.number): the record is damaged or an older copy. Restore project.sqlite,"
                + " with its -wal if there is one, from a backup. To go on without what it lacks, move events.duckdb and"
                + " project.mark out of the folder: events.duckdb is then the only copy of those events."
        )
    }

    /// - Returns: the name of what the file is called now; `nil` if there was none.
    private func putAside(_ flaw: Flaw) throws -> String? {
        guard let path else { return nil }
        let suffixes = ["", ".wal"].filter { FileManager.default.fileExists(atPath: path + $0) }
        if suffixes.isEmpty { return nil }
        var aside = path + ".aside"
        if flaw.isInJournal {
            // One of these is kept, as the disk is not endless.
            for old in [aside, aside + ".wal"] where FileManager.default.fileExists(atPath: old) {
                try FileManager.default.removeItem(atPath: old)
            }
        } else {
            // It may be the only copy of something, so it is never replaced.
            let style = Date.ISO8601FormatStyle(
                dateSeparator: .omitted,
                timeSeparator: .omitted,
                includingFractionalSeconds: true
            )
            aside += "-\(Date.now.formatted(style))"
        }
        for suffix in suffixes { try FileManager.default.moveItem(atPath: path + suffix, toPath: aside + suffix) }
        return (aside as NSString).lastPathComponent
    }
}
