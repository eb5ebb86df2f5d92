import ColumnEngine
import EventModel
import FoldEngine
public import QueryModel

extension QueryEngine {
    /// Source: Documentation/retention.md R7 to R11.
    public func retention(
        _ query: RetentionQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> RetentionAnswer {
        let plan = try await plan(query, context)
        let result = try await plan.result()
        return RetentionAnswer(axis: result.axis, series: query.segments.indices.flatMap { result.series($0) })
    }

    /// What is folded, and over what.
    func plan(
        _ query: RetentionQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> FoldPlan<RetentionScan> {
        let query = try await resolved(query, context)
        let axis = TimeAxis(query.range, query.interval, in: context.zone)
        // What is dated later than today is no return, whatever the mode; unless the range itself goes on.
        let latest = max(context.zone.start(of: context.today.adding(days: 1)).seconds, axis.shown.upperBound)
        // A return may lie in the start's hour, before the start.
        var prepared = try await prepare(
            QuestionNeeds(
                events: [query.start, query.return],
                segments: query.segments,
                properties: query.groupBys,
                looksAtOthers: false
            ),
            over: axis,
            axis.shown.lowerBound - 3600..<latest,
            context
        )
        var groups = try prepared.groups(by: query.groupBys)
        if groups.count > query.limit { try await keepLargest(&groups, query, context) }
        let starts = try prepared.starts(with: query.start, in: query.segments)
        let returns = try prepared.match(query.return)
        let columns = RetentionColumns(query, axis, context)
        let nothing = RetentionScan(
            axis: axis,
            starts: starts,
            return: returns,
            scan: prepared.scan,
            groups: groups,
            latest: latest,
            clock: RetentionClock(axis, context, unit: columns.unit, until: latest),
            countedTypes: prepared.countedTypes,
            columns: columns
        )
        return FoldPlan(nothing, over: prepared.data, prepared.scan)
    }

    /// Finds the groups with the most people who start.
    private func keepLargest(
        _ groups: inout GroupPlan,
        _ query: RetentionQuery,
        _ context: QueryContext
    ) async throws(QueryError) {
        let start = EventSelector(type: query.start.type, filters: query.start.filters, nth: query.start.nth)
        let question = SegmentationQuery(events: [start], in: query.frame)
        let largest = try await segmentation(question, context).series.map { $0.group.map { ExactText($0) } }
        let numbers = Dictionary(
            (0..<groups.count).map { (groups.labels(of: $0).map { ExactText($0) }, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        groups.keep(Set(largest.compactMap { numbers[$0] }).sorted())
    }

    // MARK: Users of a cell

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
        if let interval = cell.interval {
            let columns = plan.nothing.columns
            let count = cell.row.map { columns.begun[bucketCount - 1 - $0] } ?? columns.most
            try QueryError.check(.interval, interval, of: count)
        }
        let result = try await plan.result()
        let series = query.segments.indices.flatMap { result.series($0) }
        try QueryError.check(.series, cell.series, of: series.count)

        let wanted = series[cell.series]
        guard let number = result.groups.series(labelled: wanted.group) else { return .nobody }
        let narrow = plan.nothing.only(wanted.segment, series: number)
        return try await plan.users(page, of: narrow) { scan in
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
}
