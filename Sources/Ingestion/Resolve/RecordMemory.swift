import EventModel
import JSONTape
import Storage

/// What the way in knows of names, contexts, properties and merges: the record's rows, as far as they were needed, with
/// the changes that are not committed yet. Users and devices are in ``PeopleMemory``.
///
/// After a commit that failed both hold what never happened, so they must be thrown away.
struct RecordMemory {
    var people: PeopleMemory
    private let record: any ProjectRecord
    private var counters: RecordCounters
    /// Of the last batch that was committed.
    private var sequence: JournalSequence
    private var eventTypes = RecentTable(capacity: largeCapacity, filler: EventTypeID(0))
    private var contexts = RevocableDictionary<ContextID, EventContext>()
    private var contextIDs = RecentTable(capacity: capacity, filler: ContextID(0))
    private var contextSteps = RecentTable(capacity: capacity, filler: ContextID(0))
    private var propertySets = RevocableDictionary<PropertySetID, UserProperties>()
    private var propertySetIDs = RecentTable(capacity: capacity, filler: PropertySetID.empty)
    private var propertySteps = RecentTable(capacity: capacity, filler: PropertySetID.empty)
    private var propertyNames: Set<PropertyName>
    private var notedNames = RecentTable<UInt8>(capacity: largeCapacity, filler: 0)
    private var groups = RevocableDictionary<EventGroup, UserProperties>()
    private var mergeCounts = RevocableDictionary<UserKey, Int>()
    private var mergeTargets = RevocableDictionary<UserKey, UserKey?>()
    private var contextArrivals = RevocableDictionary<ContextStep, [PersonProperty]>()
    private var propertyArrivals = RevocableDictionary<PropertyStep, [PersonProperty]>()

    private struct ContextStep: Hashable {
        var before, after: ContextID?
    }

    private struct PropertyStep: Hashable {
        var before, after: PropertySetID
    }

    /// What became known since the change was last taken.
    private var batch = JournalBatch(receivedAt: Timestamp(milliseconds: 0))
    /// In order of their changes; some several times.
    private var changedGroups: [EventGroup] = []

    /// The most rows of each kind that are kept from one change to the next: of small ones, and of large ones.
    private static let capacity = 200_000
    private static let largeCapacity = 20_000
    /// A kiosk's or a crawler's id would otherwise swallow everybody who passes by.
    private static let mostMerges = 1_000

    init(_ record: any ProjectRecord) throws(ProjectRecordError) {
        self.record = record
        counters = try record.counters()
        sequence = try record.lastSequence()
        people = try PeopleMemory(record, counters)
        propertyNames = Set(try record.propertyNames())
    }

    // MARK: Contexts

    /// The context after an event, worked out once for each context before and what an event sets.
    mutating func context(
        after before: ContextID?,
        _ sent: Fingerprint,
        isRevenue: Bool,
        _ event: () -> EventContext
    ) throws(ProjectRecordError) -> ContextID {
        let number = UInt64(UInt32(bitPattern: before?.number ?? 0))
        let step = sent.with(number << 1 | (isRevenue ? 1 : 0))
        if let known = contextSteps.value(step) { return known }
        var context = try self.context(before)
        context.update(from: event(), isRevenue: isRevenue)
        let after = try self.number(of: context)
        contextSteps.set(step, after)
        return after
    }

    private mutating func context(_ id: ContextID?) throws(ProjectRecordError) -> EventContext {
        guard let id else { return EventContext() }
        if let known = contexts[id] { return known }
        guard let text = try record.text(of: id),
            let context = try? JSONDocument.withRoot(of: Array(text.utf8), { EventContext($0) })
        else {
            throw ProjectRecordError(.damaged, "context \(id.number) is referred to, but not readable")
        }
        contexts[id] = context
        return context
    }

    private mutating func number(of context: EventContext) throws(ProjectRecordError) -> ContextID {
        var json = JSONWriter()
        context.write(to: &json)
        let fingerprint = json.withBytes { Fingerprint(secretly: $0) }
        if let known = contextIDs.value(fingerprint) { return known }
        let id: ContextID
        if let known = try record.context(withText: json.text) {
            id = known
        } else {
            counters.context += 1
            id = ContextID(counters.context)
            batch.contexts.append(Numbered(id, context))
        }
        contextIDs.set(fingerprint, id)
        contexts[id] = context
        return id
    }

    // MARK: User properties

    /// The user properties after an event, worked out once for each set before and what an event brings.
    ///
    /// - Returns: `nil` if they are more than a person may have.
    mutating func properties(
        after before: PropertySetID,
        _ sent: Fingerprint,
        _ json: () -> ArraySlice<UInt8>
    ) throws(ProjectRecordError) -> PropertySetID? {
        let step = sent.with(UInt64(UInt32(bitPattern: before.number)))
        if let known = propertySteps.value(step) { return known }
        let known = try properties(before)
        var properties = known
        properties.identify(Self.members(of: json()))
        let text = properties.text
        guard properties.fits(as: text, after: known) else { return nil }
        let after = try number(of: properties, text)
        propertySteps.set(step, after)
        return after
    }

    private static func members(of json: ArraySlice<UInt8>) -> [PropertyMember] {
        let members = try? JSONDocument.withRoot(of: json.span) { PropertyLimits.members(of: $0) }
        guard let members else { preconditionFailure("what was written as JSON can be read as JSON") }
        return members
    }

    private mutating func properties(_ id: PropertySetID) throws(ProjectRecordError) -> UserProperties {
        if id == .empty { return UserProperties() }
        if let properties = propertySets[id] { return properties }
        guard let text = try record.text(of: id), let properties = try? UserProperties(json: text) else {
            throw ProjectRecordError(.damaged, "property set \(id.number) is referred to, but not readable")
        }
        propertySets[id] = properties
        return properties
    }

    /// - Parameter text: that of the properties.
    private mutating func number(
        of properties: UserProperties,
        _ text: String
    ) throws(ProjectRecordError) -> PropertySetID {
        if properties.isEmpty { return .empty }
        let fingerprint = Fingerprint(secretly: text.utf8Span.span)
        if let known = propertySetIDs.value(fingerprint) { return known }
        let id: PropertySetID
        if let known = try record.propertySet(withText: text) {
            id = known
        } else {
            counters.propertySet += 1
            id = PropertySetID(counters.propertySet)
            batch.propertySets.append(Numbered(id, text))
            for name in properties.names { note(PropertyName(.user, name.string)) }
        }
        propertySetIDs.set(fingerprint, id)
        propertySets[id] = properties
        return id
    }

    // MARK: A person's snapshot

    /// Notes with which event everything arrives that is changed now.
    ///
    /// - Parameter index: its place among those that are committed together.
    mutating func begin(event index: Int) {
        people.now = Arrival(JournalSequence(sequence.number + 1), index: index)
    }

    /// What the person's next event starts from, and which of it arrived with the event at hand.
    mutating func setSnapshot(
        of user: UserKey,
        from before: UserSnapshot,
        to after: UserSnapshot
    ) throws(ProjectRecordError) {
        people.setSnapshot(of: user, after)
        if people.isArriving(user) { return }
        if before.context != after.context {
            people.note(try arrived(from: before.context, to: after.context), of: user, at: people.now)
        }
        if before.properties != after.properties {
            people.note(try arrived(from: before.properties, to: after.properties), of: user, at: people.now)
        }
    }

    private mutating func arrived(
        from before: ContextID?,
        to after: ContextID?
    ) throws(ProjectRecordError) -> [PersonProperty] {
        let step = ContextStep(before: before, after: after)
        if let known = contextArrivals[step] { return known }
        let arrived = try context(after).arrived(after: context(before))
        contextArrivals[step] = arrived
        return arrived
    }

    private mutating func arrived(
        from before: PropertySetID,
        to after: PropertySetID
    ) throws(ProjectRecordError) -> [PersonProperty] {
        let step = PropertyStep(before: before, after: after)
        if let known = propertyArrivals[step] { return known }
        let arrived = try properties(after).arrived(after: properties(before))
        propertyArrivals[step] = arrived
        return arrived
    }

    /// Brings the properties of two persons together who are one from now on: each keeps the value that arrived last on
    /// either side. Source: Documentation/events-and-identity.md E29.
    private mutating func join(_ anonymous: UserKey, into known: UserKey) throws(ProjectRecordError) {
        let other = try people.snapshot(of: anonymous)
        if other == UserSnapshot() { return }
        var joined = try people.snapshot(of: known)
        let (theirs, ours) = (try people.arrivals(of: anonymous), try people.arrivals(of: known))
        var context = try context(joined.context)
        var properties = try properties(joined.properties)
        let taken =
            context.join(try self.context(other.context)) { theirs[$0] > ours[$0] }
            + properties.join(try self.properties(other.properties)) { theirs[$0] > ours[$0] }
        joined.context = try number(of: context)
        joined.properties = try number(of: properties, properties.text)
        for property in taken { people.note([property], of: known, at: theirs[property]) }
        people.setSnapshot(of: known, joined)
        // They are the other's now, who may change them.
        people.setSnapshot(of: anonymous, UserSnapshot())
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
        guard properties.fits(as: properties.text, after: before) else { return false }
        groups[group] = properties
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
            counters.eventType += 1
            id = EventTypeID(counters.eventType)
            batch.eventTypes.append(Numbered(id, name))
        }
        eventTypes.set(fingerprint, id)
        return id
    }

    /// Notes the names of an event's properties; those noted together before cost one look.
    mutating func note(_ names: Fingerprint, _ properties: () -> ArraySlice<UInt8>) {
        if notedNames.value(names) != nil { return }
        notedNames.set(names, 1)
        for member in Self.members(of: properties()) { note(PropertyName(.event, member.key)) }
    }

    private mutating func note(_ property: PropertyName) {
        if propertyNames.insert(property).inserted { batch.propertyNames.append(property) }
    }

    // MARK: Taking back

    /// Where the changes of a request begin.
    struct Mark {
        fileprivate var people: PeopleMemory.Mark
        fileprivate var counters: RecordCounters
        fileprivate var eventTypes, contexts, propertySets, merges, propertyNames, changedGroups: Int
    }

    /// From now on changes can be taken back up to here: as if what came since had never been seen.
    mutating func mark() -> Mark {
        eventTypes.mark()
        contexts.mark()
        contextIDs.mark()
        contextSteps.mark()
        propertySets.mark()
        propertySetIDs.mark()
        propertySteps.mark()
        notedNames.mark()
        groups.mark()
        mergeCounts.mark()
        mergeTargets.mark()
        contextArrivals.mark()
        propertyArrivals.mark()
        return Mark(
            people: people.mark(),
            counters: counters,
            eventTypes: batch.eventTypes.count,
            contexts: batch.contexts.count,
            propertySets: batch.propertySets.count,
            merges: batch.merges.count,
            propertyNames: batch.propertyNames.count,
            changedGroups: changedGroups.count
        )
    }

    /// - Parameter mark: the last one that was made.
    mutating func takeBack(to mark: Mark) {
        eventTypes.takeBack()
        contexts.takeBack()
        contextIDs.takeBack()
        contextSteps.takeBack()
        propertySets.takeBack()
        propertySetIDs.takeBack()
        propertySteps.takeBack()
        notedNames.takeBack()
        groups.takeBack()
        mergeCounts.takeBack()
        mergeTargets.takeBack()
        contextArrivals.takeBack()
        propertyArrivals.takeBack()
        people.takeBack(to: mark.people)
        counters = mark.counters
        batch.eventTypes.removeSubrange(mark.eventTypes...)
        batch.contexts.removeSubrange(mark.contexts...)
        batch.propertySets.removeSubrange(mark.propertySets...)
        batch.merges.removeSubrange(mark.merges...)
        propertyNames.subtract(batch.propertyNames[mark.propertyNames...])
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
        try people.takeChange(into: &change)
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
        contextIDs.shrink()
        contextSteps.shrink()
        propertySetIDs.shrink()
        propertySteps.shrink()
        if contexts.count > Self.largeCapacity { contexts.removeAll() }
        if propertySets.count > Self.largeCapacity { propertySets.removeAll() }
        if contextArrivals.count > Self.largeCapacity { contextArrivals.removeAll() }
        if propertyArrivals.count > Self.largeCapacity { propertyArrivals.removeAll() }
        eventTypes.shrink()
        notedNames.shrink()
        if groups.count > Self.largeCapacity { groups.removeAll() }
        if mergeCounts.count > Self.capacity { mergeCounts.removeAll() }
        if mergeTargets.count > Self.capacity { mergeTargets.removeAll() }
    }
}
