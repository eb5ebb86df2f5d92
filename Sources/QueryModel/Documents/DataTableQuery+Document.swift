extension DataTableQuery: DocumentedQuestion {
    static let documentType = "data_table"
    static let documentMembers = ["columns", "rows", "segment", "limit"]

    var question: Question { .dataTable(self) }

    init(_ object: DocumentObject, _ range: ChartRange) throws {
        let shape = "1 to \(Self.mostColumns) columns, such as [{\"events\":[{\"event\":\"Purchase\"}]}]"
        let columns = try object.required("columns", shape, as: [Column].self)
        guard (1...Self.mostColumns).contains(columns.count) else {
            throw object.outOfRange("columns", "must be \(shape)")
        }
        let rows =
            try object.value("rows", "a list of properties, such as [\"country\"]", as: [PropertyReference].self) ?? []
        guard rows.count <= 2 else { throw object.outOfRange("rows", "takes two properties at most") }
        for (index, column) in columns.enumerated() {
            if case .retention = column.measure, rows.count > 1 {
                throw object.outOfRange(
                    "columns[\(index)]",
                    "is of retention, which one property at most splits; leave out one of rows"
                )
            }
        }
        self.init(
            columns,
            rows: rows,
            of: try object.segment(),
            range: range,
            limit: try object.number("limit", 1...10_000, example: 100) ?? 100
        )
    }

    func write(to writer: inout DocumentWriter) throws {
        try writer.write("columns", columns)
        try writer.write("rows", groupBys, unless: [])
        try writer.write("segment", segments[0], unless: .everybody)
        try writer.write("limit", limit, unless: 100)
    }
}

/// `{"label":"Buyers","events":[…],"measure":{…}}`, `{"steps":[…]}` or `{"start":…,"return":…,"day":7}`.
extension DataTableQuery.Column: Codable {
    static let documentMembers = [
        "label", "events", "measure", "population", "steps", "order", "windowSeconds", "start", "return", "day",
    ]
    private static let shape = "a column: it has one of \"events\", \"steps\" and \"start\""
    private static let mostDays = 365

    public init(from decoder: any Decoder) throws {
        let object = try DocumentObject(decoder, Self.shape)
        guard ["events", "steps", "start"].count(where: object.has) == 1 else { throw object.malformed(Self.shape) }
        let label = try object.value("label", "a text that people know it by", as: String.self)
        if object.has("events") {
            try object.allow(["label", "events", "measure", "population"])
            self.init(label: label, .count(try Self.count(object)))
        } else if object.has("steps") {
            try object.allow(["label", "steps", "order", "windowSeconds"])
            let query = try FunnelQuery(object, QuestionDocument.noRange)
            guard query.steps.allSatisfy(\.groupBy.isEmpty) else {
                throw object.outOfRange("steps", "takes no groupBy: the table's rows split it")
            }
            self.init(label: label, .conversion(query))
        } else {
            try object.allow(["label", "start", "return", "day"])
            guard let day = try object.number("day", 0...Self.mostDays, example: 7) else {
                throw object.missing("day", "on which day after the start, such as 7")
            }
            self.init(label: label, .retention(try RetentionQuery(object, QuestionDocument.noRange), day: day))
        }
    }

    private static func count(_ object: DocumentObject) throws -> SegmentationQuery {
        let query = try SegmentationQuery(object, QuestionDocument.noRange)
        if query.metric.isHistogram {
            throw object.outOfRange("measure", "has bins, and a cell has one value; ask for another measure")
        }
        if case .formulas(let formulas) = query.metric {
            guard formulas.count == 1 else { throw object.outOfRange("measure", "takes one formula; each is a column") }
        } else if query.events.count > 1 {
            throw object.outOfRange("events", "takes one event unless a formula is measured; each is a column")
        }
        guard query.events.indices.allSatisfy({ query.splitting($0).isEmpty }) else {
            throw object.outOfRange("events", "takes no groupBy but what is computed with: the table's rows split it")
        }
        return query
    }

    public func encode(to encoder: any Encoder) throws {
        var writer = DocumentWriter(encoder)
        try writer.write("label", label, unless: nil)
        switch measure {
        case .count(let query):
            try query.write(to: &writer)
        case .conversion(let query):
            try query.write(to: &writer)
        case .retention(let query, let day):
            try query.write(to: &writer)
            try writer.write("day", day)
        }
    }
}
