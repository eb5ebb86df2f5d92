import GRDB
public import Storage

/// Devices of which nothing is taken. Source: Documentation/http.md H17.
extension ProjectDatabase {
    /// The most devices that can be silenced: the server reads all of them once a second.
    public static let mostSilencedDevices = 10_000

    /// In alphabetical order.
    public func silencedDevices() throws(ProjectRecordError) -> [String] {
        try read { db in
            try RecordText.fetchAll(
                db,
                sql: "SELECT \(RecordText.column("device_id")) FROM silenced_devices ORDER BY device_id"
            ).map(\.string)
        }
    }

    /// Those that are silenced already stay so.
    ///
    /// - Returns: false if there would be too many; nothing is changed then.
    public func silence(_ deviceIDs: [String]) throws(ProjectRecordError) -> Bool {
        guard try silencedDevices().count + deviceIDs.count <= Self.mostSilencedDevices else { return false }
        try write { db in
            for id in deviceIDs {
                try db.execute(
                    sql: "INSERT OR IGNORE INTO silenced_devices (device_id) VALUES (\(RecordText.argument))",
                    arguments: [RecordText(id)]
                )
            }
        }
        return true
    }

    /// - Returns: those of them that were not silenced.
    public func unsilence(_ deviceIDs: [String]) throws(ProjectRecordError) -> [String] {
        var unknown: [String] = []
        try write { db in
            for id in deviceIDs {
                try db.execute(
                    sql: "DELETE FROM silenced_devices WHERE device_id = \(RecordText.argument)",
                    arguments: [RecordText(id)]
                )
                if db.changesCount == 0 { unknown.append(id) }
            }
        }
        return unknown
    }
}
