import EventModel
import JSONTape
import Storage

/// What the way in knows of users, devices and names: the record's rows, as far as they were needed, with the changes
/// that are not committed yet.
///
/// After a commit that failed it holds what never happened, so it must be thrown away.
struct RecordMemory {
    private let record: any ProjectRecord
    private var counters: RecordCounters
    private var users: [UserKey: UserState] = [:]
    private var userKeys: [ExactText: UserKey] = [:]
    private var devices: [ExactText: DeviceState] = [:]
    private var eventTypes: [ExactText: EventTypeID] = [:]
    private var contexts: [ContextID: EventContext] = [:]
    private var contextIDs: [ExactText: ContextID] = [:]
    private var propertySets: [PropertySetID: UserProperties] = [:]
    private var propertySetIDs: [ExactText: PropertySetID] = [:]
    private var propertyNames: Set<PropertyName>
    private var notedNames: Set<Fingerprint> = []
    private var groups: [EventGroup: UserProperties] = [:]
    private var contextSteps: [ContextStep: ContextID] = [:]
    private var mergeCounts: [UserKey: Int] = [:]
    private var mergeTargets: [UserKey: UserKey?] = [:]

    /// What became known since the change was last taken.
    private var batch = JournalBatch(receivedAt: Timestamp(milliseconds: 0))
    private var changedUsers: Set<UserKey> = []
    private var changedDevices: Set<ExactText> = []
    private var renamedUsers: Set<UserKey> = []
    private var changedGroups: Set<EventGroup> = []

    /// The most rows of each kind that are kept from one change to the next.
    private static let capacity = 200_000
    /// A kiosk's or a crawler's id would otherwise swallow everybody who passes by.
    private static let mostMerges = 1_000

    init(_ record: any ProjectRecord) throws(ProjectRecordError) {
        self.record = record
        counters = try record.counters()
        propertyNames = Set(try record.propertyNames())
    }

    // MARK: People and devices

    mutating func user(withID userID: String) throws(ProjectRecordError) -> UserKey? {
        let key = ExactText(userID)
        if let user = userKeys[key] { return user }
        guard let state = try record.user(withID: userID) else { return nil }
        // The row may be older than what is remembered under its key.
        if users[state.key] == nil { users[state.key] = state }
        userKeys[key] = state.key
        return state.key
    }

    mutating func device(withID deviceID: String) throws(ProjectRecordError) -> DeviceState? {
        let key = ExactText(deviceID)
        if let device = devices[key] { return device }
        guard let device = try record.device(withID: deviceID) else { return nil }
        devices[key] = device
        return device
    }

    mutating func createUser(userID: String?) -> UserKey {
        counters.user += 1
        let user = UserKey(counters.user)
        users[user] = UserState(key: user)
        changedUsers.insert(user)
        renamedUsers.insert(user)
        if let userID { name(user, userID) }
        return user
    }

    /// Gives a person, so far anonymous, its `user_id`. The person's state must have been asked for before.
    mutating func name(_ user: UserKey, _ userID: String) {
        users[user]?.userID = userID
        userKeys[ExactText(userID)] = user
        changedUsers.insert(user)
        renamedUsers.insert(user)
    }

    /// From now on, events that name only this device are the user's.
    mutating func link(deviceID: String, to user: UserKey, isUnclaimed: Bool) -> DeviceKey {
        let key = ExactText(deviceID)
        var device: DeviceState
        if let known = devices[key] {
            device = known
            device.user = user
            device.isUnclaimed = isUnclaimed
        } else {
            counters.device += 1
            device = DeviceState(
                key: DeviceKey(counters.device),
                deviceID: deviceID,
                user: user,
                isUnclaimed: isUnclaimed
            )
            batch.devices.append(Numbered(device.key, deviceID))
        }
        devices[key] = device
        changedDevices.insert(key)
        return device.key
    }

    mutating func merge(_ merge: Merge) {
        batch.merges.append(merge)
        mergeTargets[merge.from] = merge.cause == .unmapping ? .some(nil) : merge.into
        if merge.cause == .login { mergeCounts[merge.into, default: 0] += 1 }
    }

    mutating func state(of user: UserKey) throws(ProjectRecordError) -> UserState {
        if let state = users[user] { return state }
        guard let state = try record.user(user) else {
            throw ProjectRecordError(.damaged, "user \(user.number) is referred to, but not there")
        }
        users[user] = state
        return state
    }

    // MARK: What a person's next event starts from

    mutating func context(of user: UserKey) throws(ProjectRecordError) -> EventContext {
        guard let id = try state(of: user).context else { return EventContext() }
        if let context = contexts[id] { return context }
        guard let text = try record.text(of: id),
            let context = try? JSONDocument.withRoot(of: Array(text.utf8), { EventContext($0) })
        else {
            throw ProjectRecordError(.damaged, "context \(id.number) is referred to, but not readable")
        }
        contexts[id] = context
        return context
    }

    /// The person's context after an event, worked out once for each context before and what an event sets.
    mutating func updateContext(
        of user: UserKey,
        from event: EventContext,
        _ fingerprint: Fingerprint?,
        isRevenue: Bool
    ) throws(ProjectRecordError) -> ContextID {
        let before = try state(of: user).context
        let step = fingerprint.map { ContextStep(before: before, event: $0, isRevenue: isRevenue) }
        let after: ContextID
        if let step, let known = contextSteps[step] {
            after = known
        } else {
            var context = try context(of: user)
            context.update(from: event, isRevenue: isRevenue)
            after = try number(of: context)
            if let step { contextSteps[step] = after }
        }
        if before != after {
            users[user]?.context = after
            changedUsers.insert(user)
        }
        return after
    }

    mutating func number(of context: EventContext) throws(ProjectRecordError) -> ContextID {
        var json = JSONWriter()
        context.write(to: &json)
        let text = json.text
        let key = ExactText(text)
        if let known = contextIDs[key] { return known }
        let id: ContextID
        if let known = try record.context(withText: text) {
            id = known
        } else {
            counters.context += 1
            id = ContextID(counters.context)
            batch.contexts.append(Numbered(id, context))
        }
        contextIDs[key] = id
        contexts[id] = context
        return id
    }

    mutating func properties(of user: UserKey) throws(ProjectRecordError) -> UserProperties {
        let id = try state(of: user).properties
        if id == .empty { return UserProperties() }
        if let properties = propertySets[id] { return properties }
        guard let text = try record.text(of: id), let properties = try? UserProperties(json: text) else {
            throw ProjectRecordError(.damaged, "property set \(id.number) is referred to, but not readable")
        }
        propertySets[id] = properties
        return properties
    }

    mutating func setProperties(_ properties: UserProperties, of user: UserKey) throws(ProjectRecordError) {
        let id = try number(of: properties)
        if try state(of: user).properties != id {
            users[user]?.properties = id
            changedUsers.insert(user)
        }
    }

    mutating func number(of properties: UserProperties) throws(ProjectRecordError) -> PropertySetID {
        if properties.isEmpty { return .empty }
        let text = properties.text
        let key = ExactText(text)
        if let known = propertySetIDs[key] { return known }
        let id: PropertySetID
        if let known = try record.propertySet(withText: text) {
            id = known
        } else {
            counters.propertySet += 1
            id = PropertySetID(counters.propertySet)
            batch.propertySets.append(Numbered(id, text))
            for name in properties.names { note(PropertyName(.user, name.string)) }
        }
        propertySetIDs[key] = id
        propertySets[id] = properties
        return id
    }

    /// Applies operations to a group's properties.
    mutating func identify(_ group: EventGroup, _ operations: [PropertyMember]) throws(ProjectRecordError) {
        var properties: UserProperties
        if let known = groups[group] { properties = known } else { properties = try storedProperties(of: group) }
        properties.identify(operations)
        groups[group] = properties
        changedGroups.insert(group)
    }

    private func storedProperties(of group: EventGroup) throws(ProjectRecordError) -> UserProperties {
        let stored = try record.groupProperties(type: group.type.string, value: group.value.string)
        guard let stored else { return UserProperties() }
        guard let properties = try? UserProperties(json: stored) else {
            throw ProjectRecordError(.damaged, "the properties of a group are not readable")
        }
        return properties
    }

    /// The user into whom this one's events are counted; `nil` if it stands for itself.
    mutating func mergeTarget(of user: UserKey) throws(ProjectRecordError) -> UserKey? {
        if let known = mergeTargets[user] { return known }
        let target = try record.mergeTarget(of: user)
        mergeTargets[user] = .some(target)
        return target
    }

    /// Whether so many anonymous ids were merged into a user that one more would be no person's any more.
    mutating func isFull(_ user: UserKey) throws(ProjectRecordError) -> Bool {
        let count: Int
        if let known = mergeCounts[user] { count = known } else { count = try record.mergeCount(into: user) }
        mergeCounts[user] = count
        return count >= Self.mostMerges
    }

    // MARK: Names

    mutating func eventType(named name: String) throws(ProjectRecordError) -> EventTypeID {
        let key = ExactText(name)
        if let id = eventTypes[key] { return id }
        let id: EventTypeID
        if let known = try record.eventType(named: name) {
            id = known
        } else {
            counters.eventType += 1
            id = EventTypeID(counters.eventType)
            batch.eventTypes.append(Numbered(id, name))
        }
        eventTypes[key] = id
        return id
    }

    /// Notes the names of an event's properties; those noted together before cost one look.
    mutating func note(eventProperties names: [String], _ fingerprint: Fingerprint?) {
        if let fingerprint {
            guard notedNames.insert(fingerprint).inserted else { return }
        }
        for name in names { note(PropertyName(.event, name)) }
    }

    mutating func note(_ property: PropertyName) {
        if propertyNames.insert(property).inserted { batch.propertyNames.append(property) }
    }

    // MARK: The change

    /// What is to be committed together with `events`; afterwards there is no change.
    mutating func takeChange(
        receivedAt: Timestamp,
        events: [StoredEvent],
        fingerprints: [Fingerprint],
        ledger: LedgerCounts
    ) -> RecordChange {
        batch.receivedAt = receivedAt
        batch.events = events
        batch.users = renamedUsers.sorted().map { UserFact(user: $0, userID: users[$0]?.userID) }
        let change = RecordChange(
            batch: batch,
            users: changedUsers.sorted().compactMap { users[$0] },
            devices: changedDevices.compactMap { devices[$0] },
            groups: changedGroups.map {
                GroupState(type: $0.type.string, value: $0.value.string, properties: groups[$0]?.text ?? "{}")
            },
            fingerprints: fingerprints,
            ledger: ledger
        )
        batch = JournalBatch(receivedAt: receivedAt)
        changedUsers = []
        changedDevices = []
        renamedUsers = []
        changedGroups = []
        shrink()
        return change
    }

    /// Forgets what the record can tell again, when there is too much of it. Nothing in it is uncommitted here, or else
    /// the whole memory is about to be thrown away.
    private mutating func shrink() {
        if users.count > Self.capacity || userKeys.count > Self.capacity {
            users = [:]
            userKeys = [:]
        }
        if devices.count > Self.capacity { devices = [:] }
        if contexts.count > Self.capacity || contextIDs.count > Self.capacity {
            contexts = [:]
            contextIDs = [:]
        }
        if propertySets.count > Self.capacity || propertySetIDs.count > Self.capacity {
            propertySets = [:]
            propertySetIDs = [:]
        }
        if eventTypes.count > Self.capacity { eventTypes = [:] }
        if groups.count > Self.capacity { groups = [:] }
        if notedNames.count > Self.capacity { notedNames = [] }
        if contextSteps.count > Self.capacity { contextSteps = [:] }
        if mergeCounts.count > Self.capacity { mergeCounts = [:] }
        if mergeTargets.count > Self.capacity { mergeTargets = [:] }
    }
}

/// One way in which an event changes a context.
private struct ContextStep: Hashable {
    var before: ContextID?
    var event: Fingerprint
    var isRevenue: Bool
}
