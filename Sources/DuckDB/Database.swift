internal import CDuckDB

/// One open database: a file, or memory that goes with the process.
///
/// Keep one per file in a process. DuckDB's file lock holds off other processes only, so a second `Database` on the same
/// path would open, and both would write.
@safe public final class Database: Sendable {
    public enum Location: Hashable, Sendable {
        case memory
        case file(String)
    }

    // Safe: set for life by `init`, and DuckDB lets any thread connect to a database.
    nonisolated(unsafe) let handle: duckdb_database

    /// Opens a database, making the file if there is none.
    ///
    /// - Parameter options: DuckDB's configuration, such as `["threads": "1", "memory_limit": "1GB"]`.
    /// - Throws: `.library` if DuckDB is not there, `.open` if it refuses the file or an option.
    public init(_ location: Location, options: [String: String] = [:]) throws(DatabaseError) {
        try DuckDBLibrary.load()
        var configuration: duckdb_config?
        guard unsafe duckdb_create_config(&configuration) == DuckDBSuccess else {
            throw DatabaseError(.open, "DuckDB gave no configuration.")
        }
        defer { unsafe duckdb_destroy_config(&configuration) }
        for (name, value) in options.sorted(by: { $0.key < $1.key }) {
            guard unsafe duckdb_set_config(configuration, name, value) == DuckDBSuccess else {
                throw DatabaseError(.open, "DuckDB refused the option \(name)=\(value).")
            }
        }
        let path: String? = if case .file(let path) = location { path } else { nil }
        var database: duckdb_database?
        var message: UnsafeMutablePointer<CChar>?
        // Safe: Swift keeps the strings and the places for the results alive during each of these calls.
        guard unsafe duckdb_open_ext(path, &database, configuration, &message) == DuckDBSuccess,
            let database = unsafe database
        else {
            defer { unsafe duckdb_free(message) }
            throw DatabaseError(.open, unsafe String(optionalCString: message))
        }
        unsafe handle = database
    }

    deinit {
        // Safe: every connection holds its database, so none is left.
        var handle: duckdb_database? = unsafe handle
        unsafe duckdb_close(&handle)
    }
}
