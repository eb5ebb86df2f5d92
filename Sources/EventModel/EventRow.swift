/// One accepted event as plain bytes, without references: what ``StoredEvent`` says, in a batch's ``StoredEvents``.
public struct EventRow: Sendable, BitwiseCopyable {
    public var user: UserKey
    public var device: DeviceKey
    public var type: EventTypeID
    public var context: ContextID
    public var userProperties = PropertySetID.empty
    public var carriesUserID: Bool
    /// Through which door it came.
    public var door = EventDoor.unknown
    private var present: Present = []
    public var time: Timestamp
    public var clientTime: Timestamp
    public var uploadTime: Timestamp
    public var sessionID: Int64 = -1
    // Optionals of their own would take half as much again.
    private var eventIDOrZero: Int64 = 0
    private var revenueOrZero = 0.0
    private var receivedAtOrZero = Timestamp(milliseconds: 0)
    private var insertUUIDHigh: UInt64 = 0
    private var insertUUIDLow: UInt64 = 0
    /// An insert id that is not a UUID.
    public var insertID = TextRange.none
    /// None stands for `{}`.
    public var eventProperties = TextRange.none
    public var extras = TextRange.none

    /// Which of the values below that may be missing are there, and what is either so or not.
    private struct Present: OptionSet, BitwiseCopyable {
        var rawValue: UInt8
        static let eventID = Present(rawValue: 1)
        static let revenue = Present(rawValue: 2)
        static let insertUUID = Present(rawValue: 4)
        static let changesPerson = Present(rawValue: 8)
        static let receivedAt = Present(rawValue: 16)

        mutating func set(_ member: Present, _ isPresent: Bool) {
            if isPresent { formUnion(member) } else { subtract(member) }
        }
    }

    public init(
        user: UserKey,
        device: DeviceKey,
        carriesUserID: Bool,
        type: EventTypeID,
        context: ContextID,
        time: Timestamp,
        clientTime: Timestamp,
        uploadTime: Timestamp
    ) {
        self.user = user
        self.device = device
        self.carriesUserID = carriesUserID
        self.type = type
        self.context = context
        self.time = time
        self.clientTime = clientTime
        self.uploadTime = uploadTime
    }

    /// See ``StoredEvent/changesPerson``.
    public var changesPerson: Bool {
        get { present.contains(.changesPerson) }
        set { present.set(.changesPerson, newValue) }
    }

    public var eventID: Int64? {
        get { present.contains(.eventID) ? eventIDOrZero : nil }
        set {
            present.set(.eventID, newValue != nil)
            eventIDOrZero = newValue ?? 0
        }
    }

    public var revenue: Double? {
        get { present.contains(.revenue) ? revenueOrZero : nil }
        set {
            present.set(.revenue, newValue != nil)
            revenueOrZero = newValue ?? 0
        }
    }

    /// When another server received it; `nil` if it was received with its batch.
    public var receivedAt: Timestamp? {
        get { present.contains(.receivedAt) ? receivedAtOrZero : nil }
        set {
            present.set(.receivedAt, newValue != nil)
            receivedAtOrZero = newValue ?? Timestamp(milliseconds: 0)
        }
    }

    /// An insert id that is a UUID; see ``UUIDText``.
    public var insertUUID: UInt128? {
        get { present.contains(.insertUUID) ? UInt128(insertUUIDHigh) << 64 | UInt128(insertUUIDLow) : nil }
        set {
            present.set(.insertUUID, newValue != nil)
            insertUUIDHigh = UInt64(truncatingIfNeeded: (newValue ?? 0) >> 64)
            insertUUIDLow = UInt64(truncatingIfNeeded: newValue ?? 0)
        }
    }

    /// The same event after `offset` other bytes were put in front of its texts.
    public func moved(by offset: Int) -> EventRow {
        var row = self
        row.insertID = insertID.moved(by: offset)
        row.eventProperties = eventProperties.moved(by: offset)
        row.extras = extras.moved(by: offset)
        return row
    }
}
