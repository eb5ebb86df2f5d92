internal import CDuckDB

/// A value for a `?` in a statement.
public enum Parameter: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case text(String)
    case blob([UInt8])
}

extension Parameter: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .text(value) }
}

extension Parameter {
    /// - Parameter index: counted from 1, as DuckDB does.
    /// - Returns: false if the statement has no such parameter.
    @unsafe func bind(to statement: duckdb_prepared_statement?, at index: idx_t) -> Bool {
        // Safe: the caller passes a live statement, and DuckDB copies text and bytes before it returns.
        let state =
            switch self {
            case .null: unsafe duckdb_bind_null(statement, index)
            case .bool(let value): unsafe duckdb_bind_boolean(statement, index, value)
            case .int(let value): unsafe duckdb_bind_int64(statement, index, value)
            case .uint(let value): unsafe duckdb_bind_uint64(statement, index, value)
            case .double(let value): unsafe duckdb_bind_double(statement, index, value)
            case .text(let value):
                unsafe duckdb_bind_varchar_length(statement, index, value, idx_t(value.utf8.count))
            case .blob(let value): unsafe duckdb_bind_blob(statement, index, value, idx_t(value.count))
            }
        return state == DuckDBSuccess
    }
}
