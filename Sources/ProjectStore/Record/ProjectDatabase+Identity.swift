public import EventModel
import GRDB
public import Storage

extension ProjectDatabase {
    public func user(withID userID: String) throws(ProjectRecordError) -> UserState? {
        try row("SELECT \(UserState.columns) FROM users WHERE user_id = \(RecordText.argument)", RecordText(userID))
            .map(UserState.init)
    }

    public func user(_ key: UserKey) throws(ProjectRecordError) -> UserState? {
        try row("SELECT \(UserState.columns) FROM users WHERE key = ?", key.number).map(UserState.init)
    }

    public func user(_ amplitudeID: AmplitudeID) throws(ProjectRecordError) -> UserState? {
        try row("SELECT \(UserState.columns) FROM users WHERE amplitude_id = ?", amplitudeID.number)
            .map(UserState.init)
    }

    public func user(importedAs amplitudeID: AmplitudeID) throws(ProjectRecordError) -> UserKey? {
        try row("SELECT user FROM imported_people WHERE amplitude_id = ?", amplitudeID.number).map { UserKey($0[0]) }
    }

    public func device(withID deviceID: String) throws(ProjectRecordError) -> DeviceState? {
        try row(
            "SELECT \(DeviceState.columns) FROM devices WHERE device_id = \(RecordText.argument)",
            RecordText(deviceID)
        )
        .map(DeviceState.init)
    }

    public func allUsers() throws(ProjectRecordError) -> [UserState] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT \(UserState.columns) FROM users").map(UserState.init)
        }
    }

    public func allDevices() throws(ProjectRecordError) -> [DeviceState] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT \(DeviceState.columns) FROM devices").map(DeviceState.init)
        }
    }

    public func groupProperties(type: String, value: String) throws(ProjectRecordError) -> String? {
        try read { db in
            let groups = try db.cachedStatement(
                sql: """
                    SELECT \(RecordText.column("properties")) FROM groups
                    WHERE type = \(RecordText.argument) AND value = \(RecordText.argument)
                    """
            )
            return try RecordText.fetchOne(groups, arguments: [RecordText(type), RecordText(value)])?.string
        }
    }

    public func arrivals(of user: UserKey) throws(ProjectRecordError) -> PersonArrivals {
        try read { db in
            let users = try db.cachedStatement(sql: "SELECT arrival FROM users WHERE key = ?")
            let arrival = try Int64.fetchOne(users, arguments: [user.number]) ?? Arrival.unknown.number
            var arrivals = PersonArrivals(ofUser: Arrival(number: arrival))
            let properties = try db.cachedStatement(
                sql: "SELECT is_built_in, \(RecordText.column("name")), arrival FROM arrivals WHERE user = ?"
            )
            let rows = try Row.fetchCursor(properties, arguments: [user.number])
            while let row = try rows.next() {
                let property = PersonProperty(ExactText(row.text(1)), isBuiltIn: row[0])
                arrivals.ofProperties[property] = Arrival(number: row[2])
            }
            let bundles = try db.cachedStatement(
                sql: """
                    SELECT \(RecordText.column("properties")), arrival
                    FROM bundle_arrivals JOIN property_bundles ON id = bundle WHERE user = ?
                    """
            )
            let bundleRows = try Row.fetchCursor(bundles, arguments: [user.number])
            while let row = try bundleRows.next() {
                let arrival = Arrival(number: row[1])
                for property in PropertyBundle(text: row.text(0))?.properties ?? [] where arrivals[property] < arrival {
                    arrivals.ofProperties[property] = arrival
                }
            }
            return arrivals
        }
    }

    public func loggedArrivals() throws(ProjectRecordError) -> [BundleArrival] {
        let known = try read { db in
            var known: [UserKey: [PropertyBundleID: Arrival]] = [:]
            let rows = try Row.fetchCursor(db, sql: "SELECT sequence, arrivals FROM arrival_log ORDER BY sequence")
            while let row = try rows.next() {
                ArrivalLog(bytes: row[1]).read(of: JournalSequence(row[0]), into: &known)
            }
            return known
        }
        return known.flatMap { user, bundles in
            bundles.map { BundleArrival(user: user, bundle: $0.key, arrival: $0.value) }
        }.sorted { ($0.arrival, $0.bundle.number) < ($1.arrival, $1.bundle.number) }
    }

    public func mergeTarget(of user: UserKey) throws(ProjectRecordError) -> UserKey? {
        try row("SELECT into_user FROM merges WHERE from_user = ?", user.number).map { UserKey($0[0]) }
    }

    public func mergeCount(into user: UserKey) throws(ProjectRecordError) -> Int {
        try row("SELECT count(*) FROM merges WHERE into_user = ?", user.number)?[0] ?? 0
    }
}
