import EventModel
import JSONTape
import Storage

/// What the way in knows of a project's people, their contexts and properties, of groups, names and merges: the record's
/// rows, as far as they were needed, with the changes that are not committed yet.
///
/// After a commit that failed it holds what never happened, so it must be thrown away.
struct RecordMemory {
    var people: PeopleMemory
    private var contexts: ContextMemory
    private var properties: PropertyMemory
    private var arrivals: ArrivalMemory
    private let record: any ProjectRecord
    /// The largest number that an event type was given so far.
    private var lastEventType: Int32
    /// Of the last batch that was committed.
    private var sequence: JournalSequence
    private var eventTypes = RecentTable(capacity: largeCapacity, filler: EventTypeID(0))
    /// Names of event properties.
    private var propertyNames: Set<ExactText>
    private var notedNames = RecentTable<UInt8>(capacity: largeCapacity, filler: 0)
    private var groups = RevocableDictionary<EventGroup, UserProperties>()
    /// Bytes of the texts of all groups that are known, about.
    private var groupSize = 0
    private var mergeCounts = RevocableDictionary<UserKey, Int>()
    private var mergeTargets = RevocableDictionary<UserKey, UserKey?>()

    /// What became known since the change was last taken.
    private var batch = JournalBatch(receivedAt: Timestamp(milliseconds: 0))
    /// In order of their changes; some several times.
    private var changedGroups: [EventGroup] = []

    /// The most rows of each kind that are kept from one change to the next: of small ones, and of large ones.
    static let capacity = 200_000
    static let largeCapacity = 20_000
    /// Bytes of groups' properties that are kept from one change to the next.
    private static let groupCapacity = 16 << 20
    /// A kiosk's or a crawler's id would otherwise swallow everybody who passes by.
    private static let mostMerges = 1_000

    init(
        _ record: any ProjectRecord,
        mostLoggedUsers: Int,
        mostLoggedChanges: Int
    ) throws(ProjectRecordError) {
        self.record = record
        let counters = try record.counters()
        lastEventType = counters.eventType
        arrivals = try ArrivalMemory(record, counters, mostUsers: mostLoggedUsers, mostChanges: mostLoggedChanges)
        sequence = try record.lastSequence()
        people = try PeopleMemory(record, counters)
        contexts = ContextMemory(record, last: counters.context)
        var names: [PropertyName.Kind: Set<ExactText>] = [:]
        for property in try record.propertyNames() { names[property.kind, default: []].insert(property.name) }
        propertyNames = names[.event] ?? []
        properties = PropertyMemory(record, last: counters.propertySet, names: names[.user] ?? [])
    }

    /// Bytes of memory that cannot be given back before the change is committed, about.
    var uncommittedSize: Int { properties.uncommittedSize }

    /// Bytes of all large sets of user properties that were told so far.
    var toldSize: Int { properties.toldSize }

    // MARK: A person's context and properties

    /// The context after an event: see ``ContextMemory``.
    mutating func context(
        after before: ContextID?,
        _ sent: Fingerprint,
        isRevenue: Bool,
        _ event: () -> EventContext
    ) throws(ProjectRecordError) -> ContextMemory.Step {
        try contexts.context(after: before, sent, isRevenue: isRevenue, &arrivals, event)
    }

    /// The user properties after an event; `nil` if they are more than a person may have: see ``PropertyMemory``.
    mutating func properties(
        after before: PropertySetID,
        _ sent: Fingerprint,
        _ json: () -> ArraySlice<UInt8>
    ) throws(ProjectRecordError) -> PropertyMemory.Step? {
        try properties.properties(after: before, sent, &arrivals, json)
    }

    /// The context that an imported event says: see ``ContextMemory``.
    mutating func context(
        sent: Fingerprint,
        _ event: () -> EventContext
    ) throws(ProjectRecordError) -> ContextID {
        try contexts.context(sent: sent, event)
    }

    /// The user properties that an imported event says: see ``PropertyMemory``.
    mutating func properties(
        sent: Fingerprint,
        after before: PropertySetID,
        _ json: () -> ArraySlice<UInt8>
    ) throws(ProjectRecordError) -> PropertySetID {
        try properties.properties(sent: sent, after: before, json)
    }

    /// Notes that an event has properties that are nobody's.
    mutating func abandon(_ set: PropertySetID) { properties.abandon(set) }

    /// Notes with which event everything arrives that is changed now.
    ///
    /// - Parameter index: its place among those that are committed together.
    mutating func begin(event index: Int) {
        people.now = Arrival(JournalSequence(sequence.number + 1), index: index)
        arrivals.now = people.now
    }

    /// What the person's next event starts from, and of what the event at hand has brought values.
    mutating func setSnapshot(
        of user: UserKey,
        from before: UserSnapshot,
        to after: UserSnapshot,
        received builtIn: PropertyBundleID,
        _ properties: PropertyBundleID
    ) throws(ProjectRecordError) {
        if after != before {
            try people.setSnapshot(of: user, after)
            self.properties.change(of: user, from: before.properties, to: after.properties)
        }
        let isMuch = arrivals.receive(builtIn, properties, of: user, born: people.born(user))
        if isMuch {
            let known = try arrivals.arrivals(of: user, born: people.born(user))
            try settle(user, known, contexts.context(after.context), self.properties.properties(after.properties))
        }
    }

    /// The same of what was imported: when its values arrived nobody says.
    mutating func setSnapshot(
        of user: UserKey,
        from before: UserSnapshot,
        to after: UserSnapshot
    ) throws(ProjectRecordError) {
        if after == before { return }
        try people.setSnapshot(of: user, after)
        properties.change(of: user, from: before.properties, to: after.properties)
    }

    /// Notes of all that a person has when it arrived. What came and is gone is forgotten, so that it never is too much.
    private mutating func settle(
        _ user: UserKey,
        _ known: PersonArrivals,
        _ context: EventContext,
        _ properties: UserProperties
    ) {
        let all = context.known + properties.names.map { PersonProperty($0) }
        arrivals.settle(user, Dictionary(uniqueKeysWithValues: all.map { ($0, known[$0]) }))
    }

    /// Brings the properties of two persons together who are one from now on: each keeps the value that arrived last on
    /// either side. Source: Documentation/events-and-identity.md E29.
    private mutating func join(_ anonymous: UserKey, into known: UserKey) throws(ProjectRecordError) {
        let other = try people.snapshot(of: anonymous)
        if other == UserSnapshot() { return }
        let before = try people.snapshot(of: known)
        let theirs = try arrivals.arrivals(of: anonymous, born: people.born(anonymous))
        var ours = try arrivals.arrivals(of: known, born: people.born(known))
        var context = try contexts.context(before.context)
        var joined = try properties.properties(before.properties)
        let taken =
            context.join(try contexts.context(other.context)) { theirs[$0] > ours[$0] }
            + joined.join(try properties.properties(other.properties)) { theirs[$0] > ours[$0] }
        var after = before
        after.context = try contexts.number(of: context)
        after.properties = try properties.number(of: joined, joined.text, after: before.properties)
        for property in taken { ours.ofProperties[property] = theirs[property] }
        settle(known, ours, context, joined)
        arrivals.settle(anonymous, [:])
        try people.setSnapshot(of: known, after)
        properties.change(of: known, from: before.properties, to: after.properties)
        // They are the other's now, who may change them.
        try people.setSnapshot(of: anonymous, UserSnapshot())
        properties.change(of: anonymous, from: other.properties, to: .empty)
    }

    // MARK: Groups

    /// Applies operations to a group's properties.
    ///
    /// - Returns: false, and nothing is changed, if they would be more than a group may have.
    mutating func identify(
        _ group: EventGroup,
        _ operations: [PropertyMember]
    ) throws(ProjectRecordError) -> Bool {
        let before: UserProperties
        if let known = groups[group] { before = known } else { before = try storedProperties(of: group) }
        var properties = before
        properties.identify(operations)
        let text = properties.text
        guard properties.fits(as: text, after: before) else { return false }
        groups[group] = properties
        groupSize += text.utf8.count
        changedGroups.append(group)
        return true
    }

    private func storedProperties(of group: EventGroup) throws(ProjectRecordError) -> UserProperties {
        let stored = try record.groupProperties(type: group.type.string, value: group.value.string)
        guard let stored else { return UserProperties() }
        guard let properties = try? UserProperties(json: stored) else {
            throw ProjectRecordError(.damaged, "the properties of a group are not readable")
        }
        return properties
    }

    // MARK: Merges

    mutating func merge(_ merge: Merge) throws(ProjectRecordError) {
        if merge.cause == .login { try join(merge.from, into: merge.into) }
        batch.merges.append(merge)
        mergeTargets[merge.from] = merge.cause == .unmapping ? .some(nil) : merge.into
        if merge.cause == .login { mergeCounts[merge.into] = (mergeCounts[merge.into] ?? 0) + 1 }
    }

    /// A merge that somebody else has found. One that is known already is nothing new.
    mutating func mergeImported(_ merge: Merge) throws(ProjectRecordError) {
        if try mergeTarget(of: merge.from) == merge.into { return }
        if merge.cause == .login { try joinImported(merge.from, into: merge.into) }
        batch.merges.append(merge)
        mergeTargets[merge.from] = merge.into
        if merge.cause == .login { mergeCounts[merge.into] = try mergeCount(into: merge.into) + 1 }
    }

    /// Where the merge was found, both had the properties of both from then on. So who was seen later has them already.
    private mutating func joinImported(_ other: UserKey, into known: UserKey) throws(ProjectRecordError) {
        let theirs = try people.snapshot(of: other)
        let before = try people.snapshot(of: known)
        if let ours = before.importedAt, let latest = theirs.importedAt, latest > ours {
            var context = try contexts.context(before.context)
            var joined = try properties.properties(before.properties)
            _ = context.join(try contexts.context(theirs.context)) { _ in true }
            _ = joined.join(try properties.properties(theirs.properties)) { _ in true }
            var after = before
            after.context = try contexts.number(of: context)
            after.properties = try properties.number(of: joined, joined.text, after: before.properties)
            after.importedAt = latest
            try setSnapshot(of: known, from: before, to: after)
        }
        var nothing = UserSnapshot()
        nothing.importedAt = theirs.importedAt
        try setSnapshot(of: other, from: theirs, to: nothing)
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
        try mergeCount(into: user) >= Self.mostMerges
    }

    private mutating func mergeCount(into user: UserKey) throws(ProjectRecordError) -> Int {
        let count: Int
        if let known = mergeCounts[user] { count = known } else { count = try record.mergeCount(into: user) }
        mergeCounts[user] = count
        return count
    }

    // MARK: Names

    mutating func eventType(
        _ fingerprint: Fingerprint,
        _ name: () -> String
    ) throws(ProjectRecordError) -> EventTypeID {
        if let known = eventTypes.value(fingerprint) { return known }
        let name = name()
        let id: EventTypeID
        if let known = try record.eventType(named: name) {
            id = known
        } else {
            lastEventType += 1
            id = EventTypeID(lastEventType)
            batch.eventTypes.append(Numbered(id, name))
        }
        eventTypes.set(fingerprint, id)
        return id
    }

    /// Notes the names of an event's properties; those noted together before cost one look.
    mutating func note(_ names: Fingerprint, _ properties: () -> ArraySlice<UInt8>) {
        if notedNames.value(names) != nil { return }
        notedNames.set(names, 1)
        for member in PropertyLimits.members(ofJSON: properties()) {
            guard propertyNames.insert(ExactText(member.key)).inserted else { continue }
            batch.propertyNames.append(PropertyName(.event, member.key))
        }
    }

    // MARK: Taking back

    /// Where the changes of a request begin.
    struct Mark {
        fileprivate var people: PeopleMemory.Mark
        fileprivate var contexts: ContextMemory.Mark
        fileprivate var properties: PropertyMemory.Mark
        fileprivate var arrivals: ArrivalMemory.Mark
        fileprivate var lastEventType: Int32
        fileprivate var eventTypes, merges, propertyNames, changedGroups: Int
    }

    /// From now on changes can be taken back up to here: as if what came since had never been seen.
    mutating func mark() -> Mark {
        eventTypes.mark()
        notedNames.mark()
        groups.mark()
        mergeCounts.mark()
        mergeTargets.mark()
        return Mark(
            people: people.mark(),
            contexts: contexts.mark(),
            properties: properties.mark(),
            arrivals: arrivals.mark(),
            lastEventType: lastEventType,
            eventTypes: batch.eventTypes.count,
            merges: batch.merges.count,
            propertyNames: batch.propertyNames.count,
            changedGroups: changedGroups.count
        )
    }

    /// - Parameter mark: the last one that was made.
    mutating func takeBack(to mark: Mark) {
        eventTypes.takeBack()
        notedNames.takeBack()
        groups.takeBack()
        mergeCounts.takeBack()
        mergeTargets.takeBack()
        people.takeBack(to: mark.people)
        contexts.takeBack(to: mark.contexts)
        properties.takeBack(to: mark.properties)
        arrivals.takeBack(to: mark.arrivals)
        lastEventType = mark.lastEventType
        batch.eventTypes.removeSubrange(mark.eventTypes...)
        batch.merges.removeSubrange(mark.merges...)
        propertyNames.subtract(batch.propertyNames[mark.propertyNames...].map(\.name))
        batch.propertyNames.removeSubrange(mark.propertyNames...)
        changedGroups.removeSubrange(mark.changedGroups...)
    }

    // MARK: The change

    /// What is to be committed together with `events`; afterwards there is no change.
    mutating func takeChange(
        receivedAt: Timestamp,
        events: StoredEvents,
        fingerprints: [Fingerprint],
        ledger: LedgerCounts
    ) throws(ProjectRecordError) -> RecordChange {
        batch.receivedAt = receivedAt
        batch.events = events
        var change = RecordChange(batch: batch, fingerprints: fingerprints, ledger: ledger)
        contexts.takeChange(into: &change.batch)
        var owners: [Numbered<UserKey, PropertySetID>] = []
        for user in properties.changedOwners { owners.append(Numbered(user, try people.snapshot(of: user).properties)) }
        try properties.takeChange(into: &change, owners)
        try people.takeChange(into: &change)
        arrivals.takeChange(into: &change)
        change.groups = Set(changedGroups).sorted().map {
            GroupState(type: $0.type.string, value: $0.value.string, properties: groups[$0]?.text ?? "{}")
        }
        batch = JournalBatch(receivedAt: receivedAt)
        sequence.number += 1
        changedGroups = []
        shrink()
        return change
    }

    /// Forgets what the record can tell again, when there is too much of it. Nothing in it is uncommitted here, or else
    /// the whole memory is about to be thrown away.
    private mutating func shrink() {
        eventTypes.shrink()
        notedNames.shrink()
        if groups.count > Self.largeCapacity || groupSize > Self.groupCapacity {
            groups.removeAll()
            groupSize = 0
        }
        if mergeCounts.count > Self.capacity { mergeCounts.removeAll() }
        if mergeTargets.count > Self.capacity { mergeTargets.removeAll() }
    }
}
