internal import CDuckDB

/// One compiled statement of a connection, under the same rule: one thread at a time.
@safe public struct Statement: ~Copyable {
    /// What a statement does, as DuckDB's parser judges it.
    public enum Kind: Hashable, Sendable {
        /// Answers rows and changes nothing: also VALUES, FROM, SHOW and the like.
        case select
        case explain
        /// INSERT, UPDATE, DELETE and MERGE.
        case change
        /// Anything else: definitions, transactions, settings, files.
        case other
    }

    /// A column of the answer.
    public struct Column: Hashable, Sendable {
        public var name: String
        public var type: ColumnType
    }

    private let connection: Connection
    private let handle: duckdb_prepared_statement  // Safe: set for life by `init`; no copy of it leaves this file.

    init(_ sql: String, on connection: Connection) throws(DatabaseError) {
        var statement: duckdb_prepared_statement?
        guard unsafe duckdb_prepare(connection.handle, sql, &statement) == DuckDBSuccess,
            let statement = unsafe statement
        else {
            defer { unsafe duckdb_destroy_prepare(&statement) }
            throw DatabaseError(unsafe String(optionalCString: duckdb_prepare_error(statement)))
        }
        self.connection = connection
        unsafe handle = unsafe statement
    }

    deinit {
        var handle: duckdb_prepared_statement? = unsafe handle
        unsafe duckdb_destroy_prepare(&handle)
    }

    public var kind: Kind {
        switch unsafe duckdb_prepared_statement_type(handle) {
        case DUCKDB_STATEMENT_TYPE_SELECT: .select
        case DUCKDB_STATEMENT_TYPE_EXPLAIN: .explain
        case DUCKDB_STATEMENT_TYPE_INSERT, DUCKDB_STATEMENT_TYPE_UPDATE, DUCKDB_STATEMENT_TYPE_DELETE,
            DUCKDB_STATEMENT_TYPE_MERGE_INTO:
            .change
        default: .other
        }
    }

    /// The columns of the answer, known before it runs.
    public var columns: [Column] {
        let count = unsafe duckdb_prepared_statement_column_count(handle)
        return (0..<count).map { index in
            // Safe: the index is below the count, and the name is ours to free.
            let name = unsafe duckdb_prepared_statement_column_name(handle, index)
            defer { unsafe duckdb_free(UnsafeMutableRawPointer(mutating: name)) }
            return Column(
                name: unsafe name.map { unsafe String(cString: $0) } ?? "",
                type: unsafe ColumnType(duckdb_prepared_statement_column_type(handle, index))
            )
        }
    }

    public var parameterCount: Int { unsafe Int(duckdb_nparams(handle)) }

    /// Runs the statement and drops what it answers.
    ///
    /// - Returns: the number of rows that it changed.
    @discardableResult
    public borrowing func execute(_ parameters: [Parameter] = []) throws(DatabaseError) -> Int {
        var result = unsafe duckdb_result()
        defer { unsafe duckdb_destroy_result(&result) }
        try unsafe run(parameters, streaming: false, into: &result)
        return unsafe Int(duckdb_rows_changed(&result))
    }

    /// Runs the statement and hands over its answer chunk by chunk, as DuckDB produces it.
    ///
    /// - Parameter streaming: false to have DuckDB compute and hold the whole answer first. Then its chunks are full, while
    ///   those of a stream have only what is left of 2,048 rows.
    /// - Parameter body: returns false to stop early.
    /// - Throws: `.sql`, `.interrupted` or `.outOfMemory`, also in the middle of an answer; or what `body` throws.
    public borrowing func query(
        _ parameters: [Parameter] = [],
        streaming: Bool = true,
        body: (borrowing Chunk) throws(DatabaseError) -> Bool
    ) throws(DatabaseError) {
        var result = unsafe duckdb_result()
        defer { unsafe duckdb_destroy_result(&result) }
        if streaming {
            try unsafe start(parameters, into: &result)
        } else {
            try unsafe run(parameters, streaming: false, into: &result)
        }
        while let chunk = unsafe duckdb_fetch_chunk(result) {
            // Safe: a fetched chunk is ours.
            if try !body(unsafe Chunk(owning: chunk)) { return }
        }
        // A stream that fails midway ends like one that is complete, except for this.
        if let message = unsafe duckdb_result_error(&result), unsafe message.pointee != 0 {
            throw unsafe DatabaseError(&result)
        }
    }

    /// Starts the statement, which computes its rows as they are fetched, if the library can do that.
    @unsafe borrowing func start(
        _ parameters: [Parameter],
        into result: inout duckdb_result
    ) throws(DatabaseError) {
        try unsafe run(parameters, streaming: cduckdb_has_pending_prepared_streaming(), into: &result)
    }

    /// Starts the statement. A streaming result computes its rows as they are fetched, the other kind holds them all.
    @unsafe private borrowing func run(
        _ parameters: [Parameter],
        streaming: Bool,
        into result: inout duckdb_result
    ) throws(DatabaseError) {
        guard parameters.count == parameterCount else {
            throw DatabaseError(.sql, "It has \(parameterCount) parameters, and \(parameters.count) were given.")
        }
        for (index, parameter) in parameters.enumerated() {
            guard unsafe parameter.bind(to: handle, at: idx_t(index + 1)) else {
                throw DatabaseError(unsafe String(optionalCString: duckdb_prepare_error(handle)))
            }
        }
        var pending: duckdb_pending_result?
        defer { unsafe duckdb_destroy_pending(&pending) }
        let state =
            unsafe streaming
            ? duckdb_pending_prepared_streaming(handle, &pending)
            : duckdb_pending_prepared(handle, &pending)
        guard state == DuckDBSuccess else {
            throw DatabaseError(unsafe String(optionalCString: duckdb_pending_error(pending)))
        }
        guard unsafe duckdb_execute_pending(pending, &result) == DuckDBSuccess else {
            throw unsafe DatabaseError(&result)
        }
    }
}
