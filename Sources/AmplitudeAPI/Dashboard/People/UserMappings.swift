import EventModel
import HTTPEdge
import JSONTape
import QueryExecution

extension Endpoint {
    static let userMappings = Endpoint(
        .get,
        at: "/api/2/usermap",
        "What user ids are mapped to, and from.",
        parameters: [
            Parameter(
                "user_ids",
                .text,
                in: .form,
                "A user id; sent again, a further one, up to 100; or a JSON list of them.",
                example: "ann@example.com",
                isRequired: true,
                mayRepeat: true
            )
        ],
        access: .viewer
    ) { call in
        let ids = try UserMappingParameters(parsing: try await call.form(limit: 1 << 20).fields).ids
        let found = try await call.project.people.mappings(of: ids)
        var json = JSONWriter()
        json.raw("{")
        for (index, (id, mappings)) in zip(ids, found).enumerated() {
            if index > 0 { json.raw(",") }
            json.string(id)
            json.raw(":{\"mapped_from\":")
            json.people(mappings.from)
            json.key("mapped_to")
            json.people(mappings.to)
            json.raw("}")
        }
        json.raw("}")
        return .json(json)
    }
}

/// The parameters of `GET /api/2/usermap`.
private struct UserMappingParameters {
    /// Each once.
    var ids: [String] = []

    private static let most = 100

    init(parsing sent: SentParameters) throws(QueryParameterError) {
        var seen: Set<ExactText> = []
        for text in sent.all("user_ids") where !text.isEmpty {
            for id in try Self.list(text) where seen.insert(ExactText(id)).inserted { ids.append(id) }
        }
        guard (1...Self.most).contains(ids.count) else {
            throw .malformed(
                "user_ids",
                "user_ids must be 1 to \(Self.most) user ids, such as user_ids=ann@example.com"
            )
        }
    }

    /// A user id or, as one of Amplitude's examples sends it, a JSON list of some.
    private static func list(_ text: String) throws(QueryParameterError) -> [String] {
        guard text.hasPrefix("[") else { return [text] }
        let shape = "user ids, such as [\"ann@example.com\"]"
        return try withJSON(text, "user_ids", shape) { root throws(QueryParameterError) in
            var ids: [String] = []
            for element in root.elements {
                guard let id = element.string else {
                    throw .malformed("user_ids", "user_ids must be \(shape)")
                }
                ids.append(id)
            }
            return ids
        }
    }
}

extension JSONWriter {
    fileprivate mutating func people(_ people: [PersonNames]) {
        list(people) { json, names in
            json.raw("{\"amplitude_id\":")
            json.integer(names.amplitudeID.number)
            json.member("user_id", names.userID)
            json.raw("}")
        }
    }
}
