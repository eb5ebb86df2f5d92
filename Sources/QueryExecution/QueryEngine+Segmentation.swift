import ColumnEngine
public import EventModel
import FoldEngine
public import QueryModel

extension QueryEngine {
    /// - Parameter zone: the project's, in which days begin.
    public func segmentation(
        _ query: SegmentationQuery,
        zone: ProjectTimeZone
    ) async throws(QueryError) -> SegmentationAnswer {
        let axis = TimeAxis.days(of: query.range, in: zone)
        let groupBy = query.event.groupBy ?? query.groupBy
        let needed = Set(query.event.filters.map(\.property) + (groupBy.map { [$0] } ?? []))
        let (view, names) = try await view(needing: needed, events: [query.event])
        var selector = RowSelector(query.event, axis: axis, view: view, names: names)
        guard let groupBy else {
            let fold = try await folding { [selector] in
                try await view.fold(SegmentationFold(bucketStarts: axis.starts, seriesCount: 1), selecting: selector)
            }
            return SegmentationAnswer(axis: axis, series: [fold.series(0, group: nil, query.metric)])
        }

        let plan = GroupPlan(groupBy, values: view.values[groupBy] ?? [.none])
        // First the whole range as one bucket, to find the largest groups; then those in full. So memory is bounded by
        // the limit, however many values there are.
        let wholeRange = [axis.starts[0], axis.starts[axis.bucketCount]]
        selector.grouping = plan.grouping
        let overall = try await folding { [selector] in
            try await view.fold(
                SegmentationFold(bucketStarts: wholeRange, seriesCount: plan.labels.count),
                selecting: selector
            )
        }
        let ranked = Self.rank(overall.collapsed(query.metric), plan.labels).prefix(query.limit)
        selector.grouping = plan.grouping(
            Dictionary(uniqueKeysWithValues: ranked.enumerated().map { ($0.element, $0.offset) })
        )
        let fold = try await folding { [selector] in
            try await view.fold(
                SegmentationFold(bucketStarts: axis.starts, seriesCount: ranked.count),
                selecting: selector
            )
        }
        return SegmentationAnswer(
            axis: axis,
            series: ranked.enumerated().map { fold.series($0.offset, group: plan.labels[$0.element], query.metric) }
        )
    }

    /// Groups with a value, the largest first; ties by label, `(none)` last. Source: decisions.md 11.
    static func rank(_ values: [Int], _ labels: [String]) -> [Int] {
        values.indices.filter { values[$0] > 0 }.sorted { a, b in
            if values[a] != values[b] { return values[a] > values[b] }
            let (noValueA, noValueB) = (labels[a] == noValueLabel, labels[b] == noValueLabel)
            return noValueA != noValueB ? noValueB : ExactText(labels[a]) < ExactText(labels[b])
        }
    }
}

extension SegmentationFold {
    fileprivate func collapsed(_ metric: SegmentationQuery.Metric) -> [Int] {
        switch metric {
        case .uniques: collapsedUniques
        case .totals: collapsedTotals
        }
    }

    fileprivate func series(
        _ index: Int,
        group: String?,
        _ metric: SegmentationQuery.Metric
    ) -> SegmentationAnswer.Series {
        let all =
            switch metric {
            case .uniques: uniques
            case .totals: totals
            }
        let buckets = all.count / collapsedTotals.count
        return SegmentationAnswer.Series(
            group: group,
            values: Array(all[index * buckets..<(index + 1) * buckets]),
            collapsed: collapsed(metric)[index]
        )
    }
}
