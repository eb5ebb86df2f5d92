import HTTPEdge
import Ingestion

extension Endpoint {
    /// `POST /usermap`: which user ids are one person.
    static let userMap = Endpoint(
        .post,
        .get,
        at: "/usermap",
        "Says that a user id is the same person as another, or no longer.",
        parameters: [
            .apiKey,
            Parameter(
                "mapping",
                .json,
                in: .form,
                "Two user ids, or one and unmap, or a list of those.",
                example: "{\"user_id\":\"ann@example.com\",\"global_user_id\":\"ann\"}",
                isRequired: true
            ),
        ],
        access: .keyInBody,
        contentTypes: ["text/plain"]
    ) { call in
        let (sent, fields) = try await call.keyedForm()
        let project = try await call.project(withKey: fields["api_key"])
        guard let json = fields["mapping"], !json.isEmpty else {
            throw await sent.refused(Failure(.malformed, "missing_mapping", "There is no mapping."), in: project)
        }
        return try await sent.store(in: project, counting: nil) { () throws(RequestRefusal) in
            try RequestDecoder.mappings(inForm: json, most: IngestionLimits.batch.events)
        }
    }
}
