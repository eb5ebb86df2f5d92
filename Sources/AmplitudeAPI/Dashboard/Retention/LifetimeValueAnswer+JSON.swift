import EventModel
import QueryModel

extension LifetimeValueAnswer {
    /// The body of a 200. Source: Documentation/revenue.md M12.
    ///
    /// - Parameter thisYear: dates of other years are written with their year.
    func json(thisYear: Int) -> String {
        let labels = axis.dates.map { axis.interval == .month ? $0.monthLabel : $0.shortLabel(thisYear: thisYear) }
        var json = JSONWriter()
        json.raw("{\"data\":{\"series\":")
        json.list(series) { json, series in
            json.raw("{\"dates\":")
            json.list(labels.reversed()) { $0.string($1) }
            json.key("values")
            json.rows(zip(labels, series.cohorts)) { $0.row($1) }
            json.key("complete")
            json.rows(zip(labels, series.cohorts)) { $0.completeness($1) }
            json.key("combined")
            json.combined(series.combined)
            json.key("combined_complete")
            json.completeness(series.combined)
            json.key("combined_projected")
            json.rows(zip(LifetimeValueQuery.projectedDays.map(String.init), series.projected)) { $0.number($1) }
            json.raw("}")
        }
        json.key("seriesLabels")
        json.list(series) { json, series in
            if let group = series.group { json.string(group) } else { json.integer(series.segment) }
        }
        json.key("seriesMeta")
        json.list(series) { json, series in
            json.raw("{\"segmentIndex\":")
            json.integer(series.segment)
            json.raw("}")
        }
        json.raw("}}")
        return json.text
    }
}

extension JSONWriter {
    /// An object of names and what is written of each.
    fileprivate mutating func rows<Value>(
        _ rows: some Sequence<(String, Value)>,
        _ write: (inout JSONWriter, Value) -> Void
    ) {
        raw("{")
        for (number, row) in rows.enumerated() {
            if number > 0 { raw(",") }
            string(row.0)
            raw(":")
            write(&self, row.1)
        }
        raw("}")
    }

    fileprivate mutating func row(_ cohort: LifetimeValueAnswer.Cohort) {
        start(cohort)
        for (days, people) in zip(LifetimeValueQuery.newPayerDays, cohort.newPayers) {
            raw(",\"r\(days)new\":")
            integer(people)
        }
        raw(",\"total_amount\":")
        number(cohort.amount)
        raw("}")
    }

    fileprivate mutating func combined(_ cohort: LifetimeValueAnswer.Cohort) {
        start(cohort)
        raw("}")
    }

    private mutating func start(_ cohort: LifetimeValueAnswer.Cohort) {
        raw("{\"paid\":")
        integer(cohort.payers)
        raw(",\"count\":")
        integer(cohort.people)
        for (days, value) in zip(LifetimeValueQuery.days, cohort.values) {
            raw(",\"r\(days)d\":")
            number(value)
        }
    }

    fileprivate mutating func completeness(_ cohort: LifetimeValueAnswer.Cohort) {
        rows(zip(LifetimeValueQuery.days.map { "r\($0)d" }, cohort.isComplete)) { $0.bool($1) }
    }
}
