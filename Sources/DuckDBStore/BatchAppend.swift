import DuckDB
import EventModel
import Storage

/// Writes batches to all tables, column by column. To be run in a transaction.
struct BatchAppend {
    private let connection: Connection
    private let batches: [JournalBatch]
    private let rowsBefore: Int

    init(_ connection: Connection, _ batches: [JournalBatch], rowsBefore: Int) {
        self.connection = connection
        self.batches = batches
        self.rowsBefore = rowsBefore
    }

    func run() throws(DatabaseError) {
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

    private func events() throws(DatabaseError) {
        var columns = EventColumns(rows: batches.reduce(0) { $0 + $1.events.count })
        for batch in batches { columns.append(batch) }
        try append("events", rows: columns.count) { batch throws(DatabaseError) in
            try batch.set(0, columns.users)
            try batch.set(1, columns.times)
            try batch.set(2, columns.types)
            try batch.set(3, columns.contexts)
            try batch.set(4, columns.userProperties)
            try batch.set(5, columns.devices)
            try batch.set(6, columns.namedUsers)
            try batch.set(7, columns.sessionIDs)
            try batch.set(8, columns.clientTimes)
            try batch.set(9, columns.uploadTimes)
            try batch.set(10, columns.receivedTimes)
            try batch.set(11, columns.eventIDs)
            try batch.set(12, columns.insertIDs)
            try batch.set(13, columns.eventProperties)
            try batch.set(14, columns.revenues)
            try batch.set(15, columns.extras)
        }
    }

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
        var rows = rowsBefore
        let reached = batches.map { batch in
            rows += batch.events.count
            return Int64(rows)
        }
        try append("batches", rows: batches.count) { batch throws(DatabaseError) in
            try batch.set(0, batches.map(\.sequence.number))
            try batch.set(1, reached)
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

/// Events as columns: one pass over them, instead of one for each column.
private struct EventColumns {
    private(set) var count = 0
    private(set) var users: [Int32] = []
    private(set) var times: [Int64] = []
    private(set) var types: [Int32] = []
    private(set) var contexts: [Int32] = []
    private(set) var userProperties: [Int32] = []
    private(set) var devices: [Int32] = []
    private(set) var namedUsers: [Int32] = []
    private(set) var sessionIDs: [Int64] = []
    private(set) var clientTimes: [Int64] = []
    private(set) var uploadTimes: [Int64] = []
    private(set) var receivedTimes: [Int64] = []
    private(set) var eventIDs: [Int64?] = []
    private(set) var insertIDs: [String?] = []
    private(set) var eventProperties: [String] = []
    private(set) var revenues: [Double?] = []
    private(set) var extras: [String?] = []

    init(rows: Int) {
        users.reserveCapacity(rows)
        times.reserveCapacity(rows)
        types.reserveCapacity(rows)
        contexts.reserveCapacity(rows)
        userProperties.reserveCapacity(rows)
        devices.reserveCapacity(rows)
        namedUsers.reserveCapacity(rows)
        sessionIDs.reserveCapacity(rows)
        clientTimes.reserveCapacity(rows)
        uploadTimes.reserveCapacity(rows)
        receivedTimes.reserveCapacity(rows)
        eventIDs.reserveCapacity(rows)
        insertIDs.reserveCapacity(rows)
        eventProperties.reserveCapacity(rows)
        revenues.reserveCapacity(rows)
        extras.reserveCapacity(rows)
    }

    mutating func append(_ batch: JournalBatch) {
        count += batch.events.count
        for event in batch.events {
            users.append(event.user.number)
            times.append(event.time.milliseconds)
            types.append(event.type.number)
            contexts.append(event.context.number)
            userProperties.append(event.userProperties.number)
            devices.append(event.device.number)
            namedUsers.append(event.carriesUserID ? event.user.number : 0)
            sessionIDs.append(event.sessionID)
            clientTimes.append(event.clientTime.milliseconds)
            uploadTimes.append(event.uploadTime.milliseconds)
            receivedTimes.append(batch.receivedAt.milliseconds)
            eventIDs.append(event.eventID)
            insertIDs.append(event.insertID)
            eventProperties.append(event.eventProperties)
            revenues.append(event.revenue)
            extras.append(event.extras)
        }
    }
}
