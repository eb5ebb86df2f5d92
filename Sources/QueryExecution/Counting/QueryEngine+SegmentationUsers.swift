import ColumnEngine
import EventModel
import Formulas
public import QueryModel

// The people of whom single cells are made, of everything that is counted as a segmentation is. Which series is which
// comes from the ordinary answer; then the same count, of that series alone, is folded over each person alone.

extension QueryEngine {
    /// The people of whom a cell of ``segmentation(_:_:)`` is made.
    ///
    /// Of averages and of shares of the active people, those above the fraction line. Where values are averaged over
    /// buckets, a person's value is averaged likewise.
    ///
    /// - Throws: `notMadeOfUsers` for averages of values and for formulas.
    public func users(
        of cell: SeriesCell,
        in query: SegmentationQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        let query = try await resolved(query, context)
        var shares = query
        shares.metric = try query.metricOfShares()
        let plan = SegmentationPlan(query)
        let axis = TimeAxis(query.range, query.interval, in: context.zone, leadCount: plan.leadCount)
        return try await users(of: cell, in: plan, SegmentationPlan(shares), axis, page, context) { $0 }
    }

    /// The people of whom a cell of ``activeUsers(_:_:)`` is made. Its answer has no values over the whole range.
    public func users(
        of cell: SeriesCell,
        in query: ActiveUsersQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        let query = try await resolved(query, context)
        let axis = query.axis(context)
        guard cell.index != nil else { throw .noSuchCell(.index, valid: 0..<axis.bucketCount) }
        return try await users(of: cell, in: query.plan, query.plan, axis, page, context) { query.ordered($0) }
    }

    /// The people of whom a cell of ``composition(_:_:)`` is made: one series, whose indexes are the values.
    public func users(
        of cell: SeriesCell,
        in query: CompositionQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        try QueryError.check(.series, cell.series, of: 1)
        let query = try await resolved(query, context)
        let (plan, axis) = (query.plan, query.axis(context))
        do throws(QueryError) {
            let value = SeriesCell(series: cell.index ?? -1, index: nil)
            return try await users(of: value, in: plan, plan, axis, page, context) { $0 }
        } catch .noSuchCell(_, let valid) {
            throw .noSuchCell(.index, valid: valid)
        }
    }

    /// The people of whom a cell of ``revenue(_:_:)`` is made: of quotients, those who paid. Its answer has no values over
    /// the whole range.
    public func users(
        of cell: SeriesCell,
        in query: RevenueQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        let query = try await resolved(query, context)
        let axis = TimeAxis(query.range, query.interval, in: context.zone)
        guard cell.index != nil else { throw .noSuchCell(.index, valid: 0..<axis.bucketCount) }
        let plan = SegmentationPlan(query.segmentation(query.metric))
        let shares = SegmentationPlan(query.segmentation(query.metric == .paying ? .paying : .total))
        return try await users(of: cell, in: plan, shares, axis, page, context) { $0 }
    }

    /// - Parameters:
    ///   - plan: of the ordinary answer.
    ///   - shares: the same, but of what people have a share in.
    ///   - ordered: puts the answer's series into their places.
    private func users(
        of cell: SeriesCell,
        in plan: SegmentationPlan,
        _ shares: SegmentationPlan,
        _ axis: TimeAxis,
        _ page: UserPage,
        _ context: QueryContext,
        _ ordered: ([SegmentationAnswer.Series]) -> [SegmentationAnswer.Series]
    ) async throws(QueryError) -> CellUsers {
        if let index = cell.index { try QueryError.check(.index, index, of: axis.bucketCount) }
        let (count, result) = try await counted(plan, axis, context)
        let series = ordered(try plan.answer(result, axis).series)
        try QueryError.check(.series, cell.series, of: series.count)

        let wanted = series[cell.series]
        let sharesOfSeries = shares.only(wanted)
        let output = sharesOfSeries.outputs[0]
        let isHistogram = plan.query.metric.isHistogram
        let group = wanted.group.dropLast(isHistogram ? 1 : 0).map { ExactText($0) }
        let people = output.people
        var measures = sharesOfSeries.measures
        for measure in people?.expression.measures ?? [] {
            measures[sharesOfSeries.stream(measure, output), default: []].insert(measure)
        }
        let countOfSeries = count.counting(sharesOfSeries)
        let planned = try countOfSeries.planned(measures, try countOfSeries.groups(group))
        if isHistogram {
            let groups = try plan.query.largest(result, output).compactMap { result.valueCounts(output, $0) }
            guard let bins = HistogramBins(groups) else { return .nobody }
            // The bins of a group follow on from one another.
            let bin = series[..<cell.series].count { $0.isBeside(wanted) }
            return try await planned.fold.users(page) { counted in
                planned.result(counted).share(output, group, at: cell.index, shown: axis.bucketCount, in: bins, bin)
                    .map { Share(value: $0) }
            }
        }
        return try await planned.fold.users(page) { counted in
            let result = planned.result(counted)
            return result.share(output, group, at: cell.index, shown: axis.bucketCount).map { value in
                let people = people.flatMap { result.share($0, group, at: cell.index, shown: axis.bucketCount) }
                return Share(value: value, people: people.map { Int($0) })
            }
        }
    }
}

extension SegmentationPlan.Output {
    /// How many people have a share in what it says; `nil` where some have events, but no share, or it is averaged.
    fileprivate var people: SegmentationPlan.Output? {
        guard average == 1, expression.measures.allSatisfy({ $0.operand == .none }) else { return nil }
        var output = self
        output.expression = expression.mapMeasures { .measure(FormulaMeasure(.uniques, $0.event, $0.window)) }
        return output
    }
}

extension SegmentationQuery {
    /// The metric in which each person has a share.
    fileprivate func metricOfShares() throws(QueryError) -> Metric {
        switch metric {
        case .uniques, .totals, .histogram, .frequencyHistogram, .sum: return metric
        case .average, .shareOfActive:
            if case .average = rolling {
                throw .notMadeOfUsers(.meanOfQuotients(metric))
            }
            return metric == .average ? .totals : .uniques
        case .valueAverage:
            throw .notMadeOfUsers(.valueAverage)
        case .formulas:
            throw .notMadeOfUsers(.formula)
        }
    }
}

extension SegmentationAnswer.Series {
    /// Whether it is about the same group of a histogram, whatever the bin.
    fileprivate func isBeside(_ other: Self) -> Bool {
        (event, segment) == (other.event, other.segment) && group.dropLast() == other.group.dropLast()
    }
}

extension SegmentationCount {
    /// Of each stream the one group with these labels.
    fileprivate func groups(_ labels: [ExactText]) throws(QueryError) -> [StreamKey: GroupPlan] {
        var groups = try groups()
        for (key, group) in groups {
            let labelsOfStream = Array(labels.suffix(plan.groupBy(key).count))
            groups[key]?.keep([group.group(labelled: labelsOfStream)].compactMap(\.self))
        }
        return groups
    }
}

extension SegmentationResult {
    /// Events in a bin of a histogram; `nil` if there are none.
    fileprivate func share(
        _ output: SegmentationPlan.Output,
        _ group: [ExactText],
        at index: Int?,
        shown: Int,
        in bins: HistogramBins,
        _ bin: Int
    ) -> Double? {
        guard let counts = valueCounts(output, group) else { return nil }
        func count(_ cell: [UInt32: Int]) -> Double { bins.count(bin, cell, counts.numbers) }
        let events =
            index.map { output.averages(counts.buckets.map(count), shown: shown)[$0] } ?? count(counts.collapsed)
        return events == 0 ? nil : events
    }
}
