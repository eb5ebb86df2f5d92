import EventModel
import Foundation
import GRDB
import Storage

extension RecordChange {
    /// Writes all of it; to be run in a transaction.
    ///
    /// - Parameter payload: the batch in the journal's form.
    func write(payload: [UInt8], to db: Database) throws -> JournalSequence {
        try writeNames(to: db)
        try writePeople(to: db)
        try writeOwnProperties(to: db)
        try writeMerges(to: db)
        try writeGroups(to: db)
        try ProjectDatabase.count(ledger, at: batch.receivedAt, in: db)
        try planFindings.write(at: batch.receivedAt, to: db)
        try db.cachedStatement(sql: "INSERT INTO journal (received_at, events, payload) VALUES (?, ?, ?)").execute(
            arguments: [batch.receivedAt.milliseconds, batch.events.count, Data(payload)])
        let sequence = JournalSequence(db.lastInsertedRowID)
        try writeFingerprints(of: sequence, to: db)
        try writeImports(of: sequence, to: db)
        try writeBundles(of: sequence, to: db)
        return sequence
    }

    private func writeNames(to db: Database) throws {
        let names = try db.cachedStatement(sql: "INSERT INTO event_types (id, name) VALUES (?, \(RecordText.argument))")
        for type in batch.eventTypes { try names.execute(arguments: [type.key.number, RecordText(type.value)]) }
        let contexts = try db.cachedStatement(sql: "INSERT INTO contexts (id, json) VALUES (?, \(RecordText.argument))")
        for context in batch.contexts {
            var json = JSONWriter()
            context.value.write(to: &json)
            try contexts.execute(arguments: [context.key.number, RecordText(json.text)])
        }
        let sets = try db.cachedStatement(
            sql: "INSERT INTO property_sets (id, json) VALUES (?, \(RecordText.argument))"
        )
        for set in batch.propertySets { try sets.execute(arguments: [set.key.number, RecordText(set.value)]) }
        let bundles = try db.cachedStatement(
            sql: "INSERT INTO property_bundles (id, properties) VALUES (?, \(RecordText.argument))"
        )
        for bundle in propertyBundles {
            try bundles.execute(arguments: [bundle.key.number, RecordText(bundle.value.text)])
        }
        let properties = try db.cachedStatement(
            sql: "INSERT INTO property_names (kind, name) VALUES (?, \(RecordText.argument))"
        )
        for property in batch.propertyNames {
            try properties.execute(arguments: [property.kind.rawValue, RecordText(property.name.string)])
        }
    }

    private func writeOwnProperties(to db: Database) throws {
        let departures = try db.cachedStatement(sql: "DELETE FROM own_properties WHERE user = ?")
        let arrivals = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO own_properties (user, id, json)
                VALUES (?, ?, \(RecordText.argument))
                """
        )
        for user in ownProperties {
            if let own = user.value {
                try arrivals.execute(arguments: [user.key.number, own.set.number, RecordText(own.text)])
            } else {
                try departures.execute(arguments: [user.key.number])
            }
        }
        let largest = max(
            batch.propertySets.map(\.key.number).max() ?? 0,
            batch.propertyPatches.map(\.set.number).max() ?? 0
        )
        guard largest > 0 else { return }
        try db.cachedStatement(sql: "UPDATE property_set_counter SET value = max(value, ?)").execute(
            arguments: [largest])
    }

    private func writePeople(to db: Database) throws {
        let users = try db.cachedStatement(
            sql: """
                INSERT INTO users (key, user_id, context, properties, arrival, amplitude_id, imported_at)
                VALUES (?, \(RecordText.argument), ?, ?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE
                SET user_id = excluded.user_id, context = excluded.context, properties = excluded.properties,
                    imported_at = excluded.imported_at
                """
        )
        for user in self.users {
            try users.execute(
                arguments: [
                    user.key.number, user.userID.map(RecordText.init), user.context?.number, user.properties.number,
                    user.arrival.number, user.amplitudeID.number, user.importedAt?.milliseconds,
                ])
        }
        let snapshots = try db.cachedStatement(
            sql: "UPDATE users SET context = ?, properties = ?, imported_at = ? WHERE key = ?"
        )
        for user in self.snapshots {
            try snapshots.execute(
                arguments: [
                    user.value.context?.number, user.value.properties.number, user.value.importedAt?.milliseconds,
                    user.key.number,
                ])
        }
        let departures = try db.cachedStatement(sql: "DELETE FROM arrivals WHERE user = ?")
        for user in settledUsers { try departures.execute(arguments: [user.number]) }
        let arrivals = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO arrivals (user, is_built_in, name, arrival)
                VALUES (?, ?, \(RecordText.argument), ?)
                """
        )
        for arrival in self.arrivals {
            let property = arrival.property
            try arrivals.execute(
                arguments: [
                    arrival.user.number, property.isBuiltIn, RecordText(property.name.string), arrival.arrival.number,
                ])
        }
        let devices = try db.cachedStatement(
            sql: """
                INSERT INTO devices (key, device_id, user, is_unclaimed, imported_at)
                VALUES (?, \(RecordText.argument), ?, ?, ?)
                ON CONFLICT (key) DO UPDATE
                SET user = excluded.user, is_unclaimed = excluded.is_unclaimed, imported_at = excluded.imported_at
                """
        )
        for device in self.devices {
            try devices.execute(
                arguments: [
                    device.key.number, RecordText(device.deviceID), device.user.number, device.isUnclaimed,
                    device.importedAt?.milliseconds,
                ])
        }
    }

    /// After ``writePeople(to:)``: at a login a person's arrivals go.
    private func writeMerges(to db: Database) throws {
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
    }

    /// After ``writeNames(to:)``.
    private func writeBundles(of sequence: JournalSequence, to db: Database) throws {
        let departures = try db.cachedStatement(sql: "DELETE FROM bundle_arrivals WHERE user = ?")
        for user in settledUsers { try departures.execute(arguments: [user.number]) }
        if let collected {
            let arrivals = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO bundle_arrivals (user, bundle, arrival) VALUES (?, ?, ?)"
            )
            for arrival in collected {
                try arrivals.execute(
                    arguments: [arrival.user.number, arrival.bundle.number, arrival.arrival.number])
            }
            try db.execute(sql: "DELETE FROM arrival_log")
        } else if !settledUsers.isEmpty || !received.isEmpty {
            let log = ArrivalLog(settled: settledUsers, received: received)
            try db.cachedStatement(sql: "INSERT INTO arrival_log (sequence, arrivals) VALUES (?, ?)").execute(
                arguments: [sequence.number, Data(log.bytes)])
        }
    }

    private func writeGroups(to db: Database) throws {
        let groups = try db.cachedStatement(
            sql: """
                INSERT INTO groups (type, value, properties)
                VALUES (\(RecordText.argument), \(RecordText.argument), \(RecordText.argument))
                ON CONFLICT (type, value) DO UPDATE SET properties = excluded.properties
                """
        )
        for group in self.groups {
            try groups.execute(arguments: [
                RecordText(group.type), RecordText(group.value), RecordText(group.properties),
            ])
        }
    }

    private func writeFingerprints(of sequence: JournalSequence, to db: Database) throws {
        if fingerprints.isEmpty { return }
        try db.cachedStatement(
            sql: "INSERT INTO fingerprints (sequence, received_at, fingerprints) VALUES (?, ?, ?)"
        ).execute(arguments: [sequence.number, batch.receivedAt.milliseconds, fingerprints.packed])
        // Past the window they only cost space; `fingerprints_received_at` makes this a look at the oldest row.
        try db.cachedStatement(sql: "DELETE FROM fingerprints WHERE received_at < ?").execute(
            arguments: [batch.receivedAt.milliseconds - Fingerprint.windowMs])
    }

    private func writeImports(of sequence: JournalSequence, to db: Database) throws {
        let people = try db.cachedStatement(
            sql: """
                INSERT INTO imported_people (amplitude_id, user) VALUES (?, ?)
                ON CONFLICT (amplitude_id) DO UPDATE SET user = excluded.user
                """
        )
        for person in importedPeople { try people.execute(arguments: [person.key.number, person.value.number]) }
        if importedRows.isEmpty { return }
        try db.cachedStatement(sql: "INSERT INTO imported_rows (sequence, fingerprints) VALUES (?, ?)").execute(
            arguments: [sequence.number, importedRows.packed])
    }
}
