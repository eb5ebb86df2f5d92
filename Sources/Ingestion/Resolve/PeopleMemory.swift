import EventModel
import Storage

/// What is known of a device.
struct KnownDevice: BitwiseCopyable, Sendable {
    var key: DeviceKey
    /// Whose events those are that name only the device; `.nobody` if that person was deleted: see ``isAbandoned``.
    var user: UserKey
    /// True until some `user_id` has been seen on the device: then `user` is anonymous and may be taken over once.
    var isUnclaimed: Bool
    // An optional of its own would take eight bytes more.
    private var importedAtOrMax = Int64.max

    init(key: DeviceKey, user: UserKey, isUnclaimed: Bool, importedAt: Timestamp? = nil) {
        self.key = key
        self.user = user
        self.isUnclaimed = isUnclaimed
        self.importedAt = importedAt
    }

    /// Whether it has only its number: the next event on it is as the first one.
    var isAbandoned: Bool { user == .nobody }

    /// See `DeviceState`.
    var importedAt: Timestamp? {
        get { importedAtOrMax == .max ? nil : Timestamp(milliseconds: importedAtOrMax) }
        set { importedAtOrMax = newValue?.milliseconds ?? .max }
    }
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
    /// Of those who were deleted; `nil` until somebody asks.
    private var goneAmplitudeIDs: Set<AmplitudeID>?
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
    /// Of users that are new.
    private var newAmplitudeIDs = RevocableDictionary<AmplitudeID, UserKey>()
    /// By the number that they were imported with.
    private var imported = RecentTable(capacity: capacity, filler: UserKey.nobody)
    private var newImported: [Numbered<AmplitudeID, UserKey>] = []
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

    /// - Parameter isImported: whether nothing of the user came to this server.
    mutating func createUser(_ userID: String?, _ fingerprint: Fingerprint, isImported: Bool = false) -> UserKey {
        lastAmplitudeID += 1
        return createUser(AmplitudeID(lastAmplitudeID), userID, fingerprint, isImported: isImported)
    }

    private mutating func createUser(
        _ id: AmplitudeID,
        _ userID: String?,
        _ fingerprint: Fingerprint,
        isImported: Bool
    ) -> UserKey {
        lastUser += 1
        let user = UserKey(lastUser)
        var snapshot = UserSnapshot()
        // Whatever is imported is later.
        if isImported { snapshot.importedAt = Timestamp(milliseconds: .min) }
        known.set(Self.place(of: user), KnownUser(amplitudeID: id, snapshot: snapshot))
        namedUsers[user] = NamedUser(userID: userID, arrival: now)
        newAmplitudeIDs[id] = user
        if userID != nil { users.set(fingerprint, user) }
        return user
    }

    /// Gives a person, so far anonymous, its `user_id`.
    mutating func name(_ user: UserKey, _ userID: String, _ fingerprint: Fingerprint) {
        users.set(fingerprint, user)
        namedUsers[user] = NamedUser(userID: userID, arrival: namedUsers[user]?.arrival)
    }

    func hasUserID(_ user: UserKey) throws(ProjectRecordError) -> Bool {
        if let named = namedUsers[user] { return named.userID != nil }
        return try record.user(user)?.userID != nil
    }

    // MARK: Imported users

    /// Who was imported with that number.
    mutating func user(importedAs id: AmplitudeID) throws(ProjectRecordError) -> UserKey? {
        if let known = imported.value(Self.place(of: id)) { return known }
        guard let user = try record.user(importedAs: id) else { return nil }
        imported.set(Self.place(of: id), user)
        return user
    }

    /// From now on whoever is imported with that number is the user.
    mutating func note(_ user: UserKey, importedAs id: AmplitudeID) {
        imported.set(Self.place(of: id), user)
        newImported.append(Numbered(id, user))
    }

    /// A user who has the number here, too, unless somebody else has it.
    mutating func createUser(
        importedAs id: AmplitudeID,
        _ userID: String?,
        _ fingerprint: Fingerprint
    ) throws(ProjectRecordError) -> UserKey {
        let user: UserKey
        if id.number > lastAmplitudeID {
            lastAmplitudeID = id.number
            user = createUser(id, userID, fingerprint, isImported: true)
        } else if newAmplitudeIDs[id] == nil, try record.user(id) == nil, try !wasGiven(toSomebodyGone: id) {
            user = createUser(id, userID, fingerprint, isImported: true)
        } else {
            user = createUser(userID, fingerprint, isImported: true)
        }
        note(user, importedAs: id)
        return user
    }

    /// Whether it was that of somebody who was deleted: it is not given again, though nothing else may be left of them.
    private mutating func wasGiven(toSomebodyGone id: AmplitudeID) throws(ProjectRecordError) -> Bool {
        if let known = goneAmplitudeIDs { return known.contains(id) }
        // Whoever is deleted from now on has their number until all that is remembered here is forgotten.
        let read = Set(try record.deletedAmplitudeIDs())
        goneAmplitudeIDs = read
        return read.contains(id)
    }

    private static func place(of id: AmplitudeID) -> Fingerprint {
        let number = UInt64(bitPattern: id.number)
        return Fingerprint(high: number &* 0x9E37_79B9_7F4A_7C15, low: number)
    }

    // MARK: Snapshots

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
        // Whom a row leads to is looked up anew.
        imported = RecentTable(capacity: Self.capacity, filler: UserKey.nobody)
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
        isUnclaimed: Bool,
        importedAt: Timestamp? = nil
    ) -> DeviceKey {
        if known == nil {
            lastDevice += 1
            newDevices.append(Numbered(DeviceKey(lastDevice), deviceID))
        }
        let device = KnownDevice(
            key: known?.key ?? DeviceKey(lastDevice),
            user: user,
            isUnclaimed: isUnclaimed,
            importedAt: importedAt
        )
        devices.set(fingerprint, device)
        changedDevices[device.key] = DeviceState(
            key: device.key,
            deviceID: deviceID,
            user: user,
            isUnclaimed: isUnclaimed,
            importedAt: importedAt
        )
        return device.key
    }

    /// Notes that what is known of a device was imported again, of a later time. That is not written down: it matters only
    /// among events that are imported together.
    mutating func saw(_ fingerprint: Fingerprint, _ device: KnownDevice, at time: Timestamp) {
        var device = device
        device.importedAt = time
        devices.set(fingerprint, device)
    }

    // MARK: Taking back

    /// Where the changes of a request begin.
    struct Mark {
        fileprivate var lastUser, lastDevice: Int32
        fileprivate var lastAmplitudeID: Int64
        fileprivate var newDevices, changedSnapshots, newImported: Int
    }

    /// From now on changes can be taken back up to here.
    mutating func mark() -> Mark {
        users.mark()
        devices.mark()
        known.mark()
        changedDevices.mark()
        namedUsers.mark()
        newAmplitudeIDs.mark()
        imported.mark()
        return Mark(
            lastUser: lastUser,
            lastDevice: lastDevice,
            lastAmplitudeID: lastAmplitudeID,
            newDevices: newDevices.count,
            changedSnapshots: changedSnapshots.count,
            newImported: newImported.count
        )
    }

    /// - Parameter mark: the last one that was made.
    mutating func takeBack(to mark: Mark) {
        users.takeBack()
        devices.takeBack()
        known.takeBack()
        changedDevices.takeBack()
        namedUsers.takeBack()
        newAmplitudeIDs.takeBack()
        imported.takeBack()
        (lastUser, lastDevice, lastAmplitudeID) = (mark.lastUser, mark.lastDevice, mark.lastAmplitudeID)
        newDevices.removeSubrange(mark.newDevices...)
        changedSnapshots.removeSubrange(mark.changedSnapshots...)
        newImported.removeSubrange(mark.newImported...)
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
                    arrival: named.arrival ?? .unknown,
                    importedAt: state.snapshot.importedAt
                )
            )
        }
        for user in Set(changedSnapshots).sorted() where namedUsers[user] == nil {
            change.snapshots.append(Numbered(user, try snapshot(of: user)))
        }
        change.importedPeople = newImported
        change.batch.devices = newDevices
        change.devices = changedDevices.values.values.sorted { $0.key.number < $1.key.number }
        newImported = []
        newDevices = []
        newAmplitudeIDs.removeAll()
        changedDevices.removeAll()
        namedUsers.removeAll()
        changedSnapshots = []
        users.shrink()
        devices.shrink()
        known.shrink()
        imported.shrink()
    }
}

extension PeopleMemory.KnownUser {
    fileprivate init(_ state: UserState) {
        self.init(amplitudeID: state.amplitudeID, snapshot: UserSnapshot(state))
    }
}

extension KnownDevice {
    fileprivate init(_ state: DeviceState) {
        self.init(
            key: state.key,
            user: state.user,
            isUnclaimed: state.isUnclaimed,
            importedAt: state.importedAt
        )
    }
}
