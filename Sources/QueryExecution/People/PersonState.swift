import EventModel
import JSONTape
import Storage

/// A person's properties and context as they are now, put together from the keys that are this person: each property
/// keeps the value that arrived last on any of them. Source: Documentation/events-and-identity.md E29.
///
/// A value arrived with the first event since when it has been the same; that it was sent again later leaves no trace.
struct PersonState {
    private(set) var context = EventContext()
    private(set) var properties: [PropertyMember] = []

    private let record: any ProjectRecord
    private let store: any PeopleStore

    /// The most changes of each kind that are looked through to find which value came last.
    private static let mostChanges = 10_000

    /// - Parameter lastRows: for each of the keys, the row that was stored last.
    init(
        of keys: [UserKey],
        lastRows: [UserKey: Int],
        _ record: any ProjectRecord,
        _ store: any PeopleStore
    ) throws {
        self.record = record
        self.store = store
        // Where nothing else decides, the one from whom something arrived last does.
        let newestFirst = keys.sorted { (lastRows[$0] ?? -1, $1) > (lastRows[$1] ?? -1, $0) }
        let states = try newestFirst.compactMap { try record.user($0) }
        context = try mergedContext(states)
        properties = try mergedProperties(states)
    }

    // MARK: Context

    private func mergedContext(_ states: [UserState]) throws -> EventContext {
        let contexts = try states.compactMap { state in try state.context.map { (state.key, try context($0)) } }
        guard contexts.count > 1 else { return contexts.first?.1 ?? EventContext() }
        let now = contexts.map { ($0.0, Self.groups($0.1)) }
        let winners = try latest(now, .context) { Self.groups(try context(ContextID($0))) }
        let byKey = Dictionary(uniqueKeysWithValues: contexts.map { ($0.0, $0.1) })
        var merged = EventContext()
        for (group, winner) in winners {
            for field in Self.fieldGroups[group] { merged[field] = byKey[winner]?[field] }
        }
        return merged
    }

    /// Fields that belong together come from one key.
    private static let fieldGroups: [[ContextField]] = {
        let device: [ContextField] = [
            .platform, .osName, .osVersion, .deviceBrand, .deviceManufacturer, .deviceModel, .carrier,
        ]
        let place: [ContextField] = [.country, .region, .city, .dma]
        let others = ContextField.allCases.filter { !device.contains($0) && !place.contains($0) }
        return [device, place] + others.map { [$0] }
    }()

    /// For each group of which something is known, a text that is equal for equal values alone.
    private static func groups(_ context: EventContext) -> [Int: ExactText] {
        var texts: [Int: ExactText] = [:]
        for (index, group) in fieldGroups.enumerated() where group.contains(where: { context[$0] != nil }) {
            var json = JSONWriter()
            json.list(group) { $0.string(context[$1]) }
            texts[index] = ExactText(json.text)
        }
        return texts
    }

    private func context(_ id: ContextID) throws -> EventContext {
        guard let text = try record.text(of: id) else { return EventContext() }
        return try JSONDocument.withRoot(of: Array(text.utf8)) { EventContext($0) }
    }

    // MARK: Properties

    private func mergedProperties(_ states: [UserState]) throws -> [PropertyMember] {
        let sets = try states.map { ($0.key, try values($0.properties)) }
        let winners = try latest(sets.map { ($0.0, $0.1.mapValues(\.json)) }, .userProperties) {
            try values(PropertySetID($0)).mapValues(\.json)
        }
        let byKey = Dictionary(uniqueKeysWithValues: sets.map { ($0.0, $0.1) })
        return winners.sorted { $0.key < $1.key }.compactMap { name, winner in
            byKey[winner]?[name].map { PropertyMember(key: name.string, value: $0) }
        }
    }

    private func values(_ id: PropertySetID) throws -> [ExactText: PropertyValue] {
        guard id != .empty, let text = try record.text(of: id) else { return [:] }
        return try JSONDocument.withRoot(of: Array(text.utf8)) { root in
            var values: [ExactText: PropertyValue] = [:]
            for (key, value) in root.members { values[ExactText(key.string)] = PropertyValue(value) }
            return values
        }
    }

    // MARK: What came last

    /// For each name that any key has a value for: the key whose value arrived last.
    ///
    /// - Parameters:
    ///   - now: the keys' values, the key from whom something arrived last first.
    ///   - column: holds the numbers that stand for such values in past events.
    ///   - values: what a number stands for.
    private func latest<Name: Hashable>(
        _ now: [(user: UserKey, values: [Name: ExactText])],
        _ column: NumberColumn,
        _ values: (Int32) throws -> [Name: ExactText]
    ) throws -> [Name: UserKey] {
        var winners: [Name: UserKey] = [:]
        for (user, values) in now.reversed() { for name in values.keys { winners[name] = user } }
        // Only where two disagree does it matter which value came last.
        let disputed = winners.keys.filter { name in Set(now.compactMap { $0.values[name] }).count > 1 }
        if disputed.isEmpty { return winners }

        let current = Dictionary(uniqueKeysWithValues: now.map { ($0.user, $0.values) })
        var unsettled = current.mapValues { _ in Set(disputed) }
        var arrivals: [Name: [UserKey: Int]] = [:]
        var read: [Int32: [Name: ExactText]] = [:]
        // Backwards: as long as the value is the one of now, it arrived here or before.
        for change in try store.changes(of: column, users: now.map(\.user), limit: Self.mostChanges) {
            guard let names = unsettled[change.user], !names.isEmpty else { continue }
            let then = try read[change.number] ?? values(change.number)
            read[change.number] = then
            for name in names {
                if let value = then[name], value == current[change.user]?[name] {
                    arrivals[name, default: [:]][change.user] = change.row
                } else {
                    unsettled[change.user]?.remove(name)
                }
            }
        }
        for name in disputed {
            if let latest = arrivals[name]?.max(by: { $0.value < $1.value }) { winners[name] = latest.key }
        }
        return winners
    }
}

extension PropertyValue {
    /// Equal values, and only those, give equal text.
    fileprivate var json: ExactText {
        var json = JSONWriter()
        json.value(self)
        return ExactText(json.text)
    }
}
