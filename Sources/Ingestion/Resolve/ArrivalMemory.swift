import EventModel
import Storage

/// When people's properties had values from an event for the last time, which decides at a login whose value stays.
///
/// That changes with nearly every event, so it is not written down by person: what came with a commit goes into a log, one row
/// for all, and is kept here; now and then all of it goes into the record by person at once. Which properties came is one
/// number, a ``PropertyBundle``. Source: Documentation/events-and-identity.md E29.
struct ArrivalMemory {
    private let record: any ProjectRecord
    /// With which event everything comes that is received now.
    var now = Arrival.unknown
    /// By user, what is in the log alone, or in this change.
    private var recent: [UserKey: Recent] = [:]
    /// Users of whom something is received in this change.
    private var changed: [UserKey] = []
    /// Users of whom all was settled in this change.
    private var settled = RevocableDictionary<UserKey, [PersonProperty: Arrival]>()
    /// What was there before each change of ``recent`` since the mark, in order.
    private var steps: [Step] = []
    private var ids = RevocableDictionary<PropertyBundle, PropertyBundleID>()
    private var bundles = RevocableDictionary<PropertyBundleID, PropertyBundle>()
    private var newBundles: [Numbered<PropertyBundleID, PropertyBundle>] = []
    /// Bytes of the texts of all that are known, about.
    private var size = 0
    private var lastBundle: Int32
    /// Changes since all was collected, and what the log says of them.
    private var changes = 0
    private var logged = 0
    private let mostUsers: Int
    private let mostChanges: Int

    private struct Recent {
        var bundles: [(id: PropertyBundleID, arrival: Arrival)] = []
        /// The batch with which something was received last.
        var sequence = JournalSequence.none

        /// - Parameter arrival: `nil` for none.
        /// - Returns: what was there.
        @discardableResult
        mutating func set(_ id: PropertyBundleID, _ arrival: Arrival?) -> Arrival? {
            guard let index = bundles.firstIndex(where: { $0.id == id }) else {
                if let arrival { bundles.append((id, arrival)) }
                return nil
            }
            let before = bundles[index].arrival
            if let arrival { bundles[index].arrival = arrival } else { bundles.remove(at: index) }
            return before
        }
    }

    /// A change of ``recent``, as it is taken back.
    private enum Step {
        case received(UserKey, PropertyBundleID, before: Arrival?)
        /// The user's first in this change.
        case changed(UserKey, before: JournalSequence)
        case settled(UserKey, before: Recent)
    }

    /// Of whom ever other properties come is to be settled at so many bundles.
    private static let mostBundles = 32
    /// The log, which is read whole at a start, says no more than this: twelve bytes each.
    private static let mostLogged = 1_000_000
    /// The most bundles that are kept from one change to the next, and bytes of their texts.
    private static let mostKept = 20_000
    private static let mostBytes = 8 << 20

    /// - Parameters:
    ///   - mostUsers: of so many there is something in the log, until all is collected.
    ///   - mostChanges: so long is the log.
    init(
        _ record: any ProjectRecord,
        _ counters: RecordCounters,
        mostUsers: Int,
        mostChanges: Int
    ) throws(ProjectRecordError) {
        self.record = record
        self.mostUsers = mostUsers
        self.mostChanges = mostChanges
        lastBundle = counters.propertyBundle
        let logged = try record.loggedArrivals()
        for arrival in logged { recent[arrival.user, default: Recent()].set(arrival.bundle, arrival.arrival) }
        // How long the log is, as it is kept, nobody knows.
        if !logged.isEmpty { (changes, self.logged) = (mostChanges / 2, Self.mostLogged / 2) }
    }

    // MARK: Bundles

    /// The number of these properties together.
    mutating func bundle(_ properties: some Collection<PersonProperty>) throws(ProjectRecordError) -> PropertyBundleID {
        if properties.isEmpty { return .none }
        let bundle = PropertyBundle(properties)
        if let known = ids[bundle] { return known }
        let text = bundle.text
        let id: PropertyBundleID
        if let known = try record.propertyBundle(withText: text) {
            id = known
        } else {
            lastBundle += 1
            id = PropertyBundleID(lastBundle)
            newBundles.append(Numbered(id, bundle))
        }
        ids[bundle] = id
        bundles[id] = bundle
        size += text.utf8.count
        return id
    }

    private mutating func properties(of id: PropertyBundleID) throws(ProjectRecordError) -> Set<PersonProperty> {
        if let known = bundles[id] { return known.properties }
        guard let bundle = try record.text(of: id).flatMap({ PropertyBundle(text: $0) }) else {
            throw ProjectRecordError(.damaged, "property bundle \(id.number) is referred to, but not readable")
        }
        bundles[id] = bundle
        size += bundle.text.utf8.count
        return bundle.properties
    }

    // MARK: Arrivals

    /// Notes that properties of a user have values from the event at hand: built-in ones, and the user's own.
    ///
    /// - Parameter born: with which event the user came, if that is not committed yet.
    /// - Returns: whether so much was noted that the user is to be settled.
    mutating func receive(
        _ builtIn: PropertyBundleID,
        _ properties: PropertyBundleID,
        of user: UserKey,
        born: Arrival?
    ) -> Bool {
        // What comes with its user needs no note.
        if born == now { return false }
        if builtIn == .none, properties == .none { return false }
        // Looked up once, for all that is changed.
        let count = Self.note(builtIn, properties, now, of: user, &recent[user, default: Recent()], &steps, &changed)
        return count > Self.mostBundles
    }

    /// - Returns: how many bundles there are of the user.
    private static func note(
        _ builtIn: PropertyBundleID,
        _ properties: PropertyBundleID,
        _ now: Arrival,
        of user: UserKey,
        _ known: inout Recent,
        _ steps: inout [Step],
        _ changed: inout [UserKey]
    ) -> Int {
        if builtIn != .none { steps.append(.received(user, builtIn, before: known.set(builtIn, now))) }
        if properties != .none { steps.append(.received(user, properties, before: known.set(properties, now))) }
        if known.sequence != now.sequence {
            steps.append(.changed(user, before: known.sequence))
            known.sequence = now.sequence
            changed.append(user)
        }
        return known.bundles.count
    }

    /// When the values arrived that the user's properties have now.
    mutating func arrivals(of user: UserKey, born: Arrival?) throws(ProjectRecordError) -> PersonArrivals {
        var known: PersonArrivals
        if let all = settled[user] {
            known = PersonArrivals(ofUser: born ?? .unknown, ofProperties: all)
        } else if let born {
            known = PersonArrivals(ofUser: born)
        } else {
            known = try record.arrivals(of: user)
        }
        for (id, arrival) in recent[user]?.bundles ?? [] {
            for property in try properties(of: id) where known[property] < arrival {
                known.ofProperties[property] = arrival
            }
        }
        return known
    }

    /// From now on these are the arrivals of what the user has, unless something is received.
    mutating func settle(_ user: UserKey, _ arrivals: [PersonProperty: Arrival]) {
        if let before = recent[user] {
            steps.append(.settled(user, before: before))
            recent[user]?.bundles = []
        }
        settled[user] = arrivals
    }

    // MARK: Taking back

    /// Where the changes of a request begin.
    struct Mark {
        fileprivate var changed, newBundles: Int
        fileprivate var lastBundle: Int32
    }

    /// From now on changes can be taken back up to here.
    mutating func mark() -> Mark {
        settled.mark()
        ids.mark()
        bundles.mark()
        steps.removeAll(keepingCapacity: true)
        return Mark(changed: changed.count, newBundles: newBundles.count, lastBundle: lastBundle)
    }

    /// - Parameter mark: the last one that was made.
    mutating func takeBack(to mark: Mark) {
        settled.takeBack()
        ids.takeBack()
        bundles.takeBack()
        for step in steps.reversed() {
            switch step {
            case .received(let user, let id, let before): recent[user]?.set(id, before)
            case .changed(let user, let before): recent[user]?.sequence = before
            case .settled(let user, let before): recent[user] = before
            }
        }
        steps.removeAll(keepingCapacity: true)
        changed.removeSubrange(mark.changed...)
        newBundles.removeSubrange(mark.newBundles...)
        lastBundle = mark.lastBundle
    }

    // MARK: The change

    /// Adds what has changed; afterwards there is no change.
    mutating func takeChange(into change: inout RecordChange) {
        change.propertyBundles = newBundles
        for (user, arrivals) in settled.values.sorted(by: { $0.key < $1.key }) {
            change.settledUsers.append(user)
            change.arrivals += arrivals.map { PropertyArrival(user: user, property: $0.key, arrival: $0.value) }
        }
        change.received = changed.flatMap { user in arrivals(user) { $0.sequence == now.sequence } }
        changes += 1
        logged += change.settledUsers.count + change.received.count
        if recent.count > mostUsers || changes > mostChanges || logged > Self.mostLogged {
            change.collected = recent.keys.sorted().flatMap { user in arrivals(user) { _ in true } }
            change.received = []
            recent = [:]
            (changes, logged) = (0, 0)
        }
        newBundles = []
        settled.removeAll()
        changed = []
        steps = []
        if bundles.count > Self.mostKept || size > Self.mostBytes {
            ids.removeAll()
            bundles.removeAll()
            size = 0
        }
    }

    private func arrivals(_ user: UserKey, where isMeant: (Arrival) -> Bool) -> [BundleArrival] {
        (recent[user]?.bundles ?? []).filter { isMeant($0.arrival) }.map { bundle in
            BundleArrival(user: user, bundle: bundle.id, arrival: bundle.arrival)
        }
    }
}
