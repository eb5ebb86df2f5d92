import ColumnEngine
import EventModel
import FoldEngine
public import QueryModel
import Storage

extension QueryEngine {
    /// Source: Documentation/revenue.md M6 to M11.
    public func lifetimeValue(
        _ query: LifetimeValueQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> LifetimeValueAnswer {
        let plan = try await plan(query, context)
        let result = try await plan.result()
        return LifetimeValueAnswer(
            axis: result.axis,
            series: query.segments.indices.flatMap { result.series($0, query) }
        )
    }

    /// What is folded, and over what.
    func plan(
        _ query: LifetimeValueQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> FoldPlan<LifetimeValueScan> {
        let query = try await resolved(query, context)
        let axis = TimeAxis(query.range, query.interval, in: context.zone)
        var prepared = try await prepare(
            QuestionNeeds(segments: query.segments, properties: query.groupBys + [.revenue], longs: [.time]),
            over: axis,
            0..<Int64(UInt32.max),
            context
        )
        let groups = try prepared.groups(by: query.groupBys)
        guard groups.count * axis.bucketCount * LifetimeValueQuery.newPayerDays.count <= mostCells else {
            throw .tooLarge(.cells(groups: groups.count, buckets: axis.bucketCount))
        }
        let firsts = try prepared.starts(with: EventSelector(type: .firstEver), in: query.segments)
        let nothing = LifetimeValueScan(
            axis: axis,
            firsts: firsts,
            payment: try prepared.match(EventSelector(type: .revenue(.any))),
            amounts: prepared.data.numbers(of: .revenue),
            groups: groups,
            countedTypes: prepared.countedTypes,
            now: context.now.seconds
        )
        return FoldPlan(nothing, over: prepared.data, prepared.scan)
    }

    // MARK: Users of a cell

    /// The people of whom a cell of ``lifetimeValue(_:_:)`` is made: of amounts and of quotients of them, those who paid
    /// something, or got it back, by then.
    public func users(
        of cell: LifetimeValueCell,
        in query: LifetimeValueQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        let plan = try await plan(query, context)
        let bucketCount = plan.nothing.axis.bucketCount
        if let row = cell.row { try QueryError.check(.row, row, of: bucketCount) }
        let result = try await plan.result()
        let series = query.segments.indices.flatMap { result.series($0, query) }
        try QueryError.check(.series, cell.series, of: series.count)

        let wanted = series[cell.series]
        guard let number = result.groups.series(labelled: wanted.group) else { return .nobody }
        let narrow = plan.nothing.only(wanted.segment, series: number)
        return try await plan.users(page, of: narrow) { scan in
            // Rows are counted from the latest bucket back.
            var buckets = cell.row.map { [bucketCount - 1 - $0] } ?? Array(0..<bucketCount)
            if case .age(let index) = cell.key {
                buckets.removeAll { !scan.isComplete(LifetimeValueQuery.days[index], bucket: $0) }
            }
            return scan.folds[0].combined(series: 0, buckets: buckets).share(cell.key, query.metric)
        }
    }
}

extension LifetimeValueFold.Cohort {
    /// What the people have in a cell; `nil` if none of them has a share.
    fileprivate func share(_ key: LifetimeValueCell.Key, _ metric: LifetimeValueQuery.Metric) -> Share? {
        // Amounts may be of nothing, or make nothing together.
        func amount(_ amount: Double, _ payments: Int) -> Share? { payments == 0 ? nil : Share(value: amount) }
        switch key {
        case .people: return .of(people: people)
        case .payers: return .of(people: payers)
        case .amount: return amount(self.amount, payments)
        case .newPayers(let index): return .of(people: newPayers(index))
        case .age(let index):
            let days = 0..<LifetimeValueQuery.days[index]
            if metric == .payers { return .of(people: firstPayers(on: days)) }
            return amount(self.amount(on: days), payments(on: days))
        }
    }
}
