/// An answer of `events/segmentation`.
struct Chart: Decodable {
    struct Series: Decodable, Equatable {
        /// One for each day.
        var values: [Int]
        /// Over all days.
        var collapsed: Int
    }

    var days: [String]
    /// By group; the largest first. A chart without groups has one series, labelled `0`.
    var series: [(label: String, series: Series)]

    /// The one series of a chart without groups.
    var only: Series? { series.count == 1 && series[0].label == "0" ? series[0].series : nil }
    var groups: [String: Series] { Dictionary(uniqueKeysWithValues: series.map { ($0.label, $0.series) }) }
    var collapsedGroups: [String: Int] { groups.mapValues(\.collapsed) }

    init(from decoder: any Decoder) throws {
        let data = try Envelope(from: decoder).data
        days = data.xValues
        series = zip(zip(data.seriesLabels, data.series), data.seriesCollapsed).map {
            ($0.0.text, Series(values: $0.1, collapsed: $1[0].value))
        }
    }

    private struct Envelope: Decodable {
        var data: Content
    }

    private struct Content: Decodable {
        var series: [[Int]]
        var seriesLabels: [Label]
        var seriesCollapsed: [[Collapsed]]
        var xValues: [String]
    }

    private struct Collapsed: Decodable {
        var value: Int
    }

    /// `0`; for a group `"value"`, or `[0, "value"]` where events are grouped.
    private struct Label: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            if var list = try? decoder.unkeyedContainer() {
                _ = try list.decode(Int.self)
                text = try list.decode(String.self)
            } else {
                let value = try decoder.singleValueContainer()
                text = try (try? value.decode(Int.self)).map(String.init) ?? value.decode(String.self)
            }
        }
    }
}
