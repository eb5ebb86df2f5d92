import HTTPEdge
import QueryModel

// Metrics that count people. Source: Documentation/metrics.md V8, V11, V14 to V16.

extension Endpoint {
    static let dau = metric("dau", "How many people were active in each bucket.") { _ in .activeUsers(.bucket) }

    static let wau = metric("wau", "How many people were active in the seven days up to each bucket's end.") { _ in
        .activeUsers(.week)
    }

    static let mau = metric("mau", "How many people were active in the thirty days up to each bucket's end.") { _ in
        .activeUsers(.month)
    }

    static let knownUsers = metric("users", "How many people with a user id sent anything.") { _ in .identifiedUsers }

    static let dailyStickiness = stickiness(
        "daily",
        .day,
        "How large a part of a month's people is there on a day, in percent."
    )

    static let weeklyStickiness = stickiness(
        "weekly",
        .week,
        "How large a part of a month's people is there in a week, in percent."
    )

    private static func stickiness(_ name: String, _ people: Metric.Stickiness, _ summary: String) -> Endpoint {
        metric(
            "stickiness/\(name)",
            summary,
            frame: { frame, _ throws(QueryParameterError) in
                if frame.interval.isBelowDay {
                    throw .unsupported(
                        "granularity",
                        "granularity must be daily or longer here: a part of a month has days"
                    )
                }
            },
            parse: { _ in .stickiness(people) }
        )
    }

    static let lifecycle = metric(
        "lifecycle",
        "How many people are new, go on, came back or, with include_dormant, stayed away.",
        own: [
            Parameter(
                "include_dormant",
                .flag,
                "Also those who were active in the period before, and are not.",
                standard: "false",
                example: "true"
            )
        ],
        standard: .week,
        states: { metric in
            guard case .lifecycle(let includesDormant) = metric else { return [] }
            return ["new", "returning", "resurrected"] + (includesDormant ? ["dormant"] : [])
        },
        parse: { sent throws(QueryParameterError) in
            .lifecycle(includesDormant: try sent.flag("include_dormant"))
        }
    )
}
