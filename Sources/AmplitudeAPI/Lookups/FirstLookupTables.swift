import EventModel
import HTTPEdge
import Storage

// The same tables in Amplitude's first API for them: the first column has the values of the property of its name, and a table
// that is not there is a 404. Source: Documentation/lookups.md J1.

extension [Endpoint] {
    static let firstLookupTables: [Endpoint] = [
        .lookup(.get, at: "/api/2/lookup_table", "All lookup tables.", access: .viewer) { call in
            let tables = try await call.project.withRecord(on: .lookups) { try $0.lookupTables() }
            var json = JSONWriter()
            json.raw("{\"data\":")
            json.list(tables) { $0.firstLookup($1) }
            json.raw("}")
            return .json(json)
        },
        .firstLookup(.get, "One lookup table, without its rows.", access: .viewer) { record, name, _, _ in
            try record.lookupTable(name)
        },
        .firstLookup(.post, "Makes a lookup table of a CSV file.", body: file) { record, name, sent, now in
            try record.makeLookupTable(name.string, key: sent.key, of: sent.property, sent.file, at: now)
        },
        .firstLookup(.put, "Replaces the rows of a lookup table.", body: file) { record, name, sent, now in
            try record.changeLookupTable(name, sent, merges: false, at: now)
        },
        .firstLookup(.patch, "Adds rows and columns to a lookup table.", body: file) { record, name, sent, now in
            try record.changeLookupTable(name, sent, merges: true, at: now)
        },
        .lookup(
            .delete,
            at: "/api/2/lookup_table/{name}",
            "Removes a lookup table, and the properties that came of it.",
            parameters: [
                .lookupName,
                Parameter("force", .flag, "Passed over: the properties go, too.", standard: "false", example: "true"),
            ],
            missing: .notFound
        ) { call in
            _ = call.parameters["force"]
            let name = call.parameters.part("name")
            return try await call.project.withRecord(on: .lookups) { record in
                _ = try record.lookupTable(name)
                _ = try record.removeLookupTable(name)
                var json = JSONWriter()
                json.raw("{\"name\":")
                json.string(name.string)
                json.raw(",\"success\":true}")
                return .json(json)
            }
        },
        .lookupFile(at: "/api/2/lookup_table/{name}/csv", missing: .notFound),
    ]

    private static let file = Endpoint.Body.table(["file": "sku,color\n1,red\n"])
}

extension Endpoint {
    /// - Parameter act: gets the form; one that says nothing where the method has none.
    fileprivate static func firstLookup(
        _ method: Method,
        _ summary: String,
        body: Body? = nil,
        access: Access = .editor,
        _ act: @escaping @Sendable (any ProjectRecord, ExactText, SentLookup, Timestamp) throws -> LookupTable
    ) -> Endpoint {
        .lookup(
            method,
            at: "/api/2/lookup_table/{name}",
            summary,
            parameters: [.lookupName],
            body: body,
            access: access,
            missing: .notFound
        ) { call in
            let name = call.parameters.part("name")
            let sent = body == nil ? SentLookup() : try await call.sentLookup()
            let project = try call.project
            let now = project.now()
            let table = try await project.withRecord(on: .lookups) { try act($0, name, sent, now) }
            var json = JSONWriter()
            json.firstLookup(table)
            return .json(json)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func firstLookup(_ table: LookupTable) {
        raw("{\"name\":")
        string(table.name.string)
        key("column_headers")
        list(table.derived) { $0.string($1.string) }
        member("created_at", Self.moment(table.createdAt))
        member("created_by", "rest")
        member("last_modified_at", Self.moment(table.changedAt))
        member("last_modified_by", "rest")
        raw("}")
    }

    /// `2021-07-15T21:04:23.000000`, in UTC.
    private static func moment(_ time: Timestamp) -> String {
        let text = time.iso8601.dropLast()
        return text.contains(".") ? "\(text)000" : "\(text).000000"
    }
}
