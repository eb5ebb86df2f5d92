import AnswerTables
import EventModel
import QueryModel

// Answers of charts that no Dashboard endpoint has, in the same form. Source: Documentation/asking.md Q12 to Q14.

extension LifecycleAnswer {
    /// A series for each state.
    func json(_ query: LifecycleQuery) -> String {
        var json = JSONWriter()
        json.raw("{\"data\":{\"xValues\":")
        json.list(axis.labels) { $0.string($1) }
        json.key("series")
        json.list(people) { json, people in json.list(people) { $0.integer($1) } }
        json.key("seriesLabels")
        json.list(query.stateNames) { $0.string($1) }
        json.key("pulse")
        json.list(pulse) { $0.number($1) }
        json.raw("}}")
        return json.text
    }
}

extension StickinessAnswer {
    /// A series for each number of days, of parts of the people in `people`; by the calendar one, in percent.
    var json: String {
        var json = JSONWriter()
        json.raw("{\"data\":{\"xValues\":")
        json.list(axis.labels) { $0.string($1) }
        json.key("series")
        switch self {
        case .days(_, let people, let counts):
            json.list(counts) { json, counts in
                json.list(zip(counts, people)) { $0.number(Self.share($1.0, of: $1.1)) }
            }
            json.key("seriesLabels")
            json.list(1...counts.count) { $0.integer($1) }
            json.key("people")
            json.list(people) { $0.integer($1) }
        case .shares(_, let values):
            json.list([values]) { json, values in json.list(values) { $0.number($1) } }
            json.raw(",\"seriesLabels\":[0]")
        }
        json.raw("}}")
        return json.text
    }
}

extension DataTableAnswer {
    func json(_ query: DataTableQuery) -> String {
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.dataTable(self, query)
        json.raw("}")
        return json.text
    }
}
