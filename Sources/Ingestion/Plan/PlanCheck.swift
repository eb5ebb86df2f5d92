import EventModel
import Storage

/// Compares events with what the tracking plan declares of their properties. What does not fit is counted, and stored as it
/// is. Source: Documentation/taxonomy.md X13.
///
/// It is asked for every event that is stored, one at a time. What many events have in common is looked at once.
final class PlanCheck {
    let declared: DeclaredProperties
    private let checks: [PlannedProperty.Kind: [ExactText?: [ExactText: PropertyCheck]]]
    private let matching = Matching()
    /// By event type, or type of group.
    private var known: [PlannedProperty.Kind: [ExactText: Checks]] = [:]
    /// By the names of an event's properties, and its type.
    private var names: [Fingerprint: Names] = [:]
    /// What is wrong with user properties that were sent, by their text.
    private var changes: [Fingerprint: [Found]] = [:]

    /// Entries of each memory, of what comes from outside; then it begins anew.
    private static let mostRemembered = 4_096

    /// What must be of the properties of one event type, or of one type of group.
    private struct Checks {
        var byName: [ExactText: PropertyCheck]
        var required: [ExactText]
    }

    /// What the names alone of an event's properties tell.
    private struct Names {
        var missing: [ExactText]
        /// Whether any of them has a check, so that the values must be looked at.
        var haveChecks: Bool
    }

    private struct Found {
        var name: ExactText
        var problem: PlanFinding.Problem
        var received: PlanFinding.Received
    }

    init(_ declared: DeclaredProperties) {
        self.declared = declared
        var checks: [PlannedProperty.Kind: [ExactText?: [ExactText: PropertyCheck]]] = [:]
        for (number, (property, settings)) in declared.all.enumerated() {
            let check = PropertyCheck(settings, number: number)
            checks[property.kind, default: [:]][property.owner, default: [:]][property.name] = check
        }
        self.checks = checks
    }

    /// A commit begins: patterns that were too slow are tried again.
    func rest() { matching.rest() }

    /// Counts what is wrong with an event of a batch.
    func check(_ event: IncomingEvent, of batch: IncomingBatch, into counts: inout PlanFindingCounts) {
        let type = ExactText(batch.type(of: event) ?? "")
        if EventNames.isActivity(type.string) { checkEventProperties(of: event, type, batch, into: &counts) }
        if !event.userProperties.isNone, checks[.user] != nil {
            for found in userProblems(event.userProperties, batch) { note(found, .user, type, in: &counts) }
        }
        guard event.groupChange >= 0, checks[.group] != nil else { return }
        let change = batch.groupChanges[Int(event.groupChange)]
        for type in Set(change.groups.map(\.type)).sorted() {
            let checks = self.checks(of: .group, type)
            if checks.byName.isEmpty { continue }
            for found in problems(of: change.operations, checks) { note(found, .group, type, in: &counts) }
        }
    }

    private func note(
        _ found: Found,
        _ kind: PlannedProperty.Kind,
        _ owner: ExactText,
        in counts: inout PlanFindingCounts
    ) {
        counts.note(PlanFinding.Key(kind, of: owner, found.name, found.problem), found.received)
    }

    // MARK: Properties of events

    private func checkEventProperties(
        of event: IncomingEvent,
        _ type: ExactText,
        _ batch: IncomingBatch,
        into counts: inout PlanFindingCounts
    ) {
        guard checks[.event] != nil else { return }
        let checks = self.checks(of: .event, type)
        if checks.byName.isEmpty { return }
        let place = event.propertyNames.with(event.type.fingerprint.low)
        var members: [PropertyMember]?
        let names: Names
        if let known = self.names[place] {
            names = known
        } else {
            let sent = Self.eventProperties(event, batch)
            members = sent
            let all = Set(sent.map { ExactText($0.key) })
            names = Names(
                missing: checks.required.filter { !all.contains($0) },
                haveChecks: all.contains { checks.byName[$0] != nil }
            )
            if self.names.count >= Self.mostRemembered { self.names = [:] }
            self.names[place] = names
        }
        for name in names.missing {
            note(Found(name: name, problem: .missing, received: .nothing), .event, type, in: &counts)
        }
        guard names.haveChecks else { return }
        for member in members ?? Self.eventProperties(event, batch) {
            let name = ExactText(member.key)
            guard let check = checks.byName[name] else { continue }
            for (problem, received) in check.problems(of: member.value, matching) {
                note(Found(name: name, problem: problem, received: received), .event, type, in: &counts)
            }
        }
    }

    private static func eventProperties(_ event: IncomingEvent, _ batch: IncomingBatch) -> [PropertyMember] {
        if event.row.eventProperties.isNone { return [] }
        return PropertyLimits.members(ofJSON: batch.texts[event.row.eventProperties.range])
    }

    // MARK: Properties of people and groups

    private func userProblems(_ sent: SentKey, _ batch: IncomingBatch) -> [Found] {
        if let known = changes[sent.fingerprint] { return known }
        let found = problems(
            of: PropertyLimits.members(ofJSON: batch.keys[sent.range.range]),
            Checks(byName: checks[.user]?[nil] ?? [:], required: [])
        )
        // What was too slow may not have been tried.
        if found.contains(where: { $0.problem == .slowPattern }) { return found }
        if changes.count >= Self.mostRemembered { changes = [:] }
        changes[sent.fingerprint] = found
        return found
    }

    /// What is wrong with properties, or operations on them; each problem of a property once.
    private func problems(of sent: [PropertyMember], _ checks: Checks) -> [Found] {
        var found: [ExactText: [PlanFinding.Problem: PlanFinding.Received]] = [:]
        func look(_ member: PropertyMember, _ operation: PropertyOperation?) {
            let name = ExactText(member.key)
            guard let check = checks.byName[name] else { return }
            let problems =
                switch operation {
                case nil, .set, .setOnce: check.problems(of: member.value, matching)
                case .append, .prepend, .preInsert, .postInsert: check.problems(ofAdded: member.value, matching)
                case .add: check.problemsOfSum()
                case .clearAll, .unset, .remove: [PlanFinding.Problem: PlanFinding.Received]()
                }
            found[name, default: [:]].merge(problems) { $1 }
        }
        for member in sent {
            if let operation = PropertyOperation(rawValue: member.key) {
                guard case .object(let operands) = member.value else { continue }
                for operand in operands { look(operand, operation) }
            } else {
                look(member, nil)
            }
        }
        return found.flatMap { name, problems in
            problems.map { Found(name: name, problem: $0.key, received: $0.value) }
        }
    }

    // MARK: The plan

    /// What is said of all and of this one; of a property of which both is said, what is said of this one.
    private func checks(of kind: PlannedProperty.Kind, _ owner: ExactText) -> Checks {
        if let known = known[kind]?[owner] { return known }
        let all = checks[kind] ?? [:]
        let byName = (all[nil] ?? [:]).merging(all[owner] ?? [:]) { $1 }.filter { $0.value.isDeclared }
        let checks = Checks(byName: byName, required: byName.filter { $0.value.isRequired }.map(\.key).sorted())
        if known[kind, default: [:]].count >= Self.mostRemembered { known[kind] = [:] }
        known[kind, default: [:]][owner] = checks
        return checks
    }
}
