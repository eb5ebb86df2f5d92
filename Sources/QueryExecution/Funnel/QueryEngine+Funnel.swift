import ColumnEngine
import EventModel
import FoldEngine
public import QueryModel

extension QueryEngine {
    /// Source: Documentation/funnels.md F9 to F18.
    public func funnel(_ query: FunnelQuery, _ context: QueryContext) async throws(QueryError) -> FunnelAnswer {
        let plan = try await plan(query, context)
        let result = try await plan.result()
        let (axis, window) = (result.axis, query.window.seconds(for: query.order))
        return FunnelAnswer(
            axis: axis,
            isComplete: (0..<axis.bucketCount).map { axis.end(of: $0) + window <= context.now.seconds },
            series: query.segments.indices.flatMap { result.series($0, limit: query.limit).map(\.answer) }
        )
    }

    /// What is folded, and over what.
    func plan(
        _ query: FunnelQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> FoldPlan<FunnelScan> {
        let query = try await resolved(query, context)
        let axis = TimeAxis(query.range, query.interval, in: context.zone)
        let window = query.window.seconds(for: query.order)
        var prepared = try await prepare(
            QuestionNeeds(
                events: query.steps,
                segments: query.segments,
                properties: query.groupBys + [.revenue],
                looksAtOthers: query.isOfNewPeople || query.order == .sequential
            ),
            over: axis,
            axis.shown.lowerBound..<axis.shown.upperBound + window,
            context
        )
        let groups = try FunnelGroups(query, prepared.data)
        guard groups.seriesCount * axis.bucketCount * query.steps.count <= mostCells else {
            throw .tooLarge(.cells(groups: groups.seriesCount, buckets: axis.bucketCount))
        }
        let entries = try prepared.starts(
            with: query.steps[0],
            in: query.segments,
            of: query.isOfNewPeople ? .new : .any
        )
        var steps: [MatcherPlan.Matched] = []
        for step in query.steps { steps.append(try prepared.match(step)) }
        let nothing = FunnelScan(
            axis: axis,
            order: query.order.fold,
            window: window,
            entries: entries,
            steps: steps,
            scan: prepared.scan,
            activeTypes: prepared.types(.anyActive),
            groups: groups,
            amounts: prepared.data.amounts,
            countedTypes: prepared.countedTypes
        )
        return FoldPlan(nothing, over: prepared.data, prepared.scan)
    }

    // MARK: Users of a cell

    /// The people of whom a cell of ``funnel(_:_:)`` is made.
    public func users(
        of cell: FunnelCell,
        in query: FunnelQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        let plan = try await plan(query, context)
        let bucketCount = plan.nothing.axis.bucketCount
        try QueryError.check(.step, cell.step, of: query.steps.count)
        if cell.isLost, cell.step == 0 { throw .noSuchCell(.step, valid: 1..<query.steps.count) }
        if let day = cell.day { try QueryError.check(.day, day, of: bucketCount) }
        let result = try await plan.result()
        let series = query.segments.indices.flatMap { result.series($0, limit: query.limit) }
        try QueryError.check(.series, cell.series, of: series.count)

        let (number, wanted) = series[cell.series]
        let narrow = plan.nothing.only(wanted.segment, series: number)
        return try await plan.users(page, of: narrow) { scan in
            let tally =
                cell.day.map { scan.folds[0].tally(series: 0, bucket: $0) } ?? scan.folds[0].overall(series: 0)
            let people =
                cell.isLost
                ? tally.reached[cell.step - 1] - tally.reached[cell.step] : tally.reached[cell.step]
            return .of(people: people)
        }
    }
}

extension FunnelQuery.StepOrder {
    var fold: FunnelOrder {
        switch self {
        case .ordered: .ordered
        case .unordered: .unordered
        case .sequential: .sequential
        }
    }
}

extension EventData {
    /// By code of the revenue: what an event brought in; empty if none brought in anything.
    fileprivate var amounts: [Double] {
        let amounts = numbers(of: .revenue).map { $0.isNaN ? 0 : $0 }
        return amounts.contains { $0 != 0 } ? amounts : []
    }
}
