public import EventModel

/// What the record knows of a user key.
public struct UserState: Equatable, Sendable {
    public var key: UserKey
    public var amplitudeID: AmplitudeID
    /// `nil` while the person is anonymous.
    public var userID: String?
    /// The context of the person's latest event.
    public var context: ContextID?
    public var properties: PropertySetID
    /// When the user became known.
    public var arrival: Arrival
    /// If the person's latest event came with an import: when another server had received it.
    public var importedAt: Timestamp?

    /// - Parameter amplitudeID: if left out, the key's own number.
    public init(
        key: UserKey,
        amplitudeID: AmplitudeID? = nil,
        userID: String? = nil,
        context: ContextID? = nil,
        properties: PropertySetID = .empty,
        arrival: Arrival = .unknown,
        importedAt: Timestamp? = nil
    ) {
        self.key = key
        self.amplitudeID = amplitudeID ?? AmplitudeID(key)
        self.userID = userID
        self.context = context
        self.properties = properties
        self.arrival = arrival
        self.importedAt = importedAt
    }
}
