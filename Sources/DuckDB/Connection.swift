internal import CDuckDB

/// A session on a database, with its own transaction.
///
/// Its calls block while DuckDB works, and must come from one thread at a time: give it a thread or a serial executor of
/// its own, never the cooperative pool. Only `interrupt()` may be called from elsewhere meanwhile.
@safe public final class Connection: @unchecked Sendable {  // Sendable as the rule above allows moving between threads.
    public enum Access: Sendable {
        case readWrite
        /// DuckDB refuses writes.
        case readOnly
    }

    public let database: Database
    let handle: duckdb_connection  // Safe: set for life by `init`.

    public init(_ database: Database) throws(DatabaseError) {
        self.database = database
        var connection: duckdb_connection?
        guard unsafe duckdb_connect(database.handle, &connection) == DuckDBSuccess, let connection = unsafe connection
        else { throw DatabaseError(.open, "DuckDB gave no connection.") }
        unsafe handle = unsafe connection
    }

    deinit {
        // Safe: statements and appenders hold their connection, so none is left.
        var handle: duckdb_connection? = unsafe handle
        unsafe duckdb_disconnect(&handle)
    }

    /// Ends the running statement with an `.interrupted` error, within milliseconds. Does nothing if none runs.
    public func interrupt() {
        unsafe duckdb_interrupt(handle)
    }

    /// Compiles one statement, without running it.
    ///
    /// - Throws: `.sql` if it is not valid, or if there is more than one.
    public func prepare(_ sql: String) throws(DatabaseError) -> Statement {
        try Statement(sql, on: self)
    }

    /// Runs statements, several if separated by semicolons, and drops what they answer.
    ///
    /// - Returns: the number of rows that the last one changed.
    @discardableResult
    public func execute(_ sql: String) throws(DatabaseError) -> Int {
        var result = unsafe duckdb_result()
        defer { unsafe duckdb_destroy_result(&result) }
        guard unsafe duckdb_query(handle, sql, &result) == DuckDBSuccess else { throw unsafe DatabaseError(&result) }
        return unsafe Int(duckdb_rows_changed(&result))
    }

    /// Runs one statement with parameters and drops what it answers.
    ///
    /// - Returns: the number of rows that it changed.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [Parameter]) throws(DatabaseError) -> Int {
        try prepare(sql).execute(parameters)
    }

    /// Runs a query and hands over its answer chunk by chunk, as DuckDB produces it.
    ///
    /// - Parameter body: returns false to stop early.
    /// - Throws: `.sql`, `.interrupted` or `.outOfMemory`, also in the middle of an answer; or what `body` throws.
    public func query(
        _ sql: String,
        _ parameters: [Parameter] = [],
        streaming: Bool = true,
        body: (borrowing Chunk) throws(DatabaseError) -> Bool
    ) throws(DatabaseError) {
        try prepare(sql).query(parameters, streaming: streaming, body: body)
    }

    /// The first column of a query's first row; nil if there is no row, or if it is NULL.
    ///
    /// - Throws: `.type` if the column is not stored as `Value`.
    public func scalar<Value: FixedWidthValue>(
        _ sql: String,
        _ parameters: [Parameter] = [],
        as _: Value.Type = Value.self
    ) throws(DatabaseError) -> Value? {
        var value: Value?
        try query(sql, parameters) { chunk throws(DatabaseError) in
            let type = chunk.type(of: 0)
            guard Value.isStored(in: type) else { throw DatabaseError(.type, "It is \(type), not \(Value.self).") }
            value = chunk.value(0, 0)
            return false
        }
        return value
    }

    /// The first column of a query's first row as text; nil if there is no row, or if it is NULL.
    ///
    /// - Throws: `.type` if the column is not VARCHAR.
    public func scalar(_ sql: String, _ parameters: [Parameter] = []) throws(DatabaseError) -> String? {
        var value: String?
        try query(sql, parameters) { chunk throws(DatabaseError) in
            let type = chunk.type(of: 0)
            guard type == .varchar else { throw DatabaseError(.type, "It is \(type), not VARCHAR.") }
            value = chunk.string(0, 0)
            return false
        }
        return value
    }

    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
    public func transaction<Result>(
        _ access: Access = .readWrite,
        _ body: () throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        try execute(access == .readOnly ? "begin transaction read only" : "begin transaction")
        do throws(DatabaseError) {
            let result = try body()
            try execute("commit")
            return result
        } catch {
            // Fails if a failed commit has already rolled back. What happened first is what the caller must know.
            _ = try? execute("rollback")
            throw error
        }
    }
}
