public import EventModel
import Storage

/// A request's events, checked: whatever is in here can be stored.
///
/// Events are plain bytes, and their texts lie in two runs of bytes, so an event costs no object. What many events have
/// in common is not looked at here at all: whoever knows its fingerprint needs no more, and only who does not reads it.
public struct IncomingBatch: Sendable {
    public internal(set) var events: [IncomingEvent] = []
    /// When the sender says that it sent the request; `nil` if it does not.
    public var uploadTime: Timestamp?
    /// Through which endpoint the request came.
    public var door = EventDoor.unknown
    /// Carried out before the events.
    public internal(set) var mappings: [UserMapping] = []

    /// One for each event of an import; none of what clients send.
    var imported: [ImportedTraits] = []
    /// Carried out after the events.
    var importedMerges: [ImportedMerge] = []
    /// Lines of an import in which there is no event that can be stored.
    var rejectedLines = 0

    /// What events are recognised by: ids, types, contexts and user properties as they were sent.
    var keys: [UInt8] = []
    /// What is stored of the events as text: insert ids, event properties, extras.
    var texts: [UInt8] = []
    var groupChanges: [GroupChange] = []

    init() {}

    /// Whether there is nothing to be stored.
    var isEmpty: Bool {
        events.isEmpty && mappings.isEmpty && importedMerges.isEmpty && rejectedLines == 0
    }

    /// Bytes of memory, more or less.
    var size: Int { events.count * MemoryLayout<IncomingEvent>.stride + keys.count + texts.count }

    /// The `user_id` of an event.
    public func userID(of event: IncomingEvent) -> String? { key(event.userID.range) }

    /// The device id of an event: the one that it has been sent with, else the one that follows from its `user_id`.
    public func deviceID(of event: IncomingEvent) -> String? { key(event.deviceID.range) }

    /// The type of an event.
    public func type(of event: IncomingEvent) -> String? { key(event.type.range) }

    /// What is stored of the events as it was sent, without whose they are and what is numbered: for people and tests.
    public var contents: StoredEvents { StoredEvents(rows: events.map(\.row), bytes: texts) }

    func key(_ range: TextRange) -> String? {
        range.isNone ? nil : String(decoding: keys[range.range], as: UTF8.self)
    }
}

/// One event as it was sent, checked but not yet anybody's; its ranges and places are those of its ``IncomingBatch``.
/// Source: Documentation/events-and-identity.md E9.
public struct IncomingEvent: Sendable, BitwiseCopyable {
    /// What is stored as it was sent: session, event id, insert id, properties, revenue, extras.
    var row = EventRow(
        user: .nobody,
        device: .none,
        carriesUserID: false,
        type: EventTypeID(0),
        context: ContextID(0),
        time: Timestamp(milliseconds: 0),
        clientTime: Timestamp(milliseconds: 0),
        uploadTime: Timestamp(milliseconds: 0)
    )
    /// False means "now".
    var hasTime = false
    /// The event carries only the user properties that it brings; those known are neither read nor changed.
    var skipsUserProperties = false
    var hasInsertID = false
    /// At least one of the two ids is there, except in a `$groupidentify`.
    var userID = SentKey()
    var deviceID = SentKey()
    /// The event was sent without a device id.
    var isDeviceDerived = false
    var type = SentKey()
    /// The context fields that it sets: see ``EventContext/init(sent:)``.
    var context = SentKey()
    /// A JSON object: operations, or plain keys, which are set before the event's snapshot is taken.
    var userProperties = SentKey()
    /// Stands for the list of names of its event properties.
    var propertyNames = Fingerprint(high: 0, low: 0)
    /// Stands for device and insert id.
    var insertID = Fingerprint(high: 0, low: 0)
    /// Place in the list of the batch; -1 is none.
    var groupChange: Int32 = -1
}

/// Something that many events have in common: where it lies among the batch's keys, and what stands for it as long as
/// the process lives.
struct SentKey: BitwiseCopyable, Sendable {
    var range = TextRange.none
    var fingerprint = Fingerprint(high: 0, low: 0)

    var isNone: Bool { range.isNone }
}

/// What a `$groupidentify` does to the properties of groups.
struct GroupChange: Sendable {
    var groups: [EventGroup]
    var operations: [PropertyMember]
}

/// From now on a user counts as another one, or stands for itself again.
/// Source: Documentation/events-and-identity.md E30.
public struct UserMapping: Equatable, Sendable {
    public var userID: String
    /// `nil` takes the mapping back.
    public var globalUserID: String?

    public init(userID: String, globalUserID: String?) {
        self.userID = userID
        self.globalUserID = globalUserID
    }
}
