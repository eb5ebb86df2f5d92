import DuckDB
import EventModel
import Storage

/// What the numbers of some events stand for.
struct RowNames {
    var types: [Int32: String] = [:]
    var devices: [Int32: String] = [:]
    var propertySets: [Int32: String] = [:]
    /// Without those of whom no event names its user.
    var userIDs: [Int32: String] = [:]
    var amplitudeIDs: [Int32: AmplitudeID] = [:]
    var contexts: [Int32: EventContext] = [:]
}

extension DuckDBEventStore {
    /// The names of all numbers in `events`.
    func names(of events: [StoredEvent]) throws(EventStoreError) -> RowNames {
        var (names, longSets) = try shortNames(of: events)
        try fillLongSets(longSets, in: &names)
        return names
    }

    func fillLongSets(_ sets: Set<PropertySetID>, in names: inout RowNames) throws(EventStoreError) {
        for (id, text) in try longTexts(.userProperties, sets.map { Int64($0.number) }) {
            names.propertySets[Int32(id)] = text
        }
    }

    /// The names of all numbers in `events`, but for long property sets, which are told beside them: five short reads,
    /// instead of a join that would read whole tables of names.
    func shortNames(
        of events: [StoredEvent]
    ) throws(EventStoreError) -> (names: RowNames, longSets: Set<PropertySetID>) {
        var names = RowNames()
        names.types = try texts("SELECT id, name FROM event_types", "id", events.map(\.type.number))
        names.devices = try texts("SELECT id, device_id FROM devices", "id", events.map(\.device.number))
        names.propertySets = try texts(
            "SELECT id, properties FROM property_sets",
            "id",
            events.map(\.userProperties.number)
        )
        let long = Set(events.map(\.userProperties)).filter { $0 != .empty && names.propertySets[$0.number] == nil }
        try fillUsers(of: events, in: &names)
        let contexts = Set(events.map(\.context.number)).sorted()
        let fields = ContextField.allCases
        try read(
            """
            SELECT id, \(fields.map(\.name).joined(separator: ", ")) FROM contexts \(Self.isWanted("id"))
            """,
            [Self.wanted(contexts)]
        ) { chunk in
            for row in 0..<chunk.count {
                guard let id = chunk.value(0, row, as: Int32.self) else { continue }
                var context = EventContext()
                for (column, field) in fields.enumerated() { context[field] = chunk.string(column + 1, row) }
                names.contexts[id] = context
            }
        }
        return (names, long)
    }

    private func fillUsers(of events: [StoredEvent], in names: inout RowNames) throws(EventStoreError) {
        let users = Set(events.map(\.user.number)).subtracting([UserKey.nobody.number]).sorted()
        if users.isEmpty { return }
        // In the order of the facts: the last one holds.
        try read(
            "SELECT key, user_id, amplitude_id FROM users \(Self.isWanted("key")) ORDER BY sequence, rowid",
            [Self.wanted(users)]
        ) { chunk in
            chunk.withColumn(0, as: Int32.self) { keys in
                chunk.withColumn(2, as: Int64.self) { numbers in
                    chunk.withStrings(1) { userIDs in
                        for i in keys.indices {
                            names.userIDs[keys[i]] = userIDs[i]
                            names.amplitudeIDs[keys[i]] = AmplitudeID(numbers[i])
                        }
                    }
                }
            }
        }
    }

    private func texts(
        _ select: String,
        _ key: String,
        _ numbers: [Int32]
    ) throws(EventStoreError) -> [Int32: String] {
        let wanted = Set(numbers).sorted()
        guard !wanted.isEmpty else { return [:] }
        var texts: [Int32: String] = [:]
        try read("\(select) \(Self.isWanted(key))", [Self.wanted(wanted)]) { chunk in
            chunk.withColumn(0, as: Int32.self) { numbers in
                chunk.withStrings(1) { strings in
                    for i in numbers.indices { texts[numbers[i]] = strings[i] }
                }
            }
        }
        return texts
    }

    /// A join with the numbers that are wanted, which are a parameter: thousands of numbers in the text of a query cost DuckDB
    /// more than to find what they stand for.
    ///
    /// - Parameter type: the key's, so that the table's scan is narrowed by the numbers.
    static func isWanted(_ key: String, _ type: String = "INTEGER") -> String {
        "JOIN (SELECT unnest(?::\(type)[]) AS wanted) ON \(key) = wanted"
    }

    static func wanted(_ numbers: [some FixedWidthInteger]) -> Parameter { .text("[\(list(numbers))]") }
}
