public import EventModel

/// Which events a query is about, and by what it splits them.
public struct EventSelector: Hashable, Sendable {
    public enum EventType: Hashable, Sendable {
        case named(ExactText)
        /// `_active`: any event of a type that makes its user active.
        case anyActive
        /// `_all`: any event.
        case any
    }

    public var type: EventType
    /// All must pass.
    public var filters: [PropertyFilter]
    public var groupBy: PropertyReference?

    public init(type: EventType, filters: [PropertyFilter] = [], groupBy: PropertyReference? = nil) {
        self.type = type
        self.filters = filters
        self.groupBy = groupBy
    }
}
