import Compression
public import EventModel
import Foundation
import GRDB
public import Storage
import Synchronization

extension ProjectDatabase {
    public func lookupTables() throws(ProjectRecordError) -> [LookupTable] {
        if let known = knownLookups.withLock({ $0 }) { return known }
        let read = try read { db in
            try Row.fetchAll(db, sql: "SELECT \(LookupTable.storedColumns) FROM lookup_tables").map(LookupTable.init)
        }.sorted { $0.name < $1.name }
        return knownLookups.withLock { known in
            // Whoever came first may have changed them since.
            if let known { return known }
            known = read
            return read
        }
    }

    public func addLookupContent(_ bytes: [UInt8]) throws(ProjectRecordError) -> LookupContent {
        // What a process left that ended in between.
        try write { db in
            try db.execute(sql: "DELETE FROM lookup_parts WHERE content NOT IN (SELECT content FROM lookup_tables)")
        }
        // Its number stands for it also beside those of other projects.
        let number = Int64.random(in: 1...(.max))
        var parts = 0
        // Events must not wait for all of it.
        for start in stride(from: 0, to: bytes.count, by: LookupContent.partSize) {
            let part = Array(bytes[start..<min(bytes.count, start + LookupContent.partSize)])
            let (place, packed) = (parts, Data(Zstd.compress(part)))
            try write { db in
                try db.execute(
                    sql: "INSERT INTO lookup_parts (content, part, bytes) VALUES (?, ?, ?)",
                    arguments: [number, place, packed]
                )
            }
            parts += 1
        }
        return LookupContent(number: number, parts: parts, size: bytes.count)
    }

    public func part(_ number: Int, of content: LookupContent) throws(ProjectRecordError) -> [UInt8]? {
        let packed = try read { db in
            try Data.fetchOne(
                db,
                sql: "SELECT bytes FROM lookup_parts WHERE content = ? AND part = ?",
                arguments: [content.number, number]
            )
        }
        guard let packed else { return nil }
        do {
            return try Zstd.decompress(Array(packed), limit: LookupContent.partSize)
        } catch {
            throw ProjectRecordError(.damaged, "A part of a lookup table cannot be unpacked.")
        }
    }

    public func setLookupTable(_ table: LookupTable) throws(ProjectRecordError) {
        try changeLookups(without: table.name, with: table)
    }

    public func removeLookupTable(_ name: ExactText) throws(ProjectRecordError) -> Bool {
        guard try lookupTables().contains(where: { $0.name == name }) else { return false }
        try changeLookups(without: name, with: nil)
        return true
    }

    private func changeLookups(without name: ExactText, with table: LookupTable?) throws(ProjectRecordError) {
        var tables = try lookupTables().filter { $0.name != name }
        if let table { tables.append(table) }
        tables.sort { $0.name < $1.name }
        try write { db in
            try db.execute(
                sql: "DELETE FROM lookup_tables WHERE name = \(RecordText.argument)",
                arguments: [RecordText(name.string)]
            )
            try table?.write(to: db)
            try db.execute(sql: "DELETE FROM lookup_parts WHERE content NOT IN (SELECT content FROM lookup_tables)")
        }
        let changed = tables
        knownLookups.withLock { $0 = changed }
    }
}

extension LookupContent {
    /// Bytes of a piece of a file.
    fileprivate static let partSize = 1 << 20
}

extension LookupTable {
    fileprivate static let storedColumns =
        (["name", "key", "kind", "property", "group_type", "columns", "file_name"].map(RecordText.column)
        + ["content", "parts", "size", "row_count", "created_at", "changed_at"]).joined(separator: ", ")

    fileprivate init(_ row: Row) {
        self.init(
            name: ExactText(row.text(0)),
            content: LookupContent(number: row[7], parts: row[8], size: row[9]),
            key: ExactText(row.text(1)),
            property: LookupProperty(
                PlannedProperty.Kind(rawValue: row.text(2)) ?? .event,
                ExactText(row.text(3)),
                groupType: row.optionalText(4).map { ExactText($0) }
            ),
            columns: RecordText.list(row.text(5)).map { ExactText($0) },
            rows: row[10],
            fileName: row.text(6),
            createdAt: Timestamp(milliseconds: row[11]),
            changedAt: Timestamp(milliseconds: row[12])
        )
    }

    fileprivate func write(to db: Database) throws {
        let text = RecordText.argument
        try db.execute(
            sql: """
                INSERT INTO lookup_tables (
                    name, key, kind, property, group_type, columns, file_name,
                    content, parts, size, row_count, created_at, changed_at
                ) VALUES (\(text), \(text), \(text), \(text), \(text), \(text), \(text), ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                RecordText(name.string), RecordText(key.string), RecordText(property.kind.rawValue),
                RecordText(property.name.string), property.groupType.map { RecordText($0.string) },
                RecordText(list: columns.map(\.string)), RecordText(fileName), content.number, content.parts,
                content.size, rows, createdAt.milliseconds, changedAt.milliseconds,
            ]
        )
    }
}
