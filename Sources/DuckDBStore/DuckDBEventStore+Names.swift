import DuckDB
public import EventModel
public import Storage

extension DuckDBEventStore {
    public func facts(
        of dimension: EventDimension,
        after known: Int
    ) throws(EventStoreError) -> [Numbered<Int32, String?>] {
        // Rows are never deleted, and DuckDB numbers them from 0 in order of appending.
        let condition = "WHERE rowid >= \(known)"
        switch dimension {
        case .context(let field): return try facts("SELECT id, \(field.name) FROM contexts \(condition)")
        case .userProperty(let name):
            let value = "json_extract(properties, ?)::VARCHAR"
            return try facts(
                "SELECT id, nullif(\(value), 'null') FROM property_sets \(condition)",
                [.text(Self.pointer(to: name.string))]
            )
        case .deviceID: return try facts("SELECT id, device_id FROM devices \(condition)")
        case .userID: return try facts("SELECT key, user_id FROM users \(condition)")
        }
    }

    public func eventTypes() throws(EventStoreError) -> [Named<EventTypeID>] {
        try facts("SELECT id, name FROM event_types ORDER BY id").map { Numbered(EventTypeID($0.key), $0.value ?? "") }
    }

    public func propertyNames() throws(EventStoreError) -> [PropertyName] {
        var names: [PropertyName] = []
        try read("SELECT kind, name FROM property_names") { chunk in
            for row in 0..<chunk.count {
                if let kind = chunk.string(0, row).flatMap(PropertyName.Kind.init), let name = chunk.string(1, row) {
                    names.append(PropertyName(kind, name))
                }
            }
        }
        return names
    }

    public func merges(after known: Int) throws(EventStoreError) -> [Merge] {
        var merges: [Merge] = []
        try read(
            "SELECT from_user, into_user, time, cause FROM merges WHERE rowid >= \(known) ORDER BY rowid"
        ) { chunk in
            for row in 0..<chunk.count {
                guard let from = chunk.value(0, row, as: Int32.self), let into = chunk.value(1, row, as: Int32.self),
                    let time = chunk.value(2, row, as: Int64.self),
                    let cause = chunk.string(3, row).flatMap(Merge.Cause.init)
                else { continue }
                merges.append(
                    Merge(
                        from: UserKey(from),
                        into: UserKey(into),
                        time: Timestamp(milliseconds: time),
                        cause: cause
                    )
                )
            }
        }
        return merges
    }

    private func facts(
        _ sql: String,
        _ parameters: [Parameter] = []
    ) throws(EventStoreError) -> [Numbered<Int32, String?>] {
        var facts: [Numbered<Int32, String?>] = []
        try read(sql, parameters) { chunk in
            chunk.withColumn(0, as: Int32.self) { numbers in
                chunk.withStrings(1) { texts in
                    for i in numbers.indices { facts.append(Numbered(numbers[i], texts[i])) }
                }
            }
        }
        return facts
    }

    /// A JSON pointer (RFC 6901), which can name any key.
    static func pointer(to name: String) -> String {
        var pointer = "/"
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": pointer += "~0"
            case "/": pointer += "~1"
            default: pointer.unicodeScalars.append(scalar)
            }
        }
        return pointer
    }
}
