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
        let result = try await folding { try await plan.data.fold(plan.nothing, over: plan.scan) }
        return RetentionAnswer(axis: result.axis, series: query.segments.indices.flatMap { result.series($0) })
    }

    /// What is folded, and over what.
    func plan(
        _ query: RetentionQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> (data: EventData, nothing: RetentionScan, scan: EventScan) {
        let axis = TimeAxis(query.range, query.interval, in: context.zone)
        var needed = try context.properties(of: query.start).union(try context.properties(of: query.return))
        needed.formUnion(try context.properties(of: query.segments))
        if let group = query.groupBy { needed.insert(group) }
        let (data, names) = try await data(
            needing: needed,
            events: try context.parts(of: [query.start, query.return] + query.segments.performedEvents),
            looksAtOthers: false
        )
        let columns = RetentionColumns(query, axis, context)
        // What is dated later than today is no return, whatever the mode; unless the range itself goes on.
        let latest = max(context.zone.start(of: context.today.adding(days: 1)).seconds, axis.shown.upperBound)
        var groups = try GroupPlan(query.groupBy.map { [$0] } ?? [], data)
        if groups.count > query.limit { try await keepLargest(&groups, query, context) }

        let planner = SegmentPlanner(
            context: context,
            axis: axis,
            data: data,
            cohorts: try await context.cohorts(query.segments)
        )
        var matchers = MatcherPlan(data: data, names: names, context: context)
        // A return may lie in the start's hour, before the start.
        var times = axis.shown.lowerBound - 3600..<latest
        let starts = try planner.starts(with: query.start, in: query.segments, &matchers, &times)
        let returns = try matchers.match(query.return)
        let nothing = RetentionScan(
            axis: axis,
            starts: starts,
            return: returns,
            scan: matchers.scan(times),
            groups: groups,
            latest: latest,
            clock: RetentionClock(axis, context, until: latest),
            countedTypes: matchers.types(.any),
            columns: columns
        )
        return (data, nothing, matchers.scan(times))
    }

    /// Finds the groups with the most people who start.
    private func keepLargest(
        _ groups: inout GroupPlan,
        _ query: RetentionQuery,
        _ context: QueryContext
    ) async throws(QueryError) {
        let start = EventSelector(type: query.start.type, filters: query.start.filters)
        let question = SegmentationQuery(events: [start], in: query.frame)
        let largest = try await segmentation(question, context).series.map { $0.group.map { ExactText($0) } }
        let numbers = Dictionary(
            (0..<groups.count).map { (groups.labels(of: $0).map { ExactText($0) }, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        groups.keep(Set(largest.compactMap { numbers[$0] }).sorted())
    }
}

/// The columns of a retention table, and when each is over.
struct RetentionColumns: Sendable {
    let mode: RetentionShape.Mode
    let count: Int
    /// By bucket: when it ends, and by column: how much later it is over for starts of that bucket. In seconds or, where
    /// days are those of the calendar, in days; as is `now`.
    private let ends: [Int64]
    private let overAfter: [Int64]
    private let now: Int64

    init(_ query: RetentionQuery, _ axis: TimeAxis, _ context: QueryContext) {
        let isCalendar = context.retentionDays == .calendar
        func day(_ second: Int64) -> Int64 {
            Int64(context.zone.date(of: Timestamp(milliseconds: second * 1000)).daysSinceEpoch)
        }
        let today = Int64(context.today.daysSinceEpoch)
        let days = query.interval.retentionDays
        let lastDays: [Int]
        switch query.mode {
        case .brackets(let brackets):
            mode = .brackets(brackets)
            lastDays = brackets.map(\.upperBound)
        case .nDay, .rolling:
            mode = query.mode == .rolling ? .intervalOrLater(days: days) : .interval(days: days)
            let elapsed =
                isCalendar
                ? today - day(axis.shown.lowerBound) : (context.now.seconds - axis.shown.lowerBound) / 86_400
            let columns = min(query.interval.mostRetentionColumns, Int(max(0, elapsed)) / days + 1)
            lastDays = (1...columns).map { $0 * days }
        }
        count = lastDays.count
        let ends = axis.bounds.dropFirst()
        if isCalendar {
            // The day of the start is over with its bucket.
            self.ends = ends.map(day)
            overAfter = lastDays.map { Int64($0) - 1 }
            now = today
        } else {
            self.ends = Array(ends)
            overAfter = lastDays.map { Int64($0) * 86_400 }
            now = context.now.seconds
        }
    }

    /// Whether column n of the cohort of a bucket is not over yet.
    func isIncomplete(_ column: Int, bucket: Int) -> Bool { ends[bucket] + overAfter[column] > now }

    /// - Parameter latest: returns are earlier.
    func shape(series: Int, _ axis: TimeAxis, latest: Int64) -> RetentionShape {
        let days = Int((latest - axis.shown.lowerBound) / 86_400) + 3
        return RetentionShape(
            series: series,
            columns: count,
            mode: mode,
            completeColumns: (0..<axis.bucketCount).map { bucket in
                (0..<count).map { !isIncomplete($0, bucket: bucket) }
            },
            days: days
        )
    }
}

extension Interval {
    /// Days of a column: months are blocks of 30. Source: Documentation/retention.md R5.
    fileprivate var retentionDays: Int {
        switch self {
        case .week: 7
        case .month: 30
        default: 1
        }
    }

    fileprivate var mostRetentionColumns: Int {
        switch self {
        case .week: 53
        case .month: 13
        default: 365
        }
    }
}

/// Which events start something in one segment, and of whom.
struct StreamStart: Sendable {
    var matched: MatcherPlan.Matched
    var conditions: BucketConditions?
}
