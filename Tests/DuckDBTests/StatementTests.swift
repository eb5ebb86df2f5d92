import DuckDB
import Testing

@Suite("Statement")
struct StatementTests {
    private let connection: Connection

    init() throws {
        connection = try Connection(Database(.memory))
        try connection.execute("create table t(id bigint, name varchar)")
    }

    @Test(
        "what a statement does is known before it runs",
        arguments: [
            ("select 1", Statement.Kind.select),
            ("with a as (select 1) from a", .select),
            ("values (1)", .select),
            ("explain select 1", .explain),
            ("insert into t values (1, 'a')", .change),
            ("delete from t", .change),
            ("create table u(id bigint)", .other),
            ("copy t to '/tmp/never-written.csv'", .other),
            ("set threads = 1", .other),
            ("rollback", .other),
        ]
    )
    func kind(sql: String, kind: Statement.Kind) throws {
        #expect(try connection.prepare(sql).kind == kind)
        #expect(try connection.scalar("select count(*) from t") == Int64(0))
    }

    @Test("two statements are refused, and neither runs")
    func onlyOne() throws {
        let sql = "insert into t values (1, 'a'); select 1"
        #expect(throws: DatabaseError.self) { _ = try connection.prepare(sql).kind }
        #expect(try connection.scalar("select count(*) from t") == Int64(0))
    }

    @Test("the answer's columns are known before it runs")
    func columns() throws {
        let statement = try connection.prepare("select id, name as label, id > ? as late, [id] as list from t")
        #expect(statement.columns.map(\.name) == ["id", "label", "late", "list"])
        #expect(statement.columns.map(\.type) == [.int64, .varchar, .bool, .other])
        #expect(statement.parameterCount == 1)
    }

    @Test("a statement runs again with other parameters, and counts the rows it changed")
    func again() throws {
        let insert = try connection.prepare("insert into t select range, ? from range(?)")
        #expect(try insert.execute(["a", 3]) == 3)
        #expect(try insert.execute(["b", 5]) == 5)
        #expect(try connection.execute("delete from t where name = ?", ["a"]) == 3)
        #expect(try connection.scalar("select count(*) from t where name = 'b'") == Int64(5))
    }
}
