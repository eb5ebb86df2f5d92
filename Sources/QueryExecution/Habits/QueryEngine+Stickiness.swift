import ColumnEngine
import EventModel
import FoldEngine
import Formulas
public import QueryModel

extension QueryEngine {
    /// Source: Documentation/asking.md Q13.
    public func stickiness(
        _ query: StickinessQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> StickinessAnswer {
        switch query.rule {
        case .amplitude(let isCumulative):
            let result = try await plan(query, context).result()
            return .days(result.axis, people: result.fold.people, counts: result.counts(isCumulative))
        case .calendar(let people):
            let byDay = try await segmentation(query.byDay(people), context)
            let axis = TimeAxis(query.range, query.interval, in: context.zone)
            return .shares(axis, axis.means(ofDays: byDay.series[0].values, byDay.axis))
        }
    }

    private func plan(
        _ query: StickinessQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> FoldPlan<StickinessScan> {
        let axis = TimeAxis(query.range, query.interval, in: context.zone)
        var prepared = try await prepare(
            QuestionNeeds(events: [query.event], segments: query.segments, looksAtOthers: false),
            over: axis,
            axis.shown,
            context
        )
        let events = try RepeatedEvents(query.event, in: query.segments[0], counted: axis.shown, &prepared)
        let days = TimeAxis(query.range, .day, in: context.zone)
        return FoldPlan(StickinessScan(axis, days: days, events), over: prepared.data, prepared.scan)
    }

    /// The people of whom a cell of ``stickiness(_:_:)`` is made: series n is of n + 1 days; by the calendar there is one series,
    /// of days, whose cells are the people above the fraction line.
    public func users(
        of cell: SeriesCell,
        in query: StickinessQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        switch query.rule {
        case .amplitude(let isCumulative):
            try QueryError.check(.series, cell.series, of: StickinessScan.mostDays(query.interval))
            let plan = try await plan(query, context)
            let bucketCount = plan.nothing.axis.bucketCount
            guard let index = cell.index else { throw .noSuchCell(.index, valid: 0..<bucketCount) }
            try QueryError.check(.index, index, of: bucketCount)
            return try await plan.users(page) { .of(people: $0.counts(isCumulative)[cell.series][index]) }
        case .calendar(let people):
            guard query.interval == .day else { throw .notMadeOfUsers(.meanOfQuotients(.shareOfActive)) }
            var shares = query.byDay(people)
            shares.metric = .uniques
            shares.rolling = people == .week ? .window(7) : .none
            guard cell.index != nil else {
                throw .noSuchCell(.index, valid: 0..<TimeAxis(query.range, .day, in: context.zone).bucketCount)
            }
            return try await users(of: cell, in: shares, page, context)
        }
    }
}

extension StickinessQuery {
    /// The parts of the single days, in percent.
    fileprivate func byDay(_ people: Numerator) -> SegmentationQuery {
        let part = people == .day ? "UNIQUES(A)" : "ROLLWIN(UNIQUES,A,7)"
        guard let formulas = try? Formula.list(parsing: "100*\(part)/ROLLWIN(UNIQUES,A,30)") else {
            preconditionFailure("a formula of our own")
        }
        var frame = frame
        frame.interval = .day
        return SegmentationQuery(events: [event], metric: .formulas(formulas), in: frame)
    }
}

extension TimeAxis {
    /// By bucket: the mean of its days.
    fileprivate func means(ofDays values: [Double], _ days: TimeAxis) -> [Double] {
        (0..<bucketCount).map { bucket in
            let time = bounds[leadCount + bucket]..<bounds[leadCount + bucket + 1]
            let own = values.indices.filter { time.contains(days.bounds[days.leadCount + $0]) }.map { values[$0] }
            return own.isEmpty ? 0 : own.reduce(0, +) / Double(own.count)
        }
    }
}
