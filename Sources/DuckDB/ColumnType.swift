internal import CDuckDB

/// The type of a column, as far as this module tells types apart.
public enum ColumnType: Hashable, Sendable {
    case bool
    case int8, int16, int32, int64, int128
    case uint8, uint16, uint32, uint64, uint128
    case float, double
    case varchar, blob
    /// 128 bits, the first of them flipped, so that signed numbers are in the texts' order.
    case uuid
    /// Days since 1970-01-01.
    case date
    /// Microseconds since midnight.
    case time
    /// Microseconds since 1970-01-01, unless the name says otherwise.
    case timestamp, timestampWithTimeZone, timestampSeconds, timestampMilliseconds, timestampNanoseconds
    /// Nested, decimal and other types: cast them in SQL to read them.
    case other
}

extension ColumnType {
    init(_ type: duckdb_type) {
        self =
            switch type {
            case DUCKDB_TYPE_BOOLEAN: .bool
            case DUCKDB_TYPE_TINYINT: .int8
            case DUCKDB_TYPE_SMALLINT: .int16
            case DUCKDB_TYPE_INTEGER: .int32
            case DUCKDB_TYPE_BIGINT: .int64
            case DUCKDB_TYPE_HUGEINT: .int128
            case DUCKDB_TYPE_UTINYINT: .uint8
            case DUCKDB_TYPE_USMALLINT: .uint16
            case DUCKDB_TYPE_UINTEGER: .uint32
            case DUCKDB_TYPE_UBIGINT: .uint64
            case DUCKDB_TYPE_UHUGEINT: .uint128
            case DUCKDB_TYPE_FLOAT: .float
            case DUCKDB_TYPE_DOUBLE: .double
            case DUCKDB_TYPE_VARCHAR: .varchar
            case DUCKDB_TYPE_BLOB: .blob
            case DUCKDB_TYPE_UUID: .uuid
            case DUCKDB_TYPE_DATE: .date
            case DUCKDB_TYPE_TIME: .time
            case DUCKDB_TYPE_TIMESTAMP: .timestamp
            case DUCKDB_TYPE_TIMESTAMP_TZ: .timestampWithTimeZone
            case DUCKDB_TYPE_TIMESTAMP_S: .timestampSeconds
            case DUCKDB_TYPE_TIMESTAMP_MS: .timestampMilliseconds
            case DUCKDB_TYPE_TIMESTAMP_NS: .timestampNanoseconds
            default: .other
            }
    }
}
