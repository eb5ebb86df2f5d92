public import EventModel

/// Which events a query is about, and by what it splits them. Source: Documentation/counting.md C15, C20.
public struct EventSelector: Hashable, Sendable {
    public enum EventType: Hashable, Sendable {
        case named(ExactText)
        /// Any event of a type that makes its user active.
        case anyActive
        case any
        /// Anything that was received, identifies included.
        case anyRow
        /// Each person's first event ever.
        case firstEver
        /// Any event with a revenue.
        case revenue(RevenueKind)
        /// Any of several events, saved under a name.
        case custom(ExactText)
    }

    /// Nothing is verified with a shop here, so no event has a verified revenue. Source: Documentation/revenue.md M3.
    ///
    /// Raw value: its name in a question's document.
    public enum RevenueKind: String, CaseIterable, Hashable, Sendable { case any, verified, unverified }

    public var type: EventType
    /// All must pass.
    public var filters: [PropertyFilter]
    /// At most two.
    public var groupBy: [PropertyReference]
    /// Which time it must be that the person does it, 1 to 5, of those times that have passed since a year before the range;
    /// `nil` if any. Source: Documentation/asking.md Q11.
    public var nth: Int?

    public init(
        type: EventType,
        filters: [PropertyFilter] = [],
        groupBy: [PropertyReference] = [],
        nth: Int? = nil
    ) {
        self.type = type
        self.filters = filters
        self.groupBy = groupBy
        self.nth = nth
    }

    public static let nthTimes = 1...5
}

/// A custom event: whatever any of its parts selects. Source: Documentation/taxonomy.md X9.
public struct CustomEvent: Hashable, Sendable {
    public var name: String
    /// At least one; none of them is a custom event itself.
    public var parts: [EventSelector]

    public init(name: String, parts: [EventSelector]) {
        self.name = name
        self.parts = parts
    }
}
