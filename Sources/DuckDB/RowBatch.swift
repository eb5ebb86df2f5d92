internal import CDuckDB

/// Rows on their way into a table, set column by column in DuckDB's own memory. Made by `Appender.batch(rows:)`.
///
///     var batch = appender.batch(rows: events.count)
///     try batch.set(0, times)
///     try batch.set(1, names)
///     try appender.append(batch)
///
/// Each column takes as many values as the batch has rows, and is set once. A column that is not set is NULL.
public struct RowBatch: ~Copyable {
    public let table: String
    public let columnTypes: [ColumnType]
    public let rows: Int

    private let chunks: [ChunkBuffer]
    private let rowsPerChunk = ChunkBuffer.capacity
    private var isSet: [Bool]

    @unsafe init(table: String, columnTypes: [ColumnType], logicalTypes: [duckdb_logical_type?], rows: Int) {
        precondition(rows >= 0, "A batch cannot have \(rows) rows.")
        self.table = table
        self.columnTypes = columnTypes
        self.rows = rows
        isSet = Array(repeating: false, count: columnTypes.count)
        let rowsPerChunk = rowsPerChunk
        chunks = stride(from: 0, to: rows, by: rowsPerChunk).map { start in
            unsafe ChunkBuffer(types: logicalTypes, rows: start..<min(start + rowsPerChunk, rows))
        }
    }

    /// The filled chunks, in order.
    consuming func finished() -> [ChunkBuffer] {
        for column in columnTypes.indices where !isSet[column] {
            for chunk in chunks { chunk.markAllNull(in: column) }
        }
        return chunks
    }
}

// MARK: - Columns of fixed width

extension RowBatch {
    /// Sets a column's values, none of them NULL.
    ///
    /// - Throws: `.type` if the column is not stored as `Value`: the file may come from another version.
    public mutating func set<Value: FixedWidthValue>(_ column: Int, _ values: Span<Value>) throws(DatabaseError) {
        guard Value.isStored(in: columnTypes[column]) else { throw mismatch(column, "\(Value.self)") }
        claim(column, count: values.count)
        for chunk in chunks { chunk.write(values, to: column) }
    }

    /// Sets a column's values; those whose `isValid` is false are NULL.
    public mutating func set<Value: FixedWidthValue>(
        _ column: Int,
        _ values: Span<Value>,
        isValid: Span<Bool>
    ) throws(DatabaseError) {
        precondition(isValid.count == rows, "The batch has \(rows) rows, and isValid has \(isValid.count).")
        try set(column, values)
        for chunk in chunks {
            chunk.markNulls(in: column) { !isValid[$0] }
        }
    }

    /// Sets a column's values, none of them NULL.
    public mutating func set<Value: FixedWidthValue>(_ column: Int, _ values: [Value]) throws(DatabaseError) {
        try set(column, values.span)
    }

    /// Sets a column's values; those whose `isValid` is false are NULL.
    public mutating func set<Value: FixedWidthValue>(
        _ column: Int,
        _ values: [Value],
        isValid: [Bool]
    ) throws(DatabaseError) {
        try set(column, values.span, isValid: isValid.span)
    }

    /// Sets a column's values; nil is NULL.
    // Inlinable, so that the loops over values know their type.
    @inlinable public mutating func set<Value: FixedWidthValue>(
        _ column: Int,
        _ values: [Value?]
    ) throws(DatabaseError) {
        try set(column, values.map { $0 ?? .zero }, isValid: values.map { $0 != nil })
    }
}

// MARK: - Texts and bytes

extension RowBatch {
    /// Sets a VARCHAR column.
    public mutating func set(_ column: Int, _ texts: [String]) throws(DatabaseError) {
        try claim(column, storedIn: [.varchar], count: texts.count)
        for chunk in chunks {
            for row in chunk.rows { chunk.write(texts[row].utf8Span.span, to: column, row: row) }
        }
    }

    /// Sets a VARCHAR column; nil is NULL.
    public mutating func set(_ column: Int, _ texts: [String?]) throws(DatabaseError) {
        try claim(column, storedIn: [.varchar], count: texts.count)
        for chunk in chunks {
            for row in chunk.rows {
                guard let text = texts[row] else { continue }
                chunk.write(text.utf8Span.span, to: column, row: row)
            }
        }
        markNulls(in: column) { texts[$0] == nil }
    }

    /// Sets a VARCHAR or BLOB column from bytes; nil is NULL.
    ///
    /// - Throws: `.encoding` if the column is VARCHAR and a value is not UTF-8.
    public mutating func set(_ column: Int, bytes values: [ArraySlice<UInt8>?]) throws(DatabaseError) {
        try claim(column, storedIn: [.varchar, .blob], count: values.count)
        for chunk in chunks {
            for row in chunk.rows {
                guard let value = values[row] else { continue }
                try write(value.span, to: column, row: row, of: chunk)
            }
        }
        markNulls(in: column) { values[$0] == nil }
    }

    /// Sets a VARCHAR or BLOB column from the values' bytes, one after the other.
    ///
    /// - Parameter ends: where each value ends in `bytes`; it begins where the one before ends.
    /// - Throws: `.encoding` if the column is VARCHAR and a value is not UTF-8.
    public mutating func set(_ column: Int, bytes: Span<UInt8>, ends: Span<Int>) throws(DatabaseError) {
        try claim(column, storedIn: [.varchar, .blob], count: ends.count)
        for chunk in chunks {
            for row in chunk.rows {
                let start = row == 0 ? 0 : ends[row - 1]
                try write(bytes.extracting(start..<ends[row]), to: column, row: row, of: chunk)
            }
        }
    }

    /// Sets a VARCHAR or BLOB column from the values' bytes, one after the other.
    public mutating func set(_ column: Int, bytes: [UInt8], ends: [Int]) throws(DatabaseError) {
        try set(column, bytes: bytes.span, ends: ends.span)
    }

    /// Sets a VARCHAR column from texts that lie in `bytes`.
    ///
    /// - Parameter range: where a row's text lies; nil is NULL.
    /// - Precondition: `bytes` is UTF-8 at each range. It is not checked again.
    public mutating func set(
        _ column: Int,
        utf8 bytes: Span<UInt8>,
        _ range: (Int) -> Range<Int>?
    ) throws(DatabaseError) {
        try claim(column, storedIn: [.varchar], count: rows)
        for chunk in chunks { chunk.write(utf8: bytes, to: column, range) }
    }

    // DuckDB trusts text to be UTF-8 here. (Its checking function stores NULL and says nothing.)
    private func write(
        _ bytes: Span<UInt8>,
        to column: Int,
        row: Int,
        of chunk: ChunkBuffer
    ) throws(DatabaseError) {
        if columnTypes[column] == .varchar {
            do {
                _ = try UTF8Span(validating: bytes)
            } catch {
                throw DatabaseError(.encoding, "Row \(row) of column \(column) of \(table) is not UTF-8.")
            }
        }
        chunk.write(bytes, to: column, row: row)
    }
}

// MARK: - What all columns share

extension RowBatch {
    private func markNulls(in column: Int, where isNull: (Int) -> Bool) {
        for chunk in chunks { chunk.markNulls(in: column, where: isNull) }
    }

    private mutating func claim(_ column: Int, storedIn types: [ColumnType], count: Int) throws(DatabaseError) {
        guard types.contains(columnTypes[column]) else { throw mismatch(column, "text or bytes") }
        claim(column, count: count)
    }

    private mutating func claim(_ column: Int, count: Int) {
        precondition(count == rows, "The batch has \(rows) rows, and column \(column) got \(count) values.")
        precondition(!isSet[column], "Column \(column) is already set.")
        isSet[column] = true
    }

    private func mismatch(_ column: Int, _ given: String) -> DatabaseError {
        DatabaseError(.type, "Column \(column) of \(table) is \(columnTypes[column]), and it was given \(given).")
    }
}
