import ColumnEngine
import EventModel
import FoldEngine
public import QueryModel

extension QueryEngine {
    /// Source: reference/dashboard.md §5, funnels; decisions.md 18 to 20.
    public func funnel(_ query: FunnelQuery, _ context: QueryContext) async throws(QueryError) -> FunnelAnswer {
        let plan = try await plan(query, context)
        let result = try await folding { try await plan.data.fold(plan.nothing, over: plan.scan) }
        let (axis, window) = (result.axis, query.window.seconds(for: query.order))
        return FunnelAnswer(
            axis: axis,
            isComplete: (0..<axis.bucketCount).map { axis.bounds[$0 + 1] + window <= context.now.seconds },
            series: query.segments.indices.flatMap { result.series($0, limit: query.limit) }
        )
    }

    /// What is folded, and over what.
    func plan(
        _ query: FunnelQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> (data: EventData, nothing: FunnelScan, scan: EventScan) {
        let axis = TimeAxis(query.range, query.interval, in: context.zone)
        var needed = Set(query.groupBy.map { [$0] } ?? [])
        for event in query.steps { needed.formUnion(try context.properties(of: event)) }
        needed.formUnion(try context.properties(of: query.segments))
        let (data, names) = try await data(
            needing: needed,
            events: try context.parts(of: query.steps + query.segments.performedEvents),
            looksAtOthers: query.isOfNewPeople || query.order == .sequential
        )
        let window = query.window.seconds(for: query.order)
        let planner = SegmentPlanner(
            context: context,
            axis: axis,
            data: data,
            cohorts: try await context.cohorts(query.segments)
        )
        let grouping = FunnelGrouping(query)
        let groups = try GroupPlan(grouping.map { [$0.property] } ?? [], data)
        guard groups.count * axis.bucketCount * query.steps.count <= mostCells else {
            throw .tooLarge(
                "The funnel is split into \(groups.count) groups over \(axis.bucketCount) buckets; group by a property"
                    + " with fewer values, or ask for a shorter time."
            )
        }

        var matchers = MatcherPlan(data: data, names: names, context: context)
        var times = axis.shown.lowerBound..<axis.shown.upperBound + window
        let entries = try planner.starts(
            with: query.steps[0],
            in: query.segments,
            of: query.isOfNewPeople ? .new : .any,
            &matchers,
            &times
        )
        var steps: [MatcherPlan.Matched] = []
        for step in query.steps { steps.append(try matchers.match(step)) }
        let nothing = FunnelScan(
            axis: axis,
            order: query.order.fold,
            window: window,
            entries: entries,
            steps: steps,
            // Of those that are no step, what may come between steps and matters there.
            intruders: query.order == .sequential ? matchers.types(.anyActive) : [],
            grouping: grouping,
            groups: groups,
            countedTypes: matchers.types(.any)
        )
        return (data, nothing, matchers.scan(times))
    }
}

/// The label of people who did not come to the step whose event splits the funnel. Source: decisions.md 20.
let didNotReachLabel = "(did not reach)"

/// What splits a funnel: a property of the event that fills one step.
struct FunnelGrouping: Sendable {
    var property: PropertyReference
    var step: Int

    init?(_ query: FunnelQuery) {
        if let property = query.groupBy {
            self.property = property
            step = 0
        } else if let step = query.steps.firstIndex(where: { !$0.groupBy.isEmpty }) {
            property = query.steps[step].groupBy[0]
            self.step = step
        } else {
            return nil
        }
    }
}

extension FunnelQuery.StepOrder {
    var fold: FunnelFold.Order {
        switch self {
        case .ordered: .ordered
        case .unordered: .unordered
        case .sequential: .sequential
        }
    }
}

/// Finds the steps among people's events.
struct FunnelScan: EventFold {
    let axis: TimeAxis
    private(set) var entries: [StreamStart]
    private let order: FunnelFold.Order
    private let window: Int64
    /// By step, the matchers that take its events.
    private let stepBits: [UInt64]
    /// By event type: whether it may come between the steps, and matters there.
    private let intruders: [Bool]
    let grouping: FunnelGrouping?
    let groups: GroupPlan
    let countedTypes: [Bool]
    private let buckets: BucketTable
    private let shown: Range<UInt32>
    /// Seconds: what can be part of a path.
    private let relevant: Range<UInt32>
    /// One for each segment.
    private(set) var folds: [FunnelFold]
    /// If only one series counts: its number, instead of which the folds have 0.
    private var onlySeries: Int?
    private var steps = FunnelEvents()

    init(
        axis: TimeAxis,
        order: FunnelFold.Order,
        window: Int64,
        entries: [StreamStart],
        steps: [MatcherPlan.Matched],
        intruders: [Bool],
        grouping: FunnelGrouping?,
        groups: GroupPlan,
        countedTypes: [Bool]
    ) {
        self.axis = axis
        self.order = order
        self.window = window
        self.entries = entries
        stepBits = steps.map(\.bits)
        self.intruders = intruders
        self.grouping = grouping
        self.groups = groups
        self.countedTypes = countedTypes
        buckets = BucketTable(bounds: axis.bounds)
        shown = axis.shown.asBlockSeconds
        relevant = (axis.shown.lowerBound..<axis.shown.upperBound + window).asBlockSeconds
        folds = []
        folds = Array(repeating: fold(series: groups.count + (grouping?.step ?? 0 > 0 ? 1 : 0)), count: entries.count)
    }

    private func fold(series: Int) -> FunnelFold {
        FunnelFold(
            order,
            stepCount: stepBits.count,
            window: window,
            seconds: relevant,
            buckets: buckets,
            series: series,
            splittingStep: grouping?.step ?? 0
        )
    }

    mutating func add(_ selected: ScannedEvents) {
        switch selected.block.types {
        case .bytes(let types): add(selected, types)
        case .shorts(let types): add(selected, types)
        case .words(let types): add(selected, types)
        }
    }

    private mutating func add(_ selected: ScannedEvents, _ types: [some FixedWidthInteger & Sendable]) {
        for segment in entries.indices {
            let finder = FunnelEvents.Finder(
                stepsByMatcher: stepsByMatcher(segment),
                shown: shown,
                relevant: relevant,
                buckets: buckets,
                intruders: intruders
            )
            let conditions = entries[segment].conditions
            steps.find(finder, in: selected, types) { person, first, allowed in
                guard let conditions else { return }
                let firstPlace = selected.block.firstPlace(ofPerson: person, types: countedTypes)
                conditions.judge(selected, person, first, firstPlace, &allowed)
            }
            count(segment, selected)
        }
    }

    /// By matcher: the steps that an event may be which it takes.
    private func stepsByMatcher(_ segment: Int) -> [UInt32] {
        let bits = [entries[segment].matched.bits] + stepBits.dropFirst()
        return (0..<64).map { matcher in
            bits.enumerated().reduce(0) { $0 | UInt32($1.element >> UInt64(matcher) & 1) << UInt32($1.offset) }
        }
    }

    private mutating func count(_ segment: Int, _ selected: ScannedEvents) {
        if grouping == nil { return steps.add(to: &folds[segment], series: nil) }
        let (groups, onlySeries) = (groups, onlySeries)
        steps.add(to: &folds[segment]) { place, add in
            func count(_ series: Int) {
                if onlySeries == nil { add(series) } else if onlySeries == series { add(0) }
            }
            if place < 0 {
                count(groups.count)
            } else {
                groups.forEachSeries(of: selected.block, at: Int(place)) { count(Int($0)) }
            }
        }
    }

    /// The same, but for one series of one segment.
    func only(_ segment: Int, series: Int) -> FunnelScan {
        var scan = self
        scan.entries = [entries[segment]]
        scan.folds = [fold(series: 1)]
        scan.onlySeries = series
        return scan
    }

    mutating func merge(_ other: FunnelScan) {
        for index in folds.indices { folds[index].merge(other.folds[index]) }
    }

    // MARK: Results

    func series(_ segment: Int, limit: Int) -> [FunnelAnswer.Series] {
        let fold = folds[segment]
        guard grouping != nil else { return [series(fold, segment, 0, group: nil)] }
        let all = (0..<groups.count).map { series(fold, segment, $0, group: groups.labels(of: $0)[0]) }
            .filter { $0.reached[0] > 0 }
            .largestFirst(by: { $0.reached[0] }, group: { [$0.group ?? ""] })
        let largest = Array(all.prefix(limit))
        guard let grouping, grouping.step > 0 else { return largest }
        return largest + [series(fold, segment, groups.count, group: didNotReachLabel)]
    }

    private func series(_ fold: FunnelFold, _ segment: Int, _ number: Int, group: String?) -> FunnelAnswer.Series {
        // Times are made of all that people took: with many people that is work for all cores.
        let cells = concurrently(axis.bucketCount + 1) { cell in
            cell == 0
                ? Cell(fold.overall(series: number), withBins: true)
                : Cell(fold.tally(series: number, bucket: cell - 1), withBins: false)
        }
        let (overall, days) = (cells[0], cells.dropFirst())
        return FunnelAnswer.Series(
            segment: segment,
            group: group,
            reached: overall.reached,
            times: overall.times,
            reachedByBucket: days.map(\.reached),
            timesByBucket: days.map(\.times),
            timeBins: overall.timeBins,
            countBins: overall.countBins
        )
    }

    /// What an answer says of one tally.
    private struct Cell: Sendable {
        var reached: [Int]
        var times: [FunnelAnswer.Times]
        var timeBins: [[FunnelAnswer.Bin]] = []
        var countBins: [[FunnelAnswer.Bin]] = []

        init(_ tally: FunnelTally, withBins: Bool) {
            reached = tally.reached
            times = tally.durations.map(\.times)
            guard withBins else { return }
            let everybody = [FunnelBins.everybody(reached[0])]
            timeBins =
                everybody
                + (tally.durations.dropFirst() + tally.durations.prefix(1)).map {
                    FunnelBins.times($0.seconds)
                }
            countBins = everybody + tally.previousCounts.dropFirst().map { FunnelBins.counts($0) }
        }
    }
}

extension FunnelTally.Durations {
    fileprivate var times: FunnelAnswer.Times {
        FunnelAnswer.Times(mean: mean ?? -1, median: median ?? -1)
    }
}

/// Bins of a funnel's distributions.
enum FunnelBins {
    /// One bin for all who entered.
    static func everybody(_ people: Int) -> [FunnelAnswer.Bin] {
        [FunnelAnswer.Bin(start: 0, end: 1000, people: people)]
    }

    /// Widths of bins in seconds, of which the first is taken that makes no more than 60 of them.
    private static let widths: [Int64] = [10, 60, 300, 900, 3600, 4 * 3600, 86_400, 7 * 86_400, 30 * 86_400]
    private static let mostBins = 60

    /// - Parameter seconds: of each person.
    /// - Returns: in milliseconds; none if there is nobody.
    static func times(_ seconds: [UInt32]) -> [FunnelAnswer.Bin] {
        guard let longest = seconds.max() else { return [] }
        let width = widths.first { Int64(longest) / $0 < mostBins } ?? Int64(longest) / Int64(mostBins) + 1
        var counts = [Int](repeating: 0, count: Int(Int64(longest) / width) + 1)
        for second in seconds { counts[Int(Int64(second) / width)] += 1 }
        return counts.enumerated().map { index, people in
            FunnelAnswer.Bin(start: Int64(index) * width * 1000, end: Int64(index + 1) * width * 1000, people: people)
        }
    }

    /// - Parameter people: by how often; each number up to 20 a bin of its own, what is above in a last one.
    static func counts(_ people: [Int: Int]) -> [FunnelAnswer.Bin] {
        guard let most = people.keys.max() else { return [] }
        var bins = (1...max(1, min(most, 20))).map { number in
            FunnelAnswer.Bin(start: Int64(number), end: Int64(number + 1), people: people[number] ?? 0)
        }
        if most > 20 {
            let above = people.reduce(0) { $1.key > 20 ? $0 + $1.value : $0 }
            bins.append(FunnelAnswer.Bin(start: 21, end: Int64(most + 1), people: above))
        }
        return bins
    }
}
