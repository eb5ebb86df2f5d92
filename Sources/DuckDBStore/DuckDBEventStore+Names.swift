import DuckDB
public import EventModel
public import Storage

extension DuckDBEventStore {
    public func readFacts(
        of dimension: EventDimension,
        after known: Int,
        _ body: (_ number: Int32, _ value: Span<UInt8>?) -> Bool
    ) throws(EventStoreError) {
        // Rows are never deleted, and DuckDB numbers them from 0 in order of appending.
        let condition = "WHERE rowid >= \(known)"
        switch dimension {
        case .context(let field): try readTexts("SELECT id, \(field.name) FROM contexts \(condition)", body)
        case .userProperty(let name): try readUserProperty(name.string, condition, body)
        case .deviceID: try readTexts("SELECT id, device_id FROM devices \(condition)", body)
        case .userID: try readTexts("SELECT key, user_id FROM users \(condition)", body)
        }
    }

    private func readTexts(
        _ sql: String,
        _ body: (_ number: Int32, _ text: Span<UInt8>?) -> Bool
    ) throws(EventStoreError) {
        try readUntil(sql) { chunk in
            chunk.withColumn(0, as: Int32.self) { numbers in
                chunk.withStrings(1) { texts in
                    for i in numbers.indices where !texts.withBytes(i, { body(numbers[i], $0) }) { return false }
                    return true
                }
            }
        }
    }

    private func readUserProperty(
        _ name: String,
        _ condition: String,
        _ body: (_ number: Int32, _ json: Span<UInt8>?) -> Bool
    ) throws(EventStoreError) {
        let long = try numbers("SELECT id::BIGINT FROM property_sets \(condition) AND is_long")
        try withLongTexts(.userProperties, long) { texts throws(EventStoreError) in
            try readUntil(
                "SELECT id, nullif(json_extract(properties, ?)::VARCHAR, 'null') FROM property_sets \(condition)",
                [.text(Self.pointer(to: name))]
            ) { chunk throws(DatabaseError) in
                try chunk.withColumn(0, as: Int32.self) { numbers throws(DatabaseError) in
                    try chunk.withStrings(1) { values throws(DatabaseError) in
                        for i in numbers.indices {
                            let goesOn: Bool
                            if let text = try texts.text(of: Int64(numbers[i])) {
                                let json = LongText.value(of: name, in: text)
                                goesOn = json.map { body(numbers[i], $0.span) } ?? body(numbers[i], nil)
                            } else {
                                goesOn = values.withBytes(i) { body(numbers[i], $0) }
                            }
                            if !goesOn { return false }
                        }
                        return true
                    }
                }
            }
        }
    }

    public func eventTypes() throws(EventStoreError) -> [Named<EventTypeID>] {
        var types: [Named<EventTypeID>] = []
        try read("SELECT id, name FROM event_types ORDER BY id") { chunk in
            for row in 0..<chunk.count {
                if let id: Int32 = chunk.value(0, row) {
                    types.append(Named(EventTypeID(id), chunk.string(1, row) ?? ""))
                }
            }
        }
        return types
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
