import EventModel
import ProjectStore
import Storage
import TestSupport
import Testing

@Suite("lookup tables in the record") struct LookupTablesTests {
    private func table(_ name: String, _ content: LookupContent, at time: Int64 = 5) -> LookupTable {
        LookupTable(
            name: ExactText(name),
            content: content,
            key: ExactText("sku"),
            property: LookupProperty(.group, ExactText("plan"), groupType: ExactText("org")),
            columns: [ExactText("sku"), ExactText("e\u{301}\0")],
            rows: 3,
            fileName: "a b.csv",
            createdAt: Timestamp(milliseconds: 1),
            changedAt: Timestamp(milliseconds: time)
        )
    }

    @Test("tables and their files are there again, and gone when they are removed or replaced")
    func kept() throws {
        let folder = TemporaryFolder()
        // Three pieces.
        let bytes = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let (first, second): (LookupTable, LookupTable)
        do {
            let record = try ProjectDatabase(folder: folder.url)
            defer { record.close() }
            #expect(try record.lookupTables() == [])
            first = table("é", try record.addLookupContent(bytes))
            try record.setLookupTable(first)
            second = table("e\u{301}", try record.addLookupContent([]))
            try record.setLookupTable(second)
            #expect(first.content.parts == 3 && first.content.number != second.content.number)
        }
        do {
            let record = try ProjectDatabase(folder: folder.url)
            defer { record.close() }
            #expect(try record.lookupTables() == [second, first])
            #expect(try record.bytes(of: first.content) == bytes)
            #expect(try record.bytes(of: second.content) == [])
            let replaced = table("é", try record.addLookupContent([1, 2]), at: 9)
            // Until it is a table's, the old one holds.
            #expect(try record.bytes(of: first.content) == bytes)
            try record.setLookupTable(replaced)
            #expect(try record.lookupTables() == [second, replaced])
            #expect(try record.bytes(of: first.content) == nil)
            #expect(try record.bytes(of: replaced.content) == [1, 2])
            #expect(try record.removeLookupTable(ExactText("é")))
            #expect(try !record.removeLookupTable(ExactText("é")))
            #expect(try record.bytes(of: replaced.content) == nil)
        }
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(try record.lookupTables() == [second])
    }

    @Test("a file that no table came to have goes with the next one")
    func orphans() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        let orphan = try record.addLookupContent([1, 2, 3])
        #expect(try record.bytes(of: orphan) == [1, 2, 3])
        _ = try record.addLookupContent([4])
        #expect(try record.bytes(of: orphan) == nil)
    }
}
