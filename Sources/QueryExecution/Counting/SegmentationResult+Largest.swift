import EventModel
import FoldEngine
import Formulas
import QueryModel

extension SegmentationResult {
    /// The largest groups in which an output has events that it looks at, by their labels; one without labels if nothing
    /// splits it. Where its events are split by more or by fewer properties, by those of the most. The size of a group is
    /// its value over the whole range; of a histogram, what is in its bins.
    ///
    /// - Complexity: of many groups, nothing is made but a number of each.
    func largest(_ output: SegmentationPlan.Output, limit: Int, isHistogram: Bool) throws(QueryError) -> [[ExactText]] {
        let keys = Set(output.expression.measures.map { plan.stream($0, output) })
        let width = width(of: output)
        if width == 0 { return [[]] }
        let wide = keys.filter { plan.groupBy($0).count == width }
        var largest: [[ExactText]: Double] = [:]
        // Streams that are split by the same properties number their groups alike.
        for streams in Dictionary(grouping: wide, by: { plan.groupBy($0) }).values {
            guard let groups = folds[streams[0]]?.groups else { continue }
            for ranked in try self.largest(output, of: streams, groups, limit: limit, isHistogram: isHistogram) {
                largest[groups.labels(of: ranked.group).map { ExactText($0) }] = ranked.size
            }
        }
        return Array(
            Array(largest.keys).largestFirst(by: { largest[$0] ?? 0 }, group: { $0.map(\.string) }).prefix(limit)
        )
    }

    private struct Ranked {
        var group: Int
        var size: Double
    }

    private func largest(
        _ output: SegmentationPlan.Output,
        of streams: [StreamKey],
        _ groups: GroupPlan,
        limit: Int,
        isHistogram: Bool
    ) throws(QueryError) -> [Ranked] {
        let unseen = max(0, leadCount - output.leadCount)
        let size = isHistogram ? { binned(output, groups.exactLabels(of: $0)) } : size(of: output, groups)
        var hasEvents = [Bool](repeating: false, count: groups.count)
        for (fold, own) in streams.compactMap({ folds[$0] }) {
            for (series, group) in own.groups.enumerated() where fold.hasEvents(in: series, from: unseen) {
                hasEvents[group] = true
            }
        }
        var leading = Leading<Ranked>(limit) {
            $0.size != $1.size ? $0.size > $1.size : groups.precedes($0.group, $1.group)
        }
        var check = CancellationCheck()
        for group in hasEvents.indices where hasEvents[group] {
            try check.next()
            leading.add(Ranked(group: group, size: size(group)))
        }
        return leading.elements
    }

    /// What gives the value of an output over the whole range, by the number of the group: of a plain measure without
    /// looking up a label.
    private func size(of output: SegmentationPlan.Output, _ groups: GroupPlan) -> (Int) -> Double {
        guard case .measure(let measure) = output.expression.overWholeRange,
            let (key, counted) = counted(measure, plan.stream(measure, output)),
            let own = folds[key], let series = seriesByGroup(key, groups)
        else { return { collapsed(output, groups.exactLabels(of: $0)) } }
        let active = activeStream(measure, output, groups)
        return { group in
            guard let number = series(group) else { return 0 }
            let value = counted.collapsed(own.fold, series: number) {
                active?.series(group).map { active?.fold.collapsedUniques(of: $0, counted.window.buckets) ?? 0 } ?? 0
            } otherwise: {
                values(measure, output, groups.exactLabels(of: group)).collapsed
            }
            // The zero with a minus is one that no reader expects.
            return value.isFinite ? value + 0 : 0
        }
    }

    private func activeStream(
        _ measure: FormulaMeasure,
        _ output: SegmentationPlan.Output,
        _ groups: GroupPlan
    ) -> (fold: SegmentationFold, series: (Int) -> Int?)? {
        let uniques = FormulaMeasure(.uniques, measure.event, measure.window)
        guard let (key, _) = counted(uniques, plan.activeStream(measure, output)), let own = folds[key],
            let series = seriesByGroup(key, groups)
        else { return nil }
        return (own.fold, series)
    }

    /// What gives the series of a group in a stream; `nil` if only labels tell.
    private func seriesByGroup(_ key: StreamKey, _ groups: GroupPlan) -> ((Int) -> Int?)? {
        guard let own = folds[key]?.groups else { return nil }
        if own.properties.isEmpty { return { _ in 0 } }
        guard own.properties == groups.properties else { return nil }
        return { own.series[$0] >= 0 ? Int(own.series[$0]) : nil }
    }
}

extension GroupPlan {
    fileprivate func exactLabels(of group: Int) -> [ExactText] { labels(of: group).map { ExactText($0) } }
}

extension FormulaMeasure {
    /// The value of one series over the whole range.
    ///
    /// - Parameters:
    ///   - active: the active people.
    ///   - otherwise: gives the value where it takes more than a look at a few numbers.
    fileprivate func collapsed(
        _ fold: SegmentationFold,
        series: Int,
        active: () -> Double,
        otherwise: () -> Double
    ) -> Double {
        let window = window.buckets
        func quotient(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
        switch quantity {
        case .uniques: return fold.collapsedUniques(of: series, window)
        case .totals: return fold.collapsedTotals(of: series)
        case .average: return quotient(fold.collapsedTotals(of: series), fold.collapsedUniques(of: series, window))
        case .activeShare: return quotient(fold.collapsedUniques(of: series, window), active())
        case .propertySum, .revenueTotal: return fold.collapsedSum(of: series)
        case .propertyAverage: return quotient(fold.collapsedSum(of: series), fold.collapsedNumberCount(of: series))
        case .sumPerActivePerson: return quotient(fold.collapsedSum(of: series), active())
        case .frequencyPercentile, .propertyMaximum, .propertyMinimum, .propertyValues, .propertyPercentile,
            .propertyValuesPerPerson:
            return otherwise()
        }
    }
}
