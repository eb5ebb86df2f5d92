public import EventModel

/// What one group commit accepted: its events, and every name, person and property set that they were first to use.
///
/// The sequence of these is the project's truth: an ``EventStore`` is a pure function of it.
public struct JournalBatch: Sendable {
    public var sequence: JournalSequence
    /// When the server received the batch.
    public var receivedAt: Timestamp
    public var events: StoredEvents
    public var eventTypes: [Named<EventTypeID>]
    public var contexts: [Numbered<ContextID, EventContext>]
    /// Each value is a JSON object.
    public var propertySets: [Named<PropertySetID>]
    public var users: [UserFact]
    public var devices: [Named<DeviceKey>]
    public var merges: [Merge]
    public var propertyNames: [PropertyName]

    public init(
        sequence: JournalSequence = .none,
        receivedAt: Timestamp,
        events: StoredEvents = [],
        eventTypes: [Named<EventTypeID>] = [],
        contexts: [Numbered<ContextID, EventContext>] = [],
        propertySets: [Named<PropertySetID>] = [],
        users: [UserFact] = [],
        devices: [Named<DeviceKey>] = [],
        merges: [Merge] = [],
        propertyNames: [PropertyName] = []
    ) {
        self.sequence = sequence
        self.receivedAt = receivedAt
        self.events = events
        self.eventTypes = eventTypes
        self.contexts = contexts
        self.propertySets = propertySets
        self.users = users
        self.devices = devices
        self.merges = merges
        self.propertyNames = propertyNames
    }
}

/// A number given to a value for ever.
public struct Numbered<Key: Sendable, Value: Sendable>: Sendable {
    public var key: Key
    public var value: Value

    public init(_ key: Key, _ value: Value) {
        self.key = key
        self.value = value
    }
}

/// A number given to a text for ever.
public typealias Named<Key: Sendable> = Numbered<Key, String>

/// A property that some event or user has had.
public struct PropertyName: Hashable, Sendable {
    /// Raw value: its word on disk.
    public enum Kind: String, Sendable { case event, user }

    public var kind: Kind
    public var name: ExactText

    public init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = ExactText(name)
    }
}

/// A user key exists, and belongs to this `user_id`; the latest fact about a key holds.
public struct UserFact: Equatable, Sendable {
    public var user: UserKey
    /// `nil` while the person is anonymous.
    public var userID: String?

    public init(user: UserKey, userID: String?) {
        self.user = user
        self.userID = userID
    }
}

/// From now on, for every query, the events of `from` are events of `into`.
public struct Merge: Equatable, Sendable {
    /// Raw value: its word on disk.
    public enum Cause: String, Sendable {
        /// A known user sent from a device whose anonymous id nobody had claimed.
        case login
        /// `/usermap`: two users are to count as one. Source: Documentation/events-and-identity.md E30.
        case mapping
        /// Takes back the merge of `from`, whatever it was into; `into` is `from` itself.
        case unmapping
    }

    public var from: UserKey
    public var into: UserKey
    /// The time of the event that caused it.
    public var time: Timestamp
    public var cause: Cause

    public init(from: UserKey, into: UserKey, time: Timestamp, cause: Cause) {
        self.from = from
        self.into = into
        self.time = time
        self.cause = cause
    }
}
