public import EventModel

/// What the record knows of a user key.
public struct UserState: Equatable, Sendable {
    public var key: UserKey
    /// `nil` while the person is anonymous.
    public var userID: String?
    /// The context of the person's latest event.
    public var context: ContextID?
    public var properties: PropertySetID
    /// When the user became known.
    public var arrival: Arrival

    public init(
        key: UserKey,
        userID: String? = nil,
        context: ContextID? = nil,
        properties: PropertySetID = .empty,
        arrival: Arrival = .unknown
    ) {
        self.key = key
        self.userID = userID
        self.context = context
        self.properties = properties
        self.arrival = arrival
    }
}
