import EventModel
import ProjectStore
import Storage
import TestSupport
import Testing

@testable import HTTPEdge

@Suite("Lookup tables in memory")
struct LookupCacheTests {
    private func add(_ name: String, rows: Int, to record: ProjectDatabase) throws -> LookupTable {
        let csv = Array(("a,b\n" + (0..<rows).map { "\($0),\(name)\n" }.joined()).utf8)
        let table = LookupTable(
            name: ExactText(name),
            content: try record.addLookupContent(csv),
            key: ExactText("a"),
            property: LookupProperty(.event, ExactText("a")),
            columns: [ExactText("a"), ExactText("b")],
            rows: rows,
            fileName: "",
            createdAt: Timestamp(milliseconds: 0),
            changedAt: Timestamp(milliseconds: 0)
        )
        try record.setLookupTable(table)
        return table
    }

    @Test("the same rows are given again, until others need the room; the one that is asked for stays")
    func kept() async throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        let (first, second) = (try add("x", rows: 100, to: record), try add("y", rows: 100, to: record))
        let large = try add("z", rows: 10_000, to: record)
        let cache = LookupCache(capacity: 100_000)
        let rows = try await cache.rows(of: first, in: record)
        #expect(rows.value(of: "7", 1) == "x")
        let others = try await cache.rows(of: second, in: record)
        #expect(try await cache.rows(of: first, in: record) === rows)
        #expect(try await cache.rows(of: second, in: record) === others)
        let most = try await cache.rows(of: large, in: record)
        #expect(most.size > 100_000)
        #expect(try await cache.rows(of: large, in: record) === most)
        #expect(try await cache.rows(of: first, in: record) !== rows)
    }

    @Test("a table that is gone is told, and not taken for an empty one")
    func gone() async throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        let table = try add("x", rows: 3, to: record)
        #expect(try record.removeLookupTable(table.name))
        await #expect(throws: ProjectRecordError.self) {
            try await LookupCache(capacity: 1).rows(of: table, in: record)
        }
    }
}
