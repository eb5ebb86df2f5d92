import EventModel
import GRDB
public import Storage
import Synchronization

extension ProjectDatabase {
    public func eventSettings() throws(ProjectRecordError) -> EventSettings {
        try readSettings().all
    }

    public func droppedNames() throws(ProjectRecordError) -> DroppedNames {
        try readSettings().dropped
    }

    public func declaredProperties() throws(ProjectRecordError) -> DeclaredProperties? {
        try readSettings().declared
    }

    private func readSettings() throws(ProjectRecordError) -> KnownSettings {
        if let known = knownSettings.withLock({ $0 }) { return known }
        let read = KnownSettings(try read(EventSettings.init))
        return knownSettings.withLock { known in
            // Whoever came first may have changed them since.
            if let known { return known }
            known = read
            return read
        }
    }

    public func changeEventSettings<Answer>(
        _ change: (inout EventSettings) -> Answer
    ) throws(ProjectRecordError) -> Answer {
        try settingsChange.withLock { _ throws(ProjectRecordError) in
            let before = try eventSettings()
            var after = before
            let answer = change(&after)
            guard after != before else { return answer }
            try write { db in try after.write(since: before, to: db) }
            let known = KnownSettings(after)
            knownSettings.withLock { $0 = known }
            return answer
        }
    }
}

extension EventSettings {
    fileprivate init(_ db: Database) throws {
        self.init()
        for row in try Row.fetchAll(db, sql: "SELECT \(EventTypeSettings.columns) FROM event_settings") {
            types[ExactText(row.text(0))] = EventTypeSettings(row)
        }
        for row in try Row.fetchAll(db, sql: "SELECT id, \(RecordText.column("name")) FROM event_categories") {
            categories[EventCategoryID(row[0])] = ExactText(row.text(1))
        }
        properties = try PropertySettings.all(db)
        let last = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'event_categories'")
        lastCategory = EventCategoryID(last ?? 0)
        let (name, events) = (RecordText.column("name"), RecordText.column("events"))
        for row in try Row.fetchAll(db, sql: "SELECT \(name), \(events) FROM custom_events") {
            customEvents[ExactText(row.text(0))] = ExactText(row.text(1))
        }
    }

    /// Writes what differs. Removals first, so that a name can move from one row to another.
    fileprivate func write(since before: EventSettings, to db: Database) throws {
        for name in before.types.keys where types[name] == nil {
            try db.execute(
                sql: "DELETE FROM event_settings WHERE name = \(RecordText.argument)",
                arguments: [RecordText(name.string)]
            )
        }
        for (name, settings) in types where before.types[name] != settings {
            try settings.write(as: name.string, to: db)
        }
        for property in before.properties.keys where properties[property] == nil { try property.remove(from: db) }
        for (property, settings) in properties where before.properties[property] != settings {
            try settings.write(as: property, to: db)
        }
        for id in before.categories.keys where categories[id] == nil {
            try db.execute(sql: "DELETE FROM event_categories WHERE id = ?", arguments: [id.number])
        }
        for (id, name) in categories where before.categories[id] != name {
            try db.execute(
                sql: """
                    INSERT INTO event_categories (id, name) VALUES (?, \(RecordText.argument))
                    ON CONFLICT (id) DO UPDATE SET name = excluded.name
                    """,
                arguments: [id.number, RecordText(name.string)]
            )
        }
        for name in before.customEvents.keys where customEvents[name] == nil {
            try db.execute(
                sql: "DELETE FROM custom_events WHERE name = \(RecordText.argument)",
                arguments: [RecordText(name.string)]
            )
        }
        for (name, events) in customEvents where before.customEvents[name] != events {
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO custom_events (name, events)
                    VALUES (\(RecordText.argument), \(RecordText.argument))
                    """,
                arguments: [RecordText(name.string), RecordText(events.string)]
            )
        }
    }
}

extension EventTypeSettings {
    private static let flags = [
        "is_active", "is_hidden_from_dropdowns", "is_hidden_from_pathfinder", "is_hidden_from_timeline",
        "is_hidden_from_persona_results", "is_deleted", "is_blocked",
    ]
    private static let texts = ["display_name", "description", "tags", "owner"]

    /// As they are read: the name, flags, category and texts.
    fileprivate static let columns =
        ([RecordText.column("name")] + flags + ["category"] + texts.map(RecordText.column)).joined(separator: ", ")

    /// - Parameter row: with ``columns``.
    fileprivate init(_ row: Row) {
        self.init()
        isActive = row[1]
        isHiddenFromDropdowns = row[2]
        isHiddenFromPathfinder = row[3]
        isHiddenFromTimeline = row[4]
        isHiddenFromPersonaResults = row[5]
        isDeleted = row[6]
        isBlocked = row[7]
        let category: Int64? = row[8]
        self.category = category.map { EventCategoryID($0) }
        displayName = row.optionalText(9)
        description = row.optionalText(10)
        tags = row.text(11).split(separator: ",").map(String.init)
        owner = row.optionalText(12)
    }

    fileprivate func write(as name: String, to db: Database) throws {
        let columns = ["name"] + Self.flags + ["category"] + Self.texts
        let values =
            [RecordText.argument] + Array(repeating: "?", count: Self.flags.count + 1)
            + Self.texts.map { _ in RecordText.argument }
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO event_settings (\(columns.joined(separator: ", ")))
                VALUES (\(values.joined(separator: ", ")))
                """,
            arguments: [
                RecordText(name), isActive, isHiddenFromDropdowns, isHiddenFromPathfinder, isHiddenFromTimeline,
                isHiddenFromPersonaResults, isDeleted, isBlocked, category?.number,
                displayName.map(RecordText.init), description.map(RecordText.init),
                RecordText(tags.joined(separator: ",")), owner.map(RecordText.init),
            ]
        )
    }
}
