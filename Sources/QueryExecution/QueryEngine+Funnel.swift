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
        let intruders: MatcherPlan.Matched? =
            query.order == .sequential ? try matchers.match(EventSelector(type: .anyActive)) : nil
        let nothing = FunnelScan(
            axis: axis,
            latest: axis.shown.upperBound + window,
            entries: entries,
            steps: steps,
            intruders: intruders,
            grouping: grouping,
            groups: groups,
            countedTypes: matchers.types(.any),
            fold: FunnelFold(
                query.order.fold,
                stepCount: query.steps.count,
                window: window,
                series: groups.count + (grouping?.step ?? 0 > 0 ? 1 : 0),
                buckets: axis.bucketCount
            )
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
    var fold: FunnelPaths.Order {
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
    /// By step, the matchers that take its events.
    private let stepBits: [UInt64]
    /// Those that take what may come between the steps, and matters there.
    private let intruderBits: UInt64
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
    private var events: [FunnelPaths.Event] = []
    /// By bucket, whether one may enter in it; empty if always.
    private var allowed: [Bool] = []

    init(
        axis: TimeAxis,
        latest: Int64,
        entries: [StreamStart],
        steps: [MatcherPlan.Matched],
        intruders: MatcherPlan.Matched?,
        grouping: FunnelGrouping?,
        groups: GroupPlan,
        countedTypes: [Bool],
        fold: FunnelFold
    ) {
        self.axis = axis
        self.entries = entries
        stepBits = steps.map(\.bits)
        intruderBits = intruders?.bits ?? 0
        self.grouping = grouping
        self.groups = groups
        self.countedTypes = countedTypes
        buckets = BucketTable(bounds: axis.bounds)
        shown = axis.shown.asBlockSeconds
        relevant = (axis.shown.lowerBound..<latest).asBlockSeconds
        folds = entries.map { _ in fold }
    }

    mutating func add(_ selected: ScannedEvents) {
        switch selected.block.types {
        case .bytes(let types): add(selected, types.span)
        case .shorts(let types): add(selected, types.span)
        case .words(let types): add(selected, types.span)
        }
    }

    private mutating func add(_ selected: ScannedEvents, _ types: Span<some FixedWidthInteger>) {
        // Taken once, not for each person: nothing is counted as in use per person.
        let (seconds, masks, places) = (selected.block.seconds.span, selected.masks.span, selected.places.span)
        selected.forEachPerson { person, own in
            for segment in entries.indices {
                if entries[segment].conditions != nil {
                    let firstPlace = selected.block.firstPlace(ofPerson: person, types: countedTypes)
                    entries[segment].conditions?.judge(selected, person, own.lowerBound, firstPlace, &allowed)
                } else if !allowed.isEmpty {
                    allowed.removeAll(keepingCapacity: true)
                }
                let entry = entries[segment].matched.bits
                guard findEvents(own, seconds, masks, places, types, entry) else { continue }
                if let grouping { count(segment, by: grouping, selected) } else { count(segment) }
            }
        }
    }

    /// Counts the events that were found.
    private mutating func count(_ segment: Int) {
        let buckets = buckets
        folds[segment].add(events, bucket: { buckets.bucket(of: Int64($0)) }, series: nil)
    }

    /// Counts them in the groups of the event that is grouped by.
    private mutating func count(_ segment: Int, by grouping: FunnelGrouping, _ selected: ScannedEvents) {
        let (buckets, groups, onlySeries) = (buckets, groups, onlySeries)
        func bucket(of second: UInt32) -> Int { buckets.bucket(of: Int64(second)) }
        folds[segment].add(events, bucket: bucket) { places, add in
            func count(_ series: Int) {
                if onlySeries == nil { add(series) } else if onlySeries == series { add(0) }
            }
            let place = places[grouping.step]
            if place < 0 {
                count(groups.count)
            } else {
                groups.forEachSeries(of: selected.block, at: Int(place)) { count(Int($0)) }
            }
        }
    }

    /// - Returns: false if the person never enters.
    private mutating func findEvents(
        _ own: Range<Int>,
        _ seconds: Span<UInt32>,
        _ masks: Span<UInt64>,
        _ places: Span<Int32>,
        _ types: Span<some FixedWidthInteger>,
        _ entry: UInt64
    ) -> Bool {
        var enters = false
        var between = EventsBetween()
        // Taken out while it is written to; no copy is made.
        var found: [FunnelPaths.Event] = []
        swap(&found, &events)
        found.removeAll(keepingCapacity: true)
        found.append(addingCapacity: own.count) { found in
            for index in own {
                let (mask, place) = (masks[index], places[index])
                let second = seconds[Int(place)]
                guard relevant.contains(second) else { continue }
                var steps: UInt32 = mask & entry != 0 ? 1 : 0
                // Without a branch: which step an event is cannot be foreseen.
                for step in 1..<stepBits.count { steps |= (mask & stepBits[step] != 0 ? 1 : 0) << UInt32(step) }
                if steps != 0 {
                    between.follow(stepAt: second)
                } else if mask & intruderBits == 0 || !between.matters(at: second) {
                    continue
                }
                var event = FunnelPaths.Event(
                    second: second,
                    steps: steps,
                    type: UInt32(truncatingIfNeeded: types[Int(place)]),
                    place: place,
                    enters: steps & 1 != 0 && shown.contains(second)
                )
                if event.enters, !allowed.isEmpty { event.enters = allowed[buckets.bucket(of: Int64(second))] }
                enters = enters || event.enters
                found.append(event)
            }
        }
        swap(&found, &events)
        return enters
    }

    /// The same, but for one series of one segment.
    ///
    /// - Parameter fold: of one series.
    func only(_ segment: Int, series: Int, _ fold: FunnelFold) -> FunnelScan {
        var scan = self
        scan.entries = [entries[segment]]
        scan.folds = [fold]
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
        let overall = fold.overall(series: number)
        let days = (0..<axis.bucketCount).map { fold.tally(series: number, bucket: $0) }
        return FunnelAnswer.Series(
            segment: segment,
            group: group,
            reached: overall.reached,
            times: overall.durations.map(\.times),
            reachedByBucket: days.map(\.reached),
            timesByBucket: days.map { $0.durations.map(\.times) },
            timeBins: [FunnelBins.everybody(overall.reached[0])]
                + overall.durations.dropFirst().map { FunnelBins.times($0.seconds) }
                + [FunnelBins.times(overall.durations[0].seconds)],
            countBins: [FunnelBins.everybody(overall.reached[0])]
                + overall.previousCounts.dropFirst().map { FunnelBins.counts($0) }
        )
    }
}

extension FunnelFold.Durations {
    fileprivate var times: FunnelAnswer.Times {
        FunnelAnswer.Times(mean: mean ?? -1, median: median ?? -1)
    }
}

/// Which of the events that are no steps are needed to know what comes between the steps: one, in a second of its own, is
/// as good as all that follow it up to the next step.
private struct EventsBetween {
    private var lastStep: UInt32?
    /// The second of the first event since then that certainly comes between.
    private var interruption: UInt32?

    mutating func follow(stepAt second: UInt32) {
        lastStep = second
        interruption = nil
    }

    /// - Parameter second: of an event that is no step; in order.
    mutating func matters(at second: UInt32) -> Bool {
        // Before the first step nothing is interrupted.
        guard let lastStep else { return false }
        // In one second any order counts, so others of the same second may matter beside the first.
        if let interruption, second > interruption { return false }
        if second > lastStep, interruption == nil { interruption = second }
        return true
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
