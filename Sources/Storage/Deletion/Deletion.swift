public import EventModel

/// Somebody asked that a person be forgotten: who that was, and how far it has come.
/// Source: Documentation/data.md D9 to D13.
public struct Deletion: Equatable, Sendable {
    /// Raw value: its word on disk and for callers.
    public enum State: String, Sendable {
        /// Hidden, and nothing is rewritten: all can come back.
        case staging
        /// Being taken out of the files.
        case submitted
        /// Gone.
        case done
    }

    public var id: DeletionID
    /// The one into whom all keys were counted when it was asked.
    public var person: UserKey
    /// All keys that were the person's when it was asked, `person` among them; ascending.
    public var users: [DeletedUser]
    /// The devices that stood for one of them; ascending.
    public var devices: [DeletedDevice]
    /// Who asked, in the caller's words.
    public var requester: String
    public var requestedAt: Timestamp
    /// When it can be cancelled no more.
    public var dueAt: Timestamp
    public var state: State
    /// The journal's batch with which it was asked: everything of the person is before it.
    public var sequence: JournalSequence
    /// A JSON object that says what was rewritten, and when; `nil` unless the state is `done`.
    public var receipt: String?
    /// When it became `done`.
    public var doneAt: Timestamp?

    public init(
        id: DeletionID,
        person: UserKey,
        users: [DeletedUser],
        devices: [DeletedDevice],
        requester: String,
        requestedAt: Timestamp,
        dueAt: Timestamp,
        state: State,
        sequence: JournalSequence,
        receipt: String? = nil,
        doneAt: Timestamp? = nil
    ) {
        self.id = id
        self.person = person
        self.users = users
        self.devices = devices
        self.requester = requester
        self.requestedAt = requestedAt
        self.dueAt = dueAt
        self.state = state
        self.sequence = sequence
        self.receipt = receipt
        self.doneAt = doneAt
    }

    /// As callers see the person.
    public var amplitudeID: AmplitudeID { users.first { $0.key == person }?.amplitudeID ?? AmplitudeID(person) }

    /// All keys that were the person's.
    public var keys: [UserKey] { users.map(\.key) }
}

/// Numbers a ``Deletion``, counted from 1; none is given twice.
public struct DeletionID: Hashable, Comparable, Sendable, BitwiseCopyable {
    public var number: Int64

    public init(_ number: Int64) {
        self.number = number
    }

    public static func < (lhs: DeletionID, rhs: DeletionID) -> Bool { lhs.number < rhs.number }
}

/// A key of a deleted person.
public struct DeletedUser: Equatable, Sendable {
    public var key: UserKey
    public var amplitudeID: AmplitudeID
    /// By which it was found, kept for a cancel; `nil` if it was anonymous, and once the deletion is `done`.
    public var userID: String?

    /// - Parameter amplitudeID: if left out, the key's own number.
    public init(key: UserKey, amplitudeID: AmplitudeID? = nil, userID: String? = nil) {
        self.key = key
        self.amplitudeID = amplitudeID ?? AmplitudeID(key)
        self.userID = userID
    }
}

/// A device that stood for a deleted person.
public struct DeletedDevice: Equatable, Sendable {
    public var key: DeviceKey
    /// Kept for a cancel; `nil` once the deletion is `done`.
    public var deviceID: String?
    /// The one of the person's keys for which it stood.
    public var user: UserKey
    /// As in ``DeviceState``.
    public var isUnclaimed: Bool

    public init(key: DeviceKey, deviceID: String?, user: UserKey, isUnclaimed: Bool) {
        self.key = key
        self.deviceID = deviceID
        self.user = user
        self.isUnclaimed = isUnclaimed
    }
}
