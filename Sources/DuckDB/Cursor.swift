internal import CDuckDB

/// The answer of a query, chunk by chunk as it is wanted: for answers that are read side by side. The connection is
/// used for nothing else until the cursor is gone.
@safe public final class Cursor {
    private let statement: Statement
    private var result: duckdb_result  // Safe: filled by `init`, freed by `deinit`; no copy of it leaves this file.

    public init(_ sql: String, _ parameters: [Parameter] = [], on connection: Connection) throws(DatabaseError) {
        statement = try connection.prepare(sql)
        unsafe result = unsafe duckdb_result()
        try unsafe statement.start(parameters, into: &result)
    }

    deinit {
        unsafe duckdb_destroy_result(&result)
    }

    /// `nil` after the last one.
    ///
    /// - Throws: `.sql`, `.interrupted` or `.outOfMemory`, also in the middle of an answer.
    public func next() throws(DatabaseError) -> Chunk? {
        if let chunk = unsafe duckdb_fetch_chunk(result) {
            // Safe: a fetched chunk is ours.
            return unsafe Chunk(owning: chunk)
        }
        if let message = unsafe duckdb_result_error(&result), unsafe message.pointee != 0 {
            throw unsafe DatabaseError(&result)
        }
        return nil
    }
}
