import EventModel
import HTTPEdge
import QueryModel
import Storage

// What is done to lookup tables, one thing at a time. Source: Documentation/lookups.md J1 to J3.

extension ProjectRecord {
    private static var mostTables: Int { 100 }

    func lookupTable(_ name: ExactText) throws -> LookupTable {
        guard let table = try lookupTables().first(where: { $0.name == name }) else {
            throw LookupProblem(.missing, "There is no lookup table \(name.string).", field: "name")
        }
        return table
    }

    /// - Parameter property: whose values the table says more of; `nil` for the one that is called like the key's column.
    func makeLookupTable(
        _ name: String,
        key: String?,
        of property: LookupProperty?,
        _ file: SentLookup.File?,
        at now: Timestamp
    ) throws -> LookupTable {
        try SentLookup.check(name: name)
        let tables = try lookupTables()
        guard !tables.contains(where: { $0.name == ExactText(name) }) else {
            throw LookupProblem(.exists, "There is a lookup table \(name) already; PUT replaces it.", field: "name")
        }
        guard tables.count < Self.mostTables else {
            throw LookupProblem(.input, "A project may have \(Self.mostTables) lookup tables.")
        }
        guard let file else {
            throw LookupProblem(.fileCount, "There must be a file, as CSV: file=@products.csv", field: "file")
        }
        let rows = try LookupRows(csv: file.bytes, key: key)
        let column = ExactText(rows.headers[rows.key])
        let table = LookupTable(
            name: ExactText(name),
            content: LookupContent(number: 0, parts: 0, size: 0),
            key: column,
            property: try checked(property ?? self.property(named: column)),
            columns: [],
            rows: 0,
            fileName: "",
            createdAt: now,
            changedAt: now
        )
        return try save(table, rows, file.bytes, file.name)
    }

    /// - Parameter merges: whether rows are added to those that are there, or take their place.
    func changeLookupTable(
        _ name: ExactText,
        _ sent: SentLookup,
        merges: Bool,
        at now: Timestamp
    ) throws -> LookupTable {
        var table = try lookupTable(name)
        guard sent.file != nil || sent.property != nil else {
            throw LookupProblem(.input, "There must be a file or a property: file=@products.csv", field: "file")
        }
        if let property = sent.property { table.property = try checked(property) }
        table.changedAt = now
        guard let file = sent.file else {
            try setLookupTable(table)
            return table
        }
        let key = merges ? table.key.string : sent.key ?? table.key.string
        var (rows, bytes) = (try LookupRows(csv: file.bytes, key: key), file.bytes)
        if merges, let before = try self.bytes(of: table.content) {
            bytes = try LookupRows(csv: before, key: table.key.string).merged(with: rows)
            rows = try LookupRows(csv: bytes, key: table.key.string)
        }
        table.key = ExactText(key)
        return try save(table, rows, bytes, file.name)
    }

    private func save(
        _ table: LookupTable,
        _ rows: LookupRows,
        _ bytes: [UInt8],
        _ fileName: String
    ) throws -> LookupTable {
        var table = table
        table.content = try addLookupContent(bytes)
        table.columns = rows.headers.map { ExactText($0) }
        table.rows = rows.count
        table.fileName = fileName
        try setLookupTable(table)
        return table
    }

    /// The events' property of that name or, if only users have one, the users'.
    private func property(named name: ExactText) throws -> LookupProperty {
        let known = try propertyNames()
        let isUsers =
            known.contains(PropertyName(.user, name.string)) || BuiltInProperty(requestName: name.string) != nil
        return LookupProperty(isUsers && !known.contains(PropertyName(.event, name.string)) ? .user : .event, name)
    }

    private func checked(_ property: LookupProperty) throws -> LookupProperty {
        let name = property.name.string
        let isKnown =
            switch property.kind {
            case .event: try propertyNames().contains(PropertyName(.event, name))
            case .user:
                try BuiltInProperty(requestName: name) != nil || propertyNames().contains(PropertyName(.user, name))
            // Nobody notes which there are.
            case .group: true
            }
        guard isKnown else {
            throw LookupProblem(
                .keyProperty,
                "No \(property.kind.rawValue) property \"\(name)\" was ever received.",
                field: "property"
            )
        }
        return property
    }
}
