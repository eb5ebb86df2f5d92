public import EventModel
import Formulas
public import QueryModel

extension DataTableAnswer {
    /// One row a row: the labels, then a value for each column.
    func table(_ query: DataTableQuery) -> AnswerTable {
        AnswerTable(
            columns: query.groupBys.map(\.documentName) + query.columnLabels,
            rows: rows.map { row in row.labels.map { .text($0) } + row.values.map { .number($0) } }
        )
    }
}

extension DataTableQuery {
    /// What people call the columns, or what they measure.
    public var columnLabels: [String] { columns.map { $0.label ?? $0.title } }
}

extension DataTableQuery.Column {
    /// `Purchase, users`
    fileprivate var title: String {
        switch measure {
        case .count(let query):
            if case .formulas(let formulas) = query.metric { return formulas[0].text }
            return "\(query.events[0].label), \(query.metric.words)"
        case .conversion(let query):
            return "\(query.steps.map(\.label).joined(separator: " → ")), conversion"
        case .retention(let query, let day):
            return "\(query.start.label) → \(query.return.label), day \(day)"
        }
    }
}

extension SegmentationQuery.Metric {
    fileprivate var words: String {
        switch self {
        case .uniques: "users"
        case .totals: "events"
        case .shareOfActive: "part of the active users"
        case .average: "events a user"
        case .sum: "sum"
        case .valueAverage: "average"
        case .histogram, .frequencyHistogram, .formulas: "values"
        }
    }
}

extension JSONWriter {
    /// `{"rows":[{"labels":["Germany"],"values":[12,3.5]}],"columns":[{"label":"Purchase, users"}],"total":[…]}`
    public mutating func dataTable(_ answer: DataTableAnswer, _ query: DataTableQuery) {
        raw("{\"rows\":")
        list(answer.rows) { json, row in
            json.raw("{\"labels\":")
            json.list(row.labels) { $0.string($1) }
            json.key("values")
            json.list(row.values) { $0.number($1) }
            json.raw("}")
        }
        key("columns")
        list(query.columnLabels) { json, label in
            json.raw("{\"label\":")
            json.string(label)
            json.raw("}")
        }
        key("total")
        list(answer.total) { $0.number($1) }
        raw("}")
    }
}
