import EventModel
import HTTPEdge

extension Envelope {
    /// Of everything under `/api/v1`. Source: Documentation/http.md H8.
    static let v1 = Envelope(
        "V1Error",
        schema: [
            "type": "object",
            "required": ["error", "message"],
            "properties": [
                "error": ["type": "string", "description": "For programs: stable."],
                "message": ["type": "string", "description": "For people: names a valid value."],
            ],
        ]
    ) { failure in
        var json = JSONWriter()
        json.raw("{\"error\":")
        json.string(failure.v1Code)
        json.member("message", failure.sentence)
        json.raw("}")
        return json.text
    }
}

extension Failure {
    /// A refusal with a code of `/api/v1`'s own, where its kind alone does not say it.
    init(_ kind: Kind, v1 code: V1Code, _ sentence: String) {
        self.init(kind, code.rawValue, sentence)
    }

    /// The codes that are more than a kind.
    enum V1Code: String, CaseIterable {
        case invalidTimeRange = "INVALID_TIME_RANGE"
        case invalidFilter = "INVALID_FILTER"
    }

    /// Of questions: what is wrong with what they ask, by the failure's own code …
    private static let filterCodes: Set<String> = [
        "event_type_unknown", "custom_event_unknown", "property_unknown", "property_of_users", "property_of_events",
        "query_too_large",
    ]
    /// … or by the parameter.
    private static let filterFields: Set<String> = [
        "granularity", "compare", "event", "property", "metric", "breakdown", "order_by",
    ]

    /// What a malformed question is refused with; `nil` if it is no question's fault.
    private var questionCode: V1Code? {
        guard kind == .malformed else { return nil }
        if Self.filterCodes.contains(code) { return .invalidFilter }
        guard code.hasPrefix("parameter_"), let field else { return nil }
        if field == "range" { return .invalidTimeRange }
        return Self.filterFields.contains(field) || field.hasPrefix("conditions") ? .invalidFilter : nil
    }

    /// What is refused before an endpoint is asked.
    private static let v1Codes = [
        "keys_wrong": "INVALID_TOKEN", "token_expired": "TOKEN_EXPIRED", "workspace_missing": "MISSING_WORKSPACE",
        "workspace_denied": "WORKSPACE_ACCESS_DENIED", "session_needed": "FORBIDDEN", "origin_other": "FORBIDDEN",
        "link_not_valid": "FORBIDDEN", "account_protected": "FORBIDDEN",
        "chart_of_another": "FORBIDDEN",
    ]

    fileprivate var v1Code: String {
        if let own = V1Code(rawValue: code) ?? questionCode { return own.rawValue }
        if let known = Self.v1Codes[code] { return details == .nothingSent ? "AUTH_REQUIRED" : known }
        return switch kind {
        case .malformed, .tooLarge, .unsupportedCoding, .addressTooLong, .headTooLarge: "BAD_REQUEST"
        case .timedOut: "REQUEST_TIMEOUT"
        case .unauthorized: "INVALID_TOKEN"
        case .forbidden: "INSUFFICIENT_PERMISSIONS"
        case .notFound: "NOT_FOUND"
        case .misdirected: "MISDIRECTED_REQUEST"
        case .methodNotAllowed: "METHOD_NOT_ALLOWED"
        case .conflict: "CONFLICT"
        case .unprocessable: "VALIDATION_ERROR"
        case .tooManyRequests: "RATE_LIMIT_EXCEEDED"
        case .internal: "INTERNAL_ERROR"
        case .notBuilt: "NOT_BUILT"
        case .unavailable: "UNAVAILABLE"
        }
    }
}
