import EventModel
import HTTPEdge
import Hummingbird
import NIOCore
import Storage

// Tables that say more of the values of a property, in Amplitude's second API for them.
// Source: Documentation/lookups.md J1 to J3.

extension [Endpoint] {
    static let lookupTables: [Endpoint] = [
        .lookup(.get, at: "/api/3/lookup_table", "All lookup tables.", access: .viewer) { call in
            let project = try call.project
            let tables = try await project.withRecord(on: .lookups) { try $0.lookupTables() }
            var json = JSONWriter()
            json.list(tables) { $0.lookup($1, project: project.project.id) }
            return .json(json)
        },
        .lookup(
            .post,
            at: "/api/3/lookup_table",
            "Makes a lookup table of a CSV file.",
            body: .table([
                "name": "products", "key": "sku", "property": "{\"value\":\"sku\",\"type\":\"event\"}",
                "file": "sku,color\n1,red\n",
            ])
        ) { call in
            let sent = try await call.sentLookup()
            guard let key = sent.key, !key.isEmpty else {
                throw LookupProblem(
                    .input,
                    "key must name the column with the property's values, such as key=sku",
                    field: "key"
                )
            }
            guard let property = sent.property else {
                throw LookupProblem(
                    .input,
                    #"property must say whose values these are, such as {"value":"sku","type":"event"}"#,
                    field: "property"
                )
            }
            return try await call.changeLookups { record, now in
                try record.makeLookupTable(sent.name ?? "", key: key, of: property, sent.file, at: now)
            }
        },
        .lookup(
            .get,
            at: "/api/3/lookup_table/{name}",
            "One lookup table, without its rows.",
            parameters: [.lookupName],
            access: .viewer
        ) { call in
            let name = call.parameters.part("name")
            return try await call.changeLookups { record, _ in try record.lookupTable(name) }
        },
        .lookup(
            .put,
            at: "/api/3/lookup_table/{name}",
            "Replaces the rows of a lookup table, or its property.",
            parameters: [.lookupName],
            body: .table(["file": "sku,color\n1,red\n"])
        ) { call in
            let (name, sent) = (call.parameters.part("name"), try await call.sentLookup())
            return try await call.changeLookups { record, now in
                try record.changeLookupTable(name, sent, merges: false, at: now)
            }
        },
        .lookup(
            .patch,
            at: "/api/3/lookup_table/{name}",
            "Adds rows and columns to a lookup table, and changes those that are there.",
            parameters: [.lookupName],
            body: .table(["file": "sku,color\n1,red\n"])
        ) { call in
            let (name, sent) = (call.parameters.part("name"), try await call.sentLookup())
            return try await call.changeLookups { record, now in
                try record.changeLookupTable(name, sent, merges: true, at: now)
            }
        },
        .lookup(
            .delete,
            at: "/api/3/lookup_table/{name}",
            "Removes a lookup table, and the properties that came of it.",
            parameters: [.lookupName]
        ) { call in
            let name = call.parameters.part("name")
            return try await call.project.withRecord(on: .lookups) { record in
                _ = try record.lookupTable(name)
                _ = try record.removeLookupTable(name)
                var json = JSONWriter()
                json.raw("{\"message\":")
                json.string("Lookup table \(name.string) deleted successfully")
                json.raw(",\"success\":true}")
                return .json(json)
            }
        },
        .lookupFile(at: "/api/3/lookup_table/{name}/csv", missing: .malformed),
    ]
}

extension Endpoint {
    /// - Parameter missing: how a table that is not there is refused.
    static func lookup(
        _ method: Method,
        at path: String,
        _ summary: String,
        parameters: [Parameter] = [],
        body: Body? = nil,
        access: Access = .editor,
        missing: Failure.Kind = .malformed,
        contentTypes: [String] = ["application/json"],
        _ respond: @escaping @Sendable (Call) async throws -> Reply
    ) -> Endpoint {
        Endpoint(
            method,
            at: path,
            summary,
            parameters: parameters,
            body: body,
            access: access,
            contentTypes: contentTypes
        ) { call in
            do {
                return try await respond(call)
            } catch let problem as LookupProblem {
                throw Failure(problem, missing: missing)
            }
        }
    }

    /// The rows of a table as they were sent, or as they came to be by what was added.
    static func lookupFile(at path: String, missing: Failure.Kind) -> Endpoint {
        .lookup(
            .get,
            at: path,
            "The rows of a lookup table, as CSV.",
            parameters: [.lookupName],
            access: .viewer,
            missing: missing,
            contentTypes: ["text/csv"]
        ) { call in
            let (name, project) = (call.parameters.part("name"), try call.project)
            let content = try await project.withRecord(on: .lookups) { try $0.lookupTable(name).content }
            let stream = ResponseBody { writer in
                for number in 0..<content.parts {
                    let part = try await project.withRecord(on: .lookups) { try $0.part(number, of: content) }
                    // It was replaced: whoever reads must not take what there was for the whole.
                    guard let part else { throw LookupProblem(.missing, "The lookup table was changed meanwhile.") }
                    try await writer.write(ByteBuffer(bytes: part))
                }
                try await writer.finish(nil)
            }
            return Reply(contentType: "text/csv; charset=utf-8", body: .stream(stream))
        }
    }
}

extension Endpoint.Body {
    static func table(_ example: JSONNode) -> Endpoint.Body {
        Endpoint.Body(
            "A form: a file of at most 100 MB and a million rows, the first of them with the names of the columns, in which"
                + " a cell has at most 1,024 characters; and what is said of it.",
            contentType: "multipart/form-data",
            example: example
        )
    }
}

extension Parameter {
    static let lookupName = Parameter("name", .text, in: .path, "The table's name.", example: "products")
}

extension Call {
    func sentLookup() async throws -> SentLookup {
        let body = try await bytes(limit: SentLookup.mostBytes)
        return try SentLookup(body, contentType: request.headers[.contentType])
    }

    /// Does something to the tables, and tells the one that it was done to.
    fileprivate func changeLookups(
        _ change: @escaping @Sendable (any ProjectRecord, Timestamp) throws -> LookupTable
    ) async throws -> Reply {
        let project = try project
        let now = project.now()
        let table = try await project.withRecord(on: .lookups) { try change($0, now) }
        var json = JSONWriter()
        json.lookup(table, project: project.project.id)
        return .json(json)
    }
}

extension JSONWriter {
    /// Keys in the order of Amplitude's documentation.
    fileprivate mutating func lookup(_ table: LookupTable, project: Int64) {
        raw("{\"appId\":")
        string(String(project))
        member("name", table.name.string)
        key("columnHeaders")
        list(table.derived) { $0.string($1.string) }
        key("createdAt")
        integer(table.createdAt.milliseconds / 1000)
        member("createdBy", "api")
        key("lastModifiedAt")
        integer(table.changedAt.milliseconds / 1000)
        member("lastModifiedBy", "api")
        flag("isDeleted", false)
        flag("isConfigured", true)
        member("keyColumnHeader", table.key.string)
        key("keyProperty")
        raw("{\"type\":")
        string(table.property.kind.rawValue)
        member("value", table.property.name.string)
        member("groupType", table.property.groupType?.string ?? "User")
        raw("}")
        member("fileName", table.fileName)
        key("rowCount")
        integer(table.rows)
        key("sizeBytes")
        integer(table.content.size)
        raw("}")
    }
}
