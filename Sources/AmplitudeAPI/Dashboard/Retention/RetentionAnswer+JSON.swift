import EventModel
import QueryModel

extension RetentionAnswer {
    /// The body of a 200. Source: Documentation/retention.md R7 to R13.
    var json: String {
        let labels = axis.dates.map { axis.interval == .month ? $0.monthLabel : $0.longLabel }
        var json = JSONWriter()
        json.raw("{\"data\":{\"series\":")
        json.list(series) { json, series in
            json.raw("{\"dates\":")
            json.list(labels.reversed()) { $0.string($1) }
            json.raw(",\"datetimes\":")
            json.list(axis.dates.reversed()) { $0.string($1.iso) }
            json.raw(",\"values\":{")
            for (bucket, row) in series.rows.enumerated() {
                if bucket > 0 { json.raw(",") }
                json.string(labels[bucket])
                json.raw(":")
                json.list(row) { json, cell in Self.write(cell, isCombined: false, to: &json) }
            }
            json.raw("},\"combined\":")
            json.list(series.combined) { json, cell in Self.write(cell, isCombined: true, to: &json) }
            json.raw("}")
        }
        json.raw(",\"seriesLabels\":")
        json.list(series) { json, series in
            json.string(series.group ?? "")
        }
        json.raw(",\"seriesMeta\":")
        json.list(series) { json, series in
            json.raw("{\"segmentIndex\":")
            json.integer(series.segment)
            json.raw(",\"eventIndex\":0}")
        }
        json.raw("}}")
        return json.text
    }

    private static func write(_ cell: Cell, isCombined: Bool, to json: inout JSONWriter) {
        json.raw("{\"count\":")
        json.integer(cell.count)
        json.raw(",\"outof\":")
        json.integer(cell.outOf)
        json.raw(",\"incomplete\":")
        json.bool(cell.isIncomplete)
        if isCombined { json.raw(",\"retainedSetId\":\"\",\"dropoffSetId\":\"\"") }
        json.raw("}")
    }
}
