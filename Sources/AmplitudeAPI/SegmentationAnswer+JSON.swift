import EventModel
import QueryModel

extension SegmentationAnswer {
    /// The body of a 200. Source: reference/dashboard.md §5, events/segmentation.
    ///
    /// - Parameter splitByEvent: whether the groups come from the event's own `group_by`, whose labels name the event.
    func json(splitByEvent: Bool) -> String {
        var json = JSONWriter()
        json.raw("{\"data\":{\"series\":")
        json.list(series) { json, series in json.list(series.values) { $0.integer($1) } }
        json.raw(",\"seriesLabels\":")
        json.list(series) { json, series in
            switch series.group {
            case nil: json.raw("0")
            case let group? where splitByEvent:
                json.raw("[0,")
                json.string(group)
                json.raw("]")
            case let group?: json.string(group)
            }
        }
        json.raw(",\"seriesCollapsed\":")
        json.list(series) { json, series in
            json.raw("[{\"setId\":\"\",\"value\":")
            json.integer(series.collapsed)
            json.raw("}]")
        }
        json.raw(",\"xValues\":")
        json.list(axis.labels) { $0.string($1) }
        json.raw("}}")
        return json.text
    }
}
