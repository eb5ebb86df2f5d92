public import EventModel

/// Reads the events of single people row by row, where an ``EventStore`` reads columns of all of them. Every store is both.
///
/// Calls block. What a read sees: every batch whose append has returned.
public protocol PeopleStore: Sendable {
    /// Where some of the users' events are: those between `offset` and `offset + limit` in the order of their time,
    /// ties in stored order, or all that backwards.
    func places(
        of users: [UserKey],
        without types: [EventTypeID],
        newestFirst: Bool,
        offset: Int,
        limit: Int
    ) throws(EventStoreError) -> [EventPlace]

    /// Whole events with their names, in the order of `rows`; a row that is not there is left out.
    func events(at rows: [Int]) throws(EventStoreError) -> [ResolvedEvent]

    /// Sums over all of the users' events together.
    func activity(of users: [UserKey], _ types: ActivityTypes) throws(EventStoreError) -> PersonActivity

    /// When each of the users was there; users without any event are left out.
    func spans(of users: [UserKey], without types: [EventTypeID]) throws(EventStoreError) -> [UserSpan]

    /// The users whose events came from a device, the last seen first.
    func users(onDevice device: DeviceKey, limit: Int) throws(EventStoreError) -> [UserKey]

    /// Each event of the users whose number in `column` is another than that of the user's event before it in stored
    /// order, the last stored first.
    func changes(
        of column: NumberColumn,
        users: [UserKey],
        limit: Int
    ) throws(EventStoreError) -> [NumberChange]

    /// How many events of each type lie in `times`.
    func eventCounts(_ times: Range<Timestamp>) throws(EventStoreError) -> [EventTypeID: Int]
}

/// One row of a store, and the session that it belongs to.
public struct EventPlace: Equatable, Sendable {
    public var row: Int
    /// -1 is "no session".
    public var sessionID: Int64

    public init(row: Int, sessionID: Int64) {
        self.row = row
        self.sessionID = sessionID
    }
}

/// A stored event with the names that its numbers stand for: all that is known of it.
public struct ResolvedEvent: Sendable {
    public var row: Int
    public var event: StoredEvent
    public var receivedAt: Timestamp
    public var type: String
    /// `nil` if the event did not name its user.
    public var userID: String?
    /// `nil` for an event about a group alone.
    public var deviceID: String?
    public var context: EventContext
    /// A JSON object: the properties as they stood at the event.
    public var userProperties: String

    public init(
        row: Int,
        event: StoredEvent,
        receivedAt: Timestamp,
        type: String,
        userID: String?,
        deviceID: String?,
        context: EventContext,
        userProperties: String
    ) {
        self.row = row
        self.event = event
        self.receivedAt = receivedAt
        self.type = type
        self.userID = userID
        self.deviceID = deviceID
        self.context = context
        self.userProperties = userProperties
    }
}

/// Which event types count for what.
public struct ActivityTypes: Sendable {
    /// Identifies: they count for nothing.
    public var ignored: [EventTypeID]
    /// Of these there are events, but they open no session.
    public var inactive: [EventTypeID]
    /// These do not lengthen a session: hidden or deleted ones.
    public var lengthless: [EventTypeID]

    public init(ignored: [EventTypeID], inactive: [EventTypeID] = [], lengthless: [EventTypeID] = []) {
        self.ignored = ignored
        self.inactive = inactive
        self.lengthless = lengthless
    }
}

/// What a person has done in all. Source: Documentation/people.md P6.
public struct PersonActivity: Equatable, Sendable {
    public var events = 0
    /// Sessions with an active event.
    public var sessions = 0
    /// The length of those of up to 24 hours, from first to last event on the sender's clock.
    /// Source: Documentation/sessions.md S3, S4.
    public var sessionMilliseconds: Int64 = 0
    public var first: Timestamp?
    public var last: Timestamp?
    /// Events with a revenue above zero.
    public var purchases = 0
    /// Refunds taken off.
    public var revenue = 0.0
    /// The device ids of all rows, that of the latest event first; at most ``mostDevices``.
    public var devices: [String] = []
    /// Of the latest event that carried one.
    public var location: Location?

    public static let mostDevices = 1_000
    /// Longer sessions have no length. Source: Documentation/sessions.md S4.
    public static let longestSessionMs: Int64 = 86_400_000

    public struct Location: Equatable, Sendable {
        public var latitude: Double
        public var longitude: Double

        public init(latitude: Double, longitude: Double) {
            self.latitude = latitude
            self.longitude = longitude
        }
    }

    public init() {}
}

/// When a user was there.
public struct UserSpan: Equatable, Sendable {
    public var user: UserKey
    /// Of the first and the last event by time; `nil` if there are only events of the types that were left out.
    public var first: Timestamp?
    public var last: Timestamp?
    /// The user's row that was stored last, of whatever type.
    public var lastRow: Int
    /// The device of the latest row by time, of whatever type.
    public var lastDeviceID: String?

    public init(user: UserKey, first: Timestamp?, last: Timestamp?, lastRow: Int, lastDeviceID: String?) {
        self.user = user
        self.first = first
        self.last = last
        self.lastRow = lastRow
        self.lastDeviceID = lastDeviceID
    }
}

/// From this row on, a user's events have this number in a column.
public struct NumberChange: Equatable, Sendable {
    public var row: Int
    public var user: UserKey
    public var number: Int32

    public init(row: Int, user: UserKey, number: Int32) {
        self.row = row
        self.user = user
        self.number = number
    }
}
