import HTTPEdge
import Ingestion

extension Endpoint {
    /// What takes events, or what they say of people, as JSON in a field of a form, and answers with a word.
    ///
    /// - Parameters:
    ///   - field: holds the JSON.
    ///   - most: events of a request.
    static func eventForm(
        _ methods: [Method],
        at path: String,
        _ summary: String,
        field: Parameter,
        _ form: EventForm,
        most: Int,
        _ enrichment: Enrichment
    ) -> Endpoint {
        var endpoint = Endpoint(
            .post,
            at: path,
            summary,
            parameters: [.apiKey, field],
            access: .keyInBody,
            contentTypes: ["text/plain"]
        ) { call in
            let (sent, fields) = try await call.keyedForm()
            let project = try await call.project(withKey: fields["api_key"])
            return try await sent.store(events: fields[field.name], in: project) { (json) throws(RequestRefusal) in
                try RequestDecoder.events(
                    inForm: json,
                    form,
                    mostEvents: most,
                    remoteAddress: call.sender,
                    enrichment: enrichment
                )
            }
        }
        endpoint.methods = methods
        return endpoint
    }
}

extension Parameter {
    static let apiKey = Parameter(
        "api_key",
        .text,
        in: .form,
        "The project's API key.",
        example: "0123456789abcdef0123456789abcdef",
        isRequired: true
    )
}

extension Call {
    /// A form of the way in.
    ///
    /// - Parameter key: the field with the API key.
    func keyedForm(_ key: String = "api_key") async throws -> (sent: SentForm, fields: SentParameters) {
        try await form(limit: IngestionLimits.identify.bytes, key: key) { _ = try await project(withKey: $0) }
    }

    /// The project whose API key a form has.
    func project(withKey apiKey: String?) async throws(Failure) -> HostedProject {
        guard let apiKey, let project = try await host.project(withAPIKey: apiKey) else {
            throw Failure(.malformed, "invalid_api_key", "No project has this API key.", field: "api_key")
        }
        return project
    }
}

extension SentForm {
    /// Stores the events of a form, and keeps the form if they are refused.
    ///
    /// - Parameters:
    ///   - json: of the events.
    ///   - read: makes a batch of it.
    func store(
        events json: String?,
        in project: HostedProject,
        _ read: (String) throws(RequestRefusal) -> IncomingBatch
    ) async throws -> Reply {
        guard let json, !json.isEmpty else {
            throw await refused(Failure(.malformed, "missing_event", "There are no events."), in: project)
        }
        return try await store(in: project, counting: json) { () throws(RequestRefusal) in try read(json) }
    }

    /// - Parameter events: the JSON that holds the form's events, to count them if they are refused.
    func store(
        in project: HostedProject,
        counting events: String?,
        _ read: () throws(RequestRefusal) -> IncomingBatch
    ) async throws -> Reply {
        do {
            _ = try await project.writer.store(project.writer.admit(read(), from: .httpV2))
            return .text("success")
        } catch {
            guard let refusal = RequestRefusal(of: error) else { throw error }
            throw await refused(Failure(refusal), because: refusal, counting: events, in: project)
        }
    }

    /// Keeps a form that is refused, so that it can be sent again, and gives back the refusal.
    func refused(
        _ failure: Failure,
        because refusal: RequestRefusal? = nil,
        counting events: String? = nil,
        in project: HostedProject
    ) async -> Failure {
        await project.writer.reject(
            path: path,
            reason: Envelope.plainText.body(failure),
            because: refusal,
            events: events.map(RequestDecoder.eventCount) ?? 0,
            contentType: contentType,
            body: body
        )
        return failure
    }
}
