import EventModel
import HTTPEdge

extension Envelope {
    /// Of the Dashboard API. Source: Documentation/http.md H5.
    static let dashboard = Envelope(
        "DashboardError",
        schema: [
            "type": "object",
            "required": ["error"],
            "properties": [
                "error": [
                    "type": "object",
                    "required": ["http_code", "type", "message", "metadata"],
                    "properties": [
                        "http_code": ["type": "integer"],
                        "type": ["type": "string"],
                        "message": ["type": "string", "description": "For people: names a valid value."],
                        "metadata": [
                            "type": "object",
                            "properties": [
                                "code": ["type": "string", "description": "For programs: stable."],
                                "details": ["type": "string"],
                            ],
                        ],
                    ],
                ]
            ],
        ]
    ) { failure in
        var json = JSONWriter()
        json.raw("{\"error\":{\"http_code\":")
        json.integer(failure.status)
        if case .queryLimit = failure.details {
            // Word for word what Amplitude answers, as clients look for it.
            json.raw(",\"type\":\"unspecified\",\"message\":\"Unspecified Error\",\"metadata\":{\"details\":")
        } else {
            json.member("type", failure.kind.dashboardType)
            json.member("message", failure.sentence)
            json.raw(",\"metadata\":{\"code\":")
            json.string(failure.code)
            json.key("details")
        }
        json.string(failure.sentence)
        json.raw("}}}")
        return json.text
    }
}

extension Failure.Kind {
    fileprivate var dashboardType: String {
        switch self {
        case .malformed, .unprocessable: "invalid"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .notFound: "not_found"
        case .misdirected: "misdirected"
        case .methodNotAllowed: "method_not_allowed"
        case .conflict: "conflict"
        case .tooLarge, .addressTooLong, .headTooLarge: "too_large"
        case .unsupportedCoding: "unsupported_coding"
        case .timedOut: "timed_out"
        case .tooManyRequests: "too_many_requests"
        case .internal: "internal"
        case .notBuilt: "not_built"
        case .unavailable: "unavailable"
        }
    }
}
