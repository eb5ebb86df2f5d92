import ColumnEngine
public import EventModel
public import QueryModel
public import Storage

/// A lookup table, as questions know it: its columns are properties of whatever has the one that it says more of.
/// Source: Documentation/lookups.md J4.
public struct Lookup: Sendable {
    public var name: ExactText
    /// The property of whose values it says more.
    public var base: PropertyReference
    /// All columns, that of the values among them.
    public var columns: [ExactText]
    public var key: ExactText
    public var rows: @Sendable () async throws -> LookupRows

    public init(
        name: ExactText,
        base: PropertyReference,
        columns: [ExactText],
        key: ExactText,
        rows: @escaping @Sendable () async throws -> LookupRows
    ) {
        self.name = name
        self.base = base
        self.columns = columns
        self.key = key
        self.rows = rows
    }

    /// The column that a question means by a property; `nil` if none.
    fileprivate func column(of property: PropertyReference) -> Int? {
        let name: ExactText
        switch (property, base) {
        case (.event(let own), .event): name = own
        case (.user(let own), .user), (.user(let own), .builtIn): name = own
        default: return nil
        }
        return columns.indices.first { place in
            columns[place] != key && (columns[place] == name || qualified(columns[place]) == name)
        }
    }

    /// A column's name that is no other table's.
    fileprivate func qualified(_ column: ExactText) -> ExactText { ExactText("\(name.string).\(column.string)") }
}

extension QueryContext {
    /// The table and the column that a property is; `nil` if it is none.
    fileprivate func column(of property: PropertyReference) throws(QueryError) -> (lookup: Lookup, column: Int)? {
        let found = lookups.compactMap { lookup in lookup.column(of: property).map { (lookup: lookup, column: $0) } }
        guard found.count > 1 else { return found.first }
        throw .unknownProperty(
            found[0].lookup.columns[found[0].column].string,
            nearest: found.map { $0.lookup.qualified($0.lookup.columns[$0.column]).string }
        )
    }

    /// Whether any of these properties may be a column of a table, which may be exchanged at any time.
    func mayLookUp(_ properties: Set<PropertyReference>) -> Bool {
        properties.contains { property in lookups.contains { $0.column(of: property) != nil } }
    }

    /// The property itself or, if it is either the users' or the events', the one of the two that there is.
    func resolved(_ property: PropertyReference, _ names: KnownNames) throws(QueryError) -> PropertyReference {
        guard case .userOrEvent(let name) = property, !names.knows(property) else {
            return try names.resolved(property)
        }
        for own in [PropertyReference.user(name), .event(name)] {
            if try column(of: own) != nil { return own }
        }
        return try names.resolved(property)
    }

    /// Those of some properties that were never received and are columns of tables, with the tables' rows.
    func joins(of properties: some Sequence<PropertyReference>, _ names: KnownNames) async throws(QueryError) -> [Join]
    {
        var joins: [Join] = []
        if lookups.isEmpty { return joins }
        for property in properties where !names.knows(property) {
            guard let (lookup, column) = try column(of: property) else { continue }
            do {
                joins.append(Join(property: property, base: lookup.base, column: column, rows: try await lookup.rows()))
            } catch {
                throw .unavailable(detail: "\(error)")
            }
        }
        return joins
    }
}

/// A property that is a column of a table.
struct Join: Sendable {
    var property: PropertyReference
    var base: PropertyReference
    var column: Int
    var rows: LookupRows

    func joined(in view: ColumnView) throws -> JoinedColumn {
        try JoinedColumn(property, from: base, in: view) { rows.value(of: $0, column) }
    }
}

extension KnownNames {
    /// Whether such a property was ever received.
    func knows(_ property: PropertyReference) -> Bool {
        switch property {
        case .event(let name): properties.contains(PropertyName(.event, name.string))
        case .user(let name): properties.contains(PropertyName(.user, name.string))
        case .userOrEvent(let name): knows(.user(name)) || knows(.event(name))
        case .builtIn, .context, .eventType, .revenue: true
        }
    }
}
