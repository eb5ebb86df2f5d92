import ColumnEngine
import EventModel
import FoldEngine
public import QueryModel

extension QueryEngine {
    /// Source: Documentation/funnels.md F9 to F18.
    public func funnel(_ query: FunnelQuery, _ context: QueryContext) async throws(QueryError) -> FunnelAnswer {
        let plan = try await plan(query, context)
        let result = try await folding { try await plan.data.fold(plan.nothing, over: plan.scan) }
        let (axis, window) = (result.axis, query.window.seconds(for: query.order))
        return FunnelAnswer(
            axis: axis,
            isComplete: (0..<axis.bucketCount).map { axis.bounds[$0 + 1] + window <= context.now.seconds },
            series: query.segments.indices.flatMap { result.series($0, limit: query.limit) }
        )
    }

    /// What is folded, and over what.
    func plan(
        _ query: FunnelQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> (data: EventData, nothing: FunnelScan, scan: EventScan) {
        let axis = TimeAxis(query.range, query.interval, in: context.zone)
        var needed = Set(query.groupBy.map { [$0] } ?? [])
        for event in query.steps { needed.formUnion(try context.properties(of: event)) }
        needed.formUnion(try context.properties(of: query.segments))
        let (data, names) = try await data(
            needing: needed,
            events: try context.parts(of: query.steps + query.segments.performedEvents),
            looksAtOthers: query.isOfNewPeople || query.order == .sequential
        )
        let window = query.window.seconds(for: query.order)
        let planner = SegmentPlanner(
            context: context,
            axis: axis,
            data: data,
            cohorts: try await context.cohorts(query.segments)
        )
        let grouping = FunnelGrouping(query)
        let groups = try GroupPlan(grouping.map { [$0.property] } ?? [], data)
        guard groups.count * axis.bucketCount * query.steps.count <= mostCells else {
            throw .tooLarge(.cells(groups: groups.count, buckets: axis.bucketCount))
        }

        var matchers = MatcherPlan(data: data, names: names, context: context)
        var times = axis.shown.lowerBound..<axis.shown.upperBound + window
        let entries = try planner.starts(
            with: query.steps[0],
            in: query.segments,
            of: query.isOfNewPeople ? .new : .any,
            &matchers,
            &times
        )
        var steps: [MatcherPlan.Matched] = []
        for step in query.steps { steps.append(try matchers.match(step)) }
        let nothing = FunnelScan(
            axis: axis,
            order: query.order.fold,
            window: window,
            entries: entries,
            steps: steps,
            scan: matchers.scan(times),
            // Of those that are no step, what may come between steps and matters there.
            intruders: query.order == .sequential ? matchers.types(.anyActive) : [],
            grouping: grouping,
            groups: groups,
            countedTypes: matchers.types(.any)
        )
        return (data, nothing, matchers.scan(times))
    }
}

/// The label of people who did not come to the step whose event splits the funnel.
/// Source: Documentation/funnels.md F13.
let didNotReachLabel = "(did not reach)"

/// What splits a funnel: a property of the event that fills one step.
struct FunnelGrouping: Sendable {
    var property: PropertyReference
    var step: Int

    init?(_ query: FunnelQuery) {
        if let property = query.groupBy {
            self.property = property
            step = 0
        } else if let step = query.steps.firstIndex(where: { !$0.groupBy.isEmpty }) {
            property = query.steps[step].groupBy[0]
            self.step = step
        } else {
            return nil
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
