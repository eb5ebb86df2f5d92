import DuckDB
import Foundation
import TestSupport
import Testing

@Suite("Database")
struct DatabaseTests {
    @Test("a file keeps its rows")
    func file() throws {
        let folder = try TemporaryFolder().made()
        let location = Database.Location.file(folder.url.appending(path: "events.duckdb").path)
        do {
            let connection = try Connection(Database(location))
            try connection.execute("create table t as select range as id from range(5000)")
        }
        let connection = try Connection(Database(location, options: ["access_mode": "READ_ONLY"]))
        #expect(try connection.scalar("select sum(id)::bigint from t") == Int64(12_497_500))
        #expect(throws: DatabaseError.self) { try connection.execute("drop table t") }
    }

    @Test("a file that cannot be opened, or an option that there is not, is an error")
    func refused() {
        let missing = #expect(throws: DatabaseError.self) { _ = try Database(.file("/nowhere/events.duckdb")) }
        #expect(missing?.code == .open)
        #expect(missing?.message.contains("/nowhere/events.duckdb") == true)
        let option = #expect(throws: DatabaseError.self) { _ = try Database(.memory, options: ["speed": "high"]) }
        #expect(option?.code == .open)
        #expect(option?.message.contains("speed") == true)
    }

    @Test("memory has a limit, if one is set")
    func memoryLimit() throws {
        let options = ["memory_limit": "20MB", "max_temp_directory_size": "0MB", "threads": "1"]
        let connection = try Connection(Database(.memory, options: options))
        let error = #expect(throws: DatabaseError.self) {
            try connection.execute("select count(distinct md5(range::varchar)) from range(3000000)")
        }
        #expect(error?.code == .outOfMemory)
    }
}
