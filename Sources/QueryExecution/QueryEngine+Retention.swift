import ColumnEngine
import EventModel
import FoldEngine
public import QueryModel

extension QueryEngine {
    /// The most groups that are answered: the largest.
    private static let mostGroups = 100

    /// Source: reference/dashboard.md §5, retention; decisions.md 21, 22.
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
        if groups.count > Self.mostGroups { try await keepLargest(&groups, query, context) }

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
        let nothing = RetentionScan(
            axis: axis,
            starts: starts,
            return: try matchers.match(query.return),
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
        let question = SegmentationQuery(
            events: [EventSelector(type: query.start.type, filters: query.start.filters)],
            segments: query.segments,
            groupBy: groups.properties,
            range: query.range,
            interval: query.interval,
            limit: Self.mostGroups
        )
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
    let mode: RetentionFold.Mode
    let count: Int
    /// By bucket: when it ends, and by column: how much later it is over for starts of that bucket. In seconds or, where
    /// days are those of the calendar, in days; as is `now`.
    private let ends: [Int64]
    private let overAfter: [Int64]
    private let now: Int64

    private static let mostColumns: [Interval: Int] = [.day: 365, .week: 53, .month: 13]

    init(_ query: RetentionQuery, _ axis: TimeAxis, _ context: QueryContext) {
        let isCalendar = context.retentionDays == .calendar
        func day(_ second: Int64) -> Int64 {
            Int64(context.zone.date(of: Timestamp(milliseconds: second * 1000)).daysSinceEpoch)
        }
        let today = Int64(context.today.daysSinceEpoch)
        let days = query.interval.rawValue
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
            let columns = min(Self.mostColumns[query.interval] ?? 365, Int(max(0, elapsed)) / days + 1)
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
    func shape(series: Int, _ axis: TimeAxis, latest: Int64) -> RetentionFold.Shape {
        let days = Int((latest - axis.shown.lowerBound) / 86_400) + 3
        return RetentionFold.Shape(
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

/// Which events start something in one segment, and of whom.
struct StreamStart: Sendable {
    var matched: MatcherPlan.Matched
    var conditions: BucketConditions?
}

/// Finds starts and returns among people's events.
struct RetentionScan: EventFold {
    let axis: TimeAxis
    private(set) var starts: [StreamStart]
    let `return`: MatcherPlan.Matched
    private(set) var groups: GroupPlan
    /// Seconds; returns are earlier.
    let latest: Int64
    let clock: RetentionClock
    let countedTypes: [Bool]
    let columns: RetentionColumns
    private let buckets: BucketTable
    private let shown: Range<UInt32>
    /// What is asked of every event, by segment: a few plain values.
    private var startTests: [(bits: UInt64, isFirstEver: Bool, isConditional: Bool)]
    private let needsFirst: Bool
    /// One for each segment.
    private(set) var folds: [RetentionFold]
    // Of some people, one after another.
    private var startsOfPeople: [RetentionFold.Start] = []
    private var returnsOfPeople: [Int32] = []
    private var endsOfPeople: [RetentionFold.Ends] = []
    private var allowed: [Bool] = []

    init(
        axis: TimeAxis,
        starts: [StreamStart],
        return: MatcherPlan.Matched,
        groups: GroupPlan,
        latest: Int64,
        clock: RetentionClock,
        countedTypes: [Bool],
        columns: RetentionColumns
    ) {
        self.axis = axis
        self.starts = starts
        self.return = `return`
        self.groups = groups
        self.latest = latest
        self.clock = clock
        self.countedTypes = countedTypes
        self.columns = columns
        startTests = starts.map { ($0.matched.bits, $0.matched.isFirstEver, $0.conditions != nil) }
        needsFirst = startTests.contains { $0.isFirstEver || $0.isConditional }
        buckets = BucketTable(bounds: axis.bounds)
        shown = axis.shown.asBlockSeconds
        let shape = columns.shape(series: groups.groups.count, axis, latest: latest)
        folds = starts.map { _ in RetentionFold(shape) }
    }

    /// The same, but for one series of one segment.
    func only(_ segment: Int, series: Int) -> RetentionScan {
        var scan = self
        scan.starts = [starts[segment]]
        scan.startTests = [startTests[segment]]
        scan.groups.keep([groups.groups[series]])
        scan.folds = [RetentionFold(columns.shape(series: 1, axis, latest: latest))]
        return scan
    }

    mutating func add(_ events: ScannedEvents) {
        for segment in starts.indices {
            let test = startTests[segment]
            if let origin = clock.origin, groups.properties.isEmpty, !test.isFirstEver, !test.isConditional {
                Self.find(
                    events,
                    test.bits,
                    `return`.bits,
                    shown,
                    until: latest,
                    origin: origin,
                    buckets,
                    &startsOfPeople,
                    &returnsOfPeople,
                    &endsOfPeople
                )
            } else {
                find(segment, events)
            }
            Self.add(startsOfPeople, returnsOfPeople, endsOfPeople, to: &folds[segment])
        }
    }

    private static func add(
        _ starts: [RetentionFold.Start],
        _ returns: [Int32],
        _ people: [RetentionFold.Ends],
        to fold: inout RetentionFold
    ) {
        fold.add(starts.span, returns.span, people.span)
    }

    /// Finds starts and returns of those who have a start, where each event with the right bits is one; without a branch on
    /// what an event is, which cannot be foreseen.
    private static func find(
        _ events: ScannedEvents,
        _ startBits: UInt64,
        _ returnBits: UInt64,
        _ shown: Range<UInt32>,
        until latest: Int64,
        origin: Int64,
        _ buckets: BucketTable,
        _ starts: inout [RetentionFold.Start],
        _ returns: inout [Int32],
        _ people: inout [RetentionFold.Ends]
    ) {
        let missing = events.places.count + 1 - starts.count
        if missing > 0 {
            starts.append(contentsOf: repeatElement(RetentionFold.Start(hour: 0, bucket: 0, series: 0), count: missing))
        }
        let missingReturns = events.places.count + 1 - returns.count
        if missingReturns > 0 { returns.append(contentsOf: repeatElement(0, count: missingReturns)) }
        people.removeAll(keepingCapacity: true)
        let (seconds, masks, places) = (events.block.seconds.span, events.masks.span, events.places.span)
        let (first, length, latest) = (shown.lowerBound, shown.upperBound &- shown.lowerBound, UInt32(clamping: latest))
        var starts = starts.mutableSpan
        var returns = returns.mutableSpan
        var ends = RetentionFold.Ends(starts: 0, returns: 0)
        events.forEachPerson { _, own in
            var (start, end) = (Int(ends.starts), Int(ends.returns))
            for index in own {
                let mask = masks[index]
                let second = seconds[Int(places[index])]
                let hour = Int32(truncatingIfNeeded: (Int64(second) &- origin) / 3600)
                returns[end] = hour
                end &+= (mask & returnBits != 0 ? 1 : 0) & (second < latest ? 1 : 0)
                let isShown = second &- first < length
                let bucket = buckets.bucket(of: Int64(isShown ? second : first))
                starts[start] = RetentionFold.Start(hour: hour, bucket: Int32(truncatingIfNeeded: bucket), series: 0)
                start &+= (mask & startBits != 0 ? 1 : 0) & (isShown ? 1 : 0)
            }
            if start == Int(ends.starts) { return }
            ends = RetentionFold.Ends(starts: Int32(truncatingIfNeeded: start), returns: Int32(truncatingIfNeeded: end))
            people.append(ends)
        }
    }

    /// Finds starts and returns of those who have a start.
    private mutating func find(_ segment: Int, _ events: ScannedEvents) {
        let (conditions, test) = (starts[segment].conditions, startTests[segment])
        let (seconds, masks, places) = (events.block.seconds.span, events.masks.span, events.places.span)
        let (shown, latest, returnBits) = (shown, UInt32(clamping: latest), `return`.bits)
        let isGrouped = !groups.properties.isEmpty
        // Taken out while they are written to; no copy is made.
        var (found, returns, allowed): ([RetentionFold.Start], [Int32], [Bool]) = ([], [], [])
        swap(&found, &startsOfPeople)
        swap(&returns, &returnsOfPeople)
        swap(&allowed, &self.allowed)
        found.removeAll(keepingCapacity: true)
        returns.removeAll(keepingCapacity: true)
        endsOfPeople.removeAll(keepingCapacity: true)
        events.forEachPerson { person, own in
            let (firstStart, firstReturn) = (found.count, returns.count)
            let firstPlace = needsFirst ? events.block.firstPlace(ofPerson: person, types: countedTypes) : nil
            conditions?.judge(events, person, own.lowerBound, firstPlace, &allowed)
            for index in own {
                let (mask, place) = (masks[index], places[index])
                let second = seconds[Int(place)]
                let hour = clock.hour(of: second)
                if mask & returnBits != 0, second < latest { returns.append(hour) }
                guard mask & test.bits != 0, shown.contains(second) else { continue }
                if test.isFirstEver, Int(place) != firstPlace { continue }
                let bucket = buckets.bucket(of: Int64(second))
                if test.isConditional, !allowed[bucket] { continue }
                if isGrouped {
                    groups.forEachSeries(of: events.block, at: Int(place)) { series in
                        found.append(RetentionFold.Start(hour: hour, bucket: Int32(bucket), series: series))
                    }
                } else {
                    found.append(RetentionFold.Start(hour: hour, bucket: Int32(bucket), series: 0))
                }
            }
            if found.count > firstStart {
                endsOfPeople.append(RetentionFold.Ends(starts: Int32(found.count), returns: Int32(returns.count)))
            } else {
                returns.removeLast(returns.count - firstReturn)
            }
        }
        swap(&found, &startsOfPeople)
        swap(&returns, &returnsOfPeople)
        swap(&allowed, &self.allowed)
    }

    mutating func merge(_ other: RetentionScan) {
        for index in folds.indices { folds[index].merge(other.folds[index]) }
    }

    // MARK: Results

    func series(_ segment: Int) -> [RetentionAnswer.Series] {
        let fold = folds[segment]
        let all = groups.groups.indices.map { series in
            RetentionAnswer.Series(
                segment: segment,
                group: groups.properties.isEmpty ? nil : groups.labels(of: groups.groups[series])[0],
                rows: (0..<axis.bucketCount).map { row(fold, series, $0) },
                combined: combined(fold, series)
            )
        }
        if groups.properties.isEmpty { return all }
        return all.filter { $0.combined[0].count > 0 }
            .largestFirst(by: { $0.combined[0].count }, group: { [$0.group ?? ""] })
    }

    private func row(
        _ fold: RetentionFold,
        _ series: Int,
        _ bucket: Int
    ) -> [RetentionAnswer.Cell] {
        let size = fold.size(series: series, bucket: bucket)
        let whole = RetentionAnswer.Cell(count: size, outOf: size, isIncomplete: false)
        return [whole]
            + fold.returned(series: series, bucket: bucket).enumerated().map { column, count in
                RetentionAnswer.Cell(
                    count: count,
                    outOf: size,
                    isIncomplete: columns.isIncomplete(column, bucket: bucket)
                )
            }
    }

    private func combined(
        _ fold: RetentionFold,
        _ series: Int
    ) -> [RetentionAnswer.Cell] {
        let size = fold.combinedSize(series: series)
        let whole = RetentionAnswer.Cell(count: size, outOf: size, isIncomplete: false)
        return [whole]
            + fold.combined(series: series).enumerated().map { column, cell in
                RetentionAnswer.Cell(
                    count: cell.returned,
                    outOf: cell.outOf,
                    isIncomplete: columns.isIncomplete(column, bucket: axis.bucketCount - 1)
                )
            }
    }
}

extension GroupPlan {
    /// Calls `body` with each series in which an event counts.
    @inline(__always)
    func forEachSeries(of block: EventBlock, at place: Int, _ body: (Int32) -> Void) {
        guard !properties.isEmpty else {
            body(0)
            return
        }
        forEachGroup(properties.map { block.columns[$0]?[place] ?? 0 }) { group in
            if series[group] >= 0 { body(series[group]) }
        }
    }
}
