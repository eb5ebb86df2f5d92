import DuckDB
public import EventModel
private import Foundation
public import Storage
import Synchronization

/// Events in a DuckDB file: `<data>/projects/<id>/events.duckdb`. Source: Documentation/operations.md O1, O3.
public final class DuckDBEventStore: EventStore {
    /// `nil` once the store is closed. Every connection holds it, too: the file is let go of with the last one.
    private let database: Mutex<Database?>
    private let writer: Mutex<Connection?>
    /// Connections that no read uses just now.
    private let idleReaders = Mutex<[Connection]>([])
    private let reached: Mutex<StoreProgress>
    /// Of property sets, by which those of the next batches may be told. Used under `writer`.
    private let texts = Mutex(PropertyTexts())
    private let memory: DuckDBMemory

    private static let options = [
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

    /// Why the file that was there was put away, for the log; `nil` if it was not. The journal has all that it had.
    public let putAway: String?

    /// - Parameters:
    ///   - path: the file, made if there is none; `nil` keeps everything in memory.
    ///   - committed: how far the journal goes. A file that claims to hold more is none of this journal's.
    public init(path: String?, committed: JournalSequence? = nil) throws(EventStoreError) {
        do {
            let opened: Database
            (opened, putAway) = try Self.open(path, committed)
            let connection = try Connection(opened)
            try connection.execute(EventSchema.statements)
            reached = Mutex(try Self.progress(connection))
            database = Mutex(opened)
            memory = DuckDBMemory(opened)
            writer = Mutex(connection)
        } catch {
            throw EventStoreError(error)
        }
    }

    private static func progress(_ connection: Connection) throws(DatabaseError) -> StoreProgress {
        let sequence: Int64? = try connection.scalar("SELECT max(sequence) FROM batches")
        let rows: Int64? = try connection.scalar("SELECT max(rows_after) FROM batches")
        return StoreProgress(sequence: JournalSequence(sequence ?? 0), rows: Int(rows ?? 0))
    }

    /// Opens the file, but makes one of no use anew: the journal has it all.
    private static func open(_ path: String?, _ committed: JournalSequence?) throws -> (Database, putAway: String?) {
        guard let path else { return (try Database(.memory, options: options), nil) }
        let problem: String
        do {
            let database = try Database(.file(path), options: options)
            guard let found = try Self.problem(database, path, committed) else { return (database, nil) }
            problem = found
        } catch let error as DatabaseError where error.code != .library && !isPassing(error) {
            problem = error.message
        }
        for file in [path, path + ".wal"] where FileManager.default.fileExists(atPath: file) {
            try FileManager.default.removeItem(atPath: file)
        }
        return (try Database(.file(path), options: options), problem)
    }

    /// Whether it is not the file that is wrong: somebody else has it open, or the disk is full.
    private static func isPassing(_ error: DatabaseError) -> Bool {
        error.code == .outOfMemory
            || ["Could not set lock", "No space left", "Permission denied"].contains { error.message.contains($0) }
    }

    /// Why an open file is of no use, as a sentence; `nil` if it is.
    private static func problem(_ database: Database, _ path: String, _ committed: JournalSequence?) throws -> String? {
        let connection = try Connection(database)
        let tables: Int64? = try connection.scalar("SELECT count(*) FROM duckdb_tables()")
        if tables == 0 { return nil }
        let known: Int64? = try connection.scalar("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'format'")
        let version: Int32? = known == 1 ? try connection.scalar("SELECT version FROM format") : nil
        guard version == EventSchema.version else { return "its tables are of another version" }
        // DuckDB looks at a block only when it needs it: an end that is missing would show in the midst of a question.
        // Three headers of 4 KB come first.
        let whole: Int64? = try connection.scalar(
            "SELECT 3 * 4096 + total_blocks * block_size FROM pragma_database_size()"
        )
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64
        if let whole, let size, size < whole { return "its end is missing" }
        let progress = try progress(connection)
        if let committed, progress.sequence > committed { return "it is ahead of the journal" }
        let rows: Int64? = try connection.scalar("SELECT count(*) FROM events")
        return rows == Int64(progress.rows) ? nil : "it has \(rows ?? 0) events instead of \(progress.rows)"
    }

    /// Moves what the write-ahead log holds into the file, so that the next start is quick. Nothing is lost without it.
    public func checkpoint() {
        _ = writer.withLock { connection in try? connection?.execute("CHECKPOINT") }
    }

    public func close() {
        checkpoint()
        writer.withLock { $0 = nil }
        database.withLock { database in
            database = nil
            idleReaders.withLock { $0 = [] }
        }
    }

    /// DuckDB's version, for the log.
    public static var libraryVersion: String { (try? DuckDBLibrary.version) ?? "not there" }

    public func progress() -> StoreProgress {
        reached.withLock { $0 }
    }

    // MARK: Writing

    public func append(_ batches: consuming [JournalBatch]) throws(EventStoreError) {
        // Held nowhere else, so that an event's memory is free once it is DuckDB's.
        var rest = batches
        let before = progress()
        var after = before
        for batch in rest {
            guard batch.sequence.number == after.sequence.number + 1 else {
                throw EventStoreError(.outOfSequence, "batch \(batch.sequence.number) after \(after.sequence.number)")
            }
            after = StoreProgress(sequence: batch.sequence, rows: after.rows + batch.events.count)
        }
        let failure = writer.withLock { connection -> EventStoreError? in
            do {
                guard let connection else { throw Self.closed }
                var append = BatchAppend(connection, &rest, rowsBefore: before.rows)
                try texts.withLock { texts throws(DatabaseError) in
                    try connection.transaction { () throws(DatabaseError) in try append.run(&texts) }
                }
                return nil
            } catch {
                // The next try has more room.
                if let error = error as? DatabaseError, error.code == .outOfMemory { memory.raise() }
                return EventStoreError(error)
            }
        }
        if let failure { throw failure }
        reached.withLock { [after] in $0 = after }
    }

    // MARK: Reading

    func read(
        _ sql: String,
        _ parameters: [Parameter] = [],
        _ body: (borrowing Chunk) -> Void
    ) throws(EventStoreError) {
        try readUntil(sql, parameters) { chunk in
            body(chunk)
            return true
        }
    }

    /// - Parameter body: returns false to stop early.
    func readUntil(
        _ sql: String,
        _ parameters: [Parameter] = [],
        streaming: Bool = true,
        _ body: (borrowing Chunk) throws(DatabaseError) -> Bool
    ) throws(EventStoreError) {
        var hasBegun = false
        while true {
            let failure = try withReader { connection throws(EventStoreError) -> DatabaseError? in
                do throws(DatabaseError) {
                    try connection.query(sql, parameters, streaming: streaming) { chunk throws(DatabaseError) in
                        hasBegun = true
                        return try body(chunk)
                    }
                    return nil
                } catch {
                    return error
                }
            }
            guard let failure else { return }
            let hasRoom = failure.code == .outOfMemory && memory.raise()
            // What was handed over cannot be taken back.
            if !hasRoom || hasBegun { throw EventStoreError(failure) }
        }
    }

    /// Lends a connection that nobody else uses meanwhile.
    func withReader<Result>(
        _ body: (Connection) throws(EventStoreError) -> Result
    ) throws(EventStoreError) -> Result {
        let connection = try reader()
        defer { giveBack(connection) }
        return try body(connection)
    }

    private func reader() throws(EventStoreError) -> Connection {
        if let idle = idleReaders.withLock({ $0.popLast() }) { return idle }
        guard let database = database.withLock({ $0 }) else { throw Self.closed }
        do { return try Connection(database) } catch { throw EventStoreError(error) }
    }

    private func giveBack(_ connection: Connection) {
        database.withLock { database in
            // One of a store that was closed meanwhile is the last to hold its file.
            if database != nil { idleReaders.withLock { $0.append(connection) } }
        }
    }

    private static let closed = EventStoreError(.unavailable, "the store is closed")
}

extension EventStoreError {
    init(_ error: any Error) {
        if let known = error as? EventStoreError {
            self = known
        } else if let database = error as? DatabaseError {
            self.init(database.code == .interrupted ? .cancelled : .unavailable, database.description)
        } else {
            self.init(.unavailable, "\(error)")
        }
    }
}
