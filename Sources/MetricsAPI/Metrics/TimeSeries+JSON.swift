import EventModel
import HTTPEdge
import QueryExecution
import QueryModel

/// Points as the metrics API answers them: by date, then in the order of the dimensions. Source: Documentation/metrics.md V17.
struct TimeSeries {
    struct Point: Equatable {
        var date: String
        var value: Double
        var dimension: String?
        /// Of a lifecycle.
        var state: String?
    }

    var points: [Point]

    /// - Parameter states: of a lifecycle, those that each bucket has.
    init(_ period: MetricAnswer.Period, states: [String] = []) {
        points = []
        let buckets = period.axis.bucketCount
        for bucket in 0..<buckets {
            for series in period.series {
                for state in 0..<max(1, states.count) {
                    let state = (number: state, name: states.isEmpty ? nil : states[state])
                    points.append(
                        Point(
                            date: period.axis.dates[bucket],
                            value: series.values[state.number * buckets + bucket],
                            dimension: series.dimension?.text ?? state.name,
                            state: state.name
                        )
                    )
                }
            }
        }
    }

    /// A ranking, of which the rest is not told: the name stands for the date, too.
    init(ranking period: MetricAnswer.Period) {
        points = period.series.compactMap { series in
            guard case .value(let name) = series.dimension else { return nil }
            return Point(date: name, value: series.values[0], dimension: name)
        }
    }

    var total: Double { points.reduce(0) { $0 + $1.value } }
}

extension MetricAnswer.Dimension {
    var text: String {
        switch self {
        case .value(let text): text
        case .other: "(other)"
        }
    }
}

extension JSONWriter {
    mutating func timeSeries(_ series: TimeSeries, previous: TimeSeries? = nil) {
        raw("{\"points\":")
        points(series)
        let values = series.points.map(\.value)
        let total = series.total
        member("total", number: total)
        member("min", number: values.min() ?? 0)
        member("max", number: values.max() ?? 0)
        member("avg", number: values.isEmpty ? 0 : total / Double(values.count))
        if let previous {
            let before = previous.total
            raw(",\"comparison\":{\"previous_total\":")
            number(before)
            member("change", number: total - before)
            member("percent_change", number: before == 0 ? (total > 0 ? 100 : 0) : (total - before) / before * 100)
            raw(",\"previous_points\":")
            points(previous)
            raw("}")
        }
        raw("}")
    }

    private mutating func points(_ series: TimeSeries) {
        list(series.points) { json, point in
            json.raw("{\"date\":")
            json.string(point.date)
            json.member("value", number: point.value)
            if let dimension = point.dimension { json.member("dimension", dimension) }
            if let state = point.state { json.member("state", state) }
            json.raw("}")
        }
    }

    fileprivate mutating func member(_ name: StaticString, number value: Double) {
        raw(",\"")
        raw(name)
        raw("\":")
        number(value)
    }

    /// What an answer is about, and as of when.
    mutating func meta(_ metric: String, _ axis: MetricAxis, _ context: QueryContext) {
        raw("{\"metric\":")
        string(metric)
        member("start_date", Timestamp(milliseconds: axis.counted.lowerBound * 1000).iso8601)
        member("end_date", Timestamp(milliseconds: (axis.counted.upperBound - 1) * 1000).iso8601)
        member("granularity", axis.interval.granularity)
        raw(",")
        let incomplete = (0..<axis.bucketCount).filter { axis.end(of: $0) > context.now.seconds }
        asOf(context, incomplete: incomplete.map { axis.dates[$0] })
        raw("}")
    }
}
