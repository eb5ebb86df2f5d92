internal import CDuckDB

/// What DuckDB, or this module on its way to DuckDB, could not do.
public struct DatabaseError: Error, Hashable {
    /// The kind of failure, for code to decide by.
    public enum Code: String, Sendable {
        /// The library is not on this machine, or lacks a function.
        case library
        /// The database file cannot be opened.
        case open
        /// DuckDB refused a statement, or failed while it ran.
        case sql
        /// `Connection.interrupt()` ended the statement.
        case interrupted
        /// The statement needed more memory, or more room to spill, than the database's options allow.
        case outOfMemory
        /// The database refuses everything from now on: it must be closed, and opened again.
        case fatal
        /// What the file holds is not what was written there.
        case corrupt
        /// The column's type is not the Swift type's.
        case type
        /// Bytes given as text are not UTF-8.
        case encoding
    }

    public var code: Code
    /// A sentence for people. DuckDB's own wording, which may quote the statement.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension DatabaseError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(message)" }
}

extension DatabaseError {
    /// The error that a failed result carries.
    init(_ result: inout duckdb_result) {
        let message = unsafe String(optionalCString: duckdb_result_error(&result))
        switch unsafe duckdb_result_error_type(&result) {
        case DUCKDB_ERROR_INTERRUPT: self.init(.interrupted, message)
        case DUCKDB_ERROR_OUT_OF_MEMORY: self.init(.outOfMemory, message)
        case DUCKDB_ERROR_FATAL, DUCKDB_ERROR_INTERNAL: self.init(.fatal, message)
        default: self.init(message)
        }
    }

    /// An error of which there is nothing but DuckDB's wording.
    init(_ message: String) {
        let code: Code =
            if message.contains("Corrupt database file") {
                .corrupt
            } else if ["FATAL Error", "INTERNAL Error"].contains(where: message.hasPrefix)
                || message.contains("database has been invalidated")
            {
                .fatal
            } else if message.hasPrefix("Out of Memory Error") {
                .outOfMemory
            } else {
                .sql
            }
        self.init(code, message)
    }
}

extension String {
    /// DuckDB's message, copied; it is NULL where DuckDB has nothing to say.
    @unsafe init(optionalCString text: UnsafePointer<CChar>?) {
        // Safe: the caller passes a message that DuckDB keeps alive during this call and ended with a zero byte.
        self = unsafe text.map { unsafe String(cString: $0) } ?? "DuckDB gave no reason."
    }
}
