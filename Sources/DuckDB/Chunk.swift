internal import CDuckDB

/// Up to 2,048 rows of a query's answer, column by column. Columns are lent to closures without a copy.
@safe public struct Chunk: ~Copyable {
    private let handle: duckdb_data_chunk  // Safe: set for life by `init`; no copy of it leaves this file.
    private let columns: [Column]
    /// The number of rows.
    public let count: Int
    public let columnCount: Int

    /// What is asked of DuckDB once a chunk, so that single values are cheap.
    @safe private struct Column {
        var type: ColumnType
        // Safe: both live as long as the chunk, which no copy of this outlives.
        var values: UnsafeMutableRawPointer?
        var validity: UnsafePointer<UInt64>?
    }

    /// Takes over the chunk: it is destroyed with this value.
    @unsafe init(owning handle: duckdb_data_chunk) {
        unsafe self.handle = unsafe handle
        count = unsafe Int(duckdb_data_chunk_get_size(handle))
        columnCount = unsafe Int(duckdb_data_chunk_get_column_count(handle))
        columns = (0..<columnCount).map { column in
            let vector = unsafe duckdb_data_chunk_get_vector(handle, idx_t(column))
            var type = unsafe duckdb_vector_get_column_type(vector)
            defer { unsafe duckdb_destroy_logical_type(&type) }
            return unsafe Column(
                type: ColumnType(duckdb_get_type_id(type)),
                values: duckdb_vector_get_data(vector),
                validity: duckdb_vector_get_validity(vector).map { unsafe UnsafePointer($0) }
            )
        }
    }

    deinit {
        var handle: duckdb_data_chunk? = unsafe handle
        unsafe duckdb_destroy_data_chunk(&handle)
    }

    public func type(of column: Int) -> ColumnType { columns[column].type }

    /// Lends a column's values. NULL rows hold any value.
    ///
    /// - Precondition: the column's type is stored as `Value`.
    public func withColumn<Value: FixedWidthValue, Result, Failure: Error>(
        _ column: Int,
        as _: Value.Type = Value.self,
        _ body: (Span<Value>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let type = type(of: column)
        precondition(Value.isStored(in: type), "Column \(column) is \(type), not \(Value.self).")
        // Safe: a vector of this type has `count` such values, and lives as long as the chunk.
        let values = unsafe columns[column].values?.assumingMemoryBound(to: Value.self)
        return try body(unsafe UnsafeBufferPointer(start: values, count: count).span)
    }

    /// Lends a column's values and which of them are NULL.
    ///
    /// - Precondition: the column's type is stored as `Value`.
    public func withNullableColumn<Value: FixedWidthValue, Result, Failure: Error>(
        _ column: Int,
        as _: Value.Type = Value.self,
        _ body: (Span<Value>, borrowing Validity) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let validity = validity(column)
        return try withColumn(column) { (values: Span<Value>) throws(Failure) in try body(values, validity) }
    }

    /// Lends a VARCHAR or BLOB column.
    ///
    /// - Precondition: the column has one of those types.
    public func withStrings<Result, Failure: Error>(
        _ column: Int,
        _ body: (borrowing StringColumn) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let type = type(of: column)
        precondition(type == .varchar || type == .blob, "Column \(column) is \(type), not VARCHAR or BLOB.")
        // Safe: as in `withColumn`; a chunk with rows has data in each vector, and rows are checked before a read.
        return try body(
            unsafe StringColumn(strings: columns[column].values!, validity: validity(column))
        )
    }

    /// One value, or nil if it is NULL. For single values; `withNullableColumn` is for columns.
    public func value<Value: FixedWidthValue>(_ column: Int, _ row: Int, as _: Value.Type = Value.self) -> Value? {
        withNullableColumn(column) { (values: Span<Value>, validity) in validity.isValid(row) ? values[row] : nil }
    }

    /// One text, or nil if it is NULL. For single texts; `withStrings` is for columns.
    public func string(_ column: Int, _ row: Int) -> String? {
        withStrings(column) { strings in strings[row] }
    }

    /// Whether the row is NULL in a column of any type.
    public func isNull(_ column: Int, _ row: Int) -> Bool {
        !validity(column).isValid(row)
    }

    private func validity(_ column: Int) -> Validity {
        unsafe Validity(words: columns[column].validity, count: count)
    }
}
