import Compression
import EventModel
import JSONTape
import Storage

/// The sets of user properties that were needed, and their numbers, with those that are not committed yet.
///
/// Small sets are shared: equal ones are one. A large one is its person's own (``PropertySetPatch``): it has a new number
/// with each change, and once its person has left it, nobody asks for it any more.
struct PropertyMemory {
    private let record: any ProjectRecord
    /// The largest number given so far.
    private var last: Int32
    private var known = RevocableDictionary<PropertySetID, KnownSet>()
    /// Bytes of the texts of all that is known, about.
    private var size = 0
    /// Of small sets.
    private var numbers = RecentTable(capacity: RecordMemory.capacity, filler: PropertySetID.empty)
    /// From one set to another, but never to a large one: that may be gone when the step is taken again.
    private var steps = RecentTable(
        capacity: RecordMemory.capacity,
        filler: Step(properties: .empty, received: .none)
    )
    private var names: Set<ExactText>
    private let patcher = ZstdPatcher()

    // What became known since the change was last taken.
    private var newSets: [Named<PropertySetID>] = []
    private var newPatches: [PropertySetPatch] = []
    private var newNames: [ExactText] = []
    /// Whose large sets have changed, come or gone; some several times.
    private var owners: [UserKey] = []
    /// Large sets that nobody has any more, since the mark.
    private var abandoned: [PropertySetID] = []

    /// What an event makes of a set.
    struct Step: BitwiseCopyable {
        var properties: PropertySetID
        /// Of what the event has brought values.
        var received: PropertyBundleID
    }

    private struct KnownSet {
        var properties: UserProperties
        var text: String

        var isLarge: Bool { text.utf8.count > PropertySetPatch.threshold }
    }

    /// Bytes of all large sets that were told so far; what is taken back counts, too.
    private(set) var toldSize = 0

    /// Bytes of texts that are kept from one change to the next.
    private static let capacity = 32 << 20

    init(_ record: any ProjectRecord, last: Int32, names: Set<ExactText>) {
        self.record = record
        self.last = last
        self.names = names
    }

    /// Bytes of memory that cannot be given back before the change is committed, about.
    var uncommittedSize: Int { owners.isEmpty ? 0 : size }

    /// The user properties after an event; those of small sets are worked out once for each set and what an event brings.
    ///
    /// - Returns: `nil` if they are more than a person may have.
    mutating func properties(
        after before: PropertySetID,
        _ sent: Fingerprint,
        _ arrivals: inout ArrivalMemory,
        _ json: () -> ArraySlice<UInt8>
    ) throws(ProjectRecordError) -> Step? {
        let step = sent.with(UInt64(UInt32(bitPattern: before.number)))
        if let known = steps.value(step) { return known }
        let known = try set(before)
        var properties = known.properties
        let received = properties.identify(PropertyLimits.members(ofJSON: json()))
        let text = properties.text
        guard properties.fits(as: text, after: known.properties) else { return nil }
        let after = Step(
            properties: try number(of: properties, text, after: before),
            received: try arrivals.bundle(received.map { PersonProperty($0) })
        )
        if after.properties == before || text.utf8.count <= PropertySetPatch.threshold { steps.set(step, after) }
        return after
    }

    /// The set that consists of what was sent, whatever was before.
    ///
    /// - Parameter before: the set that its person has so far.
    mutating func properties(
        sent: Fingerprint,
        after before: PropertySetID,
        _ json: () -> ArraySlice<UInt8>
    ) throws(ProjectRecordError) -> PropertySetID {
        // Beyond all that stand for what was before.
        let step = sent.with(1 << 40)
        if let known = steps.value(step) { return known.properties }
        var properties = UserProperties()
        properties.set(PropertyLimits.members(ofJSON: json()))
        let text = properties.text
        let id = try number(of: properties, text, after: before)
        if text.utf8.count <= PropertySetPatch.threshold { steps.set(step, Step(properties: id, received: .none)) }
        return id
    }

    mutating func properties(_ id: PropertySetID) throws(ProjectRecordError) -> UserProperties {
        try set(id).properties
    }

    private mutating func set(_ id: PropertySetID) throws(ProjectRecordError) -> KnownSet {
        if id == .empty { return KnownSet(properties: UserProperties(), text: "") }
        if let set = known[id] { return set }
        guard let text = try record.text(of: id), let properties = try? UserProperties(json: text) else {
            throw ProjectRecordError(.damaged, "property set \(id.number) is referred to, but not readable")
        }
        let set = KnownSet(properties: properties, text: text)
        keep(set, id)
        return set
    }

    private mutating func keep(_ set: KnownSet, _ id: PropertySetID) {
        known[id] = set
        size += set.text.utf8.count
    }

    /// - Parameters:
    ///   - text: that of the properties.
    ///   - before: the set that their person has so far.
    mutating func number(
        of properties: UserProperties,
        _ text: String,
        after before: PropertySetID
    ) throws(ProjectRecordError) -> PropertySetID {
        if properties.isEmpty { return .empty }
        let set = KnownSet(properties: properties, text: text)
        if set.isLarge {
            let base = try self.set(before).text
            if ExactText(text) == ExactText(base) { return before }
            let id = nextNumber()
            newPatches.append(PropertySetPatch(id, text, of: before, base, by: patcher))
            toldSize += text.utf8.count
            note(properties.names)
            keep(set, id)
            return id
        }
        let fingerprint = Fingerprint(secretly: text.utf8Span.span)
        if let id = numbers.value(fingerprint) { return id }
        let id: PropertySetID
        if let stored = try record.propertySet(withText: text) {
            id = stored
        } else {
            id = nextNumber()
            newSets.append(Numbered(id, text))
            note(properties.names)
        }
        numbers.set(fingerprint, id)
        keep(set, id)
        return id
    }

    private mutating func nextNumber() -> PropertySetID {
        last += 1
        return PropertySetID(last)
    }

    private mutating func note(_ names: [ExactText]) {
        for name in names where self.names.insert(name).inserted { newNames.append(name) }
    }

    // MARK: Large sets

    /// Notes that a person goes from one set to another.
    mutating func change(of user: UserKey, from before: PropertySetID, to after: PropertySetID) {
        guard before != after else { return }
        let leavesLarge = known[before]?.isLarge ?? false
        if leavesLarge { abandoned.append(before) }
        if leavesLarge || known[after]?.isLarge ?? false { owners.append(user) }
    }

    /// Notes that a set was an event's alone.
    mutating func abandon(_ id: PropertySetID) {
        if known[id]?.isLarge ?? false { abandoned.append(id) }
    }

    // MARK: Taking back, and the change

    struct Mark {
        fileprivate var last: Int32
        fileprivate var newSets, newPatches, newNames, owners: Int
    }

    /// From now on changes can be taken back up to here.
    mutating func mark() -> Mark {
        known.mark()
        for id in abandoned {
            size -= known[id]?.text.utf8.count ?? 0
            known.forget(id)
        }
        abandoned = []
        numbers.mark()
        steps.mark()
        return Mark(
            last: last,
            newSets: newSets.count,
            newPatches: newPatches.count,
            newNames: newNames.count,
            owners: owners.count
        )
    }

    /// - Parameter mark: the last one that was made.
    mutating func takeBack(to mark: Mark) {
        known.takeBack()
        abandoned = []
        numbers.takeBack()
        steps.takeBack()
        last = mark.last
        newSets.removeSubrange(mark.newSets...)
        newPatches.removeSubrange(mark.newPatches...)
        names.subtract(newNames[mark.newNames...])
        newNames.removeSubrange(mark.newNames...)
        owners.removeSubrange(mark.owners...)
    }

    /// Whose large sets have changed, come or gone.
    var changedOwners: [UserKey] { Set(owners).sorted() }

    /// Adds what has changed; afterwards there is no change, and what the record can tell again is forgotten if it is much.
    ///
    /// - Parameter current: the sets that ``changedOwners`` have now.
    mutating func takeChange(
        into change: inout RecordChange,
        _ current: [Numbered<UserKey, PropertySetID>]
    ) throws(ProjectRecordError) {
        change.batch.propertySets = newSets
        change.batch.propertyPatches = newPatches
        change.batch.propertyNames += newNames.map { PropertyName(.user, $0.string) }
        for owner in current {
            let set = try set(owner.value)
            change.ownProperties.append(
                Numbered(owner.key, set.isLarge ? OwnProperties(owner.value, set.text) : nil)
            )
        }
        newSets = []
        newPatches = []
        newNames = []
        owners = []
        numbers.shrink()
        steps.shrink()
        if known.count > RecordMemory.largeCapacity || size > Self.capacity {
            known.removeAll()
            size = 0
        }
    }
}
