import EventModel
import Formulas
import HTTPEdge
import QueryModel

// Metrics of events. Source: Documentation/metrics.md V9 to V12.

extension Endpoint {
    static let events = metric("events", "How many events there were.") { _ in .events }

    static let eventsByProperty = metric(
        "events/properties",
        "How many events there were, by a property.",
        own: [.property.required],
        frame: { frame, sent throws(QueryParameterError) in
            try sent.requireEvent()
            frame.breakdown = try sent.property()
        },
        parse: { _ in .events }
    )

    static let topEvents = ranking(
        "events/top",
        "The events that came most often, or from most people.",
        own: [
            Parameter(
                "order_by",
                .choice(["count", "users"]),
                "By how many events there were, or by how many people sent them.",
                standard: "count",
                example: "users"
            )
        ]
    ) { sent throws(QueryParameterError) in
        switch sent.nonEmpty("order_by") {
        case nil, "count": (.events, .eventType)
        case "users": (.activeUsers(.bucket), .eventType)
        default: throw .malformed("order_by", "order_by must be count or users")
        }
    }

    static let eventValues = metric(
        "events/custom",
        "Arithmetic over a property of an event.",
        own: [
            .property.required,
            Parameter(
                "metric",
                .choice(Metric.Arithmetic.allCases.map(\.rawValue)),
                "What is computed of the property's numbers; count is how many events have it.",
                standard: "sum",
                example: "avg"
            ),
        ]
    ) { sent throws(QueryParameterError) in
        try sent.requireEvent()
        let property = try sent.property()
        guard let metric = Metric.Arithmetic(rawValue: sent.nonEmpty("metric") ?? "sum") else {
            throw .malformed("metric", "metric must be sum, avg, min, max or count")
        }
        return .values(of: property, metric)
    }

    static let firstTimes = metric(
        "events/first-time",
        "How many people did an event for the first time.",
        own: [
            Parameter(
                "match_mode",
                .flag,
                "Whether the first event that meets the conditions counts; else the first of all must meet them.",
                standard: "false",
                example: "true"
            ),
            Parameter(
                "lookback_days",
                .integer,
                "How many days before the range are looked at, 3650 at most; all if left out.",
                example: "90"
            ),
        ]
    ) { sent throws(QueryParameterError) in
        try sent.requireEvent()
        var lookback: Int?
        if let text = sent.nonEmpty("lookback_days") {
            guard let days = Int(text), (1...3650).contains(days) else {
                throw QueryParameterError(
                    .outOfRange,
                    "lookback_days",
                    "lookback_days must be from 1 to 3650, such as 90"
                )
            }
            lookback = days
        }
        return .firstTime(Metric.FirstTime(ofThoseThatMatch: try sent.flag("match_mode"), lookbackDays: lookback))
    }

    static let eventsPerActor = metric(
        "events/per-actor",
        "Arithmetic over what each person did of an event.",
        own: [
            .property,
            Parameter(
                "metric",
                .choice(Metric.Summary.names.map(\.name)),
                "What is computed of the people's own values.",
                standard: "avg",
                example: "p90"
            ),
        ]
    ) { sent throws(QueryParameterError) in
        try sent.requireEvent()
        let name = sent.nonEmpty("metric") ?? "avg"
        guard let summary = Metric.Summary.names.first(where: { $0.name == name })?.summary else {
            throw .malformed(
                "metric",
                "metric must be one of \(Metric.Summary.names.map(\.name).joined(separator: ", "))"
            )
        }
        return .perActor(of: sent.nonEmpty("property") == nil ? nil : try sent.property(), summary)
    }
}

extension Parameter {
    fileprivate static let property = Parameter("property", .text, "A field of the event.", example: "amount")
}

extension Metric.Summary {
    fileprivate static let names: [(name: String, summary: Metric.Summary)] = [
        ("avg", .average), ("median", .quantile(.median)), ("p50", .quantile(.median)), ("p75", .quantile(at: 0.75)),
        ("p90", .quantile(at: 0.9)), ("p95", .quantile(at: 0.95)), ("p99", .quantile(at: 0.99)), ("min", .min),
        ("max", .max), ("sum", .sum),
    ]

    private static func quantile(at fraction: Double) -> Metric.Summary { .quantile(Quantile(fraction) ?? .median) }
}

extension SentParameters {
    fileprivate func requireEvent() throws(QueryParameterError) {
        _ = try required("event", "send an event's name, such as event=Purchase")
    }

    fileprivate func property() throws(QueryParameterError) -> PropertyReference {
        try PropertyReference(field: required("property", "send a field, such as property=amount"), "property")
    }
}
