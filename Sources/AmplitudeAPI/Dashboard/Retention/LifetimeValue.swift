import EventModel
public import HTTPEdge
import QueryExecution
public import QueryModel

extension Endpoint {
    static let lifetimeValue = chart(
        at: "/api/2/revenue/ltv",
        "What new people have paid since their first event.",
        parameters: [
            .start, .end,
            Parameter(
                "m",
                .choice(["0", "1", "2", "3"]),
                "0 is money by person, 1 money by paying person, 2 money, 3 paying people.",
                standard: "0",
                example: "2"
            ), .calendarInterval, .segments, .groupBy,
        ],
        parse: LifetimeValueQuery.init(parsing:),
        cost: { QueryCost(.other, $0.frame) },
        users: { $0.users },
        answer: { query, project, context in try await project.queries.lifetimeValue(query, context).json }
    )
}

extension LifetimeValueQuery {
    /// Reads the parameters of `GET /api/2/revenue/ltv`. Source: Documentation/revenue.md M6 to M8.
    init(parsing query: SentParameters) throws(QueryParameterError) {
        let interval = try Interval(parsing: query, known: Interval.calendar)
        let text = query.nonEmpty("m") ?? "0"
        guard let metric = Metric(requestName: text) else {
            throw .malformed("m", "m must be 0 (ARPU), 1 (ARPPU), 2 (total revenue) or 3 (paying users)")
        }
        self.init(
            metric: metric,
            range: try DateRange(parsing: query, interval),
            interval: interval,
            segments: try Segment.all(query),
            groupBy: try PropertyReference.groupBy(query, most: 1).first
        )
        try checkOneSegment()
    }
}

extension LifetimeValueAnswer {
    /// The body of a 200. Source: Documentation/revenue.md M12.
    var json: String {
        var json = JSONWriter()
        json.raw("{\"data\":{\"seriesLabels\":")
        json.list(series) { json, series in json.string(series.group ?? "") }
        json.raw(",\"series\":")
        json.list(series) { json, series in
            json.raw("{\"dates\":")
            json.list(axis.labels.reversed()) { $0.string($1) }
            json.raw(",\"values\":")
            write(series, to: &json) { cohort, json in cohort.writeValues(to: &json) }
            json.raw(",\"complete\":")
            write(series, to: &json) { cohort, json in cohort.writeCompleteness(to: &json) }
            json.raw(",\"combined\":")
            series.combined.writeValues(to: &json)
            json.raw(",\"combined_complete\":")
            series.combined.writeCompleteness(to: &json)
            json.raw("}")
        }
        json.raw("}}")
        return json.text
    }

    private func write(_ series: Series, to json: inout JSONWriter, _ write: (Cohort, inout JSONWriter) -> Void) {
        json.raw("{")
        for (bucket, cohort) in series.cohorts.enumerated() {
            if bucket > 0 { json.raw(",") }
            json.string(axis.labels[bucket])
            json.raw(":")
            write(cohort, &json)
        }
        json.raw("}")
    }
}

extension LifetimeValueAnswer.Cohort {
    fileprivate func writeValues(to json: inout JSONWriter) {
        json.raw("{")
        for (days, value) in zip(LifetimeValueQuery.days, values) {
            json.string("r\(days)d")
            json.raw(":")
            json.number(value)
            json.raw(",")
        }
        json.raw("\"rtotal\":")
        json.number(total)
        json.raw(",\"count\":")
        json.integer(people)
        json.raw(",\"paid\":")
        json.integer(payers)
        json.raw(",\"total_amount\":")
        json.number(amount)
        json.raw("}")
    }

    fileprivate func writeCompleteness(to json: inout JSONWriter) {
        json.raw("{")
        for (index, days) in LifetimeValueQuery.days.enumerated() {
            if index > 0 { json.raw(",") }
            json.string("r\(days)d")
            json.raw(":")
            json.bool(isComplete[index])
        }
        json.raw("}")
    }
}

/// The `m` parameter of `GET /api/2/revenue/ltv`.
extension LifetimeValueQuery.Metric: RequestNamed {
    public static var requestNames: KeyValuePairs<String, Self> {
        ["0": .perPerson, "1": .perPayer, "2": .total, "3": .payers]
    }
}
