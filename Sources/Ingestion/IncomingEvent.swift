public import EventModel
public import Storage

/// A request's events, checked: whatever is in here can be stored.
public struct IncomingBatch: Sendable {
    public var events: [IncomingEvent]
    /// When the sender says that it sent the request; `nil` if it does not.
    public var uploadTime: Timestamp?
    /// Carried out before the events.
    public var mappings: [UserMapping] = []

    public init(events: [IncomingEvent], uploadTime: Timestamp? = nil) {
        self.events = events
        self.uploadTime = uploadTime
    }
}

/// From now on a user counts as another one, or stands for itself again.
/// Source: reference/export-cohorts-admin.md §8.
public struct UserMapping: Equatable, Sendable {
    public var userID: String
    /// `nil` takes the mapping back.
    public var globalUserID: String?

    public init(userID: String, globalUserID: String?) {
        self.userID = userID
        self.globalUserID = globalUserID
    }
}

/// One event as it was sent, checked but not yet anybody's. Source: reference/ingest.md §3.
public struct IncomingEvent: Sendable {
    /// At least one of the two ids is there, except in a `$groupidentify`.
    public var userID: String?
    public var deviceID: String?
    public var type: String
    /// Milliseconds on the sender's clock; `nil` means "now".
    public var time: Timestamp?
    public var sessionID: Int64 = -1
    public var eventID: Int64?
    public var insertID: String?
    /// Only the fields that the event sets.
    public var context = EventContext()
    /// Stands for `context`, so that the same one is worked out once; `nil` if nobody has worked it out.
    public var contextFingerprint: Fingerprint?
    /// A JSON object.
    public var eventProperties = "{}"
    public var eventPropertyNames: [String] = []
    /// Stands for `eventPropertyNames`; `nil` if nobody has worked it out.
    public var eventPropertyNamesFingerprint: Fingerprint?
    /// Operations, or plain keys, which are set before the event's snapshot is taken.
    public var userProperties: [PropertyMember] = []
    /// The event carries only the user properties that it brings; those known are neither read nor changed.
    public var skipsUserProperties = false
    public var groups: [EventGroup] = []
    /// Operations on the properties of `groups`; only `$groupidentify` has them.
    public var groupProperties: [PropertyMember] = []
    /// `nil` if it is no revenue event; negative for a refund.
    public var revenue: Double?
    /// A JSON object of the other fields, as they were sent; `nil` if there are none.
    public var extras: String?

    public init(userID: String?, deviceID: String?, type: String) {
        self.userID = userID
        self.deviceID = deviceID
        self.type = type
    }
}
