import EventModel
import Storage

/// What is known of a device.
struct KnownDevice: BitwiseCopyable, Sendable {
    var key: DeviceKey
    /// Whose events those are that name only the device; `.nobody` if that person was deleted: see ``isAbandoned``.
    var user: UserKey
    /// True until some `user_id` has been seen on the device: then `user` is anonymous and may be taken over once.
    var isUnclaimed: Bool

    /// Whether it has only its number: the next event on it is as the first one.
    var isAbandoned: Bool { user == .nobody }
}

/// Users and devices as far as they were needed, with the changes that are not committed yet. Ids are only texts here
/// while they are new; all looks are by their fingerprints.
struct PeopleMemory {
    private let record: any ProjectRecord
    private var users = RecentTable(capacity: capacity, filler: UserKey.nobody)
    private var devices = RecentTable(
        capacity: capacity,
        filler: KnownDevice(key: .none, user: .nobody, isUnclaimed: false)
    )
    private var known = RecentTable(capacity: capacity, filler: KnownUser(amplitudeID: AmplitudeID(.nobody)))
    /// True if whoever is in the record was in here at the start, so that who is not is new.
    private let hasReadAll: Bool
    private var lastUser: Int32
    private var lastAmplitudeID: Int64
    private var lastDevice: Int32

    private var newDevices: [Named<DeviceKey>] = []
    private var changedDevices = RevocableDictionary<DeviceKey, DeviceState>()
    /// Users that are new, or have their `user_id` since.
    private var namedUsers = RevocableDictionary<UserKey, NamedUser>()
    /// In order of their changes; some several times.
    private var changedSnapshots: [UserKey] = []

    /// With which event everything arrives that is changed now.
    var now = Arrival.unknown

    fileprivate struct KnownUser: BitwiseCopyable {
        var amplitudeID: AmplitudeID
        var snapshot = UserSnapshot()
    }

    private struct NamedUser {
        var userID: String?
        /// `nil` for a user who was known before.
        var arrival: Arrival?
    }

    /// The most users and devices that are kept from one change to the next.
    private static let capacity = 400_000

    init(_ record: any ProjectRecord, _ counters: RecordCounters) throws(ProjectRecordError) {
        self.record = record
        lastUser = counters.user
        lastAmplitudeID = counters.amplitudeID
        lastDevice = counters.device
        // Few enough to keep them all: then nobody new is looked for on disk.
        hasReadAll = counters.user < Self.capacity / 2 && counters.device < Self.capacity / 2
        guard hasReadAll else { return }
        for user in try record.allUsers() {
            if let userID = user.userID { users.set(Fingerprint(secretly: userID.utf8Span.span), user.key) }
            known.set(Self.place(of: user.key), KnownUser(user))
        }
        for device in try record.allDevices() {
            devices.set(Fingerprint(secretly: device.deviceID.utf8Span.span), KnownDevice(device))
        }
    }

    /// Asks for the memory that a look at the user and the device will need.
    func touch(user: Fingerprint, device: Fingerprint) -> UInt64 {
        users.touch(user) ^ devices.touch(device)
    }

    /// The same for the snapshot of a user who is known.
    mutating func touchSnapshot(user: Fingerprint) -> UInt64 {
        users.value(user).map { known.touch(Self.place(of: $0)) } ?? 0
    }

    // MARK: Users

    mutating func user(
        _ fingerprint: Fingerprint,
        _ userID: () -> String
    ) throws(ProjectRecordError) -> UserKey? {
        // Nobody: the one who had it was deleted.
        if let known = users.value(fingerprint) { return known == .nobody ? nil : known }
        if hasReadAll, users.isComplete { return nil }
        guard let state = try record.user(withID: userID()) else { return nil }
        users.set(fingerprint, state.key)
        return state.key
    }

    mutating func createUser(_ userID: String?, _ fingerprint: Fingerprint) -> UserKey {
        lastUser += 1
        lastAmplitudeID += 1
        let user = UserKey(lastUser)
        known.set(Self.place(of: user), KnownUser(amplitudeID: AmplitudeID(lastAmplitudeID)))
        namedUsers[user] = NamedUser(userID: userID, arrival: now)
        if userID != nil { users.set(fingerprint, user) }
        return user
    }

    /// Gives a person, so far anonymous, its `user_id`.
    mutating func name(_ user: UserKey, _ userID: String, _ fingerprint: Fingerprint) {
        users.set(fingerprint, user)
        namedUsers[user] = NamedUser(userID: userID, arrival: namedUsers[user]?.arrival)
    }

    /// What the person's next event starts from.
    mutating func snapshot(of user: UserKey) throws(ProjectRecordError) -> UserSnapshot {
        try state(of: user).snapshot
    }

    mutating func setSnapshot(of user: UserKey, _ snapshot: UserSnapshot) throws(ProjectRecordError) {
        var state = try state(of: user)
        state.snapshot = snapshot
        known.set(Self.place(of: user), state)
        changedSnapshots.append(user)
    }

    private mutating func state(of user: UserKey) throws(ProjectRecordError) -> KnownUser {
        if let known = known.value(Self.place(of: user)) { return known }
        guard let stored = try record.user(user) else {
            throw ProjectRecordError(.damaged, "user \(user.number) is referred to, but not there")
        }
        let state = KnownUser(stored)
        known.set(Self.place(of: user), state)
        return state
    }

    /// With which event the user came; `nil` if the user was known before.
    func born(_ user: UserKey) -> Arrival? { namedUsers[user]?.arrival }

    /// Dense numbers are spread over the table by their product with a large odd one.
    private static func place(of user: UserKey) -> Fingerprint {
        let number = UInt64(UInt32(bitPattern: user.number))
        return Fingerprint(high: number &* 0x9E37_79B9_7F4A_7C15, low: number)
    }

    /// From now on nobody has these ids. Cannot be taken back.
    mutating func forget(_ deletion: Deletion) {
        for user in deletion.users {
            if let userID = user.userID { users.set(Fingerprint(secretly: userID.utf8Span.span), .nobody) }
        }
        for device in deletion.devices {
            guard let deviceID = device.deviceID else { continue }
            devices.set(
                Fingerprint(secretly: deviceID.utf8Span.span),
                KnownDevice(key: device.key, user: .nobody, isUnclaimed: true)
            )
        }
    }

    // MARK: Devices

    mutating func device(
        _ fingerprint: Fingerprint,
        _ deviceID: () -> String
    ) throws(ProjectRecordError) -> KnownDevice? {
        if let known = devices.value(fingerprint) { return known }
        if hasReadAll, devices.isComplete { return nil }
        guard let device = try record.device(withID: deviceID()).map(KnownDevice.init) else { return nil }
        devices.set(fingerprint, device)
        return device
    }

    /// From now on, events that name only this device are the user's.
    ///
    /// - Parameter known: the device so far; `nil` makes a new one.
    mutating func link(
        _ fingerprint: Fingerprint,
        _ deviceID: String,
        known: KnownDevice?,
        to user: UserKey,
        isUnclaimed: Bool
    ) -> DeviceKey {
        if known == nil {
            lastDevice += 1
            newDevices.append(Numbered(DeviceKey(lastDevice), deviceID))
        }
        let device = KnownDevice(key: known?.key ?? DeviceKey(lastDevice), user: user, isUnclaimed: isUnclaimed)
        devices.set(fingerprint, device)
        changedDevices[device.key] = DeviceState(
            key: device.key,
            deviceID: deviceID,
            user: user,
            isUnclaimed: isUnclaimed
        )
        return device.key
    }

    // MARK: Taking back

    /// Where the changes of a request begin.
    struct Mark {
        fileprivate var lastUser, lastDevice: Int32
        fileprivate var lastAmplitudeID: Int64
        fileprivate var newDevices, changedSnapshots: Int
    }

    /// From now on changes can be taken back up to here.
    mutating func mark() -> Mark {
        users.mark()
        devices.mark()
        known.mark()
        changedDevices.mark()
        namedUsers.mark()
        return Mark(
            lastUser: lastUser,
            lastDevice: lastDevice,
            lastAmplitudeID: lastAmplitudeID,
            newDevices: newDevices.count,
            changedSnapshots: changedSnapshots.count
        )
    }

    /// - Parameter mark: the last one that was made.
    mutating func takeBack(to mark: Mark) {
        users.takeBack()
        devices.takeBack()
        known.takeBack()
        changedDevices.takeBack()
        namedUsers.takeBack()
        (lastUser, lastDevice, lastAmplitudeID) = (mark.lastUser, mark.lastDevice, mark.lastAmplitudeID)
        newDevices.removeSubrange(mark.newDevices...)
        changedSnapshots.removeSubrange(mark.changedSnapshots...)
    }

    // MARK: The change

    /// Adds what has changed; afterwards there is no change.
    mutating func takeChange(into change: inout RecordChange) throws(ProjectRecordError) {
        for (user, named) in namedUsers.values.sorted(by: { $0.key < $1.key }) {
            let state = try state(of: user)
            change.batch.users.append(
                UserFact(user: user, userID: named.userID, amplitudeID: state.amplitudeID)
            )
            change.users.append(
                UserState(
                    key: user,
                    amplitudeID: state.amplitudeID,
                    userID: named.userID,
                    context: state.snapshot.context,
                    properties: state.snapshot.properties,
                    arrival: named.arrival ?? .unknown
                )
            )
        }
        for user in Set(changedSnapshots).sorted() where namedUsers[user] == nil {
            change.snapshots.append(Numbered(user, try snapshot(of: user)))
        }
        change.batch.devices = newDevices
        change.devices = changedDevices.values.values.sorted { $0.key.number < $1.key.number }
        newDevices = []
        changedDevices.removeAll()
        namedUsers.removeAll()
        changedSnapshots = []
        users.shrink()
        devices.shrink()
        known.shrink()
    }
}

extension PeopleMemory.KnownUser {
    fileprivate init(_ state: UserState) {
        self.init(amplitudeID: state.amplitudeID, snapshot: UserSnapshot(state))
    }
}

extension KnownDevice {
    fileprivate init(_ state: DeviceState) {
        self.init(key: state.key, user: state.user, isUnclaimed: state.isUnclaimed)
    }
}
