import EventModel
import HTTPEdge
import Storage

// What the endpoints of the Taxonomy API have in common: writes are forms, all answers are JSON with `success`.
// Source: Documentation/taxonomy.md X1 to X6.

extension Endpoint {
    /// - Parameter answer: gets the settings and every event type that was received, and writes `data`.
    static func taxonomyRead(
        at path: String,
        _ summary: String,
        parameters: [Parameter] = [],
        _ answer:
            @escaping @Sendable (EventSettings, Set<ExactText>, SentParameters, inout JSONWriter) throws(TaxonomyError)
            -> Void
    ) -> Endpoint {
        Endpoint(.get, at: "/api/2/taxonomy/\(path)", summary, parameters: parameters, access: .viewer) { call in
            let project = try call.project
            return try await project.limits.taxonomy(cost: 1) {
                let (settings, received) = try await project.withRecord { record in
                    (try record.eventSettings(), try record.receivedTypes())
                }
                var json = JSONWriter()
                json.raw("{\"success\":true,\"data\":")
                try answer(settings, received, call.parameters, &json)
                json.raw("}")
                return .json(json)
            }
        }
    }

    /// - Parameter change: gets the settings, the form and every event type that was received. If it throws, nothing has
    ///   changed.
    static func taxonomyWrite(
        _ method: Method,
        at path: String,
        _ summary: String,
        parameters: [Parameter],
        _ change:
            @escaping @Sendable (inout EventSettings, SentParameters, Set<ExactText>) throws(TaxonomyError) -> Void
    ) -> Endpoint {
        Endpoint(method, at: "/api/2/taxonomy/\(path)", summary, parameters: parameters, access: .viewer) { call in
            let project = try call.project
            return try await project.limits.taxonomy(cost: 2) {
                let form = try await call.taxonomyForm()
                let received = try await project.withRecord { try $0.receivedTypes() }
                try await project.changeSettings { settings in try change(&settings, form, received) }
                return .json("{\"success\":true}")
            }
        }
    }
}

extension SentParameters {
    /// A name that must be there.
    func name(_ field: String) throws(TaxonomyError) -> String {
        guard let name = self[field], !name.isEmpty else { throw .malformed("\(field) is required") }
        return try EventTypeChange.name(name, field)
    }
}

extension Call {
    private static let mostBytes = 64 << 10

    fileprivate func taxonomyForm() async throws -> SentParameters {
        do throws(RequestBodyError) {
            return try await form(limit: Self.mostBytes).fields
        } catch {
            var failure = Failure(error)
            if failure.kind != .unsupportedCoding {
                failure.sentence = "The form must be readable, and have \(Self.mostBytes) bytes at most."
            }
            throw failure
        }
    }
}

extension ProjectRecord {
    fileprivate func receivedTypes() throws(ProjectRecordError) -> Set<ExactText> {
        Set(try eventTypeNames().map { ExactText($0.value) })
    }
}
