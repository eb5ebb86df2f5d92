/// What a project says about one event type. Source: Documentation/taxonomy.md X3 to X5.
public struct EventTypeSettings: Equatable, Sendable {
    /// False: these events make nobody an active user, also those that came earlier.
    public var isActive = true
    /// Stored, but absent from lists of event types and from the length of sessions.
    public var isHiddenFromDropdowns = false
    public var isHiddenFromPathfinder = false
    public var isHiddenFromTimeline = false
    public var isHiddenFromPersonaResults = false
    /// New events are dropped on the way in, until the type is restored.
    public var isDeleted = false
    /// New events are dropped on the way in.
    public var isBlocked = false
    public var displayName: String?
    public var description: String?
    public var category: EventCategoryID?
    public var tags: [String] = []
    public var owner: String?

    public init() {}

    /// New events of the type are not stored.
    public var isDropped: Bool { isDeleted || isBlocked }
}

/// Number of a category, under which event types are listed together; given once and never again.
public struct EventCategoryID: Hashable, Comparable, Sendable {
    public var number: Int64

    public init(_ number: Int64) {
        self.number = number
    }

    public static func < (lhs: EventCategoryID, rhs: EventCategoryID) -> Bool {
        lhs.number < rhs.number
    }
}
