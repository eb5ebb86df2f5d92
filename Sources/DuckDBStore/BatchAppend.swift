import DuckDB
import EventModel
import Storage

/// Writes batches to all tables, column by column. To be run in a transaction.
struct BatchAppend {
    private let connection: Connection
    private var batches: [JournalBatch] = []
    private let before: StoreProgress
    /// How far the store is after each batch.
    private let after: [StoreProgress]

    /// - Parameters:
    ///   - batches: are taken out.
    ///   - before: how far the store is.
    init(_ connection: Connection, _ batches: inout [JournalBatch], before: StoreProgress) {
        self.connection = connection
        self.before = before
        var progress = before
        after = batches.map { batch in
            progress.add(batch)
            return progress
        }
        swap(&self.batches, &batches)
    }

    /// - Parameter texts: of property sets, to be kept for the next batches.
    mutating func run(_ texts: inout PropertyTexts) throws(DatabaseError) {
        try longTexts()
        try events()
        try contexts()
        try names("event_types", batches.flatMap(\.eventTypes).map { ($0.key.number, $0.value) })
        var sets = try PropertySetAppend(connection, texts)
        for batch in batches { try sets.append(batch) }
        texts = try sets.finish()
        try names("devices", batches.flatMap(\.devices).map { ($0.key.number, $0.value) })
        try users()
        try merges()
        try propertyNames()
        try progress()
    }

    /// What is too long for the events' columns.
    private func longTexts() throws(DatabaseError) {
        let isLong = { (row: EventRow) in !LongText.Marks(row).isEmpty }
        guard batches.contains(where: { $0.events.rows.contains(where: isLong) }) else { return }
        var writer = try LongTextWriter(connection)
        var id = Int64(before.rows)
        for batch in batches {
            let bytes = batch.events.bytes.span
            for row in batch.events.rows {
                let marks = LongText.Marks(row)
                if marks.contains(.eventProperties) {
                    try writer.append(.eventProperties, id, row.eventProperties.range, of: bytes)
                }
                if marks.contains(.extras) { try writer.append(.extras, id, row.extras.range, of: bytes) }
                id += 1
            }
        }
        try writer.finish()
    }

    /// Events in pieces, so that what lies beside DuckDB's own memory stays small. Small batches share one.
    private mutating func events() throws(DatabaseError) {
        guard batches.contains(where: { !$0.events.isEmpty }) else { return }
        let appender = try Appender(connection, table: "events")
        var gathered = EventPiece()
        var (written, bytes) = (0, 0)
        for index in batches.indices {
            let batch = takeEvents(ofBatch: index)
            let first = after[index].arrivals - batch.committedEvents
            written += batch.events.count
            bytes += batch.events.size
            if written > Self.rowsPerFlush || bytes > Self.bytesPerFlush {
                // Into the transaction, out of the appender's own memory.
                try appender.flush()
                (written, bytes) = (0, 0)
            }
            if gathered.count + batch.events.count <= Self.rowsPerPiece {
                gathered.append(batch, from: first)
                continue
            }
            try append(gathered, to: appender)
            gathered = EventPiece()
            for start in stride(from: 0, to: batch.events.count, by: Self.rowsPerPiece) {
                let end = min(start + Self.rowsPerPiece, batch.events.count)
                try append(EventPiece(batch, start..<end, from: first), to: appender)
            }
        }
        try append(gathered, to: appender)
        try appender.finish()
    }

    /// A batch with its events alone, which are nowhere else any more.
    private mutating func takeEvents(ofBatch index: Int) -> JournalBatch {
        var taken = JournalBatch(receivedAt: batches[index].receivedAt)
        swap(&taken.events, &batches[index].events)
        taken.remainder = batches[index].remainder
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
    private static let bytesPerFlush = 32 << 20

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
            try batch.set(3, facts.map(\.0.amplitudeID.number))
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
            try batch.set(1, after.map { Int64($0.rows) })
            try batch.set(2, after.map { Int64($0.arrivals) })
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
