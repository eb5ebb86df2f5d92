import EventModel
import HTTPEdge
import QueryModel

extension LifetimeValueQuery {
    /// Reads the parameters of `GET /api/2/revenue/ltv`. Source: Documentation/revenue.md M6 to M8.
    init(parsing query: FormFields) throws(QueryParameterError) {
        let interval = try Interval(parsing: query, known: [.day, .week, .month])
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
        try query.checkOneSegment(segments, groupBy.map { [$0] } ?? [])
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
