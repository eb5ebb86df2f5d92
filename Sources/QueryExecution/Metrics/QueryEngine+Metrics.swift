import ColumnEngine
import EventModel
import FoldEngine
import Formulas
public import QueryModel

extension QueryEngine {
    /// Source: Documentation/metrics.md V3 to V14.
    public func metric(_ query: MetricQuery, _ context: QueryContext) async throws(QueryError) -> MetricAnswer {
        let query = try await resolved(query, context)
        try MetricRun.check(MetricAxis.mostBuckets(query.range, query.interval), most: 20 * MetricRun.mostPoints)
        let plan = MetricPlan(query)
        let axis = plan.axis(query.range, in: context.zone)
        var prepared = try await prepare(plan.needs, over: .whole(axis), axis.counted, context)
        let reading = try plan.reading(&prepared)
        let split = query.breakdown.map { MetricSplit($0, prepared.data, prepared.names) } ?? MetricSplit()
        let run = MetricRun(plan, reading, prepared, split, mostCells: mostCells)
        let kept = try await run.kept(over: axis)
        var answer = MetricAnswer(period: try await run.period(axis, counted: kept))
        if let previous = query.previous {
            answer.previous = try await run.period(plan.axis(previous, in: context.zone), kept)
        }
        return answer
    }

    /// The same, of properties of which it is known whose they are.
    private func resolved(
        _ query: MetricQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> MetricQuery {
        var query = query
        if let breakdown = query.breakdown { query.breakdown = try await resolved([breakdown], context)[0] }
        let properties = try await resolved(query.conditions.map(\.property), context)
        for index in properties.indices { query.conditions[index].property = properties[index] }
        switch query.metric {
        case .values(let property, let arithmetic):
            query.metric = .values(of: try await resolved([property], context)[0], arithmetic)
        case .perActor(let property?, let summary):
            query.metric = .perActor(of: try await resolved([property], context)[0], summary)
        default: break
        }
        return query
    }
}

extension TimeAxis {
    /// All that a metric's axis counts, as one bucket.
    fileprivate static func whole(_ axis: MetricAxis) -> TimeAxis {
        TimeAxis(
            .all,
            bounds: [axis.counted.lowerBound, axis.counted.upperBound],
            labels: [axis.dates[0]],
            dates: [CalendarDate(daysSinceEpoch: 0)]
        )
    }
}
