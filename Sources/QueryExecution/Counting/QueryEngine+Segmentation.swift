import ColumnEngine
import EventModel
import FoldEngine
import Formulas
public import QueryModel

extension QueryEngine {
    /// Source: Documentation/counting.md C13 to C23.
    public func segmentation(
        _ query: SegmentationQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> SegmentationAnswer {
        let query = try await withRevenueOfProperties(try await resolved(query, context), context)
        let plan = SegmentationPlan(query)
        let axis = TimeAxis(query.range, query.interval, in: context.zone, leadCount: plan.leadCount)
        return try await segmentation(plan, axis, context)
    }

    /// REVENUETOTAL of an event that is grouped by a number is the sum of that, not of the revenue; a property is a number if
    /// every value is one that any event has. Source: Documentation/counting.md C24.
    private func withRevenueOfProperties(
        _ query: SegmentationQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> SegmentationQuery {
        guard case .formulas(let formulas) = query.metric else { return query }
        let measures = formulas.flatMap(\.measures).filter { $0.quantity == .revenueTotal }
        let events = Set(measures.map(\.event.index)).filter { !query.events[$0].groupBy.isEmpty }
        if events.isEmpty { return query }
        let axis = TimeAxis(query.range, query.interval, in: context.zone)
        // All events, as what is a number must not depend on which of them happen to be at hand.
        let needs = QuestionNeeds(events: query.events, segments: query.segments, properties: query.groupBys)
        let data = try await prepare(needs, over: axis, axis.counted, context).data
        let numeric = events.filter { data.isNumeric(query.events[$0].groupBy[0]) }
        var query = query
        query.metric = .formulas(
            formulas.map { formula in
                guard case .value(let expression) = formula.content else { return formula }
                var formula = formula
                formula.content = .value(
                    expression.mapQuantities { quantity, event in
                        quantity == .revenueTotal && numeric.contains(event.index) ? .propertySum : quantity
                    }
                )
                return formula
            }
        )
        return query
    }

    /// The same over any time axis.
    func segmentation(
        _ plan: SegmentationPlan,
        _ axis: TimeAxis,
        _ context: QueryContext
    ) async throws(QueryError) -> SegmentationAnswer {
        try plan.answer(try await counted(plan, axis, context).result, axis)
    }

    /// All that the answer says, and how it was counted.
    func counted(
        _ plan: SegmentationPlan,
        _ axis: TimeAxis,
        _ context: QueryContext
    ) async throws(QueryError) -> (count: SegmentationCount, result: SegmentationResult) {
        let query = plan.query
        let count = SegmentationCount(plan, try await prepare(plan.needs, over: axis, axis.counted, context))
        var groups = try count.groups()
        let cells = groups.values.map { $0.count * (axis.bounds.count - 1) }.max() ?? 0
        if cells > mostCells {
            // First all buckets as one, to find the largest groups; then those in full. So memory is bounded by the limit,
            // however many values there are.
            let overall = try await count.result(plan.measures.mapValues(\.withoutWindows), groups, collapsing: true)
            var kept: [SegmentationPlan.StreamKey: Set<Int>] = [:]
            for output in plan.outputs {
                let largest = try query.largest(overall, output)
                for measure in output.expression.measures {
                    for key in [plan.stream(measure, output), plan.activeStream(measure, output)] {
                        kept[key, default: []].formUnion(largest.compactMap { overall.group(key, $0) })
                    }
                }
            }
            for (key, kept) in kept where !plan.groupBy(key).isEmpty { groups[key]?.keep(kept.sorted()) }
        }
        return (count, try await count.result(plan.measures, groups))
    }
}

extension SegmentationPlan {
    func answer(_ result: SegmentationResult, _ axis: TimeAxis) throws(QueryError) -> SegmentationAnswer {
        var series: [SegmentationAnswer.Series] = []
        for output in outputs {
            series +=
                query.metric.isHistogram
                ? try query.histogram(result, output, axis) : try query.series(result, output, axis)
        }
        return SegmentationAnswer(axis: axis, series: series)
    }
}

extension SegmentationQuery {
    fileprivate func series(
        _ result: SegmentationResult,
        _ output: SegmentationPlan.Output,
        _ axis: TimeAxis
    ) throws(QueryError) -> [SegmentationAnswer.Series] {
        try shown(largest(result, output), result.width(of: output)).map { group in
            SegmentationAnswer.Series(
                event: output.event,
                segment: output.segment,
                formula: output.formula,
                group: group.map(\.string),
                values: result.values(output, group, shown: axis.bucketCount),
                collapsed: result.collapsed(output, group)
            )
        }
    }

    /// Where nobody is in range, that is one group without values. Source: Documentation/counting.md C30.
    private func shown(_ groups: [[ExactText]], _ width: Int) -> [[ExactText]] {
        groups.isEmpty ? [Array(repeating: ExactText(noValueLabel), count: width)] : groups
    }

    /// The largest groups of an output. Source: Documentation/counting.md C21; of a histogram, those with the most in
    /// its bins.
    func largest(
        _ result: SegmentationResult,
        _ output: SegmentationPlan.Output
    ) throws(QueryError) -> [[ExactText]] {
        try result.largest(output, limit: limit, isHistogram: metric.isHistogram)
    }

    /// Bins from the smallest to the largest value in range; a series each. Source: Documentation/counting.md C16.
    fileprivate func histogram(
        _ result: SegmentationResult,
        _ output: SegmentationPlan.Output,
        _ axis: TimeAxis
    ) throws(QueryError) -> [SegmentationAnswer.Series] {
        let groups = try largest(result, output).compactMap { group in
            result.valueCounts(output, group).map { (group: group, counts: $0) }
        }
        guard let bins = HistogramBins(groups.map(\.counts)) else {
            let nothing = SegmentationAnswer.Series(
                event: output.event,
                segment: output.segment,
                group: shown([], result.width(of: output) + 1)[0].map(\.string),
                values: Array(repeating: 0, count: axis.bucketCount),
                collapsed: 0
            )
            return [nothing]
        }
        return groups.flatMap { group, counts in
            bins.indices.map { bin in
                func count(_ cell: [UInt32: Int]) -> Double { bins.count(bin, cell, counts.numbers) }
                return SegmentationAnswer.Series(
                    event: output.event,
                    segment: output.segment,
                    group: group.map(\.string) + [bins.label(bin)],
                    values: output.averages(counts.buckets.map(count), shown: axis.bucketCount),
                    collapsed: count(counts.collapsed)
                )
            }
        }
    }
}

extension Set<FormulaMeasure> {
    fileprivate var withoutWindows: Set<FormulaMeasure> {
        Set(map { FormulaMeasure($0.quantity, $0.event) })
    }
}
