import EventModel
import FoldEngine
import Formulas
import QueryModel

/// What was counted for a ``SegmentationPlan``, ready to be asked.
struct SegmentationResult {
    typealias StreamKey = SegmentationPlan.StreamKey
    /// Events by the code of a value, or people by that of how many events they have; the numbers that codes stand for;
    /// from where to where they go in what is shown; and whether all those are whole.
    typealias ValueCounts = (
        buckets: [[UInt32: Int]], collapsed: [UInt32: Int], numbers: [Double], range: ClosedRange<Double>?,
        areWhole: Bool
    )

    let plan: SegmentationPlan
    let measures: [StreamKey: Set<FormulaMeasure>]
    let numbers: [PropertyReference: [Double]]
    var folds: [StreamKey: (fold: SegmentationFold, groups: GroupPlan)] = [:]
    let bucketCount: Int
    /// Of these, before the first one shown.
    let leadCount: Int

    /// By how many properties an output is split.
    func width(of output: SegmentationPlan.Output) -> Int {
        output.expression.measures.map { plan.groupBy(plan.stream($0, output)).count }.max() ?? 0
    }

    /// The number of a group's series in a stream; `nil` if it has none there.
    func series(_ key: StreamKey, _ group: [ExactText]) -> Int? {
        guard let groups = folds[key]?.groups else { return nil }
        let labels = Array(group.suffix(plan.groupBy(key).count))
        return groups.group(labelled: labels).map { Int(groups.series[$0]) }.flatMap { $0 >= 0 ? $0 : nil }
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

    func values(
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
    func counted(
        _ measure: FormulaMeasure,
        _ key: StreamKey
    ) -> (key: StreamKey, measure: FormulaMeasure)? {
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
    func group(_ key: StreamKey, _ group: [ExactText]) -> Int? {
        series(key, group).flatMap { folds[key]?.groups.groups[$0] }
    }

    /// What a histogram's bins are made of, over its window: events by the code of the operand's value, or people by their
    /// number of events.
    func valueCounts(
        _ output: SegmentationPlan.Output,
        _ group: [ExactText]
    ) -> ValueCounts? {
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
        let areWhole = inRange.allSatisfy { $0.value == $0.value.rounded() }
        return (counts.buckets, counts.collapsed, numbers, range, areWhole)
    }

    /// People by their number of events as if those were an operand's values.
    private func coded(_ people: (buckets: [[Int: Int]], collapsed: [Int: Int])) -> ValueCounts {
        let numbers = Set(people.buckets.flatMap(\.keys)).union(people.collapsed.keys).sorted()
        let codes = Dictionary(uniqueKeysWithValues: zip(numbers, UInt32(0)...))
        func coded(_ cell: [Int: Int]) -> [UInt32: Int] {
            Dictionary(uniqueKeysWithValues: cell.map { (codes[$0.key]!, $0.value) })
        }
        // Who did it every day did it less often on each than in all.
        let shown = Set(people.buckets.dropFirst(leadCount).flatMap(\.keys)).union(people.collapsed.keys)
        let range = shown.min().flatMap { first in shown.max().map { Double(first)...Double($0) } }
        return (people.buckets.map(coded), coded(people.collapsed), numbers.map { Double($0) }, range, true)
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
