import DuckDB
import Testing

@Suite("Rows appended and read back")
struct AppenderTests {
    private let connection: Connection

    init() throws {
        connection = try Connection(Database(.memory))
    }

    @Test("values of any width survive", arguments: [0, 1, 2047, 2048, 2049, 10_000])
    func roundTrip(rows: Int) throws {
        try connection.execute("create table t(id bigint, amount double, flag bool, day date, name varchar, data blob)")
        let ids = (0..<rows).map { Int64($0) }
        let amounts = (0..<rows).map { $0 % 7 == 0 ? nil : Double($0) / 2 }
        let flags = (0..<rows).map { $0 % 3 == 0 }
        let isKnown = (0..<rows).map { $0 % 5 != 0 }
        // 0 to 29 bytes: up to 12 lie in the column, longer ones elsewhere.
        let names = (0..<rows).map { $0 % 11 == 0 ? nil : String(repeating: "ä", count: $0 % 15) }
        let blobs = (0..<rows).map { $0 % 13 == 0 ? nil : ArraySlice(repeating: UInt8(0xFF), count: $0 % 30) }

        let appender = try Appender(connection, table: "t")
        var batch = appender.batch(rows: rows)
        try batch.set(0, ids)
        try batch.set(1, amounts)
        try batch.set(2, flags)
        try batch.set(3, (0..<rows).map { Int32($0) }, isValid: isKnown)
        try batch.set(4, names)
        try batch.set(5, bytes: blobs)
        try appender.append(batch)
        try appender.finish()

        var row = 0
        try connection.query("select * from t") { chunk in
            for index in 0..<chunk.count {
                #expect(chunk.value(0, index) == ids[row])
                #expect(chunk.value(1, index) == amounts[row])
                #expect(chunk.value(2, index) == flags[row])
                #expect(chunk.value(3, index) == (isKnown[row] ? Int32(row) : nil))
                #expect(chunk.string(4, index) == names[row])
                #expect(chunk.withStrings(5) { $0.withBytes(index) { $0?.count } } == blobs[row]?.count)
                row += 1
            }
            return true
        }
        #expect(row == rows)
    }

    @Test("texts given as one run of bytes")
    func concatenated() throws {
        try connection.execute("create table t(name varchar)")
        let appender = try Appender(connection, table: "t")
        var batch = appender.batch(rows: 4)
        try batch.set(0, bytes: Array("pagea rather long name".utf8), ends: [4, 4, 22, 22])
        try appender.append(batch)
        try appender.finish()
        #expect(try connection.scalar("select string_agg(name, '|') from t") == "page||a rather long name|")
    }

    @Test("a column that is not set is NULL")
    func unsetColumn() throws {
        try connection.execute("create table t(a bigint, b varchar)")
        let appender = try Appender(connection, table: "t")
        var batch = appender.batch(rows: 3000)
        try batch.set(0, [Int64](repeating: 1, count: 3000))
        try appender.append(batch)
        try appender.finish()
        #expect(try connection.scalar("select count(*) from t where a = 1 and b is null") == Int64(3000))
    }

    @Test("bytes that are not UTF-8 are refused as text")
    func invalidText() throws {
        try connection.execute("create table t(name varchar)")
        let appender = try Appender(connection, table: "t")
        var batch = appender.batch(rows: 2)
        do throws(DatabaseError) {
            try batch.set(0, bytes: [[0x61], [0xC3, 0x28]])
            Issue.record("The bytes were taken.")
        } catch {
            #expect(error == DatabaseError(.encoding, "Row 1 of column 0 of t is not UTF-8."))
        }
    }

    @Test("a column of another type is refused")
    func wrongType() throws {
        try connection.execute("create table t(id bigint, name varchar)")
        let appender = try Appender(connection, table: "t")
        var batch = appender.batch(rows: 1)
        do throws(DatabaseError) {
            try batch.set(0, [Int32(1)])
            Issue.record("The column was taken.")
        } catch {
            #expect(error == DatabaseError(.type, "Column 0 of t is int64, and it was given Int32."))
        }
        #expect(appender.columnTypes == [.int64, .varchar])
    }

    @Test("an appender that is not finished leaves nothing behind")
    func unfinished() throws {
        try connection.execute("create table t(id bigint)")
        func appendWithoutFinish() throws {
            let appender = try Appender(connection, table: "t")
            var batch = appender.batch(rows: 1)
            try batch.set(0, [Int64(1)])
            try appender.append(batch)
        }
        try appendWithoutFinish()
        #expect(try connection.scalar("select count(*) from t") == Int64(0))
    }

    @Test("a broken constraint is reported by finish")
    func constraint() throws {
        try connection.execute("create table t(id bigint not null)")
        func appendNull() throws(DatabaseError) {
            let appender = try Appender(connection, table: "t")
            let batch = appender.batch(rows: 1)
            try appender.append(batch)
            try appender.finish()
        }
        let error = #expect(throws: DatabaseError.self) { try appendNull() }
        #expect(error?.code == .sql)
        #expect(error?.message.contains("NOT NULL") == true)
        #expect(try connection.scalar("select count(*) from t") == Int64(0))
    }

    @Test("a table that is not there is an error")
    func noTable() throws {
        let error = #expect(throws: DatabaseError.self) { _ = try Appender(connection, table: "nowhere") }
        #expect(error?.message.contains("nowhere") == true)
    }
}
