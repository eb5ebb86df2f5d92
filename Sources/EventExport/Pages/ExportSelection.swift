public import EventModel
public import QueryModel

/// Which events an export in the order of arrival has. Source: Documentation/data.md D5.
public struct ExportSelection: Hashable, Sendable {
    public static let all = ExportSelection()

    /// Of the events; `nil` for any.
    public var times: Range<Timestamp>?
    /// `nil` for all.
    public var types: Set<ExactText>?
    /// All must hold.
    public var conditions: [PropertyFilter]

    public init(times: Range<Timestamp>? = nil, types: Set<ExactText>? = nil, conditions: [PropertyFilter] = []) {
        self.times = times
        self.types = types
        self.conditions = conditions
    }
}
