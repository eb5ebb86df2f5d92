import DuckDB
public import Storage

extension DuckDBEventStore {
    public func readEvents(
        _ selection: EventSelection,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>) -> Void
    ) throws(EventStoreError) {
        try readEvents(selection, also: "") { _, users, times, types in body(users, times, types) }
    }

    public func readEvents(
        _ selection: EventSelection,
        with column: NumberColumn,
        _ body: (_ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>, _ numbers: Span<Int32>) -> Void
    ) throws(EventStoreError) {
        try readEvents(selection, also: ", \(column.name)") { chunk, users, times, types in
            chunk.withColumn(chunk.columnCount - 1, as: Int32.self) { body(users, times, types, $0) }
        }
    }

    /// - Parameter also: of the statement: what is read after what makes an event.
    private func readEvents(
        _ selection: EventSelection,
        also: String,
        _ body: (_ chunk: borrowing Chunk, _ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>) -> Void
    ) throws(EventStoreError) {
        if let types = selection.types, types.count == 1, let type = types.first {
            // What is known need not be read.
            return try read("\"user\", time\(also)", selection) { chunk in
                let types = [Int32](repeating: type, count: chunk.count)
                chunk.withColumn(0, as: Int32.self) { users in
                    chunk.withColumn(1, as: Int64.self) { times in body(chunk, users, times, types.span) }
                }
            }
        }
        try read("\"user\", time, type\(also)", selection) { chunk in
            chunk.withColumn(0, as: Int32.self) { users in
                chunk.withColumn(1, as: Int64.self) { times in
                    chunk.withColumn(2, as: Int32.self) { types in body(chunk, users, times, types) }
                }
            }
        }
    }

    public func readNumbers(
        _ column: NumberColumn,
        _ selection: EventSelection,
        _ body: (Span<Int32>) -> Void
    ) throws(EventStoreError) {
        try read(column.name, selection) { chunk in
            chunk.withColumn(0, as: Int32.self) { body($0) }
        }
    }

    public func readLongs(
        _ column: LongColumn,
        _ selection: EventSelection,
        _ body: (Span<Int64>) -> Void
    ) throws(EventStoreError) {
        try read(column.name, selection) { chunk in
            chunk.withColumn(0, as: Int64.self) { body($0) }
        }
    }

    public func readRevenues(
        _ selection: EventSelection,
        _ body: (_ index: Int, _ revenue: Double) -> Void
    ) throws(EventStoreError) {
        var index = 0
        try read("revenue", selection) { chunk in
            chunk.withNullableColumn(0, as: Double.self) { revenues, validity in
                for i in revenues.indices where validity.isValid(i) { body(index + i, revenues[i]) }
            }
            index += chunk.count
        }
    }

    public func readEventProperty(
        _ name: String,
        _ selection: EventSelection,
        _ body: (_ index: Int, _ json: Span<UInt8>) -> Bool
    ) throws(EventStoreError) {
        try checkRows(selection.rows)
        let long = try numbers("SELECT rowid FROM events WHERE \(selection.condition) AND long > 0 AND long & 1 = 1")
        // The rows' numbers are read only where they tell which events have long texts.
        let columns = "json_extract(event_properties, ?)::VARCHAR\(long.isEmpty ? "" : ", rowid")"
        try withLongTexts(.eventProperties, long) { texts throws(EventStoreError) in
            var index = 0
            try readUntil(
                "SELECT \(columns) FROM events WHERE \(selection.condition)",
                [.text(Self.pointer(to: name))]
            ) { chunk throws(DatabaseError) in
                defer { index += chunk.count }
                return try chunk.withStrings(0) { values throws(DatabaseError) in
                    for i in 0..<values.count {
                        if let row: Int64 = long.isEmpty ? nil : chunk.value(1, i), let text = try texts.text(of: row) {
                            guard let json = LongText.value(of: name, in: text) else { continue }
                            if !body(index + i, json.span) { return false }
                            continue
                        }
                        let goesOn = values.withBytes(i) { json in
                            guard let json, !json.isNull else { return true }
                            return body(index + i, json)
                        }
                        if !goesOn { return false }
                    }
                    return true
                }
            }
        }
    }

    /// A store that is being made anew lacks rows that were there before: a column without them would be taken for whole.
    func checkRows(_ rows: Range<Int>) throws(EventStoreError) {
        if rows.upperBound > progress().rows { throw Self.incomplete }
    }

    static let incomplete = EventStoreError(.unavailable, "the events are not all back yet")

    /// So many rows at a time are held in memory while a few of them are picked out.
    private static let rowsHeld = 4_000_000

    /// Reads columns of events in row order.
    private func read(
        _ columns: String,
        _ selection: EventSelection,
        _ body: (borrowing Chunk) -> Void
    ) throws(EventStoreError) {
        try checkRows(selection.rows)
        guard selection.types != nil else {
            return try read("SELECT \(columns) FROM events WHERE \(selection.condition)", [], body)
        }
        // A stream of a few events of every 2,048 rows would come in small chunks; a whole answer comes in full ones.
        for first in stride(from: selection.rows.lowerBound, to: selection.rows.upperBound, by: Self.rowsHeld) {
            var held = selection
            held.rows = first..<min(first + Self.rowsHeld, selection.rows.upperBound)
            try readUntil("SELECT \(columns) FROM events WHERE \(held.condition)", streaming: false) { chunk in
                body(chunk)
                return true
            }
        }
    }
}

extension EventSelection {
    /// DuckDB numbers the rows of a table from 0 in order of appending; rows are never deleted.
    fileprivate var condition: String {
        let rows = "rowid >= \(rows.lowerBound) AND rowid < \(rows.upperBound)"
        guard let types else { return rows }
        if types.isEmpty { return "false" }
        return "\(rows) AND type IN (\(types.sorted().map { "\($0)" }.joined(separator: ", ")))"
    }
}

extension Span<UInt8> {
    /// Whether this is JSON's null.
    fileprivate var isNull: Bool { count == 4 && self[0] == UInt8(ascii: "n") }
}

extension NumberColumn {
    var name: String {
        switch self {
        case .user: "\"user\""
        case .context: "context"
        case .userProperties: "user_properties"
        case .device: "device"
        case .namedUser: "named_user"
        }
    }
}

extension LongColumn {
    fileprivate var name: String {
        switch self {
        case .sessionID: "session_id"
        case .clientTime: "client_time"
        case .time: "time"
        }
    }
}
