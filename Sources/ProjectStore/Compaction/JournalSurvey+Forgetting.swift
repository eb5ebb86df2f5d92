import EventModel
import Foundation
import GRDB
import Storage

extension JournalSurvey {
    private static let keysAtOnce = 10_000

    /// Forgets who leaves, wherever a person has rows. Names that only they had are another step's.
    func forgetPeople(in db: Database) throws {
        try Self.keepCounters(in: db)
        if !departure.people.isEmpty {
            for user in departure.people.sorted() {
                for place in [
                    "users WHERE key", "arrivals WHERE user", "bundle_arrivals WHERE user", "own_properties WHERE user",
                    "data_requests WHERE user", "merges WHERE from_user", "merges WHERE into_user",
                ] {
                    try db.cachedStatement(sql: "DELETE FROM \(place) = ?").execute(arguments: [user.number])
                }
            }
            // No index leads from a user to these, so many are looked for at once.
            let keys = departure.people.sorted().map { String($0.number) }
            for start in stride(from: 0, to: keys.count, by: Self.keysAtOnce) {
                let list = keys[start...].prefix(Self.keysAtOnce).joined(separator: ",")
                try db.execute(sql: "DELETE FROM imported_people WHERE user IN (\(list))")
            }
            try forgetArrivals(in: db)
        }
        for (device, id) in departure.deviceIDs where !isNeeded(device: device.number) {
            try db.execute(
                sql: "DELETE FROM silenced_devices WHERE device_id = \(RecordText.argument)",
                arguments: [RecordText(id)]
            )
            try db.execute(sql: "DELETE FROM devices WHERE key = ?", arguments: [device.number])
        }
    }

    /// No number is given twice, also if the largest goes.
    private static func keepCounters(in db: Database) throws {
        try db.execute(
            sql: """
                UPDATE last_numbers SET
                    user = max(user, coalesce((SELECT max(key) FROM users), 0)),
                    device = max(device, coalesce((SELECT max(key) FROM devices), 0)),
                    context = max(context, coalesce((SELECT max(id) FROM contexts), 0))
                """
        )
    }

    private func forgetArrivals(in db: Database) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT sequence, arrivals FROM arrival_log")
        var changed: [(sequence: Int64, log: ArrivalLog)] = []
        while let row = try rows.next() {
            let log = ArrivalLog(bytes: row[1])
            let left = log.without { leaves($0) }
            if left.bytes.count < log.bytes.count { changed.append((row[0], left)) }
        }
        for (sequence, log) in changed {
            try db.execute(
                sql: "UPDATE arrival_log SET arrivals = ? WHERE sequence = ?",
                arguments: [Data(log.bytes), sequence]
            )
        }
    }

    /// Forgets contexts and property sets that nobody has any more.
    ///
    /// - Returns: how many were forgotten, and whether there are more.
    func forgetNames(limit: Int, in db: Database) throws -> (count: Int, hasMore: Bool) {
        var count = 0
        for table in ["contexts", "property_sets"] {
            var unneeded: [Int32] = []
            let ids = try Int32.fetchCursor(db, sql: "SELECT id FROM \(table)")
            while let id = try ids.next() {
                let isNeeded = table == "contexts" ? isNeeded(context: id) : isNeeded(propertySet: id)
                if !isNeeded { unneeded.append(id) }
                if count + unneeded.count > limit { break }
            }
            let delete = try db.cachedStatement(sql: "DELETE FROM \(table) WHERE id = ?")
            for id in unneeded.prefix(limit - count) { try delete.execute(arguments: [id]) }
            if count + unneeded.count > limit { return (limit, true) }
            count += unneeded.count
        }
        return (count, false)
    }
}
