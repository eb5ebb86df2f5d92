import EventModel
import Formulas
import QueryModel

/// How the values of a series are written.
enum SeriesCells {
    case numbers
    /// As objects with the id of a set, of which there is none: so charts that are asked by id have them. Source:
    /// Documentation/asking.md Q8.
    case sets
}

extension JSONWriter {
    fileprivate mutating func cell(_ value: Double, _ cells: SeriesCells) {
        switch cells {
        case .numbers: number(value)
        case .sets:
            raw("{\"setId\":\"\",\"value\":")
            number(value)
            raw("}")
        }
    }
}

extension SegmentationAnswer {
    /// The body of a 200. Source: Documentation/counting.md C20 to C22, C27.
    ///
    /// - Parameters:
    ///   - query: what was asked: it decides the form of the labels.
    ///   - cells: how values are written.
    func json(_ query: SegmentationQuery, _ cells: SeriesCells = .numbers) -> String {
        var json = JSONWriter()
        json.raw("{\"data\":{\"series\":")
        json.list(series) { json, series in json.list(series.values) { $0.cell($1, cells) } }
        json.raw(",\"seriesLabels\":")
        json.list(series) { json, series in Self.label(series, query, &json) }
        json.raw(",\"seriesMeta\":")
        json.list(series) { json, series in Self.meta(series, query, &json) }
        json.raw(",\"seriesCollapsed\":")
        json.list(series) { json, series in
            json.raw("[")
            json.cell(series.collapsed, .sets)
            json.raw("]")
        }
        json.raw(",\"xValues\":")
        json.list(axis.labels) { $0.string($1) }
        json.raw("}}")
        return json.text
    }

    private static func label(_ series: Series, _ query: SegmentationQuery, _ json: inout JSONWriter) {
        let index = query.events.count > 1 ? series.event ?? series.segment : series.segment
        if series.group.isEmpty {
            json.integer(index)
            return
        }
        let value = series.group.joined(separator: "; ")
        // Only `g` alone splits the answer as a whole; else the label also says which part it splits.
        let isWhole =
            query.events.count == 1 && query.splitting(0).isEmpty && !query.metric.isHistogram && series.formula == nil
        if isWhole {
            json.string(value)
        } else {
            json.raw("[")
            json.integer(index)
            json.raw(",")
            json.string(value)
            json.raw("]")
        }
    }

    private static func meta(_ series: Series, _ query: SegmentationQuery, _ json: inout JSONWriter) {
        json.raw("{\"segmentIndex\":")
        json.integer(series.segment)
        if let event = series.event {
            json.raw(",\"eventIndex\":")
            json.integer(event)
        }
        if let index = series.formula, case .formulas(let formulas) = query.metric {
            json.raw(",\"formulaIndex\":")
            json.integer(index)
            json.raw(",\"formula\":")
            json.string(formulas[index].text)
        }
        json.raw("}")
    }
}
