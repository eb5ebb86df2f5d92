import DuckDB
public import EventModel
private import Foundation
public import Storage
import Synchronization

/// Events in a DuckDB file: `<data>/projects/<id>/events.duckdb`. Source: Documentation/operations.md O1, O3.
public final class DuckDBEventStore: EventStore {
    private let database: Database
    private let writer: Mutex<Connection>
    /// Connections that no read uses just now.
    private let idleReaders = Mutex<[Connection]>([])
    private let reached: Mutex<StoreProgress>

    private static let options = [
        // One thread a connection: reads are split by ranges of rows where that pays.
        "threads": "1",
        // A checkpoint stalls appends, so it comes seldom; until then its rows are held in memory.
        "checkpoint_threshold": "64MB",
        // Mostly a cache of what is on disk; what a query needs beyond it is spilled, to the size below.
        "memory_limit": "96MB",
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
            (database, putAway) = try Self.open(path, committed)
            let connection = try Connection(database)
            try connection.execute(EventSchema.statements)
            reached = Mutex(try Self.progress(connection))
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
        _ = writer.withLock { connection in try? connection.execute("CHECKPOINT") }
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
                var append = BatchAppend(connection, &rest, rowsBefore: before.rows)
                try connection.transaction { () throws(DatabaseError) in try append.run() }
                return nil
            } catch {
                return EventStoreError(error)
            }
        }
        if let failure { throw failure }
        reached.withLock { [after] in $0 = after }
    }

    // MARK: Reading columns

    public func readEvents(
        _ selection: EventSelection,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>) -> Void
    ) throws(EventStoreError) {
        try readEvents(selection, also: "") { _, users, times, types in body(users, times, types) }
    }

    public func readEvents(
        _ selection: EventSelection,
        with column: NumberColumn,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>, _ numbers: Span<Int32>) -> Void
    ) throws(EventStoreError) {
        try readEvents(selection, also: ", \(column.name)") { chunk, users, times, types in
            chunk.withColumn(chunk.columnCount - 1, as: Int32.self) { body(users, times, types, $0) }
        }
    }

    /// - Parameter also: of the statement: what is read after what makes an event.
    private func readEvents(
        _ selection: EventSelection,
        also: String,
        _ body: (_ chunk: borrowing Chunk, _ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>) -> Void
    ) throws(EventStoreError) {
        if let types = selection.types, types.count == 1, let type = types.first {
            // What is known need not be read.
            return try read("\"user\", time\(also)", selection) { chunk in
                let types = [Int32](repeating: type, count: chunk.count)
                chunk.withColumn(0, as: Int32.self) { users in
                    chunk.withColumn(1, as: Int64.self) { times in body(chunk, users, times, types.span) }
                }
            }
        }
        try read("\"user\", time, type\(also)", selection) { chunk in
            chunk.withColumn(0, as: Int32.self) { users in
                chunk.withColumn(1, as: Int64.self) { times in
                    chunk.withColumn(2, as: Int32.self) { types in body(chunk, users, times, types) }
                }
            }
        }
    }

    public func readNumbers(
        _ column: NumberColumn,
        _ selection: EventSelection,
        _ body: (Span<Int32>) -> Void
    ) throws(EventStoreError) {
        try read(column.name, selection) { chunk in
            chunk.withColumn(0, as: Int32.self) { body($0) }
        }
    }

    public func readLongs(
        _ column: LongColumn,
        _ selection: EventSelection,
        _ body: (Span<Int64>) -> Void
    ) throws(EventStoreError) {
        try read(column.name, selection) { chunk in
            chunk.withColumn(0, as: Int64.self) { body($0) }
        }
    }

    public func readRevenues(
        _ selection: EventSelection,
        _ body: (_ index: Int, _ revenue: Double) -> Void
    ) throws(EventStoreError) {
        var index = 0
        try read("revenue", selection) { chunk in
            chunk.withNullableColumn(0, as: Double.self) { revenues, validity in
                for i in revenues.indices where validity.isValid(i) { body(index + i, revenues[i]) }
            }
            index += chunk.count
        }
    }

    public func readEventProperty(
        _ name: String,
        _ selection: EventSelection,
        _ body: (_ index: Int, _ json: Span<UInt8>) -> Bool
    ) throws(EventStoreError) {
        let sql = "SELECT json_extract(event_properties, ?)::VARCHAR FROM events WHERE \(selection.condition)"
        var index = 0
        try readUntil(sql, [.text(Self.pointer(to: name))]) { chunk in
            defer { index += chunk.count }
            return chunk.withStrings(0) { values in
                for i in 0..<values.count {
                    let goesOn = values.withBytes(i) { json in
                        guard let json, !json.isNull else { return true }
                        return body(index + i, json)
                    }
                    if !goesOn { return false }
                }
                return true
            }
        }
    }

    /// A JSON pointer (RFC 6901), which can name any key.
    private static func pointer(to name: String) -> String {
        var pointer = "/"
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": pointer += "~0"
            case "/": pointer += "~1"
            default: pointer.unicodeScalars.append(scalar)
            }
        }
        return pointer
    }

    // MARK: Reading names

    public func facts(
        of dimension: EventDimension,
        after known: Int
    ) throws(EventStoreError) -> [Numbered<Int32, String?>] {
        // Rows are never deleted, and DuckDB numbers them from 0 in order of appending.
        let condition = "WHERE rowid >= \(known)"
        switch dimension {
        case .context(let field): return try facts("SELECT id, \(field.name) FROM contexts \(condition)")
        case .userProperty(let name):
            let value = "json_extract(properties, ?)::VARCHAR"
            return try facts(
                "SELECT id, nullif(\(value), 'null') FROM property_sets \(condition)",
                [.text(Self.pointer(to: name.string))]
            )
        case .deviceID: return try facts("SELECT id, device_id FROM devices \(condition)")
        case .userID: return try facts("SELECT key, user_id FROM users \(condition)")
        }
    }

    public func eventTypes() throws(EventStoreError) -> [Named<EventTypeID>] {
        try facts("SELECT id, name FROM event_types ORDER BY id").map { Numbered(EventTypeID($0.key), $0.value ?? "") }
    }

    public func propertyNames() throws(EventStoreError) -> [PropertyName] {
        var names: [PropertyName] = []
        try read("SELECT kind, name FROM property_names") { chunk in
            for row in 0..<chunk.count {
                if let kind = chunk.string(0, row).flatMap(PropertyName.Kind.init), let name = chunk.string(1, row) {
                    names.append(PropertyName(kind, name))
                }
            }
        }
        return names
    }

    public func merges(after known: Int) throws(EventStoreError) -> [Merge] {
        var merges: [Merge] = []
        try read(
            "SELECT from_user, into_user, time, cause FROM merges WHERE rowid >= \(known) ORDER BY rowid"
        ) { chunk in
            for row in 0..<chunk.count {
                guard let from = chunk.value(0, row, as: Int32.self), let into = chunk.value(1, row, as: Int32.self),
                    let time = chunk.value(2, row, as: Int64.self),
                    let cause = chunk.string(3, row).flatMap(Merge.Cause.init)
                else { continue }
                merges.append(
                    Merge(
                        from: UserKey(from),
                        into: UserKey(into),
                        time: Timestamp(milliseconds: time),
                        cause: cause
                    )
                )
            }
        }
        return merges
    }

    private func facts(
        _ sql: String,
        _ parameters: [Parameter] = []
    ) throws(EventStoreError) -> [Numbered<Int32, String?>] {
        var facts: [Numbered<Int32, String?>] = []
        try read(sql, parameters) { chunk in
            chunk.withColumn(0, as: Int32.self) { numbers in
                chunk.withStrings(1) { texts in
                    for i in numbers.indices { facts.append(Numbered(numbers[i], texts[i])) }
                }
            }
        }
        return facts
    }

    /// So many rows at a time are held in memory while a few of them are picked out.
    private static let rowsHeld = 4_000_000

    /// Reads columns of events in row order.
    private func read(
        _ columns: String,
        _ selection: EventSelection,
        _ body: (borrowing Chunk) -> Void
    ) throws(EventStoreError) {
        guard selection.types != nil else {
            return try read("SELECT \(columns) FROM events WHERE \(selection.condition)", [], body)
        }
        // A stream of a few events of every 2,048 rows would come in small chunks; a whole answer comes in full ones.
        for first in stride(from: selection.rows.lowerBound, to: selection.rows.upperBound, by: Self.rowsHeld) {
            var held = selection
            held.rows = first..<min(first + Self.rowsHeld, selection.rows.upperBound)
            try readUntil("SELECT \(columns) FROM events WHERE \(held.condition)", streaming: false) { chunk in
                body(chunk)
                return true
            }
        }
    }

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
    private func readUntil(
        _ sql: String,
        _ parameters: [Parameter] = [],
        streaming: Bool = true,
        _ body: (borrowing Chunk) -> Bool
    ) throws(EventStoreError) {
        do {
            let connection = try idleReaders.withLock { $0.popLast() } ?? Connection(database)
            defer { idleReaders.withLock { $0.append(connection) } }
            try connection.query(sql, parameters, streaming: streaming) { chunk throws(DatabaseError) in body(chunk) }
        } catch {
            throw EventStoreError(error)
        }
    }
}

extension EventSelection {
    /// DuckDB numbers the rows of a table from 0 in order of appending; rows are never deleted.
    fileprivate var condition: String {
        let rows = "rowid >= \(rows.lowerBound) AND rowid < \(rows.upperBound)"
        guard let types else { return rows }
        if types.isEmpty { return "false" }
        return "\(rows) AND type IN (\(types.sorted().map { "\($0)" }.joined(separator: ", ")))"
    }
}

extension Span<UInt8> {
    /// Whether this is JSON's null.
    fileprivate var isNull: Bool { count == 4 && self[0] == UInt8(ascii: "n") }
}

extension NumberColumn {
    var name: String {
        switch self {
        case .user: "\"user\""
        case .context: "context"
        case .userProperties: "user_properties"
        case .device: "device"
        case .namedUser: "named_user"
        }
    }
}

extension LongColumn {
    fileprivate var name: String {
        switch self {
        case .sessionID: "session_id"
        case .clientTime: "client_time"
        case .time: "time"
        }
    }
}

extension EventStoreError {
    init(_ error: any Error) {
        if let database = error as? DatabaseError {
            self.init(database.code == .interrupted ? .cancelled : .unavailable, database.description)
        } else {
            self.init(.unavailable, "\(error)")
        }
    }
}
