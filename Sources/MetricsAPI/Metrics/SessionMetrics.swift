import HTTPEdge
import QueryModel

// Metrics of sessions. Source: Documentation/metrics.md V13.

extension Endpoint {
    static let sessions = metric("sessions", "How many sessions began.") { _ in .sessions }

    static let sessionsUnderWay = metric("sessions/unique", "How many sessions were under way.") { _ in
        .sessionsUnderWay
    }

    static let topOfSessions = ranking(
        "sessions/top",
        "The values that sessions had most often.",
        own: [
            Parameter(
                "property",
                .text,
                "A field of a session's first event.",
                standard: "device_type",
                example: "country"
            )
        ]
    ) { sent throws(QueryParameterError) in
        (.sessions, try PropertyReference(field: sent.nonEmpty("property") ?? "device_type", "property"))
    }
}
