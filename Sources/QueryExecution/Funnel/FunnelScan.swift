import ColumnEngine
import FoldEngine
import QueryModel

/// Finds the steps among people's events.
struct FunnelScan: EventFold {
    let axis: TimeAxis
    private(set) var entries: [StreamStart]
    private let order: FunnelOrder
    private let window: Int64
    private let stepCount: Int
    /// By segment and matcher: the steps that an event may be which it takes.
    private var stepsByMatcher: [[UInt32]]
    /// By segment and event type, the steps that an event may be; `nil` if more than its type tells.
    private var stepsByType: [[UInt32]]?
    /// By event type: whether it makes people active.
    private let activeTypes: [Bool]
    let grouping: FunnelGrouping?
    private(set) var groups: GroupPlan
    private var series: SeriesReader?
    let countedTypes: [Bool]
    private let buckets: BucketTable
    private let shown: Range<UInt32>
    /// Seconds: what can be part of a path.
    private let relevant: Range<UInt32>
    /// One for each segment.
    private(set) var folds: [FunnelFold]
    private var steps = FunnelEvents()

    init(
        axis: TimeAxis,
        order: FunnelOrder,
        window: Int64,
        entries: [StreamStart],
        steps: [MatcherPlan.Matched],
        scan: EventScan,
        activeTypes: [Bool],
        grouping: FunnelGrouping?,
        groups: GroupPlan,
        countedTypes: [Bool]
    ) {
        self.axis = axis
        self.order = order
        self.window = window
        self.entries = entries
        stepCount = steps.count
        stepsByMatcher = entries.map { Self.stepsByMatcher([$0.matched] + steps.dropFirst()) }
        let typesTell = scan.tests.isEmpty && entries.allSatisfy { $0.conditions == nil }
        stepsByType = typesTell ? stepsByMatcher.map { Self.stepsByType($0, scan) } : nil
        self.activeTypes = activeTypes
        self.grouping = grouping
        self.groups = groups
        self.countedTypes = countedTypes
        buckets = BucketTable(axis)
        shown = axis.shown.asBlockSeconds
        relevant = (axis.shown.lowerBound..<axis.shown.upperBound + window).asBlockSeconds
        folds = []
        series = nil
        series = SeriesReader(groups)
        let isReachedByAll = (grouping?.step ?? 0) == 0
        folds = Array(
            repeating: fold(
                series: groups.count + (isReachedByAll ? 0 : 1),
                unreached: isReachedByAll ? SeriesLists.none : Int32(groups.count)
            ),
            count: entries.count
        )
    }

    private func fold(series: Int, unreached: Int32) -> FunnelFold {
        FunnelFold(
            order,
            stepCount: stepCount,
            window: window,
            seconds: relevant,
            buckets: buckets,
            series: series,
            splittingStep: grouping?.step,
            unreached: unreached,
            lists: self.series?.lists ?? SeriesLists()
        )
    }

    var selectsByType: Bool { stepsByType != nil }

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
                stepsByMatcher: stepsByMatcher[segment],
                stepsByType: stepsByType?[segment],
                relevant: relevant,
                shownSeconds: shown.count,
                buckets: buckets,
                intruders: order == .sequential
                    ? FunnelIntruders(isActive: activeTypes, starts: selected.block.starts) : nil,
                splitting: series.map { series in
                    FunnelEvents.Finder.Splitting(
                        step: grouping?.step ?? 0,
                        series: series.reader(of: selected.block),
                        arrivals: selected.block.arrivals
                    )
                }
            )
            let conditions = entries[segment].conditions
            steps.find(finder, in: selected, types) { person, indexes, allowed in
                guard let conditions else { return }
                let firstPlace = selected.block.firstPlace(ofPerson: person, types: countedTypes)
                conditions.judge(selected, person, indexes, firstPlace, &allowed)
            }
            steps.add(to: &folds[segment])
        }
    }

    /// - Parameter steps: what takes the events of each, those of the first step in one segment.
    private static func stepsByMatcher(_ steps: [MatcherPlan.Matched]) -> [UInt32] {
        (0..<EventScan.mostMatchers).map { matcher in
            steps.enumerated().reduce(0) { $0 | UInt32($1.element.bits >> UInt64(matcher) & 1) << UInt32($1.offset) }
        }
    }

    private static func stepsByType(_ stepsByMatcher: [UInt32], _ scan: EventScan) -> [UInt32] {
        let steps = scan.masksByType.map { mask in
            stepsByMatcher.indices.reduce(0) { mask >> UInt64($1) & 1 == 0 ? $0 : $0 | stepsByMatcher[$1] }
        }
        return steps + [0]
    }

    /// The same, but for one series of one segment.
    ///
    /// - Parameter series: one more than there are groups is that of people who do not come to the step that splits.
    func only(_ segment: Int, series: Int) -> FunnelScan {
        var scan = self
        scan.entries = [entries[segment]]
        scan.stepsByMatcher = [stepsByMatcher[segment]]
        scan.stepsByType = stepsByType.map { [$0[segment]] }
        scan.groups.keep(series < groups.count ? [series] : [])
        scan.series = SeriesReader(scan.groups)
        scan.folds = [scan.fold(series: 1, unreached: series < groups.count ? SeriesLists.none : 0)]
        return scan
    }

    mutating func merge(_ other: FunnelScan) {
        for index in folds.indices { folds[index].merge(other.folds[index]) }
    }

    // MARK: Results

    func series(_ segment: Int, limit: Int) -> [FunnelAnswer.Series] {
        let fold = folds[segment]
        guard let grouping else { return [series(fold, segment, 0, group: nil)] }
        let all = groups.count + (grouping.step > 0 ? 1 : 0)
        // Where nobody is in range, that is one group without a value. Source: Documentation/counting.md C30.
        if (0..<all).allSatisfy({ fold.people(series: $0) == 0 }) {
            return [series(fold, segment, 0, group: noValueLabel)]
        }
        // Ranked by people before anything else is made of a group: most of many groups are left out.
        let largest = (0..<groups.count).filter { fold.people(series: $0) > 0 }
            .largestFirst(by: { fold.people(series: $0) }, group: { groups.labels(of: $0) })
            .prefix(limit)
            .map { series(fold, segment, $0, group: groups.labels(of: $0)[0]) }
        guard grouping.step > 0 else { return largest }
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
            timeBins =
                [FunnelBins.everybody(reached[0], end: 1000)]
                + (tally.durations.dropFirst() + tally.durations.prefix(1)).map {
                    FunnelBins.times($0.seconds)
                }
            countBins =
                [FunnelBins.everybody(reached[0], end: 1)]
                + tally.previousCounts.dropFirst().map { FunnelBins.counts($0) }
        }
    }
}

extension FunnelTally.Durations {
    fileprivate var times: FunnelAnswer.Times {
        FunnelAnswer.Times(mean: mean ?? -1, median: median ?? -1)
    }
}
