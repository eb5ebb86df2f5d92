import DuckDB
import EventModel
import Storage

/// Some events on their way into the columns of `events`: of one batch, or of several small ones.
struct EventPiece {
    private var events: StoredEvents
    private var range: Range<Int>
    private var receivedTimes: [Int64]
    private var numbers: [Int64]

    init() {
        events = StoredEvents()
        range = 0..<0
        receivedTimes = []
        numbers = []
    }

    /// - Parameter first: the number of the first event that the batch ever had.
    init(_ batch: JournalBatch, _ range: Range<Int>, from first: Int) {
        events = batch.events
        self.range = range
        numbers = range.map { Int64(first + batch.place(of: $0)) }
        receivedTimes = batch.events.rows[range].map { ($0.receivedAt ?? batch.receivedAt).milliseconds }
    }

    var count: Int { range.count }

    /// Adds a whole batch to a piece of whole batches.
    ///
    /// - Parameter first: the number of the first event that the batch ever had.
    mutating func append(_ batch: JournalBatch, from first: Int) {
        precondition(range == 0..<events.count)
        for index in 0..<batch.events.count { numbers.append(Int64(first + batch.place(of: index))) }
        events.append(batch.events)
        range = 0..<events.count
        receivedTimes += batch.events.rows.map { ($0.receivedAt ?? batch.receivedAt).milliseconds }
    }

    /// Sets each column of the table, in its order; what no row has is left out, which makes it NULL.
    func fill(_ batch: inout RowBatch) throws(DatabaseError) {
        let rows = events.rows[range]
        try batch.set(0, rows.map(\.user.number))
        try batch.set(1, rows.map(\.time.milliseconds))
        try batch.set(2, rows.map(\.type.number))
        try batch.set(3, rows.map(\.context.number))
        try batch.set(4, rows.map(\.userProperties.number))
        try batch.set(5, rows.map(\.device.number))
        try batch.set(6, rows.map { $0.carriesUserID ? $0.user.number : 0 })
        try batch.set(7, rows.map(\.sessionID))
        try batch.set(8, rows.map(\.clientTime.milliseconds))
        try batch.set(9, rows.map(\.uploadTime.milliseconds))
        try batch.set(10, receivedTimes)
        try set(11, rows.map(\.eventID), of: &batch)
        try set(12, rows.map { $0.insertUUID.map { Int128(bitPattern: $0 ^ (1 << 127)) } }, of: &batch)
        try setTexts(13, rows.map(\.insertID), of: &batch)
        try setProperties(14, rows, of: &batch)
        try set(15, rows.map(\.revenue), of: &batch)
        try setTexts(16, rows.map { LongText.Marks($0).contains(.extras) ? .none : $0.extras }, of: &batch)
        try batch.set(17, rows.map { LongText.Marks($0).rawValue })
        try batch.set(18, rows.map { EventOrigin(door: $0.door, changesPerson: $0.changesPerson).number })
        try batch.set(19, numbers)
    }

    private func set<Value: FixedWidthValue>(
        _ column: Int,
        _ values: [Value?],
        of batch: inout RowBatch
    ) throws(DatabaseError) {
        if values.contains(where: { $0 != nil }) { try batch.set(column, values) }
    }

    private func setTexts(_ column: Int, _ texts: [TextRange], of batch: inout RowBatch) throws(DatabaseError) {
        guard texts.contains(where: { !$0.isNone }) else { return }
        try batch.set(column, utf8: events.bytes.span) { texts[$0].isNone ? nil : texts[$0].range }
    }

    /// NULL stands for a long text, and an event without properties has the empty object.
    private func setProperties(
        _ column: Int,
        _ rows: ArraySlice<EventRow>,
        of batch: inout RowBatch
    ) throws(DatabaseError) {
        let isPlain = { (row: EventRow) in !row.eventProperties.isNone && LongText.Marks(row).isEmpty }
        if rows.allSatisfy(isPlain) { return try setTexts(column, rows.map(\.eventProperties), of: &batch) }
        try batch.set(
            column,
            rows.map { row -> String? in
                LongText.Marks(row).contains(.eventProperties) ? nil : events.text(row.eventProperties) ?? "{}"
            }
        )
    }
}

extension LongText.Marks {
    init(_ row: EventRow) {
        self = []
        if !row.eventProperties.isNone, row.eventProperties.range.count > LongText.part { insert(.eventProperties) }
        if !row.extras.isNone, row.extras.range.count > LongText.part { insert(.extras) }
    }
}
