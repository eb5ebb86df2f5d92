public import EventModel

/// A table that a project was given, as CSV, to say more of the values of one property: each row of one of them. Its other
/// columns are properties then, of whatever has the first one. Source: Documentation/lookups.md J1 to J3.
public struct LookupTable: Equatable, Sendable {
    public var name: ExactText
    /// Where its rows are; others with every change of them.
    public var content: LookupContent
    /// The column that has the values.
    public var key: ExactText
    /// The property that has them.
    public var property: LookupProperty
    /// All of them, in the file's order.
    public var columns: [ExactText]
    public var rows: Int
    /// What the file was called.
    public var fileName: String
    public var createdAt: Timestamp
    public var changedAt: Timestamp

    public init(
        name: ExactText,
        content: LookupContent,
        key: ExactText,
        property: LookupProperty,
        columns: [ExactText],
        rows: Int,
        fileName: String,
        createdAt: Timestamp,
        changedAt: Timestamp
    ) {
        self.name = name
        self.content = content
        self.key = key
        self.property = property
        self.columns = columns
        self.rows = rows
        self.fileName = fileName
        self.createdAt = createdAt
        self.changedAt = changedAt
    }

    /// The columns that are properties.
    public var derived: [ExactText] { columns.filter { $0 != key } }
}

/// A property of whose values a table says more.
public struct LookupProperty: Hashable, Sendable {
    public var kind: PlannedProperty.Kind
    /// Without `gp:` or `grp:`.
    public var name: ExactText
    /// Of groups alone.
    public var groupType: ExactText?

    public init(_ kind: PlannedProperty.Kind, _ name: ExactText, groupType: ExactText? = nil) {
        self.kind = kind
        self.name = name
        self.groupType = groupType
    }
}

/// A file in the record, in pieces.
public struct LookupContent: Hashable, Sendable {
    /// Given once, and never again while the record is open.
    public var number: Int64
    public var parts: Int
    /// Bytes of the file.
    public var size: Int

    public init(number: Int64, parts: Int, size: Int) {
        self.number = number
        self.parts = parts
        self.size = size
    }
}

/// The part of a project's record that holds lookup tables. Calls block; only one at a time may change something.
public protocol LookupTablesRecord: Sendable {
    /// By name. Read from disk once and replaced with every change, so asking costs no more than a lock.
    func lookupTables() throws(ProjectRecordError) -> [LookupTable]
    /// Puts a file beside; it is some table's once ``setLookupTable(_:)`` says so. Others that are no table's are removed.
    func addLookupContent(_ bytes: [UInt8]) throws(ProjectRecordError) -> LookupContent
    /// A piece of a file; `nil` if it is gone.
    func part(_ number: Int, of content: LookupContent) throws(ProjectRecordError) -> [UInt8]?
    /// Adds a table, or takes the place of the one of its name, whose file is removed. On return that is on disk.
    func setLookupTable(_ table: LookupTable) throws(ProjectRecordError)
    /// - Returns: whether there was one.
    func removeLookupTable(_ name: ExactText) throws(ProjectRecordError) -> Bool
}

extension LookupTablesRecord {
    /// A whole file; `nil` if it is gone.
    public func bytes(of content: LookupContent) throws(ProjectRecordError) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.size)
        for number in 0..<content.parts {
            guard let part = try part(number, of: content) else { return nil }
            bytes += part
        }
        return bytes
    }
}
