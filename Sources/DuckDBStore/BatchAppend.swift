import DuckDB
import EventModel
import Storage

/// Writes batches to all tables, column by column. To be run in a transaction.
struct BatchAppend {
    private let connection: Connection
    private var batches: [JournalBatch] = []
    /// How many rows there are after each batch.
    private let rowsAfter: [Int64]

    /// - Parameter batches: are taken out.
    init(_ connection: Connection, _ batches: inout [JournalBatch], rowsBefore: Int) {
        self.connection = connection
        var rows = rowsBefore
        rowsAfter = batches.map { batch in
            rows += batch.events.count
            return Int64(rows)
        }
        swap(&self.batches, &batches)
    }

    mutating func run() throws(DatabaseError) {
        try events()
        try contexts()
        try names("event_types", batches.flatMap(\.eventTypes).map { ($0.key.number, $0.value) })
        try names("property_sets", batches.flatMap(\.propertySets).map { ($0.key.number, $0.value) })
        try names("devices", batches.flatMap(\.devices).map { ($0.key.number, $0.value) })
        try users()
        try merges()
        try propertyNames()
        try progress()
    }

    /// Events in pieces, so that what lies beside DuckDB's own memory stays small. Small batches share one.
    private mutating func events() throws(DatabaseError) {
        guard batches.contains(where: { !$0.events.isEmpty }) else { return }
        let appender = try Appender(connection, table: "events")
        var gathered = EventPiece()
        var written = 0
        for index in batches.indices {
            let batch = takeEvents(ofBatch: index)
            written += batch.events.count
            if written > Self.rowsPerFlush {
                // Into the transaction, out of the appender's own memory.
                try appender.flush()
                written = 0
            }
            if gathered.count + batch.events.count <= Self.rowsPerPiece {
                gathered.append(batch)
                continue
            }
            try append(gathered, to: appender)
            gathered = EventPiece()
            for start in stride(from: 0, to: batch.events.count, by: Self.rowsPerPiece) {
                let end = min(start + Self.rowsPerPiece, batch.events.count)
                try append(EventPiece(batch, start..<end), to: appender)
            }
        }
        try append(gathered, to: appender)
        try appender.finish()
    }

    /// A batch with its events alone, which are nowhere else any more.
    private mutating func takeEvents(ofBatch index: Int) -> JournalBatch {
        var taken = JournalBatch(receivedAt: batches[index].receivedAt)
        swap(&taken.events, &batches[index].events)
        return taken
    }

    private func append(_ piece: EventPiece, to appender: borrowing Appender) throws(DatabaseError) {
        if piece.count == 0 { return }
        var rows = appender.batch(rows: piece.count)
        try piece.fill(&rows)
        try appender.append(rows)
    }

    private static let rowsPerPiece = 2_048
    private static let rowsPerFlush = 40_960

    private func contexts() throws(DatabaseError) {
        let contexts = batches.flatMap(\.contexts)
        try append("contexts", rows: contexts.count) { batch throws(DatabaseError) in
            try batch.set(0, contexts.map(\.key.number))
            for field in ContextField.allCases {
                try batch.set(1 + field.rawValue, contexts.map { $0.value[field] })
            }
        }
    }

    private func names(_ table: String, _ names: [(number: Int32, text: String)]) throws(DatabaseError) {
        try append(table, rows: names.count) { batch throws(DatabaseError) in
            try batch.set(0, names.map(\.number))
            try batch.set(1, names.map(\.text))
        }
    }

    private func users() throws(DatabaseError) {
        let facts = batches.flatMap { batch in batch.users.map { ($0, batch.sequence.number) } }
        try append("users", rows: facts.count) { batch throws(DatabaseError) in
            try batch.set(0, facts.map(\.0.user.number))
            try batch.set(1, facts.map(\.0.userID))
            try batch.set(2, facts.map(\.1))
        }
    }

    private func merges() throws(DatabaseError) {
        let merges = batches.flatMap(\.merges)
        try append("merges", rows: merges.count) { batch throws(DatabaseError) in
            try batch.set(0, merges.map(\.from.number))
            try batch.set(1, merges.map(\.into.number))
            try batch.set(2, merges.map(\.time.milliseconds))
            try batch.set(3, merges.map(\.cause.rawValue))
        }
    }

    private func propertyNames() throws(DatabaseError) {
        let names = batches.flatMap(\.propertyNames)
        try append("property_names", rows: names.count) { batch throws(DatabaseError) in
            try batch.set(0, names.map(\.kind.rawValue))
            try batch.set(1, names.map(\.name.string))
        }
    }

    private func progress() throws(DatabaseError) {
        try append("batches", rows: batches.count) { batch throws(DatabaseError) in
            try batch.set(0, batches.map(\.sequence.number))
            try batch.set(1, rowsAfter)
        }
    }

    private func append(
        _ table: String,
        rows: Int,
        _ fill: (inout RowBatch) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        guard rows > 0 else { return }
        let appender = try Appender(connection, table: table)
        var batch = appender.batch(rows: rows)
        try fill(&batch)
        try appender.append(batch)
        try appender.finish()
    }
}
