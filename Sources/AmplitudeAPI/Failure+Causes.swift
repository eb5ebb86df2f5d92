import EventModel
import HTTPEdge
import Hummingbird
import Ingestion
import QueryExecution

/// An answer that is not 200. Every status that these endpoints answer is in this file.
struct APIError: Error {
    var status: HTTPResponse.Status
    var body: String
    var headers: HTTPFields = [:]
    var contentType = "application/json"

    var response: Response {
        var headers = headers
        headers[.contentType] = contentType
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}

// MARK: The Dashboard API's envelope. Source: Documentation/http.md H5.

extension APIError {
    /// - Parameters:
    ///   - code: stable, for programs.
    ///   - message: for people; names the next step.
    private static func dashboard(
        _ status: HTTPResponse.Status,
        type: String,
        code: String,
        message: String
    ) -> APIError {
        var json = JSONWriter()
        json.raw("{\"error\":{\"http_code\":")
        json.integer(status.code)
        json.raw(",\"type\":")
        json.string(type)
        json.raw(",\"message\":")
        json.string(message)
        json.raw(",\"metadata\":{\"code\":")
        json.string(code)
        json.raw(",\"details\":")
        json.string(message)
        json.raw("}}}")
        return APIError(status: status, body: json.text)
    }

    static var unauthorized: APIError {
        var error = dashboard(
            .unauthorized,
            type: "unauthorized",
            code: "keys_wrong",
            message: "Wrong or missing keys: send HTTP Basic authorization, the API key as user name and the secret key"
                + " as password."
        )
        error.headers[.wwwAuthenticate] = "Basic realm=\"Antinode\""
        return error
    }

    static func notFound(_ path: String) -> APIError {
        dashboard(.notFound, type: "not_found", code: "path_unknown", message: "There is nothing at \(path).")
    }

    init(_ error: QueryParameterError) {
        self = .dashboard(
            .badRequest,
            type: "invalid",
            code: "parameter_\(error.code.rawValue)",
            message: error.message
        )
    }

    /// What went wrong inside is logged where it happened; the caller gets a sentence.
    init(_ error: QueryError) {
        switch error {
        case .unknownEventType(let name, let nearest):
            self = .dashboard(
                .badRequest,
                type: "invalid",
                code: "event_type_unknown",
                message: "No event of type \"\(name)\" was ever received.\(Self.suggestion(nearest))"
            )
        case .unknownCustomEvent(let name, let nearest):
            self.init(.unknownEventType("ce:\(name)", nearest: nearest.map { "ce:\($0)" }))
        case .unknownProperty(let name, let nearest):
            self = .dashboard(
                .badRequest,
                type: "invalid",
                code: "property_unknown",
                message: "No event or user ever had the property \"\(name)\".\(Self.suggestion(nearest))"
            )
        case .noSuchCell(let part, let valid):
            let range =
                valid.isEmpty
                ? "this answer has none" : "it must be from \(valid.lowerBound) to \(valid.upperBound - 1)"
            self.init(
                QueryParameterError(
                    .outOfRange,
                    "drill",
                    "\"\(part.requestName)\" in drill is not in this answer: \(range)"
                )
            )
        case .notMadeOfUsers(let reason):
            self.init(QueryParameterError(.unsupported, "drill", reason.sentence))
        case .unknownCohort(let id):
            self = .dashboard(
                .badRequest,
                type: "invalid",
                code: "cohort_unknown",
                message: "There is no cohort with the id \"\(id)\"."
            )
        case .tooLarge(let what):
            self = .dashboard(.badRequest, type: "invalid", code: "query_too_large", message: what.sentence)
        case .unavailable:
            self = .dashboard(
                .serviceUnavailable,
                type: "unavailable",
                code: "store_unavailable",
                message: "The event store did not answer; the server's log says why. Try again."
            )
        case .cancelled:
            self = .dashboard(
                .serviceUnavailable,
                type: "unavailable",
                code: "query_cancelled",
                message: "The query was cancelled."
            )
        }
    }

    /// Word for word what Amplitude answers, as clients look for it.
    init(_ error: QueryLimitExceeded) {
        let limit =
            switch error.limit {
            case .concurrency: "concurrent"
            case .rate: "rate"
            }
        var json = JSONWriter()
        json.raw("{\"error\":{\"http_code\":429,\"type\":\"unspecified\",\"message\":\"Unspecified Error\",")
        json.raw("\"metadata\":{\"details\":")
        json.string("Too Many Requests: Exceeded \(limit) limit with query of cost \(error.points)")
        json.raw("}}}")
        self.init(status: .tooManyRequests, body: json.text)
        // Without it waiting is no use: the query must ask for less.
        if let wait = error.retryAfter { headers[.retryAfter] = "\(wait.wholeSeconds)" }
    }

    private static func suggestion(_ nearest: [String]) -> String {
        if nearest.isEmpty { return "" }
        return " Did you mean \(nearest.map { "\"\($0)\"" }.joined(separator: ", "))?"
    }
}

// MARK: The Taxonomy API's envelope. Source: Documentation/taxonomy.md X1.

extension APIError {
    static func taxonomy(_ status: HTTPResponse.Status, _ message: String) -> APIError {
        var json = JSONWriter()
        json.raw("{\"success\":false,\"errors\":[{\"message\":")
        json.string(message)
        json.raw("}]}")
        return APIError(status: status, body: json.text)
    }

    init(_ error: TaxonomyError) {
        switch error {
        case .malformed(let message): self = .taxonomy(.badRequest, message)
        case .conflict(let message): self = .taxonomy(.conflict, message)
        }
    }
}

// MARK: The answers of the way in. Source: Documentation/http.md H6.

extension APIError {
    init(_ refusal: RequestRefusal) {
        if refusal.isTooLarge {
            self = .payloadTooLarge
            return
        }
        var json = JSONWriter()
        json.raw("{\"code\":400,\"error\":")
        json.string(refusal.error)
        if let field = refusal.missingField {
            json.raw(",\"missing_field\":")
            json.string(field)
        }
        json.indexes("events_with_invalid_fields", refusal.invalidFields)
        json.indexes("events_with_missing_fields", refusal.missingFields)
        json.indexes("events_with_invalid_id_lengths", refusal.invalidIDLengths)
        json.raw("}")
        self.init(status: .badRequest, body: json.text)
    }

    init(_ error: IngestionError) {
        switch error {
        case .busy:
            self.init(
                status: .serviceUnavailable,
                body: "{\"code\":503,\"error\":\"Too many events are waiting to be stored\"}",
                headers: [.retryAfter: "1"]
            )
        case .diskFull:
            self.init(
                status: .serviceUnavailable,
                body: "{\"code\":503,\"error\":\"The server's disk is nearly full\"}",
                headers: [.retryAfter: "60"]
            )
        case .unavailable:
            self.init(
                status: .serviceUnavailable,
                body: "{\"code\":503,\"error\":\"Events cannot be stored at the moment\"}",
                headers: [.retryAfter: "10"]
            )
        case .throttled(let throttling):
            self.init(
                status: .tooManyRequests,
                body: throttling.json,
                headers: [.retryAfter: "\(throttling.retryAfterSeconds)"]
            )
        case .silenced(let silencing):
            self.init(status: .badRequest, body: silencing.json)
        }
    }

    /// Endpoints that take forms answer with a word. Source: Documentation/http.md H7.
    static func plain(_ word: String, _ status: HTTPResponse.Status = .badRequest) -> APIError {
        APIError(status: status, body: word, contentType: "text/plain")
    }

    init(plain refusal: RequestRefusal) {
        if refusal.isTooLarge {
            self = .plain("Payload too large", .contentTooLarge)
            return
        }
        let fields = Set(refusal.invalidFields.keys).union(refusal.missingFields.keys).sorted()
        self = .plain(
            fields.isEmpty
                ? "missing_event" : "invalid_event_field. Invalid fields [\(fields.joined(separator: ", "))]."
        )
    }

    init(plain error: IngestionError) {
        switch error {
        case .throttled(let throttling):
            self = .plain("too_many_requests", .tooManyRequests)
            headers[.retryAfter] = "\(throttling.retryAfterSeconds)"
        case .silenced:
            self = .plain("Events silenced for device_id")
        case .busy, .diskFull, .unavailable:
            self = .plain("request_db_write_failed", .serviceUnavailable)
            headers[.retryAfter] = error == .busy ? "1" : "10"
        }
    }

    static let payloadTooLarge = APIError(
        status: .contentTooLarge,
        body: "{\"code\":413,\"error\":\"Payload too large\"}"
    )
}

extension Duration {
    /// Rounded up.
    var wholeSeconds: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}

extension JSONWriter {
    /// `,"name":{"field":[1,2]}`, with sorted fields; nothing if there are none.
    fileprivate mutating func indexes(_ name: StaticString, _ fields: [String: [Int]]) {
        if fields.isEmpty { return }
        raw(",\"")
        raw(name)
        raw("\":{")
        for (position, (field, indexes)) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
            if position > 0 { raw(",") }
            string(field)
            raw(":")
            list(indexes) { $0.integer($1) }
        }
        raw("}")
    }
}
