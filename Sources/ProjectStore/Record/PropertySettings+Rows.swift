import EventModel
import GRDB
import Storage

extension PropertySettings {
    static func all(_ db: Database) throws -> [PlannedProperty: PropertySettings] {
        let texts = ["kind", "owner", "name", "description", "type", "pattern", "enum_values", "classifications"]
        let columns =
            texts.map(RecordText.column) + ["is_list", "is_required", "is_hidden", "is_deleted", "is_blocked"]
        var all: [PlannedProperty: PropertySettings] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT \(columns.joined(separator: ", ")) FROM property_settings") {
            guard let kind = PlannedProperty.Kind(rawValue: row.text(0)) else { continue }
            let owner = row.text(1)
            var settings = PropertySettings()
            settings.description = row.optionalText(3)
            settings.type = ValueType(rawValue: row.text(4)) ?? .any
            settings.pattern = row.optionalText(5)
            settings.values = row.optionalText(6).map(RecordText.list)
            settings.classifications = RecordText.list(row.text(7)).compactMap(Classification.init)
            settings.isList = row[8]
            settings.isRequired = row[9]
            settings.isHidden = row[10]
            settings.isDeleted = row[11]
            settings.isBlocked = row[12]
            all[PlannedProperty(kind, of: owner.isEmpty ? nil : ExactText(owner), ExactText(row.text(2)))] = settings
        }
        return all
    }

    func write(as property: PlannedProperty, to db: Database) throws {
        let text = RecordText.argument
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO property_settings (
                    kind, owner, name, description, type, pattern, enum_values, classifications,
                    is_list, is_required, is_hidden, is_deleted, is_blocked
                ) VALUES (\(text), \(text), \(text), \(text), \(text), \(text), \(text), \(text), ?, ?, ?, ?, ?)
                """,
            arguments: property.arguments + [
                description.map(RecordText.init), RecordText(type.rawValue), pattern.map(RecordText.init),
                values.map(RecordText.init(list:)), RecordText(list: classifications.map(\.rawValue)),
                isList, isRequired, isHidden, isDeleted, isBlocked,
            ]
        )
    }
}

extension PlannedProperty {
    func remove(from db: Database) throws {
        let text = RecordText.argument
        try db.execute(
            sql: "DELETE FROM property_settings WHERE kind = \(text) AND owner = \(text) AND name = \(text)",
            arguments: arguments
        )
    }

    fileprivate var arguments: StatementArguments {
        [RecordText(kind.rawValue), RecordText(owner?.string ?? ""), RecordText(name.string)]
    }
}
