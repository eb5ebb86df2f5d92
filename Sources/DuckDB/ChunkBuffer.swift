internal import CDuckDB

/// A chunk being filled: memory of DuckDB's for a stretch of a batch's rows.
@safe final class ChunkBuffer {
    let handle: duckdb_data_chunk  // Safe: set for life by `init`, destroyed by `deinit`.
    /// The batch's rows that this chunk takes.
    let rows: Range<Int>

    /// How many rows a chunk holds at most: 2,048, unless DuckDB was built otherwise.
    static var capacity: Int { Int(duckdb_vector_size()) }

    /// - Precondition: `rows` has at most `capacity` rows.
    @unsafe init(types: [duckdb_logical_type?], rows: Range<Int>) {
        var types = unsafe types
        // Safe: DuckDB copies the types. It makes no chunk only for types that no table can have.
        unsafe handle = duckdb_create_data_chunk(&types, idx_t(types.count))!
        unsafe duckdb_data_chunk_set_size(handle, idx_t(rows.count))
        self.rows = rows
    }

    deinit {
        var handle: duckdb_data_chunk? = unsafe handle
        unsafe duckdb_destroy_data_chunk(&handle)
    }

    /// Copies the chunk's rows out of `values`, which has a value for each row of the batch.
    ///
    /// - Precondition: the column's type is stored as `Value`.
    func write<Value: FixedWidthValue>(_ values: Span<Value>, to column: Int) {
        let values = values.extracting(rows)
        unsafe values.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            // Safe: the vector has room for `capacity` values of this type, and `source` is no longer than that.
            let target = unsafe duckdb_vector_get_data(vector(column))!.assumingMemoryBound(to: Value.self)
            unsafe target.update(from: start, count: source.count)
        }
    }

    /// Copies one row's bytes.
    ///
    /// - Parameter row: counted in the batch, and one of `rows`.
    /// - Precondition: the column is BLOB, or it is VARCHAR and the bytes are UTF-8.
    func write(_ bytes: Span<UInt8>, to column: Int, row: Int) {
        precondition(rows.contains(row))
        unsafe bytes.withUnsafeBytes { bytes in
            // Safe: DuckDB copies the bytes. An empty span may have no address, and DuckDB wants one.
            unsafe withUnsafePointer(to: 0 as CChar) { empty in
                let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? empty
                unsafe duckdb_unsafe_vector_assign_string_element_len(
                    vector(column),
                    idx_t(row - rows.lowerBound),
                    start,
                    idx_t(bytes.count)
                )
            }
        }
    }

    /// Copies all rows' texts out of `bytes`.
    ///
    /// - Parameter range: where a row's text lies, by the row in the batch; nil is NULL.
    /// - Precondition: the column is VARCHAR, and `bytes` is UTF-8 at each range.
    func write(utf8 bytes: Span<UInt8>, to column: Int, _ range: (Int) -> Range<Int>?) {
        let vector = unsafe vector(column)
        var validity: UnsafeMutablePointer<UInt64>?
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe withUnsafePointer(to: 0 as CChar) { empty in
                for row in rows {
                    let place = row - rows.lowerBound
                    guard let range = range(row) else {
                        if unsafe validity == nil {
                            unsafe duckdb_vector_ensure_validity_writable(vector)
                            unsafe validity = duckdb_vector_get_validity(vector)
                        }
                        // Safe: there is a validity now, and it has a bit for each of `capacity` rows.
                        unsafe validity![place >> 6] &= ~(1 << UInt64(place & 63))
                        continue
                    }
                    // Safe: the rebasing checks the range, and DuckDB copies the bytes; it wants an address for none.
                    let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
                    unsafe duckdb_unsafe_vector_assign_string_element_len(
                        vector,
                        idx_t(place),
                        text.baseAddress?.assumingMemoryBound(to: CChar.self) ?? empty,
                        idx_t(text.count)
                    )
                }
            }
        }
    }

    func markAllNull(in column: Int) {
        let vector = unsafe vector(column)
        unsafe duckdb_vector_ensure_validity_writable(vector)
        // Safe: there is a validity now, and it has a bit for each of `capacity` rows.
        let words = unsafe duckdb_vector_get_validity(vector)!
        for word in 0..<(rows.count + 63) / 64 { unsafe words[word] = 0 }
    }

    /// Makes rows NULL.
    ///
    /// - Parameter isNull: takes a row counted in the batch.
    func markNulls(in column: Int, where isNull: (Int) -> Bool) {
        let vector = unsafe vector(column)
        unsafe duckdb_vector_ensure_validity_writable(vector)
        // Safe: there is a validity now, and it has a bit for each of `capacity` rows.
        let words = unsafe duckdb_vector_get_validity(vector)!
        for row in rows where isNull(row) {
            let bit = row - rows.lowerBound
            unsafe words[bit >> 6] &= ~(1 << UInt64(bit & 63))
        }
    }

    private func vector(_ column: Int) -> duckdb_vector {
        unsafe duckdb_data_chunk_get_vector(handle, idx_t(column))
    }
}
