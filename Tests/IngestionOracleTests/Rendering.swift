import Foundation
import Storage
import TestSupport

/// A project as lines of text: of the model, and of what is stored. Persons and derived devices are numbered in the order
/// in which events show them, so that two projects that only number them differently have the same lines.
struct Rendering: Equatable {
    struct Event: Equatable {
        /// In the order of ``Rendering/columns``.
        var values: [String]
    }

    static let columns =
        [
            "person", "counts as", "user_id", "device_id", "event_type", "time", "client time", "upload time",
            "received", "session_id", "event_id", "insert_id", "event_properties", "user_properties", "revenue",
            "extras", "door", "changes person",
        ] + StoredProject.contextFields

    var events: [Event] = []
    /// Whose user ids persons have, where merges lead, properties of groups, the ledger, names of properties.
    var facts: [String] = []

    // MARK: The model

    init(_ model: WayInModel) {
        var persons = Labels("P")
        var devices = Labels("derived ")
        func label(_ person: Int) -> String {
            persons.known("\(person)") ?? "user \(model.identity.userIDs[person] ?? "?")"
        }
        for row in model.rows { if let person = row.person { persons.add("\(person)") } }
        for row in model.rows {
            let device = row.device.map { $0.hasPrefix("derived from ") ? devices.add($0) : $0 }
            let values: [String?] = [
                row.person.map(label), row.person.map { label(model.identity.root(of: $0)) }, row.userID, device,
                row.type,
                "\(row.time)", "\(row.clientTime)", "\(row.uploadTime)", "\(row.receivedTime)", "\(row.sessionID)",
                row.eventID.map { "\($0)" }, row.insertID, row.eventProperties.description,
                Plain(row.userProperties).description, row.revenue.map(Plain.decimal), row.extras?.description,
                "\(Sent.Path.allCases.firstIndex(of: row.door)! + 1)", "\(row.changesPerson)",
            ]
            let context = StoredProject.contextFields.map { row.context[$0] }
            events.append(Event(values: (values + context).map { $0 ?? "-" }))
        }
        for person in model.persons.indices where persons.known("\(person)") != nil {
            facts.append("\(label(person)) is \(model.identity.userIDs[person] ?? "anonymous")")
        }
        facts += model.persons.indices.compactMap(model.identity.standing).map {
            "\(label($0.from)) into \(label($0.into)) at \($0.time) by \($0.cause.rawValue)"
        }
        for row in model.rows {
            facts += row.eventProperties.fields.map { "event property \($0.key)" }
            facts += row.userProperties.keys.map { "user property \($0)" }
        }
        facts += model.groups.map { "group \($0.key): \(Plain($0.value))" }
        facts.append(
            "ledger: \(model.received) received, \(model.stored) stored, \(model.duplicate) duplicate, "
                + "\(model.rejected) rejected"
        )
        facts = Array(Set(facts)).sorted()
    }

    // MARK: What is stored

    /// - Parameters:
    ///   - sentDevices: device ids that senders named; all others follow from a user id.
    ///   - groups: their properties, by type and value.
    init(_ stored: StoredProject, sentDevices: Set<String>, groups: [[String]: Plain]) {
        var persons = Labels("P")
        var devices = Labels("derived ")
        let userIDs = Dictionary(uniqueKeysWithValues: stored.rows[.users]!.map { ($0[0]!, $0[1]) })
        var standing: [String: [String?]] = [:]
        for merge in stored.rows[.merges]! { standing[merge[0]!] = merge[3] == "unmapping" ? nil : merge }
        func label(_ person: String) -> String {
            persons.known(person) ?? "user \(userIDs[person].flatMap { $0 } ?? "?")"
        }
        func root(_ person: String, steps: Int = 0) -> String {
            // A circle, which must not be there, leads nowhere.
            steps > standing.count ? "nobody" : standing[person].map { root($0[1]!, steps: steps + 1) } ?? person
        }
        let rows = stored.rows[.events]!
        for row in rows where row[0] != "0" { persons.add(row[0]!) }
        for row in rows {
            var values = row
            values[0] = row[0] == "0" ? nil : label(row[0]!)
            values.insert(row[0] == "0" ? nil : label(root(row[0]!)), at: 1)
            values[3] = values[3].map { sentDevices.contains($0) ? $0 : devices.add($0) }
            for column in [12, 13, 15] { values[column] = values[column].map(Self.sorted) }
            values[14] = values[14].flatMap { Double($0) }.map(Plain.decimal)
            events.append(Event(values: values.map { $0 ?? "-" }))
        }
        for (person, userID) in userIDs where persons.known(person) != nil {
            facts.append("\(label(person)) is \(userID ?? "anonymous")")
        }
        facts += standing.values.map { merge in
            "\(label(merge[0]!)) into \(label(merge[1]!)) at \(merge[2]!) by \(merge[3]!)"
        }
        facts += stored.rows[.propertyNames]!.map { "\($0[0]!) property \($0[1]!)" }
        facts += groups.map { "group \($0.key): \($0.value.description)" }
        let ledger = stored.ledger
        facts.append(
            "ledger: \(ledger.received) received, \(ledger.stored) stored, \(ledger.duplicate) duplicate, "
                + "\(ledger.rejected) rejected"
        )
        facts = Array(Set(facts)).sorted()
    }

    /// Stored JSON was read as text, in which escapes are escaped once more.
    private static func sorted(_ json: String) -> String {
        Plain(json: Plain.unspelled(json))?.description ?? "not JSON: \(json)"
    }

    // MARK: Differences

    /// The first difference, in words, and the event that it is about; `nil` if there is none.
    func difference(from expected: Rendering) -> (event: Int?, text: String)? {
        for index in 0..<max(events.count, expected.events.count) {
            guard index < events.count else { return (index, "not stored: \(expected.events[index].values)") }
            guard index < expected.events.count else {
                return (index, "stored, but not expected: \(events[index].values)")
            }
            let (found, wanted) = (events[index].values, expected.events[index].values)
            let differing = Self.columns.indices.filter { found[$0] != wanted[$0] }
            if differing.isEmpty { continue }
            let lines = differing.map { "  \(Self.columns[$0]): stored \(found[$0]), expected \(wanted[$0])" }
            return (index, "stored event \(index + 1):\n\(lines.joined(separator: "\n"))\n  of \(wanted)")
        }
        let missing = Set(expected.facts).subtracting(facts).sorted()
        let extra = Set(facts).subtracting(expected.facts).sorted()
        if missing.isEmpty, extra.isEmpty { return nil }
        return (nil, "expected: \(missing.prefix(20))\n  found instead: \(extra.prefix(20))")
    }
}

/// Numbers given in order of first appearance.
private struct Labels {
    private let prefix: String
    private var labels: [String: String] = [:]

    init(_ prefix: String) { self.prefix = prefix }

    @discardableResult
    mutating func add(_ text: String) -> String {
        if labels[text] == nil { labels[text] = "\(prefix)\(labels.count + 1)" }
        return labels[text]!
    }

    func known(_ text: String) -> String? { labels[text] }
}
