import DuckDB
import Foundation
import Testing

@Suite("Connection")
struct ConnectionTests {
    private let database: Database
    private let connection: Connection

    init() throws {
        database = try Database(.memory, options: ["threads": "2"])
        connection = try Connection(database)
    }

    @Test("all rows of a stream arrive, and a false return ends it early")
    func streaming() throws {
        var rows = 0
        try connection.query("select range from range(1000000)") { chunk in
            rows += chunk.count
            return true
        }
        #expect(rows == 1_000_000)

        var chunks = 0
        try connection.query("select range from range(1000000)") { _ in
            chunks += 1
            return chunks < 3
        }
        #expect(chunks == 3)
        #expect(try connection.scalar("select 42") == Int32(42))
    }

    @Test("an error in the middle of a stream is not taken for its end")
    func errorInStream() throws {
        let sql = "select case when range = 50000 then error('too far') else range end from range(1000000)"
        var rows = 0
        let error = #expect(throws: DatabaseError.self) {
            try connection.query(sql) { chunk in
                rows += chunk.count
                return true
            }
        }
        #expect(error?.code == .sql)
        #expect(error?.message.contains("too far") == true)
        #expect(rows < 1_000_000)
    }

    @Test("what the body throws ends the query and is passed on")
    func errorInBody() throws {
        let mine = DatabaseError(.type, "enough")
        let error = #expect(throws: DatabaseError.self) {
            try connection.query("select range from range(1000000)") { _ throws(DatabaseError) in throw mine }
        }
        #expect(error == mine)
    }

    @Test("interrupt ends a running statement, and the connection stays usable", arguments: [false, true])
    func interrupt(streaming: Bool) throws {
        let product = "range(100000) a, range(1000000) b"
        let stop = Thread { [connection] in
            Thread.sleep(forTimeInterval: 0.1)
            connection.interrupt()
        }
        stop.start()
        let error = #expect(throws: DatabaseError.self) {
            if streaming {
                try connection.query("select a.range * b.range from \(product)") { _ in true }
            } else {
                try connection.execute("select count(*) from \(product) where a.range * b.range % 7 = 3")
            }
        }
        #expect(error?.code == .interrupted)
        #expect(try connection.scalar("select 1") == Int32(1))
    }

    @Test("invalid SQL is an error that says where", arguments: ["selec 1", "select nothing", "select ?"])
    func invalidSQL(sql: String) {
        #expect(throws: DatabaseError.self) { try connection.query(sql) { _ in true } }
        let error = #expect(throws: DatabaseError.self) { try connection.execute(sql) }
        #expect(error?.code == .sql)
        #expect(error?.message.contains("Error: ") == true)
    }

    @Test("parameters of each kind arrive")
    func parameters() throws {
        let sql = "select concat_ws(' ', ?::bool, ?::bigint, ?::ubigint, ?::double, ?::varchar, ?::blob, ? is null)"
        let parameters: [Parameter] = [
            true, .int(.min), .uint(.max), 0.5, "it's \0 \u{1F986}", .blob([0x61, 0x62]), nil,
        ]
        #expect(
            try connection.scalar(sql, parameters)
                == "true -9223372036854775808 18446744073709551615 0.5 it's \0 \u{1F986} ab true"
        )
        let error = #expect(throws: DatabaseError.self) { try connection.execute("select ?", []) }
        #expect(error?.message == "It has 1 parameters, and 0 were given.")
    }

    @Test("a scalar is nil for no row and for NULL, and must have its type")
    func scalars() throws {
        #expect(try connection.scalar("select 1::bigint where false", as: Int64.self) == nil)
        #expect(try connection.scalar("select null::bigint", as: Int64.self) == nil)
        let error = #expect(throws: DatabaseError.self) { try connection.scalar("select 'a'", as: Int64.self) }
        #expect(error?.code == .type)
    }

    @Test("a reader's transaction keeps its snapshot while another connection commits")
    func snapshot() throws {
        let writer = try Connection(database)
        try writer.execute("create table t(id bigint)")
        let count = "select count(*) from t"
        try connection.transaction { () throws(DatabaseError) in
            let before: Int64? = try connection.scalar(count)
            try writer.execute("insert into t values (1), (2)")
            let during: Int64? = try connection.scalar(count)
            #expect(before == 0)
            #expect(during == 0)
        }
        #expect(try connection.scalar(count) == Int64(2))
    }

    @Test("a transaction that throws is rolled back, and its error is the one reported")
    func rollback() throws {
        try connection.execute("create table t(id bigint)")
        let mine = DatabaseError(.type, "stop")
        let error = #expect(throws: DatabaseError.self) {
            try connection.transaction { () throws(DatabaseError) in
                try connection.execute("insert into t values (1)")
                throw mine
            }
        }
        #expect(error == mine)
        #expect(try connection.scalar("select count(*) from t") == Int64(0))
    }

    @Test("a read-only transaction refuses writes")
    func readOnly() throws {
        try connection.execute("create table t(id bigint)")
        #expect(throws: DatabaseError.self) {
            try connection.transaction(.readOnly) { () throws(DatabaseError) in
                try connection.execute("insert into t values (1)")
            }
        }
        #expect(try connection.transaction { () throws(DatabaseError) in 7 } == 7)
    }
}
