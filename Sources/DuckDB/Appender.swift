internal import CDuckDB

/// Appends rows to one table, batch by batch. Not copyable, so it ends exactly once.
///
/// DuckDB may write rows before `finish()`; use a transaction, so that all of them are seen or none.
@safe public struct Appender: ~Copyable {
    private let connection: Connection
    private let handle: duckdb_appender  // Safe: set for life by `init`; no copy of it leaves this file.
    public let table: String
    /// The types of the table's columns, in order.
    public let columnTypes: [ColumnType]

    public init(_ connection: Connection, table: String) throws(DatabaseError) {
        var appender: duckdb_appender?
        guard unsafe duckdb_appender_create_ext(connection.handle, nil, nil, table, &appender) == DuckDBSuccess,
            let appender = unsafe appender
        else {
            defer { _ = unsafe duckdb_appender_destroy(&appender) }
            throw DatabaseError(unsafe String(optionalCString: duckdb_appender_error(appender)))
        }
        self.connection = connection
        unsafe handle = unsafe appender
        self.table = table
        let columnCount = unsafe duckdb_appender_column_count(appender)
        columnTypes = (0..<columnCount).map { column in
            var type = unsafe duckdb_appender_column_type(appender, column)
            defer { unsafe duckdb_destroy_logical_type(&type) }
            return unsafe ColumnType(duckdb_get_type_id(type))
        }
    }

    deinit {
        // Destroying an appender would write what it still holds; rows of one that was not finished are not wanted.
        var handle: duckdb_appender? = unsafe handle
        _ = unsafe duckdb_appender_clear(handle)
        _ = unsafe duckdb_appender_destroy(&handle)
    }

    /// An empty batch for this table.
    public borrowing func batch(rows: Int) -> RowBatch {
        var types = unsafe columnTypes.indices.map { unsafe duckdb_appender_column_type(handle, idx_t($0)) }
        defer {
            for column in columnTypes.indices { unsafe duckdb_destroy_logical_type(&types[column]) }
        }
        return unsafe RowBatch(table: table, columnTypes: columnTypes, logicalTypes: types, rows: rows)
    }

    /// Appends the batch's rows; columns that were not set are NULL.
    ///
    /// - Precondition: the batch was made by an appender of the same table.
    public borrowing func append(_ batch: consuming RowBatch) throws(DatabaseError) {
        precondition(batch.columnTypes == columnTypes, "The batch was made for the table \(batch.table), not \(table).")
        for chunk in batch.finished() {
            try check(unsafe duckdb_append_data_chunk(handle, chunk.handle))
        }
    }

    /// Writes the rows so far to the table.
    public borrowing func flush() throws(DatabaseError) {
        try check(unsafe duckdb_appender_flush(handle))
    }

    /// Writes all rows to the table. Without it they are dropped, as far as DuckDB has not written them yet.
    public consuming func finish() throws(DatabaseError) {
        try check(unsafe duckdb_appender_flush(handle))
    }

    private borrowing func check(_ state: duckdb_state) throws(DatabaseError) {
        guard state == DuckDBSuccess else {
            throw DatabaseError(unsafe String(optionalCString: duckdb_appender_error(handle)))
        }
    }
}
