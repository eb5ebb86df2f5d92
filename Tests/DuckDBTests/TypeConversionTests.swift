import DuckDB
import Testing

/// Each type's least value, greatest value and NULL, as DuckDB's `test_all_types()` gives them.
@Suite("Types read from columns")
struct TypeConversionTests {
    private let connection: Connection

    init() throws {
        connection = try Connection(Database(.memory))
    }

    @Test func booleans() throws { try expect("bool", [false, true, nil]) }
    @Test func signedIntegers() throws {
        try expect("tinyint", [Int8.min, .max, nil])
        try expect("smallint", [Int16.min, .max, nil])
        try expect("int", [Int32.min, .max, nil])
        try expect("bigint", [Int64.min, .max, nil])
        try expect("hugeint", [Int128.min, .max, nil])
    }

    @Test func unsignedIntegers() throws {
        try expect("utinyint", [UInt8.min, .max, nil])
        try expect("usmallint", [UInt16.min, .max, nil])
        try expect("uint", [UInt32.min, .max, nil])
        try expect("ubigint", [UInt64.min, .max, nil])
        try expect("uhugeint", [UInt128.min, .max, nil])
    }

    @Test func floatingPoint() throws {
        try expect("float", [-Float.greatestFiniteMagnitude, .greatestFiniteMagnitude, nil])
        try expect("double", [-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude, nil])
    }

    @Test("dates are days since 1970")
    func dates() throws { try expect("date", [Int32.min + 2, .max - 1, nil]) }

    @Test("times are counted in the unit of their type")
    func times() throws {
        try expect("time", [Int64(0), 24 * 3_600_000_000, nil])
        try expect("timestamp", [Int64(-9_223_372_022_400_000_000), .max - 1, nil])
        try expect("timestamp_tz", [Int64(-9_223_372_022_400_000_000), .max - 1, nil])
        try expect("timestamp_s", [Int64(-9_223_372_022_400), 9_223_372_036_854, nil])
        try expect("timestamp_ms", [Int64(-9_223_372_022_400_000), 9_223_372_036_854_775, nil])
        try expect("timestamp_ns", [Int64(-9_223_286_400_000_000_000), .max - 1, nil])
    }

    @Test("a zero byte is part of a text")
    func texts() throws {
        var texts: [String?] = []
        try connection.query("select varchar from test_all_types()") { chunk in
            texts += (0..<chunk.count).map { chunk.string(0, $0) }
            return true
        }
        #expect(texts == ["🦆🦆🦆🦆🦆🦆", "goo\0se", nil])
    }

    @Test func blobs() throws {
        var blobs: [[UInt8]?] = []
        try connection.query("select blob from test_all_types()") { chunk in
            #expect(chunk.type(of: 0) == .blob)
            chunk.withStrings(0) { column in
                for row in 0..<column.count {
                    column.withBytes(row) { bytes in
                        guard let bytes else { return blobs.append(nil) }
                        blobs.append(bytes.indices.map { bytes[$0] })
                    }
                }
            }
            return true
        }
        #expect(blobs == [Array("thisisalongblob\0withnullbytes".utf8), [0, 0, 0, 0x61], nil])
    }

    @Test("types without a Swift form are told apart from the others, and can still be NULL")
    func otherTypes() throws {
        try connection.query("select int_array, dec_9_4, interval from test_all_types()") { chunk in
            for column in 0..<chunk.columnCount {
                #expect(chunk.type(of: column) == .other)
                #expect((0..<chunk.count).map { chunk.isNull(column, $0) } == [false, false, true])
            }
            return true
        }
    }

    /// Compares a column of `test_all_types()`, read as a whole and value by value.
    private func expect<Value: FixedWidthValue & Equatable>(
        _ name: String,
        _ expected: [Value?],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var values: [Value?] = []
        try connection.query("select \"\(name)\" from test_all_types()") { chunk in
            chunk.withNullableColumn(0) { (column: Span<Value>, validity) in
                for row in column.indices { values.append(validity.isValid(row) ? column[row] : nil) }
            }
            #expect(values == (0..<chunk.count).map { chunk.value(0, $0) }, sourceLocation: sourceLocation)
            return true
        }
        #expect(values == expected, sourceLocation: sourceLocation)
    }
}
