import EventModel

/// Makes events of the records of a CSV file, whose first names the columns.
struct CSVEvents {
    private enum Kind { case text, whole, number, time, eventProperty, userProperty, nothing }

    private struct Column {
        var name: String
        var kind: Kind
    }

    private static let fields: [String: Kind] = {
        var fields: [String: Kind] = [
            "time": .time, "session_id": .whole, "event_id": .whole, "quantity": .whole, "price": .number,
            "revenue": .number, "location_lat": .number, "location_lng": .number,
        ]
        for name in [
            "user_id", "device_id", "event_type", "insert_id", "app_version", "platform", "os_name", "os_version",
            "device_brand", "device_manufacturer", "device_model", "carrier", "country", "region", "city", "dma",
            "language", "library", "ip", "user_agent", "idfa", "adid", "productId", "revenueType", "currency",
        ] {
            fields[name] = .text
        }
        return fields
    }()

    private let mapping: [ColumnMapping]
    private var columns: [Column] = []

    /// - Throws: if a field that columns are mapped to is unknown.
    init(_ mapping: [ColumnMapping]) throws(FormatProblem) {
        self.mapping = mapping
        for one in mapping where Self.kind(of: one.field) == nil {
            throw FormatProblem(
                "\"\(one.field)\" is no field: one is such as user_id, device_id, event_type, time, insert_id or country;"
                    + " event.NAME and user.NAME are properties, and \"-\" leaves a column out"
            )
        }
    }

    private static func kind(of field: String) -> Kind? {
        if field == "-" { return .nothing }
        if field.hasPrefix("event."), field != "event." { return .eventProperty }
        if field.hasPrefix("user."), field != "user." { return .userProperty }
        return fields[field]
    }

    var hasColumns: Bool { !columns.isEmpty }

    /// Takes the first record.
    mutating func setColumns(_ names: [String]) throws(FormatProblem) {
        for one in mapping where !names.contains(one.column) {
            throw FormatProblem(
                "there is no column \"\(one.column)\"; there are \(names.map { "\"\($0)\"" }.joined(separator: ", "))"
            )
        }
        columns = names.map { name in
            let field = mapping.last { $0.column == name }?.field ?? (Self.fields[name] == nil ? "event.\(name)" : name)
            let kind = Self.kind(of: field) ?? .eventProperty
            let prefix = kind == .eventProperty ? "event." : kind == .userProperty ? "user." : ""
            return Column(name: String(field.dropFirst(prefix.count)), kind: kind)
        }
        for field in ["event_type", "time"]
        where !columns.contains(where: { $0.name == field && $0.kind != .eventProperty }) {
            throw FormatProblem("no column is \(field): say which one is, such as --map \"Date=\(field)\"")
        }
    }

    func event(_ cells: [String]) throws(FormatProblem) -> MadeEvent {
        guard cells.count == columns.count else {
            throw FormatProblem("the line has \(cells.count) cells, but there are \(columns.count) columns")
        }
        var event = MadeEvent()
        for (column, cell) in zip(columns, cells) where !cell.isEmpty {
            switch column.kind {
            case .text: event.set(column.name, cell)
            case .time:
                guard let time = Timestamp(told: cell) else {
                    throw FormatProblem("time must be a date or milliseconds, such as 2026-01-31 09:30:00, not \(cell)")
                }
                event.set("time", time.milliseconds)
            case .whole:
                guard let number = Int64(cell) else { throw FormatProblem("\(column.name) must be a whole number") }
                event.set(column.name, number)
            case .number:
                guard let number = Double(cell), number.isFinite else {
                    throw FormatProblem("\(column.name) must be a number, such as 9.99")
                }
                event.set(column.name, number: number)
            case .eventProperty: event.properties.set(column.name, Self.value(cell))
            case .userProperty: event.userProperties.set(column.name, Self.value(cell))
            case .nothing: break
            }
        }
        return event
    }

    /// What is written as JSON writes numbers is one; an article's number 007 is a text.
    private static func value(_ cell: String) -> PropertyValue {
        if cell == "true" || cell == "false" { return .bool(cell == "true") }
        if cell.wholeMatch(of: /-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?/) != nil, let number = Double(cell) {
            return .number(number)
        }
        return .string(cell)
    }
}
