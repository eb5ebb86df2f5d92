import EventModel
import FoldEngine
public import QueryModel

// The people of whom single cells of funnels, retention, lifetime values and sessions are made. Which series is which
// comes from the ordinary answer; then the same fold, for that series alone, is folded over each person alone.

extension QueryEngine {
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
        let result = try await folding { try await plan.data.fold(plan.nothing, over: plan.scan) }
        let series = query.segments.indices.flatMap { result.series($0, limit: query.limit) }
        try QueryError.check(.series, cell.series, of: series.count)

        let wanted = series[cell.series]
        let isLastOfSegment = cell.series + 1 == series.count || series[cell.series + 1].segment != wanted.segment
        let number = result.seriesNumber(wanted.group, isLast: isLastOfSegment)
        let own = plan.nothing.only(wanted.segment, series: number)
        return try await shares(in: plan.data, own, over: plan.scan, page) { scan in
            let tally =
                cell.day.map { scan.folds[0].tally(series: 0, bucket: $0) } ?? scan.folds[0].overall(series: 0)
            let people =
                cell.isLost
                ? tally.reached[cell.step - 1] - tally.reached[cell.step] : tally.reached[cell.step]
            return .of(people: people)
        }
    }

    /// The people of whom a cell of ``retention(_:_:)`` is made: those who came back or, of a whole cohort, who are in it.
    public func users(
        of cell: RetentionCell,
        in query: RetentionQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        let plan = try await plan(query, context)
        let bucketCount = plan.nothing.axis.bucketCount
        if let row = cell.row { try QueryError.check(.row, row, of: bucketCount) }
        if let interval = cell.interval { try QueryError.check(.interval, interval, of: plan.nothing.columns.count) }
        let result = try await folding { try await plan.data.fold(plan.nothing, over: plan.scan) }
        let series = query.segments.indices.flatMap { result.series($0) }
        try QueryError.check(.series, cell.series, of: series.count)

        let wanted = series[cell.series]
        let own = plan.nothing.only(wanted.segment, series: result.groups.series(labelled: wanted.group))
        return try await shares(in: plan.data, own, over: plan.scan, page) { scan in
            let fold = scan.folds[0]
            // Rows are counted from the latest bucket back.
            let people =
                switch (cell.row.map { bucketCount - 1 - $0 }, cell.interval) {
                case (let bucket?, let interval?): fold.returned(series: 0, bucket: bucket)[interval]
                case (let bucket?, nil): fold.size(series: 0, bucket: bucket)
                case (nil, let interval?): fold.combined(series: 0)[interval].returned
                case (nil, nil): fold.combinedSize(series: 0)
                }
            return .of(people: people)
        }
    }

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
        let result = try await folding { try await plan.data.fold(plan.nothing, over: plan.scan) }
        let series = query.segments.indices.flatMap { result.series($0, query) }
        try QueryError.check(.series, cell.series, of: series.count)

        let wanted = series[cell.series]
        let own = plan.nothing.only(wanted.segment, series: result.groups.series(labelled: wanted.group))
        return try await shares(in: plan.data, own, over: plan.scan, page) { scan in
            let fold = scan.folds[0]
            let cohort =
                cell.row.map { fold.cohort(series: 0, bucket: bucketCount - 1 - $0) } ?? fold.combined(series: 0)
            return cohort.share(cell.key, query.metric)
        }
    }

    /// The people of whom a cell of ``sessions(_:_:)`` is made, each with the number of sessions. There is one series,
    /// without values over the whole range.
    ///
    /// - Throws: `notMadeOfUsers` for average lengths.
    public func users(
        of cell: SeriesCell,
        in query: SessionQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        try QueryError.check(.series, cell.series, of: 1)
        if case .averageLength = query.measure {
            throw .notMadeOfUsers(.averageLength)
        }
        let plan = try await plan(query, context)
        let sessions = { @Sendable (scan: SessionScan) in
            if case .lengths = query.measure { scan.sessions.binned } else { scan.sessions.counts }
        }
        let cells = sessions(plan.nothing).count
        guard let index = cell.index else { throw .noSuchCell(.index, valid: 0..<cells) }
        try QueryError.check(.index, index, of: cells)
        return try await shares(in: plan.data, plan.nothing, over: plan.scan, page) { scan in
            let own = sessions(scan)[index]
            return own == 0 ? nil : Share(value: Double(own))
        }
    }
}

extension FunnelScan {
    /// - Parameter isLast: whether it is the segment's last series, which may be that of people who did not come to the
    ///   step that splits it.
    fileprivate func seriesNumber(_ group: String?, isLast: Bool) -> Int {
        if let grouping, grouping.step > 0, isLast { return groups.count }
        return groups.series(labelled: group)
    }
}

extension GroupPlan {
    /// The number of the series with this label, which is one of an answer; the only one where nothing splits.
    fileprivate func series(labelled label: String?) -> Int {
        guard let label else { return 0 }
        guard let group = group(labelled: [ExactText(label)]), series[group] >= 0 else {
            preconditionFailure("an answer's labels are those of its groups")
        }
        return Int(series[group])
    }
}

extension LifetimeValueFold.Cohort {
    /// What the people have in a cell; `nil` if none of them has a share.
    fileprivate func share(_ key: LifetimeValueCell.Key, _ metric: LifetimeValueQuery.Metric) -> Share? {
        // Where nobody has paid, nobody has an amount above 0, so none can be lost among the others.
        func amount(_ amount: Double, _ payers: Int) -> Share? {
            payers == 0 && amount == 0 ? nil : Share(value: amount)
        }
        switch key {
        case .people: return .of(people: people)
        case .payers: return .of(people: payers)
        case .amount: return amount(self.amount, payers)
        case .total: return metric == .payers ? .of(people: payers) : amount(self.amount, payers)
        case .age(let index):
            return metric == .payers
                ? .of(people: paidByThen[index]) : amount(amountByThen[index], paidByThen[index])
        }
    }
}
