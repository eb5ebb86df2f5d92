import EventModel
import Foundation
import GRDB
import Storage

/// Names with a U+0000 in them, as they were left before ``RecordText``: whole in the journal, and in the tables cut there.
/// So one name stood for two, and whoever sent the other of them was refused.
enum CutNames {
    /// Gives back what was cut, and forgets names that nobody ever sent: when they come, they are new.
    ///
    /// Properties of groups are not in the journal, so those that were mixed up stay so.
    static func restore(_ db: Database) throws {
        var properties: Set<PropertyName> = []
        let rows = try Row.fetchCursor(db, sql: "SELECT sequence, payload FROM journal ORDER BY sequence")
        while let row = try rows.next() {
            let payload: Data = row[1]
            // What is damaged is found by whoever needs it; it keeps no project from opening.
            guard let batch = try? JournalCodec.decode(Array(payload), sequence: JournalSequence(row[0])) else {
                continue
            }
            properties.formUnion(batch.propertyNames)
            for type in batch.eventTypes { try restore("event_types", "id", "name", type.key.number, type.value, db) }
            for device in batch.devices {
                try restore("devices", "key", "device_id", device.key.number, device.value, db)
            }
            for user in batch.users {
                if let userID = user.userID { try restore("users", "key", "user_id", user.user.number, userID, db) }
            }
        }
        for property in properties {
            guard let cut = cut(property.name.string) else { continue }
            if !properties.contains(PropertyName(property.kind, cut)) {
                try db.execute(
                    sql: "DELETE FROM property_names WHERE kind = ? AND name = \(RecordText.argument)",
                    arguments: [property.kind.rawValue, RecordText(cut)]
                )
            }
            try db.execute(
                sql: "INSERT OR IGNORE INTO property_names (kind, name) VALUES (?, \(RecordText.argument))",
                arguments: [property.kind.rawValue, RecordText(property.name.string)]
            )
        }
    }

    private static func restore(
        _ table: String,
        _ key: String,
        _ column: String,
        _ number: Int32,
        _ name: String,
        _ db: Database
    ) throws {
        guard let cut = cut(name) else { return }
        try db.execute(
            sql: """
                UPDATE \(table) SET \(column) = \(RecordText.argument)
                WHERE \(key) = ? AND \(column) = \(RecordText.argument)
                """,
            arguments: [RecordText(name), number, RecordText(cut)]
        )
    }

    /// What was left of a name; `nil` if it was all of it.
    private static func cut(_ name: String) -> String? {
        guard let end = name.utf8.firstIndex(of: 0) else { return nil }
        return String(name[..<end])
    }
}
