public import EventModel

/// A property in the tracking plan: of events, of people, or of groups.
public struct PlannedProperty: Hashable, Comparable, Sendable {
    /// Raw value: its word on disk.
    public enum Kind: String, CaseIterable, Sendable { case event, user, group }

    public var kind: Kind
    /// The event type, or the type of group, to which alone it belongs; `nil` if it is the same for all, as it is for people.
    public var owner: ExactText?
    public var name: ExactText

    public init(_ kind: Kind, of owner: ExactText? = nil, _ name: ExactText) {
        self.kind = kind
        self.owner = owner
        self.name = name
    }

    /// By name, shared ones first.
    public static func < (lhs: PlannedProperty, rhs: PlannedProperty) -> Bool {
        if lhs.name != rhs.name { return lhs.name < rhs.name }
        guard let right = rhs.owner else { return false }
        guard let left = lhs.owner else { return true }
        return left < right
    }
}

/// What a project says about one property. Source: Documentation/taxonomy.md X10 to X12.
public struct PropertySettings: Equatable, Sendable {
    /// What its values must be. Raw value: its word in requests and on disk.
    public enum ValueType: String, CaseIterable, Sendable { case any, string, number, boolean, `enum` }

    /// Raw value: its word in requests and on disk.
    public enum Classification: String, CaseIterable, Sendable {
        case personal = "PII"
        case sensitive = "SENSITIVE"
        case revenue = "REVENUE"
    }

    public var description: String?
    public var type = ValueType.any
    /// What a text must match; `nil` if any will do.
    public var pattern: String?
    /// What a value must be one of, if the type is `enum`.
    public var values: [String]?
    /// Values are lists.
    public var isList = false
    /// Each event of its type, or each event, must have it.
    public var isRequired = false
    public var isHidden = false
    public var classifications: [Classification] = []
    /// New values are dropped on the way in, until it is restored.
    public var isDeleted = false
    /// New values are dropped on the way in.
    public var isBlocked = false

    public init() {}

    /// New values are not stored.
    public var isDropped: Bool { isDeleted || isBlocked }
}
