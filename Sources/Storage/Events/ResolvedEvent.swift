public import EventModel

/// A stored event with the names that its numbers stand for: all that is known of it.
public struct ResolvedEvent: Sendable {
    public var row: Int
    /// In the order of arrival, counted from 0 over all that ever came: its own for ever, as a row is not.
    public var number: Int
    public var event: StoredEvent
    public var receivedAt: Timestamp
    public var type: String
    /// Of the person whom the event was stored with; `nil` for an event about a group alone.
    public var amplitudeID: AmplitudeID?
    /// `nil` if the event did not name its user.
    public var userID: String?
    /// `nil` for an event about a group alone.
    public var deviceID: String?
    public var context: EventContext
    /// A JSON object: the properties as they stood at the event.
    public var userProperties: String

    /// - Parameter number: that of the row if left out, as where nothing has left.
    public init(
        row: Int,
        number: Int? = nil,
        event: StoredEvent,
        receivedAt: Timestamp,
        type: String,
        amplitudeID: AmplitudeID?,
        userID: String?,
        deviceID: String?,
        context: EventContext,
        userProperties: String
    ) {
        self.row = row
        self.number = number ?? row
        self.event = event
        self.receivedAt = receivedAt
        self.type = type
        self.amplitudeID = amplitudeID
        self.userID = userID
        self.deviceID = deviceID
        self.context = context
        self.userProperties = userProperties
    }
}
