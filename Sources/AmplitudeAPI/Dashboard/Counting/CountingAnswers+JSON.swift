import EventModel
import QueryModel

// Answers of the endpoints that count without naming an event. Source: Documentation/counting.md C28 to C30.

extension SegmentationAnswer {
    /// Of `/api/2/users`: labels and meta are the groups; without groups, the segments.
    var usersJSON: String {
        var json = JSONWriter()
        json.raw("{\"data\":{\"xValues\":")
        json.list(axis.labels) { $0.string($1) }
        json.raw(",\"series\":")
        json.list(series) { json, series in json.list(series.values) { $0.number($1) } }
        json.raw(",\"seriesCollapsed\":")
        json.list(series) { json, _ in json.raw("[0]") }
        json.raw(",\"seriesLabels\":")
        json.list(series) { $1.label(to: &$0) }
        json.raw(",\"seriesMeta\":")
        json.list(series) { json, series in
            if series.group.isEmpty { json.segmentMeta(series.segment) } else { series.label(to: &json) }
        }
        json.raw("}}")
        return json.text
    }

    /// Of `/api/2/revenue/day`.
    var revenueJSON: String {
        var json = JSONWriter()
        json.raw("{\"data\":{\"xValues\":")
        json.list(axis.labels) { $0.string($1) }
        json.raw(",\"seriesLabels\":")
        json.list(series) { $1.label(to: &$0) }
        json.raw(",\"series\":")
        json.list(series) { json, series in json.list(series.values) { $0.number($1) } }
        json.raw("}}")
        return json.text
    }
}

extension SegmentationAnswer.Series {
    /// The group or, without one, the segment's index.
    fileprivate func label(to json: inout JSONWriter) {
        if group.isEmpty { json.integer(segment) } else { json.string(group.joined(separator: "; ")) }
    }
}

extension SessionQuery {
    /// `0s-3s`, in seconds.
    var binLabels: [String] {
        let edges = (measure.bins ?? .usual).edges.map { PropertyValue.decimal(Double($0) / 1000) }
        return zip(edges, edges.dropFirst()).map { "\($0)s-\($1)s" }
    }
}

extension SessionAnswer {
    /// - Parameter query: what was asked: it has the bins.
    func json(_ query: SessionQuery) -> String {
        var json = JSONWriter()
        switch self {
        case .counts(let counts):
            json.raw("{\"data\":{\"series\":[")
            json.list(counts) { $0.integer($1) }
            json.raw("],\"seriesMeta\":[")
            json.segmentMeta(0)
            json.raw("],\"xValues\":")
            json.list(query.binLabels) { $0.string($1) }
            json.raw(",\"seriesLabels\":[0]")
            json.collapsed(Double(counts.reduce(0, +)))
            json.raw("},\"withSets\":false}")
        case .days(let axis, let values, let whole):
            json.raw("{\"data\":{\"series\":[")
            json.list(values) { $0.number($1) }
            json.raw("]")
            json.collapsed(whole)
            json.raw(",\"seriesMeta\":[{\"segmentIndex\":0,\"sessionIndex\":0}],\"xValues\":")
            json.list(axis.labels) { $0.string("\($1)T00:00:00") }
            json.raw("}}")
        }
        return json.text
    }
}

extension CompositionAnswer {
    /// - Parameter name: the property as it was asked for.
    func json(_ name: String) -> String {
        var json = JSONWriter()
        json.raw("{\"data\":{\"xValues\":")
        json.list(values) { $0.string($1.group.joined(separator: "; ")) }
        json.raw(",\"series\":[")
        json.list(values) { $0.integer($1.people) }
        json.raw("],\"seriesLabels\":[")
        json.string(name)
        json.raw("]}}")
        return json.text
    }
}

extension RealtimeAnswer {
    var json: String {
        var json = JSONWriter()
        json.raw("{\"data\":{\"xValues\":")
        json.list(labels) { $0.string($1) }
        json.raw(",\"seriesLabels\":[\"Today\",\"Yesterday\"],\"series\":")
        json.list([today, yesterday]) { json, people in json.list(people) { $0.integer($1) } }
        json.raw("}}")
        return json.text
    }
}

extension JSONWriter {
    /// The one series' value over the whole range.
    fileprivate mutating func collapsed(_ value: Double) {
        raw(",\"seriesCollapsed\":[[{\"setId\":\"\",\"value\":")
        number(value)
        raw("}]]")
    }

    fileprivate mutating func segmentMeta(_ index: Int) {
        raw("{\"segmentIndex\":")
        integer(index)
        raw("}")
    }
}
