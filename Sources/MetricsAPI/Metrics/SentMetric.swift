import EventModel
import HTTPEdge
import QueryExecution
import QueryModel

/// What a request says of a metric beside what it counts: parsed, and not yet bound to a project's clock.
struct SentMetric: Sendable {
    var range: QuestionRange
    var interval: Interval
    var comparison: PeriodComparison?
    var event: EventSelector.EventType?
    var conditions: [PropertyFilter]
    var audience: String?
    var breakdown: PropertyReference?
    var breakdownLimit: Int

    /// - Parameter standard: the granularity that holds if none is sent.
    init(_ sent: SentParameters, standard: Interval = .day) throws(QueryParameterError) {
        try self.init(
            rowsOf: sent,
            by: sent.granularity(standard: standard),
            limit: sent.count("breakdown_limit", standard: 25, most: 200)
        )
        comparison = try sent.comparison()
        if let field = sent.nonEmpty("breakdown") { breakdown = try PropertyReference(field: field, "breakdown") }
    }

    /// Rows alone: neither split nor compared.
    init(ranking sent: SentParameters) throws(QueryParameterError) {
        try self.init(rowsOf: sent, by: .all, limit: sent.count("limit", standard: 10, most: 9_999))
    }

    private init(rowsOf sent: SentParameters, by interval: Interval, limit: Int) throws(QueryParameterError) {
        range = try sent.range()
        self.interval = interval
        event = sent.nonEmpty("event").map { EventSelector.EventType(metricEvent: $0) }
        conditions = try sent.conditions()
        audience = sent.nonEmpty("audience")
        breakdownLimit = limit
    }

    static let parameters: [Parameter] = [
        .range, .granularity, .compare, .event, .conditions, .audience, .breakdown, .breakdownLimit,
    ]
    static let rankingParameters: [Parameter] = [.range, .limit, .event, .conditions, .audience]

    /// The question at this moment.
    func query(_ metric: Metric, _ project: HostedProject, _ context: QueryContext) async throws -> MetricQuery {
        let earliest = range.looksAtFirstEvent ? try await project.queries.earliest(context) : nil
        let sentence = "range begins before 1970; send a later one, such as range=30d"
        guard let range = range.range(at: context.now, in: context.zone, earliest: earliest) else {
            throw QueryParameterError(.outOfRange, "range", sentence)
        }
        var previous: ChartRange?
        if let comparison {
            previous = comparison.range(before: range, in: context.zone)
            if previous == nil {
                throw QueryParameterError(.outOfRange, "range", "what it is compared with \(sentence)")
            }
        }
        return MetricQuery(
            metric,
            range: range,
            interval: interval,
            event: event,
            conditions: conditions,
            audience: audience,
            breakdown: breakdown,
            breakdownLimit: breakdownLimit,
            previous: previous
        )
    }
}

extension Parameter {
    static let range = Parameter(
        "range",
        .text,
        "When: so many hours, days, weeks, months or years up to now, a name such as last_month, or two days.",
        standard: "30d",
        example: "2026-01-01,2026-01-31"
    )
    static let granularity = Parameter(
        "granularity",
        .choice(Interval.granularities.map(\.names[0])),
        "How long a bucket is; none is the whole range as one.",
        standard: "daily",
        example: "weekly"
    )
    static let compare = Parameter(
        "compare",
        .choice(["previous", "yoy"]),
        "Also the same length of time before, or the same a year before.",
        example: "previous"
    )
    static let event = Parameter(
        "event",
        .text,
        "Only events of this name, or ce:NAME for a custom event.",
        example: "Play"
    )
    static let conditions = Parameter(
        "conditions",
        .text,
        "Conditions that all hold of a row, as conditions[0][field], conditions[0][operator] and conditions[0][value].",
        example: "conditions[0][field]=country"
    )
    static let audience = Parameter(
        "audience",
        .text,
        "Only people of this audience or cohort, by its id.",
        example: "a1b2c3d4"
    )
    static let breakdown = Parameter("breakdown", .text, "A field that splits the answer.", example: "country")
    static let breakdownLimit = Parameter(
        "breakdown_limit",
        .integer,
        "So many values have a series of their own, 200 at most; all others share one.",
        standard: "25",
        example: "10"
    )
    static let limit = Parameter("limit", .integer, "So many values, the largest first.", standard: "10", example: "5")
}

extension Interval {
    /// Each with its names, the first of which is the answers'.
    static let granularities: [(interval: Interval, names: [String])] = [
        (.minute, ["minute", "min", "1m"]), (.hour, ["hourly", "hour", "1h"]), (.day, ["daily", "day", "1d"]),
        (.week, ["weekly", "week", "1w"]), (.month, ["monthly", "month"]), (.quarter, ["quarterly", "quarter"]),
        (.year, ["yearly", "year", "1y"]), (.all, ["none", "total"]),
    ]

    var granularity: String { Self.granularities.first { $0.interval == self }?.names[0] ?? rawValue }
}

extension SentParameters {
    func range() throws(QueryParameterError) -> QuestionRange {
        let text = nonEmpty("range") ?? "30d"
        guard let range = QuestionRange(text) else {
            throw .malformed(
                "range",
                "range must be like 30d, 12h, 4w, 6m or 1y, today, yesterday, wtd, mtd, qtd, ytd, last_week, last_month,"
                    + " last_quarter, last_year, all_time, or two days such as 2026-01-01,2026-01-31"
            )
        }
        return range
    }

    func granularity(standard: Interval) throws(QueryParameterError) -> Interval {
        guard let text = nonEmpty("granularity")?.lowercased() else { return standard }
        guard let found = Interval.granularities.first(where: { $0.names.contains(text) }) else {
            let names = Interval.granularities.map(\.names[0]).joined(separator: ", ")
            throw .malformed("granularity", "granularity must be one of \(names)")
        }
        return found.interval
    }

    func comparison() throws(QueryParameterError) -> PeriodComparison? {
        switch nonEmpty("compare") {
        case nil: return nil
        case "previous", "prev", "previous_period": return .previous
        case "yoy", "previous_year", "year_over_year": return .yearBefore
        default: throw .malformed("compare", "compare must be previous or yoy")
        }
    }

    /// A whole number from 1 on; what is above the most is the most.
    func count(_ name: String, standard: Int, most: Int) throws(QueryParameterError) -> Int {
        guard let text = nonEmpty(name) else { return standard }
        guard let number = Int(text), number >= 1 else {
            throw .malformed(name, "\(name) must be a whole number from 1 to \(most), such as \(standard)")
        }
        return min(number, most)
    }

    func flag(_ name: String) throws(QueryParameterError) -> Bool {
        switch nonEmpty(name) {
        case nil, "false", "0": return false
        case "true", "1": return true
        default: throw .malformed(name, "\(name) must be true or false")
        }
    }
}
