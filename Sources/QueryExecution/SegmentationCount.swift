import ColumnEngine
import EventModel
import FoldEngine
import Formulas
import QueryModel

/// Counts what a ``SegmentationPlan`` needs, over one time axis.
struct SegmentationCount {
    let plan: SegmentationPlan
    let axis: TimeAxis
    let data: EventData
    let names: KnownNames
    let context: QueryContext
    /// By cohort id: its people.
    let cohorts: [String: Set<Int32>]

    typealias StreamKey = SegmentationPlan.StreamKey
    /// Events by the code of a value, or people by that of how many events they have; the numbers that codes stand for; and
    /// from where to where they go in what is shown.
    typealias ValueCounts = (
        buckets: [[UInt32: Int]], collapsed: [UInt32: Int], numbers: [Double], range: ClosedRange<Double>?
    )

    /// What was counted, ready to be asked.
    struct Result {
        fileprivate let plan: SegmentationPlan
        fileprivate let measures: [StreamKey: Set<FormulaMeasure>]
        fileprivate let numbers: [PropertyReference: [Double]]
        fileprivate var folds: [StreamKey: (fold: SegmentationFold, groups: GroupPlan)] = [:]
        /// By stream and labels: the series.
        fileprivate let series: [StreamKey: [[ExactText]: Int]]
        let bucketCount: Int
        /// Of these, before the first one shown.
        let leadCount: Int
    }

    /// All groups of each stream.
    func groups() throws(QueryError) -> [StreamKey: GroupPlan] {
        var groups: [StreamKey: GroupPlan] = [:]
        for key in plan.measures.keys { groups[key] = try GroupPlan(plan.groupBy(key), data) }
        return groups
    }

    /// A count that is ready to be folded.
    struct Fold {
        /// Before anything was counted.
        let nothing: CountingScan
        let scan: EventScan
        fileprivate let keys: [StreamKey]
        fileprivate let empty: Result

        func result(_ counted: CountingScan) -> Result {
            var result = empty
            for (key, stream) in zip(keys, counted.streams) { result.folds[key] = (stream.fold, stream.groups) }
            return result
        }
    }

    /// - Parameters:
    ///   - measures: what to count of each stream.
    ///   - isCollapsing: whether all buckets are counted as one; conditions still hold in some and not in others.
    func run(
        _ measures: [StreamKey: Set<FormulaMeasure>],
        _ groups: [StreamKey: GroupPlan],
        _ engine: QueryEngine,
        collapsing isCollapsing: Bool = false
    ) async throws(QueryError) -> Result {
        let fold = try fold(measures, groups, collapsing: isCollapsing)
        let counted = try await engine.folding { [data] in try await data.fold(fold.nothing, over: fold.scan) }
        if counted.isTooLarge {
            throw .tooLarge(.distinctValues)
        }
        return fold.result(counted)
    }

    /// See ``run(_:_:_:collapsing:)``.
    func fold(
        _ measures: [StreamKey: Set<FormulaMeasure>],
        _ groups: [StreamKey: GroupPlan],
        collapsing isCollapsing: Bool = false
    ) throws(QueryError) -> Fold {
        var matchers = MatcherPlan(data: data, names: names, context: context)
        var times = axis.counted
        var streams: [CountingStream] = []
        let keys = measures.keys.sorted { ($0.event ?? -1, $0.segment) < ($1.event ?? -1, $1.segment) }
        let countedTypes = matchers.types(.any)
        let planner = SegmentPlanner(context: context, axis: axis, data: data, cohorts: cohorts)
        let bucketCount = isCollapsing ? 1 : axis.bounds.count - 1
        let leadCount = isCollapsing ? 0 : axis.leadCount
        for key in keys {
            let segment = plan.query.segments[key.segment]
            let event = key.event.map { plan.query.events[$0] } ?? EventSelector(type: .anyActive)
            let population = key.event == nil ? .any : plan.query.population
            let conditions = try planner.conditions(segment, population, &matchers, &times)
            let operand = plan.operand(key)
            var counted = SegmentationFold.Measures()
            for measure in measures[key] ?? [] {
                measure.add(to: &counted, numbers: operand.map { data.numbers(of: $0) } ?? [])
            }
            let groups = groups[key]!
            if !groups.properties.isEmpty { counted.totals = true }
            let shape = TallyShape(series: groups.groups.count, buckets: bucketCount, lead: leadCount)
            streams.append(
                CountingStream(
                    try matchers.match(event, and: segment.filters),
                    groups: groups,
                    operand: counted.hasOperand ? operand : nil,
                    operandCodes: operand.map { data.firstCodes(of: $0) } ?? [],
                    conditions: conditions,
                    countedTypes: countedTypes,
                    readsBefore: key.readsBefore,
                    isCollapsing: isCollapsing,
                    fold: SegmentationFold(shape, counted)
                )
            )
        }
        let empty = Result(
            plan: plan,
            measures: measures,
            numbers: numbers(keys),
            series: series(keys, groups),
            bucketCount: bucketCount,
            leadCount: leadCount
        )
        return Fold(
            nothing: CountingScan(axis, streams: streams),
            scan: matchers.scan(times),
            keys: keys,
            empty: empty
        )
    }

    /// By operand: its values as numbers.
    private func numbers(_ keys: [StreamKey]) -> [PropertyReference: [Double]] {
        var numbers: [PropertyReference: [Double]] = [:]
        for key in keys {
            if let operand = plan.operand(key) { numbers[operand] = data.numbers(of: operand) }
        }
        return numbers
    }

    /// By stream and labels: the series.
    private func series(_ keys: [StreamKey], _ groups: [StreamKey: GroupPlan]) -> [StreamKey: [[ExactText]: Int]] {
        var all: [StreamKey: [[ExactText]: Int]] = [:]
        for key in keys {
            var series: [[ExactText]: Int] = [:]
            for (number, group) in groups[key]!.groups.enumerated() {
                series[groups[key]!.labels(of: group).map { ExactText($0) }] = number
            }
            all[key] = series
        }
        return all
    }
}

extension SegmentationCount.Result {
    /// The groups in which an output has events that it looks at, by their labels; one without labels if nothing splits
    /// it. Where its events are split by more or by fewer properties, by those of the most.
    func groups(of output: SegmentationPlan.Output) -> [[ExactText]] {
        let keys = Set(output.expression.measures.map { plan.stream($0, output) })
        let width = keys.map { plan.groupBy($0).count }.max() ?? 0
        if width == 0 { return [[]] }
        var groups: Set<[ExactText]> = []
        let unseen = max(0, leadCount - output.leadCount)
        for key in keys where plan.groupBy(key).count == width {
            guard let (fold, _) = folds[key], let series = series[key] else { continue }
            for (labels, number) in series {
                if fold.totals(of: number).buckets.dropFirst(unseen).contains(where: { $0 > 0 }) {
                    groups.insert(labels)
                }
            }
        }
        return Array(groups)
    }

    /// The number of a group's series in a stream; `nil` if it has none there.
    func series(_ key: SegmentationCount.StreamKey, _ group: [ExactText]) -> Int? {
        series[key]?[Array(group.suffix(plan.groupBy(key).count))]
    }

    /// The values of an output for one group, in the buckets that are shown.
    func values(_ output: SegmentationPlan.Output, _ group: [ExactText], shown: Int) -> [Double] {
        let wide = output.expression.values(overBuckets: shown + output.average - 1) { measure in
            values(measure, output, group).buckets
        }
        return output.averages(wide, shown: shown)
    }

    /// The value of an output for one group over the whole range.
    func collapsed(_ output: SegmentationPlan.Output, _ group: [ExactText]) -> Double {
        output.expression.overWholeRange.values(overBuckets: 1) { [values($0, output, group).collapsed] }[0]
    }

    /// What one bucket of an output, or its whole range, holds of its numbers or events: `nil` if there are none.
    ///
    /// Amounts may add up to nothing, so how many there are tells whether there are any.
    func share(_ output: SegmentationPlan.Output, _ group: [ExactText], at index: Int?, shown: Int) -> Double? {
        func value(_ measured: (FormulaMeasure) -> TallyValues) -> Double {
            guard let index else {
                return output.expression.overWholeRange.values(overBuckets: 1) { [measured($0).collapsed] }[0]
            }
            let wide = output.expression.values(overBuckets: shown + output.average - 1) { measured($0).buckets }
            return output.averages(wide, shown: shown)[index]
        }
        let found = value { measure in
            measure.operand == .none ? values(measure, output, group) : amounts(measure, output, group)
        }
        return found == 0 ? nil : value { values($0, output, group) }
    }

    /// Events with a number, of which the sum of a measure is made.
    private func amounts(
        _ measure: FormulaMeasure,
        _ output: SegmentationPlan.Output,
        _ group: [ExactText]
    ) -> TallyValues {
        guard let (key, counted) = counted(measure, plan.stream(measure, output)), let (fold, _) = folds[key],
            let series = series(key, group)
        else { return TallyValues(Array(repeating: 0, count: bucketCount), collapsed: 0) }
        return fold.numberCounts(of: series, counted.window.buckets)
    }

    private func values(
        _ measure: FormulaMeasure,
        _ output: SegmentationPlan.Output,
        _ group: [ExactText]
    ) -> TallyValues {
        let nothing = TallyValues(Array(repeating: 0, count: bucketCount), collapsed: 0)
        guard let (key, counted) = counted(measure, plan.stream(measure, output)), let (fold, _) = folds[key],
            let series = series(key, group)
        else { return nothing }
        return counted.values(
            fold,
            series: series,
            active: activePeople(measure, output, group) ?? nothing,
            numbers: plan.operand(key).flatMap { numbers[$0] } ?? []
        )
    }

    private func activePeople(
        _ measure: FormulaMeasure,
        _ output: SegmentationPlan.Output,
        _ group: [ExactText]
    ) -> TallyValues? {
        let uniques = FormulaMeasure(.uniques, measure.event, measure.window)
        guard let (key, counted) = counted(uniques, plan.activeStream(measure, output)), let (fold, _) = folds[key],
            let series = series(key, group)
        else { return nil }
        return fold.uniques(of: series, counted.window.buckets)
    }

    /// The measure or, where it was counted with other windows only, one of those: over the whole range all are the same.
    private func counted(
        _ measure: FormulaMeasure,
        _ key: SegmentationCount.StreamKey
    ) -> (key: SegmentationCount.StreamKey, measure: FormulaMeasure)? {
        if measures[key]?.contains(measure) == true { return (key, measure) }
        for readsBefore in [true, false] {
            var key = key
            key.readsBefore = readsBefore
            for counted in measures[key] ?? []
            where counted.quantity == measure.quantity && counted.event == measure.event {
                return (key, counted)
            }
        }
        return nil
    }

    /// The number of a group in a stream's ``GroupPlan``.
    func group(_ key: SegmentationCount.StreamKey, _ group: [ExactText]) -> Int? {
        series(key, group).flatMap { folds[key]?.groups.groups[$0] }
    }

    /// What a histogram's bins are made of, over its window: events by the code of the operand's value, or people by their
    /// number of events.
    func valueCounts(
        _ output: SegmentationPlan.Output,
        _ group: [ExactText]
    ) -> SegmentationCount.ValueCounts? {
        guard let measure = output.expression.measures.first,
            let (key, counted) = counted(measure, plan.stream(measure, output)),
            let (fold, _) = folds[key], let series = series(key, group)
        else { return nil }
        if case .frequencyPercentile = counted.quantity {
            return coded(fold.frequencies(of: series, counted.window.buckets))
        }
        guard let operand = plan.operand(key) else { return nil }
        let counts = fold.valueCounts(of: series, counted.window.buckets)
        let numbers = numbers[operand] ?? []
        let inRange = numbers.histogram(counts.collapsed)
        let range = inRange.first.flatMap { first in inRange.last.map { first.value...$0.value } }
        return (counts.buckets, counts.collapsed, numbers, range)
    }

    /// People by their number of events as if those were an operand's values.
    private func coded(_ people: (buckets: [[Int: Int]], collapsed: [Int: Int])) -> SegmentationCount.ValueCounts {
        let numbers = Set(people.buckets.flatMap(\.keys)).union(people.collapsed.keys).sorted()
        let codes = Dictionary(uniqueKeysWithValues: zip(numbers, UInt32(0)...))
        func coded(_ cell: [Int: Int]) -> [UInt32: Int] {
            Dictionary(uniqueKeysWithValues: cell.map { (codes[$0.key]!, $0.value) })
        }
        // Who did it every day did it less often on each than in all.
        let shown = Set(people.buckets.dropFirst(leadCount).flatMap(\.keys)).union(people.collapsed.keys)
        let range = shown.min().flatMap { first in shown.max().map { Double(first)...Double($0) } }
        return (people.buckets.map(coded), coded(people.collapsed), numbers.map { Double($0) }, range)
    }

    /// What is in all bins of a histogram together, over the whole range: events whose operand is a number, or people.
    func binned(_ output: SegmentationPlan.Output, _ group: [ExactText]) -> Double {
        guard let counts = valueCounts(output, group) else { return 0 }
        return Double(counts.numbers.histogram(counts.collapsed).reduce(0) { $0 + $1.count })
    }
}

extension SegmentationPlan.Output {
    /// For each bucket that is shown, the mean of the last ``average`` values.
    ///
    /// - Parameter values: end with the last bucket.
    func averages(_ values: [Double], shown: Int) -> [Double] {
        (values.count - shown..<values.count).map { last in
            values[last - average + 1...last].reduce(0, +) / Double(average)
        }
    }
}
