import ColumnEngine
import EventModel
public import QueryModel

extension QueryEngine {
    /// Source: Documentation/asking.md Q12.
    public func lifecycle(_ query: LifecycleQuery, _ context: QueryContext) async throws(QueryError) -> LifecycleAnswer
    {
        let result = try await plan(query, context).result()
        return LifecycleAnswer(axis: result.axis, people: result.people)
    }

    private func plan(
        _ query: LifecycleQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> FoldPlan<LifecycleScan> {
        let axis = TimeAxis(query.periods(in: context.zone), query.interval, in: context.zone, leadCount: 1)
        // Whose first time it is shows only in all that they ever did.
        let first = query.rule == .calendar ? min(0, axis.bounds[0]) : axis.bounds[0]
        var prepared = try await prepare(
            QuestionNeeds(events: [query.event], segments: query.segments),
            over: axis,
            first..<axis.shown.upperBound,
            context
        )
        let counted = axis.bounds[0]..<axis.shown.upperBound
        let events = try RepeatedEvents(query.event, in: query.segments[0], counted: counted, &prepared)
        return FoldPlan(LifecycleScan(axis, query.rule, events), over: prepared.data, prepared.scan)
    }

    /// The people of whom a cell of ``lifecycle(_:_:)`` is made: the series are the states.
    public func users(
        of cell: SeriesCell,
        in query: LifecycleQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        try QueryError.check(.series, cell.series, of: LifecycleAnswer.State.allCases.count)
        let plan = try await plan(query, context)
        let bucketCount = plan.nothing.axis.bucketCount
        guard let index = cell.index else { throw .noSuchCell(.index, valid: 0..<bucketCount) }
        try QueryError.check(.index, index, of: bucketCount)
        return try await plan.users(page) { .of(people: $0.people[cell.series][index]) }
    }
}

extension LifecycleQuery {
    /// What is asked for: by the calendar, whole periods.
    fileprivate func periods(in zone: ProjectTimeZone) -> ChartRange {
        guard rule == .calendar else { return range }
        let days = range.days(in: zone)
        let last = days.last.start(of: interval).adding(1, interval).adding(days: -1)
        return DateRange(first: days.first.start(of: interval), last: last).map { .days($0) } ?? range
    }
}
