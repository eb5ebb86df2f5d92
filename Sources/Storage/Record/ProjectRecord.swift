public import EventModel

/// A project's durable truth: the journal, and what the way in must remember between batches.
///
/// Used by one writer; calls block. Source: Documentation/operations.md O1.
public protocol ProjectRecord: EventSettingsRecord, PeopleRecord {
    /// The user with that `user_id`.
    func user(withID userID: String) throws(ProjectRecordError) -> UserState?
    func user(_ key: UserKey) throws(ProjectRecordError) -> UserState?
    func device(withID deviceID: String) throws(ProjectRecordError) -> DeviceState?
    /// All users and all devices, in no order; for a project that has few enough of them to keep.
    func allUsers() throws(ProjectRecordError) -> [UserState]
    func allDevices() throws(ProjectRecordError) -> [DeviceState]
    func eventType(named name: String) throws(ProjectRecordError) -> EventTypeID?
    /// The context whose JSON text this is.
    func context(withText json: String) throws(ProjectRecordError) -> ContextID?
    /// The property set whose JSON text this is.
    func propertySet(withText json: String) throws(ProjectRecordError) -> PropertySetID?
    /// The JSON text of a context; `nil` if the number was never given.
    func text(of context: ContextID) throws(ProjectRecordError) -> String?
    /// The JSON text of a property set; `nil` if the number was never given.
    func text(of propertySet: PropertySetID) throws(ProjectRecordError) -> String?
    /// The properties of a group, a JSON object; `nil` if it has none.
    func groupProperties(type: String, value: String) throws(ProjectRecordError) -> String?
    /// When the values arrived that a user's properties have now.
    func arrivals(of user: UserKey) throws(ProjectRecordError) -> PersonArrivals
    /// The user into whom this one's events are counted; `nil` if it stands for itself.
    func mergeTarget(of user: UserKey) throws(ProjectRecordError) -> UserKey?
    /// How many anonymous ids have been merged into a user.
    func mergeCount(into user: UserKey) throws(ProjectRecordError) -> Int
    /// Every property that has occurred.
    func propertyNames() throws(ProjectRecordError) -> [PropertyName]
    /// The largest numbers given so far.
    func counters() throws(ProjectRecordError) -> RecordCounters
    /// Reads the fingerprints accepted since `time`, oldest first, a batch at a time.
    func readFingerprints(
        since time: Timestamp,
        _ body: (FingerprintBatch) throws(ProjectRecordError) -> Void
    ) throws(ProjectRecordError)

    /// Makes a change durable, all of it or nothing: on return it is on disk (fsync). Returns the batch's sequence.
    func commit(_ change: RecordChange) throws(ProjectRecordError) -> JournalSequence

    /// The sequence of the last committed batch.
    func lastSequence() throws(ProjectRecordError) -> JournalSequence
    /// The batches after `sequence`, oldest first: at least one if there is one, and no more than about `limit` events.
    func batches(after sequence: JournalSequence, limit: Int) throws(ProjectRecordError) -> [JournalBatch]

    /// Received, stored, duplicate and rejected events since the beginning.
    func ledgerTotals() throws(ProjectRecordError) -> LedgerCounts
    /// The same for each minute in which something was received, oldest first.
    func ledger(_ minutes: Range<LedgerMinute>) throws(ProjectRecordError) -> [Numbered<LedgerMinute, LedgerCounts>]

    /// Keeps a refused request, and its events in the ledger. The oldest ones go when there are too many.
    func reject(_ request: RejectedRequest) throws(ProjectRecordError)
    /// Counts events as received and rejected, and keeps nothing else of them.
    func countRejected(_ events: Int, at time: Timestamp) throws(ProjectRecordError)
    /// Refused requests, newest first, without their bodies.
    func rejectedRequests(limit: Int) throws(ProjectRecordError) -> [RejectedRequest]
    func rejectedRequest(_ id: Int64) throws(ProjectRecordError) -> RejectedRequest?
    /// Forgets a refused request, as when it was sent again and taken.
    func forgetRejectedRequest(_ id: Int64) throws(ProjectRecordError)
}

/// A minute, counted from the Unix epoch.
public struct LedgerMinute: Hashable, Comparable, Sendable {
    public var number: Int64

    public init(_ number: Int64) {
        self.number = number
    }

    /// The minute in which `time` lies.
    public init(of time: Timestamp) {
        number = time.milliseconds >= 0 ? time.milliseconds / 60_000 : (time.milliseconds - 59_999) / 60_000
    }

    public static func < (lhs: LedgerMinute, rhs: LedgerMinute) -> Bool {
        lhs.number < rhs.number
    }
}

/// A request of which nothing was stored, kept so that it can be sent again after a fix.
public struct RejectedRequest: Equatable, Sendable {
    /// Given by the record; 0 before.
    public var id: Int64
    public var receivedAt: Timestamp
    /// The endpoint, such as `/2/httpapi`, with a query string if a form came with one beside its body.
    public var path: String
    /// What the sender was told.
    public var reason: String
    /// How many events it had.
    public var events: Int
    /// The body's; `nil` if the sender did not say.
    public var contentType: String?
    /// Bytes of the body.
    public var size: Int
    /// The body, decompressed; empty where only an overview was asked for.
    public var body: [UInt8]

    public init(
        id: Int64 = 0,
        receivedAt: Timestamp,
        path: String,
        reason: String,
        events: Int,
        contentType: String? = nil,
        size: Int? = nil,
        body: [UInt8]
    ) {
        self.id = id
        self.receivedAt = receivedAt
        self.path = path
        self.reason = reason
        self.events = events
        self.contentType = contentType
        self.size = size ?? body.count
        self.body = body
    }
}

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

/// What a person's next event starts from.
public struct UserSnapshot: Equatable, Sendable, BitwiseCopyable {
    /// The context of the person's latest event.
    public var context: ContextID?
    public var properties = PropertySetID.empty

    public init() {}

    public init(_ state: UserState) {
        context = state.context
        properties = state.properties
    }
}

/// What the record knows of a device id. Source: Documentation/events-and-identity.md E25.
public struct DeviceState: Equatable, Sendable {
    public var key: DeviceKey
    public var deviceID: String
    /// Whose events those are that name only the device.
    public var user: UserKey
    /// True until some user_id has been seen on the device: then `user` is anonymous and may be taken over once.
    public var isUnclaimed: Bool

    public init(key: DeviceKey, deviceID: String, user: UserKey, isUnclaimed: Bool) {
        self.key = key
        self.deviceID = deviceID
        self.user = user
        self.isUnclaimed = isUnclaimed
    }
}

/// The properties of a group as they are from now on.
public struct GroupState: Equatable, Sendable {
    public var type: String
    public var value: String
    /// A JSON object.
    public var properties: String

    public init(type: String, value: String, properties: String) {
        self.type = type
        self.value = value
        self.properties = properties
    }
}

/// The largest number given so far of each kind; 0 is none.
public struct RecordCounters: Equatable, Sendable {
    public var user: Int32 = 0
    public var device: Int32 = 0
    public var eventType: Int32 = 0
    public var context: Int32 = 0
    public var propertySet: Int32 = 0

    public init() {}
}

/// 128 bits that stand for a (device id, insert id) pair.
public struct Fingerprint: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// How long an insert id is remembered: 7 days, in milliseconds. Source: Documentation/events-and-identity.md E18.
    public static let windowMs: Int64 = 7 * 86_400_000

    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public static func < (lhs: Fingerprint, rhs: Fingerprint) -> Bool {
        lhs.high != rhs.high ? lhs.high < rhs.high : lhs.low < rhs.low
    }
}

/// Fingerprints accepted at one moment.
public struct FingerprintBatch: Sendable {
    public var receivedAt: Timestamp
    public var fingerprints: [Fingerprint]

    public init(receivedAt: Timestamp, fingerprints: [Fingerprint]) {
        self.receivedAt = receivedAt
        self.fingerprints = fingerprints
    }
}

/// One transaction on the record.
public struct RecordChange: Sendable {
    /// What goes into the journal; its sequence is given by the record.
    public var batch: JournalBatch
    /// Users and devices as they are from now on.
    public var users: [UserState]
    /// Users of whom nothing else has changed.
    public var snapshots: [Numbered<UserKey, UserSnapshot>] = []
    /// Values that arrived otherwise than with their user; of two for one property the later in the list holds.
    public var arrivals: [PropertyArrival] = []
    public var devices: [DeviceState]
    public var groups: [GroupState]
    public var fingerprints: [Fingerprint]
    public var ledger: LedgerCounts

    public init(
        batch: JournalBatch,
        users: [UserState] = [],
        devices: [DeviceState] = [],
        groups: [GroupState] = [],
        fingerprints: [Fingerprint] = [],
        ledger: LedgerCounts = LedgerCounts()
    ) {
        self.batch = batch
        self.users = users
        self.devices = devices
        self.groups = groups
        self.fingerprints = fingerprints
        self.ledger = ledger
    }
}

/// Counts of events. `received == stored + duplicate + rejected`, always. Rejected are those of refused requests, and
/// those of event types that the project has deleted or blocked, which are dropped while their request is accepted.
public struct LedgerCounts: Equatable, Sendable {
    public var received = 0
    public var stored = 0
    public var duplicate = 0
    public var rejected = 0

    public init() {}

    public static func += (lhs: inout LedgerCounts, rhs: LedgerCounts) {
        lhs.received += rhs.received
        lhs.stored += rhs.stored
        lhs.duplicate += rhs.duplicate
        lhs.rejected += rhs.rejected
    }

    public var balances: Bool { received == stored + duplicate + rejected }
}

/// The record could not do what was asked; nothing was changed. `message` is for the log, not for callers.
public struct ProjectRecordError: Error {
    public enum Code: String, Sendable { case unavailable, damaged }
    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
