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
        let plan = SegmentationPlan(query)
        let axis = TimeAxis(query.range, query.interval, in: context.zone, leadCount: plan.leadCount)
        return try await segmentation(plan, axis, context)
    }

    /// The same over any time axis.
    func segmentation(
        _ plan: SegmentationPlan,
        _ axis: TimeAxis,
        _ context: QueryContext
    ) async throws(QueryError) -> SegmentationAnswer {
        plan.answer(try await counted(plan, axis, context).result, axis)
    }

    /// All that the answer says, and how it was counted.
    func counted(
        _ plan: SegmentationPlan,
        _ axis: TimeAxis,
        _ context: QueryContext
    ) async throws(QueryError) -> (count: SegmentationCount, result: SegmentationCount.Result) {
        let query = plan.query
        let (data, names) = try await data(
            needing: try query.properties(context),
            events: try context.parts(of: query.events + query.segments.performedEvents),
            looksAtOthers: query.population != .any || plan.measures.keys.contains { $0.event == nil }
        )
        let count = SegmentationCount(
            plan: plan,
            axis: axis,
            data: data,
            names: names,
            context: context,
            cohorts: try await context.cohorts(query.segments)
        )
        var groups = try count.groups()
        let cells = groups.values.map { $0.count * (axis.bounds.count - 1) }.max() ?? 0
        if cells > mostCells {
            // First all buckets as one, to find the largest groups; then those in full. So memory is bounded by the limit,
            // however many values there are.
            let overall = try await count.run(plan.measures.mapValues(\.withoutWindows), groups, self, collapsing: true)
            var kept: [SegmentationCount.StreamKey: Set<Int>] = [:]
            for output in plan.outputs {
                let largest = query.largest(overall, output)
                for measure in output.expression.measures {
                    for key in [plan.stream(measure, output), plan.activeStream(measure, output)] {
                        kept[key, default: []].formUnion(largest.compactMap { overall.group(key, $0) })
                    }
                }
            }
            for (key, kept) in kept where !plan.groupBy(key).isEmpty { groups[key]?.keep(kept.sorted()) }
        }
        return (count, try await count.run(plan.measures, groups, self))
    }
}

extension SegmentationPlan {
    func answer(_ result: SegmentationCount.Result, _ axis: TimeAxis) -> SegmentationAnswer {
        SegmentationAnswer(
            axis: axis,
            series: outputs.flatMap { output in
                query.metric.isHistogram
                    ? query.histogram(result, output, axis) : query.series(result, output, axis)
            }
        )
    }
}

extension SegmentationQuery {
    fileprivate func series(
        _ result: SegmentationCount.Result,
        _ output: SegmentationPlan.Output,
        _ axis: TimeAxis
    ) -> [SegmentationAnswer.Series] {
        largest(result, output).map { group in
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

    /// The largest groups of an output. Source: Documentation/counting.md C21; of a histogram, those with the most in
    /// its bins.
    func largest(
        _ result: SegmentationCount.Result,
        _ output: SegmentationPlan.Output
    ) -> [[ExactText]] {
        let ranked = result.groups(of: output).largestFirst { group in
            metric.isHistogram ? result.binned(output, group) : result.collapsed(output, group)
        } group: {
            $0.map(\.string)
        }
        return Array(ranked.prefix(limit))
    }

    /// Ten bins of equal width from the smallest to the largest value in range, the last one closed; a series each.
    /// Source: Documentation/counting.md C16.
    fileprivate func histogram(
        _ result: SegmentationCount.Result,
        _ output: SegmentationPlan.Output,
        _ axis: TimeAxis
    ) -> [SegmentationAnswer.Series] {
        let groups = largest(result, output).compactMap { group in
            result.valueCounts(output, group).map { (group: group, counts: $0) }
        }
        guard let bins = HistogramBins(groups.map(\.counts)) else { return [] }
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

/// Bins of equal width; one if all values are the same.
struct HistogramBins {
    /// One more than there are bins. The ends are the values themselves: rounding leaves none of them out.
    private let edges: [Double]

    init(_ smallest: Double, _ largest: Double) {
        if smallest == largest {
            edges = [smallest, largest]
            return
        }
        // Multiplied first, as that rounds least, unless it is too much for a number.
        let isSmall = (largest * 10).isFinite && (smallest * 10).isFinite
        let between = (1..<10).map { bin in
            let (low, high) = (Double(10 - bin), Double(bin))
            return isSmall ? (smallest * low + largest * high) / 10 : smallest / 10 * low + largest / 10 * high
        }
        edges = [smallest] + between + [largest]
    }

    /// From the smallest to the largest number in range of several groups; `nil` if there are none.
    init?(_ groups: [SegmentationCount.ValueCounts]) {
        let ranges = groups.compactMap(\.range)
        guard let smallest = ranges.map(\.lowerBound).min(), let largest = ranges.map(\.upperBound).max() else {
            return nil
        }
        self.init(smallest, largest)
    }

    var indices: Range<Int> { 0..<edges.count - 1 }

    /// `nil` for a value outside of all.
    func index(of value: Double) -> Int? {
        guard value >= edges[0], value <= edges[edges.count - 1] else { return nil }
        // Against the edges as they are written, so that no rounding puts a value beside its label.
        return indices.last { value >= edges[$0] }
    }

    /// Events, or people, in a bin.
    ///
    /// - Parameters:
    ///   - events: by code of their value.
    ///   - numbers: by code; not a number where it is none.
    func count(_ bin: Int, _ events: [UInt32: Int], _ numbers: [Double]) -> Double {
        events.reduce(0) { sum, entry in
            let number = numbers[Int(entry.key)]
            return !number.isNaN && index(of: number) == bin ? sum + Double(entry.value) : sum
        }
    }

    func label(_ bin: Int) -> String {
        "\(PropertyValue.decimal(edges[bin]))-\(PropertyValue.decimal(edges[bin + 1]))"
    }
}

extension Set<FormulaMeasure> {
    fileprivate var withoutWindows: Set<FormulaMeasure> {
        Set(map { FormulaMeasure($0.quantity, $0.event) })
    }
}

extension QueryContext {
    /// Every plain event selector that some stand for.
    func parts(of events: [EventSelector]) throws(QueryError) -> [EventSelector] {
        var all: [EventSelector] = []
        for event in events { all.append(contentsOf: try parts(of: event)) }
        return all
    }

    /// The people of every cohort that segments name.
    func cohorts(_ segments: [Segment]) async throws(QueryError) -> [String: Set<Int32>] {
        var cohorts: [String: Set<Int32>] = [:]
        for id in segments.flatMap({ $0.cohorts.flatMap(\.ids) }) where cohorts[id] == nil {
            guard let members = await cohort(id) else { throw .unknownCohort(id) }
            cohorts[id] = members
        }
        return cohorts
    }
}

extension [Segment] {
    /// The events that their conditions count.
    var performedEvents: [EventSelector] { flatMap { $0.performed.map(\.event) } }
}
