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
    private(set) var groups: FunnelGroups
    /// By code of the revenue: what the event brought in. Empty if none brought in anything.
    private let amounts: [Double]
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
        groups: FunnelGroups,
        amounts: [Double],
        countedTypes: [Bool]
    ) {
        self.axis = axis
        self.order = order
        self.window = window
        self.entries = entries
        stepCount = steps.count
        stepsByMatcher = entries.map { Self.stepsByMatcher([$0.matched] + steps.dropFirst()) }
        let typesTell = scan.isByTypeAlone && entries.allSatisfy { $0.conditions == nil }
        stepsByType = typesTell ? stepsByMatcher.map { Self.stepsByType($0, scan) } : nil
        self.activeTypes = activeTypes
        self.groups = groups
        self.amounts = amounts
        self.countedTypes = countedTypes
        buckets = BucketTable(axis)
        shown = axis.shown.asBlockSeconds
        relevant = (axis.shown.lowerBound..<axis.shown.upperBound + window).asBlockSeconds
        folds = []
        folds = Array(repeating: fold(), count: entries.count)
    }

    private func fold() -> FunnelFold {
        FunnelFold(
            order,
            stepCount: stepCount,
            window: window,
            seconds: relevant,
            buckets: buckets,
            splitting: groups.splitting,
            sumsAmounts: !amounts.isEmpty
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
        // Made once, not for each person.
        let reader = groups.isSplit || !amounts.isEmpty ? FunnelReader(selected.block, groups, amounts) : nil
        for segment in entries.indices {
            let finder = FunnelEvents.Finder(
                stepsByMatcher: stepsByMatcher[segment],
                stepsByType: stepsByType?[segment],
                relevant: relevant,
                shownSeconds: shown.count,
                buckets: buckets,
                intruders: order == .sequential
                    ? FunnelIntruders(isActive: activeTypes, starts: selected.block.starts) : nil
            )
            let conditions = entries[segment].conditions
            steps.find(finder, in: selected, types) { person, indexes, allowed in
                guard let conditions else { return }
                let firstPlace = selected.block.firstPlace(ofPerson: person, types: countedTypes)
                conditions.judge(selected, person, indexes, firstPlace, &allowed)
            }
            steps.add(to: &folds[segment], reader)
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
    func only(_ segment: Int, series: Int) -> FunnelScan {
        var scan = self
        scan.entries = [entries[segment]]
        scan.stepsByMatcher = [stepsByMatcher[segment]]
        scan.stepsByType = stepsByType.map { [$0[segment]] }
        scan.groups = groups.only(series)
        scan.folds = [scan.fold()]
        return scan
    }

    mutating func merge(_ other: FunnelScan) {
        for index in folds.indices { folds[index].merge(other.folds[index]) }
    }

    // MARK: Results

    /// - Returns: each with its number in the fold.
    func series(_ segment: Int, limit: Int) -> [(number: Int, answer: FunnelAnswer.Series)] {
        let fold = folds[segment]
        guard groups.isSplit else { return [(0, series(fold, segment, 0, group: nil))] }
        let people = (0..<groups.seriesCount).map { fold.people(series: $0) }
        guard people.contains(where: { $0 > 0 }) else {
            return [(0, series(fold, segment, 0, group: groups.labelOfNobody))]
        }
        // Ranked by people before anything else is made of a group: most of many groups are left out.
        let largest = people.indices.filter { people[$0] > 0 && $0 != groups.unreached }
            .largestFirst(by: { people[$0] }, group: { groups.labels(of: $0) })
            .prefix(limit)
        let last = groups.unreached.map { [$0] } ?? []
        return (largest + last).map { ($0, series(fold, segment, $0, group: groups.label(of: $0))) }
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
            let (durations, amounts) = (tally.durations, tally.amounts)
            let entering = amounts[0].reduce(0) { $0 + $1.amount }
            let steps = durations.indices.dropFirst()
            timeBins =
                [FunnelBins.everybody(reached[0], end: 1000, revenue: entering)]
                + steps.map { step in
                    FunnelBins.times(durations[step].seconds, amounts[step].map { ($0.seconds, $0.amount) })
                } + [
                    FunnelBins.times(
                        durations[0].seconds,
                        amounts[durations.count - 1].map { ($0.secondsInAll, $0.amount) }
                    )
                ]
            countBins =
                [FunnelBins.everybody(reached[0], end: 1, revenue: entering)]
                + steps.map { step in
                    FunnelBins.counts(tally.previousCounts[step], amounts[step].map { ($0.previousCount, $0.amount) })
                }
        }
    }
}

extension FunnelTally.Durations {
    fileprivate var times: FunnelAnswer.Times {
        FunnelAnswer.Times(mean: mean ?? -1, median: median ?? -1)
    }
}
