import EventModel
import Storage

/// What of a journal stays when people or days leave it: found before anything is changed, from all of its batches in order.
///
/// The same again after a part was changed, as what is gone takes nothing with it that was not gone before.
struct JournalSurvey {
    let departure: Departure
    /// Of the last batch that was looked at.
    private(set) var sequence = JournalSequence.none
    /// Whether anything is to be taken out of the journal, as far as events and what is told of people.
    private(set) var concernsJournal = false
    /// Events that leave; those that are too old are known once all was looked at.
    private(set) var leaving = DepartedCounts()
    /// Events that there are.
    private(set) var events = 0
    /// The latest time at which something was received.
    private(set) var newest = Timestamp(milliseconds: .min)

    // What remaining events and people have.
    private var contexts = DenseSet<ContextID>()
    private var propertySets = DenseSet<PropertySetID>()
    private var devices = DenseSet<DeviceKey>()
    private let people: UserKeySet
    /// Large sets and what each is told by, in the order of the journal.
    private var told: [(set: Int32, base: Int32)] = []
    /// Types that are no activity.
    private var passive = DenseSet<EventTypeID>()
    /// By user, the first of the events that are too old.
    private var firsts: [First?] = []

    private struct First {
        var time: Int64
        var arrival: Arrival
        var context: ContextID
        var properties: PropertySetID
        var device: DeviceKey
    }

    /// What becomes of an event.
    enum Fate { case stays, deleted, expired }

    init(_ departure: Departure) {
        self.departure = departure
        people = UserKeySet(departure.people)
    }

    func leaves(_ user: UserKey) -> Bool { user != .nobody && people.contains(user) }

    // MARK: Looking

    /// Looks at the next batch.
    mutating func add(_ batch: JournalBatch) {
        sequence = batch.sequence
        newest = max(newest, batch.receivedAt)
        for type in batch.eventTypes where !EventNames.isActivity(type.value) { passive.insert(type.key) }
        if batch.users.contains(where: { leaves($0.user) })
            || batch.merges.contains(where: { leaves($0.from) || leaves($0.into) })
        {
            concernsJournal = true
        }
        for patch in batch.propertyPatches { told.append((patch.set.number, patch.base.number)) }
        events += batch.events.rows.count
        for (index, row) in batch.events.rows.enumerated() {
            if leaves(row.user) {
                leaving.deleted += 1
            } else if isTooOld(row) {
                note(row, Arrival(batch.sequence, index: batch.place(of: index)))
                leaving.expired += 1
            } else {
                contexts.insert(row.context)
                propertySets.insert(row.userProperties)
                devices.insert(row.device)
            }
        }
    }

    private func isTooOld(_ row: EventRow) -> Bool {
        guard let before = departure.before else { return false }
        return row.time < before
    }

    /// What is nobody's makes nobody new, nor does what is no activity. Source: Documentation/counting.md C11.
    private mutating func note(_ row: EventRow, _ arrival: Arrival) {
        guard row.user != .nobody, !passive.contains(row.type) else { return }
        let place = Int(row.user.number)
        if place >= firsts.count {
            let count = max(place + 1, firsts.count * 3 / 2)
            firsts.append(contentsOf: repeatElement(nil, count: count - firsts.count))
        }
        if let known = firsts[place], (known.time, known.arrival) <= (row.time.milliseconds, arrival) { return }
        firsts[place] = First(
            time: row.time.milliseconds,
            arrival: arrival,
            context: row.context,
            properties: row.userProperties,
            device: row.device
        )
    }

    /// Notes what a person has who stays.
    mutating func keep(context: Int32?, propertySet: Int32) {
        if let context { contexts.insert(number: context) }
        propertySets.insert(number: propertySet)
    }

    /// Notes that a device stands for somebody who stays.
    mutating func keep(device: Int32) { devices.insert(number: device) }

    /// After all batches and people so far: what is needed besides. More can be looked at after this, and then it is to
    /// be called again.
    mutating func conclude() {
        var kept = 0
        for case let first? in firsts {
            kept += 1
            contexts.insert(first.context)
            propertySets.insert(first.properties)
            devices.insert(first.device)
        }
        expiring = leaving.expired - kept
        // What a set is told by was told before it.
        for patch in told.reversed() where propertySets.contains(number: patch.set) {
            propertySets.insert(number: patch.base)
        }
    }

    private var expiring = 0

    /// Events that leave for their age, firsts left aside. After ``conclude()``.
    var departing: DepartedCounts { DepartedCounts(deleted: leaving.deleted, expired: expiring) }

    // MARK: What was found

    func isNeeded(context: Int32) -> Bool { contexts.contains(number: context) }
    func isNeeded(propertySet: Int32) -> Bool { propertySet == 0 || propertySets.contains(number: propertySet) }
    func isNeeded(device: Int32) -> Bool { device == 0 || devices.contains(number: device) }

    func fate(of row: EventRow, _ arrival: Arrival) -> Fate {
        if leaves(row.user) { return .deleted }
        guard isTooOld(row) else { return .stays }
        let place = Int(row.user.number)
        guard place < firsts.count, let first = firsts[place] else { return .expired }
        return first.arrival == arrival ? .stays : .expired
    }
}
