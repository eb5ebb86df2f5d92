/// One accepted event: names are numbers, the person is resolved, the user properties are those of that moment.
public struct StoredEvent: Equatable, Sendable {
    public var user: UserKey
    public var device: DeviceKey
    /// True if the event named its user; then the user's `user_id` is the event's, else the event was anonymous.
    public var carriesUserID: Bool
    public var type: EventTypeID
    /// When it happened, on the server's clock: what charts use. Source: Documentation/events-and-identity.md E17.
    public var time: Timestamp
    /// When it happened, on the sender's clock.
    public var clientTime: Timestamp
    /// When the sender says that it sent it.
    public var uploadTime: Timestamp
    /// Start of the session in milliseconds; -1 is "no session".
    public var sessionID: Int64
    /// The sender's counter, which orders events of equal time.
    public var eventID: Int64?
    public var insertID: String?
    public var context: ContextID
    public var userProperties: PropertySetID
    /// A JSON object.
    public var eventProperties: String
    /// `nil` if it is no revenue event; negative for a refund. Source: Documentation/revenue.md M1.
    public var revenue: Double?
    /// A JSON object of what else the sender said, such as `groups`, `ip` or `plan`; `nil` if nothing.
    public var extras: String?
    /// Through which door it came.
    public var door: EventDoor
    /// True if its person was new, or it changed their context or properties. False of events from before that was noted.
    public var changesPerson: Bool
    /// When another server received it; `nil` if it was received with its batch.
    public var receivedAt: Timestamp?

    public init(
        user: UserKey,
        device: DeviceKey,
        carriesUserID: Bool,
        type: EventTypeID,
        time: Timestamp,
        clientTime: Timestamp,
        uploadTime: Timestamp,
        sessionID: Int64 = -1,
        eventID: Int64? = nil,
        insertID: String? = nil,
        context: ContextID,
        userProperties: PropertySetID = .empty,
        eventProperties: String = "{}",
        revenue: Double? = nil,
        extras: String? = nil,
        door: EventDoor = .unknown,
        changesPerson: Bool = false,
        receivedAt: Timestamp? = nil
    ) {
        self.user = user
        self.device = device
        self.carriesUserID = carriesUserID
        self.type = type
        self.time = time
        self.clientTime = clientTime
        self.uploadTime = uploadTime
        self.sessionID = sessionID
        self.eventID = eventID
        self.insertID = insertID
        self.context = context
        self.userProperties = userProperties
        self.eventProperties = eventProperties
        self.revenue = revenue
        self.extras = extras
        self.door = door
        self.changesPerson = changesPerson
        self.receivedAt = receivedAt
    }
}
