public import EventModel
public import Foundation
import GRDB
public import Storage
import Synchronization

/// The record of one project, in SQLite: `<data>/projects/<id>/project.sqlite`.
///
/// WAL with `synchronous=FULL`: a commit is on disk when ``commit(_:)`` returns.
/// Source: Documentation/operations.md O1.
public final class ProjectDatabase: ProjectRecord {
    private let pool: DatabasePool
    /// The event types' settings as they are on disk; `nil` until somebody asks.
    let knownSettings = Mutex<KnownSettings?>(nil)
    /// Held by whoever changes them.
    let settingsChange = Mutex(())
    private let codec = Mutex(JournalCodec())

    /// Opens the record in `folder`, and makes both if they are not there.
    public init(folder: URL) throws(ProjectRecordError) {
        pool = try Self.attempt {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let pool = try DatabasePool.durable(at: folder.appendingPathComponent("project.sqlite"))
            try ProjectSchema.migrator.migrate(pool)
            return pool
        }
    }

    /// Closes the files; a call after this fails.
    public func close() {
        try? pool.close()
    }

    // MARK: What the way in remembers

    public func user(withID userID: String) throws(ProjectRecordError) -> UserState? {
        try row("SELECT \(UserState.columns) FROM users WHERE user_id = ?", userID).map(UserState.init)
    }

    public func user(_ key: UserKey) throws(ProjectRecordError) -> UserState? {
        try row("SELECT \(UserState.columns) FROM users WHERE key = ?", key.number).map(UserState.init)
    }

    public func device(withID deviceID: String) throws(ProjectRecordError) -> DeviceState? {
        try row("SELECT key, device_id, user, is_unclaimed FROM devices WHERE device_id = ?", deviceID)
            .map(DeviceState.init)
    }

    public func allUsers() throws(ProjectRecordError) -> [UserState] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT \(UserState.columns) FROM users").map(UserState.init)
        }
    }

    public func allDevices() throws(ProjectRecordError) -> [DeviceState] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT key, device_id, user, is_unclaimed FROM devices").map(DeviceState.init)
        }
    }

    public func eventType(named name: String) throws(ProjectRecordError) -> EventTypeID? {
        try row("SELECT id FROM event_types WHERE name = ?", name).map { EventTypeID($0[0]) }
    }

    public func context(withText json: String) throws(ProjectRecordError) -> ContextID? {
        try row("SELECT id FROM contexts WHERE json = ?", json).map { ContextID($0[0]) }
    }

    public func propertySet(withText json: String) throws(ProjectRecordError) -> PropertySetID? {
        try row("SELECT id FROM property_sets WHERE json = ?", json).map { PropertySetID($0[0]) }
    }

    public func text(of context: ContextID) throws(ProjectRecordError) -> String? {
        try row("SELECT json FROM contexts WHERE id = ?", context.number).map { $0[0] }
    }

    public func text(of propertySet: PropertySetID) throws(ProjectRecordError) -> String? {
        try row("SELECT json FROM property_sets WHERE id = ?", propertySet.number).map { $0[0] }
    }

    public func groupProperties(type: String, value: String) throws(ProjectRecordError) -> String? {
        try read { db in
            try String.fetchOne(
                db.cachedStatement(sql: "SELECT properties FROM groups WHERE type = ? AND value = ?"),
                arguments: [type, value]
            )
        }
    }

    public func arrivals(of user: UserKey) throws(ProjectRecordError) -> PersonArrivals {
        try read { db in
            let users = try db.cachedStatement(sql: "SELECT arrival FROM users WHERE key = ?")
            let arrival = try Int64.fetchOne(users, arguments: [user.number]) ?? Arrival.unknown.number
            var arrivals = PersonArrivals(ofUser: Arrival(number: arrival))
            let properties = try db.cachedStatement(
                sql: "SELECT is_built_in, name, arrival FROM arrivals WHERE user = ?"
            )
            let rows = try Row.fetchCursor(properties, arguments: [user.number])
            while let row = try rows.next() {
                let property = PersonProperty(ExactText(row[1]), isBuiltIn: row[0])
                arrivals.ofProperties[property] = Arrival(number: row[2])
            }
            return arrivals
        }
    }

    public func mergeTarget(of user: UserKey) throws(ProjectRecordError) -> UserKey? {
        try row("SELECT into_user FROM merges WHERE from_user = ?", user.number).map { UserKey($0[0]) }
    }

    public func mergeCount(into user: UserKey) throws(ProjectRecordError) -> Int {
        try row("SELECT count(*) FROM merges WHERE into_user = ?", user.number)?[0] ?? 0
    }

    public func propertyNames() throws(ProjectRecordError) -> [PropertyName] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT kind, name FROM property_names").compactMap { row in
                PropertyName.Kind(rawValue: row[0]).map { PropertyName($0, row[1]) }
            }
        }
    }

    public func counters() throws(ProjectRecordError) -> RecordCounters {
        try read { db in
            var counters = RecordCounters()
            counters.user = try Int32.fetchOne(db, sql: "SELECT max(key) FROM users") ?? 0
            counters.device = try Int32.fetchOne(db, sql: "SELECT max(key) FROM devices") ?? 0
            counters.eventType = try Int32.fetchOne(db, sql: "SELECT max(id) FROM event_types") ?? 0
            counters.context = try Int32.fetchOne(db, sql: "SELECT max(id) FROM contexts") ?? 0
            counters.propertySet = try Int32.fetchOne(db, sql: "SELECT max(id) FROM property_sets") ?? 0
            return counters
        }
    }

    public func readFingerprints(
        since time: Timestamp,
        _ body: (FingerprintBatch) throws(ProjectRecordError) -> Void
    ) throws(ProjectRecordError) {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT received_at, fingerprints FROM fingerprints WHERE received_at >= ? ORDER BY sequence",
                arguments: [time.milliseconds]
            )
            while let row = try rows.next() {
                try body(
                    FingerprintBatch(
                        receivedAt: Timestamp(milliseconds: row[0]),
                        fingerprints: [Fingerprint](packed: row[1])
                    )
                )
            }
        }
    }

    // MARK: The journal

    public func commit(_ change: RecordChange) throws(ProjectRecordError) -> JournalSequence {
        let payload = codec.withLock { $0.encode(change.batch) }
        return try Self.attempt {
            try pool.write { db in
                try Self.write(change, payload: payload, to: db)
            }
        }
    }

    public func lastSequence() throws(ProjectRecordError) -> JournalSequence {
        try read { db in
            JournalSequence(try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM journal") ?? 0)
        }
    }

    public func batches(after sequence: JournalSequence, limit: Int) throws(ProjectRecordError) -> [JournalBatch] {
        try read { db in
            var batches: [JournalBatch] = []
            var events = 0
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT sequence, payload FROM journal WHERE sequence > ? ORDER BY sequence",
                arguments: [sequence.number]
            )
            while events < limit, let row = try rows.next() {
                let payload: Data = row[1]
                let batch = try JournalCodec.decode(Array(payload), sequence: JournalSequence(row[0]))
                events += batch.events.count
                batches.append(batch)
            }
            return batches
        }
    }

    public func ledgerTotals() throws(ProjectRecordError) -> LedgerCounts {
        try row("SELECT sum(received), sum(stored), sum(duplicate), sum(rejected) FROM ledger").map { row in
            var counts = LedgerCounts()
            counts.received = row[0] ?? 0
            counts.stored = row[1] ?? 0
            counts.duplicate = row[2] ?? 0
            counts.rejected = row[3] ?? 0
            return counts
        } ?? LedgerCounts()
    }

    // MARK: Inside

    private static func write(
        _ change: RecordChange,
        payload: [UInt8],
        to db: Database
    ) throws -> JournalSequence {
        let batch = change.batch
        let names = try db.cachedStatement(sql: "INSERT INTO event_types (id, name) VALUES (?, ?)")
        for type in batch.eventTypes { try names.execute(arguments: [type.key.number, type.value]) }
        let contexts = try db.cachedStatement(sql: "INSERT INTO contexts (id, json) VALUES (?, ?)")
        for context in batch.contexts {
            var json = JSONWriter()
            context.value.write(to: &json)
            try contexts.execute(arguments: [context.key.number, json.text])
        }
        let sets = try db.cachedStatement(sql: "INSERT INTO property_sets (id, json) VALUES (?, ?)")
        for set in batch.propertySets { try sets.execute(arguments: [set.key.number, set.value]) }
        let users = try db.cachedStatement(
            sql: """
                INSERT INTO users (key, user_id, context, properties, arrival) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE
                SET user_id = excluded.user_id, context = excluded.context, properties = excluded.properties
                """
        )
        for user in change.users {
            try users.execute(
                arguments: [
                    user.key.number, user.userID, user.context?.number, user.properties.number, user.arrival.number,
                ])
        }
        let snapshots = try db.cachedStatement(sql: "UPDATE users SET context = ?, properties = ? WHERE key = ?")
        for user in change.snapshots {
            try snapshots.execute(
                arguments: [user.value.context?.number, user.value.properties.number, user.key.number])
        }
        let arrivals = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO arrivals (user, is_built_in, name, arrival) VALUES (?, ?, ?, ?)"
        )
        for arrival in change.arrivals {
            let property = arrival.property
            try arrivals.execute(
                arguments: [arrival.user.number, property.isBuiltIn, property.name.string, arrival.arrival.number])
        }
        let devices = try db.cachedStatement(
            sql: """
                INSERT INTO devices (key, device_id, user, is_unclaimed) VALUES (?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET user = excluded.user, is_unclaimed = excluded.is_unclaimed
                """
        )
        for device in change.devices {
            try devices.execute(
                arguments: [device.key.number, device.deviceID, device.user.number, device.isUnclaimed])
        }
        let merges = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO merges (from_user, into_user, time, cause) VALUES (?, ?, ?, ?)"
        )
        let unmerges = try db.cachedStatement(sql: "DELETE FROM merges WHERE from_user = ?")
        let departures = try db.cachedStatement(sql: "DELETE FROM arrivals WHERE user = ?")
        for merge in batch.merges {
            if merge.cause == .unmapping {
                try unmerges.execute(arguments: [merge.from.number])
                continue
            }
            // Its properties have gone over to the other.
            if merge.cause == .login { try departures.execute(arguments: [merge.from.number]) }
            try merges.execute(
                arguments: [merge.from.number, merge.into.number, merge.time.milliseconds, merge.cause.rawValue])
        }
        let properties = try db.cachedStatement(sql: "INSERT INTO property_names (kind, name) VALUES (?, ?)")
        for property in batch.propertyNames {
            try properties.execute(arguments: [property.kind.rawValue, property.name.string])
        }
        let groups = try db.cachedStatement(
            sql: """
                INSERT INTO groups (type, value, properties) VALUES (?, ?, ?)
                ON CONFLICT (type, value) DO UPDATE SET properties = excluded.properties
                """
        )
        for group in change.groups {
            try groups.execute(arguments: [group.type, group.value, group.properties])
        }
        try Self.count(change.ledger, at: batch.receivedAt, in: db)
        try db.cachedStatement(sql: "INSERT INTO journal (received_at, events, payload) VALUES (?, ?, ?)").execute(
            arguments: [batch.receivedAt.milliseconds, batch.events.count, Data(payload)])
        let sequence = db.lastInsertedRowID
        if !change.fingerprints.isEmpty {
            try db.cachedStatement(
                sql: "INSERT INTO fingerprints (sequence, received_at, fingerprints) VALUES (?, ?, ?)"
            ).execute(arguments: [sequence, batch.receivedAt.milliseconds, change.fingerprints.packed])
            // Past the window they only cost space; `fingerprints_received_at` makes this a look at the oldest row.
            try db.cachedStatement(sql: "DELETE FROM fingerprints WHERE received_at < ?").execute(
                arguments: [batch.receivedAt.milliseconds - Fingerprint.windowMs])
        }
        return JournalSequence(sequence)
    }

    static func count(_ counts: LedgerCounts, at time: Timestamp, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO ledger (minute, received, stored, duplicate, rejected) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (minute) DO UPDATE
                SET received = received + excluded.received, stored = stored + excluded.stored,
                    duplicate = duplicate + excluded.duplicate, rejected = rejected + excluded.rejected
                """
        ).execute(
            arguments: [
                LedgerMinute(of: time).number, counts.received, counts.stored, counts.duplicate, counts.rejected,
            ])
    }

    private func row(
        _ sql: String,
        _ argument: (any DatabaseValueConvertible)? = nil
    )
        throws(ProjectRecordError) -> Row?
    {
        try read { db in
            let statement = try db.cachedStatement(sql: sql)
            return try Row.fetchOne(statement, arguments: argument.map { [$0] } ?? [])?.copy()
        }
    }

    func write(_ body: (Database) throws -> Void) throws(ProjectRecordError) {
        try Self.attempt { try pool.write(body) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(ProjectRecordError) -> Value {
        try Self.attempt { try pool.read(body) }
    }

    private static func attempt<Value>(_ body: () throws -> Value) throws(ProjectRecordError) -> Value {
        do {
            return try body()
        } catch let error as ProjectRecordError {
            throw error
        } catch is JournalDamage {
            throw ProjectRecordError(.damaged, "a journal row is damaged")
        } catch {
            throw ProjectRecordError(.unavailable, "\(error)")
        }
    }
}

extension ProjectDatabase {
    /// The writer's journal mode and `synchronous` level, for the test that a commit waits for the disk.
    func writerSettings() throws -> [String] {
        try pool.writeWithoutTransaction { db in
            [
                try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
                try String.fetchOne(db, sql: "PRAGMA synchronous") ?? "",
            ]
        }
    }
}
