import AnswerTables
import EventModel
import HTTPEdge
import QueryModel

extension FunnelAnswer {
    /// The body of a 200. Source: Documentation/funnels.md F14 to F19.
    ///
    /// - Parameter thisYear: dates of other years are written with their year.
    func json(_ query: FunnelQuery, thisYear: Int) -> String {
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.list(series) { json, series in write(series, query, thisYear, to: &json) }
        json.raw(",\"numSeries\":")
        json.integer(series.count)
        json.raw("}")
        return json.text
    }

    private func write(_ series: Series, _ query: FunnelQuery, _ thisYear: Int, to json: inout JSONWriter) {
        json.raw("{\"meta\":{\"segmentIndex\":")
        json.integer(series.segment)
        json.raw("},\"groupValue\":")
        json.string(series.group ?? "")
        json.raw(",\"events\":")
        json.list(query.steps) { $0.string($1.label) }
        json.raw(",\"cumulativeRaw\":")
        json.list(series.reached) { $0.integer($1) }
        json.raw(",\"cumulative\":")
        json.list(series.reached) { $0.number(Self.share($1, of: series.reached[0])) }
        json.raw(",\"stepByStep\":")
        json.list(series.reached.indices) { json, step in
            json.number(Self.share(series.reached[step], of: series.reached[max(0, step - 1)]))
        }
        json.raw(",\"avgTransTimes\":")
        json.list(series.times) { $0.number($1.mean) }
        json.raw(",\"medianTransTimes\":")
        json.list(series.times) { $0.number($1.median) }
        json.raw(",\"dayFunnels\":")
        writeDays(series.reachedByBucket, thisYear, to: &json) { $0.integer($1) }
        json.raw(",\"dayAvgTransTimes\":")
        writeDays(series.timesByBucket, thisYear, to: &json) { $0.number($1.mean) }
        json.raw(",\"dayMedianTransTimes\":")
        writeDays(series.timesByBucket, thisYear, to: &json) { $0.number($1.median) }
        json.raw(",\"stepTransTimeDistribution\":")
        Self.write(series.timeBins, series.segment, to: &json)
        json.raw(",\"stepPrevStepCountDistribution\":")
        Self.write(series.countBins, series.segment, to: &json)
        json.raw(",\"convertedCounts\":")
        Self.write(series.reached, to: &json)
        json.raw(",\"dropoffCounts\":")
        Self.write(
            series.reached.indices.map { step in
                step > 0 ? series.reached[step - 1] - series.reached[step] : 0
            },
            to: &json
        )
        json.raw("}")
    }

    private func writeDays<Value>(
        _ rows: [[Value]],
        _ thisYear: Int,
        to json: inout JSONWriter,
        _ write: (inout JSONWriter, Value) -> Void
    ) {
        json.raw("{\"xValues\":")
        json.list(axis.labels) { $0.string($1) }
        json.raw(",\"formattedXValues\":")
        json.list(axis.dates) { $0.string($1.shortLabel(thisYear: thisYear)) }
        json.raw(",\"series\":")
        json.list(rows) { json, row in json.list(row, write) }
        json.raw(",\"isComplete\":")
        json.list(isComplete) { $0.bool($1) }
        json.raw("}")
    }

    private static func write(_ bins: [[Bin]], _ segment: Int, to json: inout JSONWriter) {
        json.raw("{\"segment_index\":")
        json.integer(segment)
        json.raw(",\"step_bins\":")
        json.list(bins) { json, bins in
            json.raw("{\"bins\":")
            json.list(bins) { json, bin in
                json.raw("{\"start\":")
                json.integer(bin.start)
                json.raw(",\"end\":")
                json.integer(bin.end)
                json.raw(",\"bin_dist\":{\"uniques\":")
                json.integer(bin.people)
                json.raw(",\"totals\":")
                json.integer(bin.people)
                json.raw(",\"propsum\":")
                json.number(bin.revenue)
                json.raw("}}")
            }
            json.raw("}")
        }
        json.raw("}")
    }

    private static func write(_ counts: [Int], to json: inout JSONWriter) {
        json.raw("{")
        for (step, count) in counts.enumerated() {
            if step > 0 { json.raw(",") }
            json.string(String(step))
            json.raw(":")
            json.integer(count)
        }
        json.raw("}")
    }
}

extension CalendarDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Nov 03`; in other years `Nov 03, 2024`.
    func shortLabel(thisYear: Int) -> String {
        year == thisYear ? "\(Self.months[month - 1]) \(day < 10 ? "0" : "")\(day)" : longLabel
    }

    /// `Nov 03, 2024`
    var longLabel: String { "\(Self.months[month - 1]) \(day < 10 ? "0" : "")\(day), \(year)" }

    /// `Sep 2021`
    var monthLabel: String { "\(Self.months[month - 1]) \(year)" }
}
