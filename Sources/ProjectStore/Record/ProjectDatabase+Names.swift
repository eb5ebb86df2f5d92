public import EventModel
import GRDB
public import Storage

extension ProjectDatabase {
    public func eventType(named name: String) throws(ProjectRecordError) -> EventTypeID? {
        try row("SELECT id FROM event_types WHERE name = \(RecordText.argument)", RecordText(name)).map {
            EventTypeID($0[0])
        }
    }

    public func eventTypeNames() throws(ProjectRecordError) -> [Named<EventTypeID>] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT id, \(RecordText.column("name")) FROM event_types ORDER BY id").map {
                row in
                Named(EventTypeID(row[0]), row.text(1))
            }
        }
    }

    public func context(withText json: String) throws(ProjectRecordError) -> ContextID? {
        try row("SELECT id FROM contexts WHERE json = \(RecordText.argument)", RecordText(json)).map {
            ContextID($0[0])
        }
    }

    public func propertySet(withText json: String) throws(ProjectRecordError) -> PropertySetID? {
        try row("SELECT id FROM property_sets WHERE json = \(RecordText.argument)", RecordText(json)).map {
            PropertySetID($0[0])
        }
    }

    public func text(of context: ContextID) throws(ProjectRecordError) -> String? {
        try row("SELECT \(RecordText.column("json")) FROM contexts WHERE id = ?", context.number).map { $0.text(0) }
    }

    public func text(of propertySet: PropertySetID) throws(ProjectRecordError) -> String? {
        let shared = try row("SELECT \(RecordText.column("json")) FROM property_sets WHERE id = ?", propertySet.number)
        if let shared { return shared.text(0) }
        return try row("SELECT \(RecordText.column("json")) FROM own_properties WHERE id = ?", propertySet.number)
            .map { $0.text(0) }
    }

    public func propertyBundle(withText text: String) throws(ProjectRecordError) -> PropertyBundleID? {
        try row("SELECT id FROM property_bundles WHERE properties = \(RecordText.argument)", RecordText(text))
            .map { PropertyBundleID($0[0]) }
    }

    public func text(of bundle: PropertyBundleID) throws(ProjectRecordError) -> String? {
        try row("SELECT \(RecordText.column("properties")) FROM property_bundles WHERE id = ?", bundle.number)
            .map { $0.text(0) }
    }

    public func propertyNames() throws(ProjectRecordError) -> [PropertyName] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT kind, \(RecordText.column("name")) FROM property_names").compactMap {
                row in
                PropertyName.Kind(rawValue: row[0]).map { PropertyName($0, row.text(1)) }
            }
        }
    }

    public func counters() throws(ProjectRecordError) -> RecordCounters {
        try read { db in
            var counters = RecordCounters()
            // Whoever had the largest numbers may be gone.
            let gone = try Row.fetchOne(db, sql: "SELECT user, device, context FROM last_numbers")
            let user = Int32(try Self.largest("key", in: ["users", "deleted_users"], db))
            let device = Int32(try Self.largest("key", in: ["devices", "deleted_devices"], db))
            counters.user = max(gone?[0] ?? 0, user)
            counters.amplitudeID = try Self.largest("amplitude_id", in: ["users", "deleted_users"], db)
            counters.device = max(gone?[1] ?? 0, device)
            counters.eventType = try Int32.fetchOne(db, sql: "SELECT max(id) FROM event_types") ?? 0
            counters.context = max(gone?[2] ?? 0, try Int32.fetchOne(db, sql: "SELECT max(id) FROM contexts") ?? 0)
            // Of sets that nobody has any more nothing else is left.
            counters.propertySet = try Int32.fetchOne(db, sql: "SELECT value FROM property_set_counter") ?? 0
            counters.propertyBundle = try Int32.fetchOne(db, sql: "SELECT max(id) FROM property_bundles") ?? 0
            return counters
        }
    }

    private static func largest(_ column: String, in tables: [String], _ db: Database) throws -> Int64 {
        try tables.map { try Int64.fetchOne(db, sql: "SELECT max(\(column)) FROM \($0)") ?? 0 }.max() ?? 0
    }
}
