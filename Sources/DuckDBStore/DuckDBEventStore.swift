import DuckDB
public import EventModel
public import Storage
import Synchronization

/// Events in a DuckDB file: `<data>/projects/<id>/events.duckdb`. Source: Documentation/operations.md O1, O3.
///
/// After some failures, as of a disk, DuckDB refuses everything until the file is opened again, and a damaged file is no
/// use for ever. Then the store lets go of it: all calls fail, until ``reopen()`` has opened it, or made it anew.
public final class DuckDBEventStore: EventStore {
    private enum State {
        /// Every connection holds the database, too: the file is let go of with the last one.
        case open(Database, DuckDBMemory)
        case lost(Loss)
        case closed
    }

    private struct Loss {
        /// Until it is gone, the file must not be opened again: DuckDB does not keep one process from writing it twice.
        weak var database: Database?
        var reason: String
        /// Opening the same file again would be no use.
        var isDamage: Bool
    }

    private let file: EventFile
    private let report: @Sendable (String) -> Void
    private let state: Mutex<State>
    /// `nil` while there is no file.
    private let writer: Mutex<Connection?>
    /// Connections that no read uses just now.
    private let idleReaders = Mutex<[Connection]>([])
    private let reached: Mutex<StoreProgress>
    /// Of property sets, by which those of the next batches may be told. Used under `writer`.
    private let texts = Mutex(PropertyTexts())

    /// - Parameters:
    ///   - path: the file, made if there is none; `nil` keeps everything in memory.
    ///   - committed: how far the journal goes. A file that claims to hold more is refused: then the journal is not whole.
    ///   - report: takes sentences for the log, about what was wrong with the file and what was done.
    public convenience init(
        path: String?,
        committed: JournalSequence? = nil,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(EventStoreError) {
        try self.init(EventFile(path: path, options: EventFile.options), committed: committed, report: report)
    }

    init(
        _ file: EventFile,
        committed: JournalSequence?,
        report: @escaping @Sendable (String) -> Void
    ) throws(EventStoreError) {
        self.file = file
        self.report = report
        do {
            let opened = try file.open(committed: committed)
            if let remark = opened.remark { report(remark) }
            reached = Mutex(opened.progress)
            state = Mutex(.open(opened.database, DuckDBMemory(opened.database)))
            writer = Mutex(opened.connection)
        } catch {
            throw EventStoreError(error)
        }
    }

    /// Moves what the write-ahead log holds into the file, so that the next start is quick. Nothing is lost without it.
    public func checkpoint() {
        writer.withLock { connection in
            do {
                try connection?.execute("CHECKPOINT")
            } catch {
                noteLoss(error)
            }
        }
    }

    public func close() {
        checkpoint()
        writer.withLock { $0 = nil }
        state.withLock { state in
            state = .closed
            idleReaders.withLock { $0 = [] }
        }
    }

    /// The file; `nil` if everything is in memory.
    public var path: String? { file.path }

    /// DuckDB's version, for people.
    public static var libraryVersion: String { (try? DuckDBLibrary.version) ?? "not there" }

    /// Loads DuckDB, so that it shows at once if it is missing.
    public static func loadLibrary() throws(EventStoreError) {
        do {
            _ = try DuckDBLibrary.version
        } catch {
            throw EventStoreError(error)
        }
    }

    public func progress() -> StoreProgress {
        reached.withLock { $0 }
    }

    // MARK: Losing the file, and opening it again

    public var isOpen: Bool {
        state.withLock { state in if case .open = state { true } else { false } }
    }

    public func reopen() throws(EventStoreError) -> StoreProgress {
        let result = writer.withLock { connection -> Result<StoreProgress, EventStoreError> in
            // Of the database that was lost.
            if !isOpen { connection = nil }
            switch state.withLock({ $0 }) {
            case .open: return .success(progress())
            case .closed: return .failure(Self.closed)
            case .lost(let loss):
                if loss.database != nil {
                    return .failure(EventStoreError(.unavailable, "events.duckdb is still being let go of"))
                }
                do {
                    // The journal has all of it: else it would not have been opened, and what came later was committed.
                    let opened =
                        try loss.isDamage
                        ? file.anew(because: EventFile.Flaw(reason: loss.reason, isInJournal: true))
                        : file.open(committed: nil)
                    report(opened.remark ?? "events.duckdb was opened again.")
                    connection = opened.connection
                    reached.withLock { $0 = opened.progress }
                    state.withLock { $0 = .open(opened.database, DuckDBMemory(opened.database)) }
                    return .success(opened.progress)
                } catch {
                    return .failure(EventStoreError(error))
                }
            }
        }
        return try result.get()
    }

    /// Lets go of the file if an error says that it is no use any more as it is.
    private func noteLoss(_ error: any Error) {
        guard let error = error as? DatabaseError, [.fatal, .corrupt].contains(error.code) else { return }
        state.withLock { state in
            guard case .open(let database, _) = state else { return }
            report("events.duckdb is let go of, and opened again in a moment: \(error.message)")
            state = .lost(Loss(database: database, reason: error.message, isDamage: error.code == .corrupt))
            idleReaders.withLock { $0 = [] }
        }
    }

    /// What is to be thrown because of an error, after its consequences.
    func noted(_ error: any Error) -> EventStoreError {
        noteLoss(error)
        return EventStoreError(error)
    }

    /// - Returns: false if there is no more to be had.
    @discardableResult
    private func raiseMemory() -> Bool {
        guard case .open(_, let memory) = state.withLock({ $0 }) else { return false }
        return memory.raise()
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
            after.add(batch)
        }
        let failure = writer.withLock { connection -> EventStoreError? in
            do {
                guard let connection, isOpen else { throw Self.closed }
                var append = BatchAppend(connection, &rest, before: before)
                try texts.withLock { texts throws(DatabaseError) in
                    try connection.transaction { () throws(DatabaseError) in try append.run(&texts) }
                }
                return nil
            } catch {
                // The next try has more room.
                if let error = error as? DatabaseError, error.code == .outOfMemory { raiseMemory() }
                noteLoss(error)
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
            let hasRoom = failure.code == .outOfMemory && raiseMemory()
            // What was handed over cannot be taken back.
            if !hasRoom || hasBegun { throw noted(failure) }
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
        let idle = idleReaders.withLock { $0.popLast() }
        if let idle { return idle }
        guard case .open(let database, _) = state.withLock({ $0 }) else { throw Self.closed }
        do { return try Connection(database) } catch { throw noted(error) }
    }

    private func giveBack(_ connection: Connection) {
        state.withLock { state in
            // One of a database that was let go of meanwhile is the last to hold its file.
            guard case .open(let database, _) = state, database === connection.database else { return }
            idleReaders.withLock { $0.append(connection) }
        }
    }

    private static let closed = EventStoreError(.unavailable, "events.duckdb is not open")
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
