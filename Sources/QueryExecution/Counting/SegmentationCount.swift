import ColumnEngine
import EventModel
import FoldEngine
import Formulas
import QueryModel

/// Counts what a ``SegmentationPlan`` needs, over one time axis.
struct SegmentationCount {
    typealias StreamKey = SegmentationPlan.StreamKey

    let plan: SegmentationPlan
    private let prepared: Preparation

    init(_ plan: SegmentationPlan, _ prepared: Preparation) {
        self.plan = plan
        self.prepared = prepared
    }

    /// The same events, for another plan of the same question.
    func counting(_ plan: SegmentationPlan) -> SegmentationCount { SegmentationCount(plan, prepared) }

    /// All groups of each stream.
    func groups() throws(QueryError) -> [StreamKey: GroupPlan] {
        var groups: [StreamKey: GroupPlan] = [:]
        for key in plan.measures.keys { groups[key] = try prepared.groups(by: plan.groupBy(key)) }
        return groups
    }

    /// A count that is ready to be folded.
    struct Plan {
        let fold: FoldPlan<CountingScan>
        fileprivate let keys: [StreamKey]
        fileprivate let empty: SegmentationResult

        func result(_ counted: CountingScan) -> SegmentationResult {
            var result = empty
            for (key, stream) in zip(keys, counted.streams) { result.folds[key] = (stream.fold, stream.groups) }
            return result
        }
    }

    /// - Parameters:
    ///   - measures: what to count of each stream.
    ///   - isCollapsing: whether all buckets are counted as one; conditions still hold in some and not in others.
    func result(
        _ measures: [StreamKey: Set<FormulaMeasure>],
        _ groups: [StreamKey: GroupPlan],
        collapsing isCollapsing: Bool = false
    ) async throws(QueryError) -> SegmentationResult {
        let planned = try planned(measures, groups, collapsing: isCollapsing)
        let counted = try await planned.fold.result()
        if counted.isTooLarge { throw .tooLarge(.distinctValues) }
        return planned.result(counted)
    }

    /// See ``result(_:_:collapsing:)``.
    func planned(
        _ measures: [StreamKey: Set<FormulaMeasure>],
        _ groups: [StreamKey: GroupPlan],
        collapsing isCollapsing: Bool = false
    ) throws(QueryError) -> Plan {
        var prepared = prepared
        var streams: [CountingStream] = []
        let keys = measures.keys.sorted { ($0.event ?? -1, $0.segment) < ($1.event ?? -1, $1.segment) }
        let bucketCount = isCollapsing ? 1 : prepared.axis.bounds.count - 1
        let leadCount = isCollapsing ? 0 : prepared.axis.leadCount
        for key in keys {
            let shape = TallyShape(series: groups[key]!.groups.count, buckets: bucketCount, lead: leadCount)
            streams.append(try stream(key, measures[key] ?? [], groups[key]!, shape, isCollapsing, &prepared))
        }
        let empty = SegmentationResult(
            plan: plan,
            measures: measures,
            numbers: numbers(keys),
            bucketCount: bucketCount,
            leadCount: leadCount
        )
        let nothing = CountingScan(prepared.axis, streams: streams)
        return Plan(fold: FoldPlan(nothing, over: prepared.data, prepared.scan), keys: keys, empty: empty)
    }

    private func stream(
        _ key: StreamKey,
        _ measures: Set<FormulaMeasure>,
        _ groups: GroupPlan,
        _ shape: TallyShape,
        _ isCollapsing: Bool,
        _ prepared: inout Preparation
    ) throws(QueryError) -> CountingStream {
        let segment = plan.query.segments[key.segment]
        let event = key.event.map { plan.query.events[$0] } ?? EventSelector(type: .anyActive)
        let conditions = try prepared.conditions(segment, key.event == nil ? .any : plan.query.population)
        let operand = plan.operand(key)
        var counted = SegmentationFold.Measures()
        for measure in measures {
            measure.add(to: &counted, numbers: operand.map { prepared.data.numbers(of: $0) } ?? [])
        }
        if !groups.properties.isEmpty { counted.totals = true }
        return CountingStream(
            try prepared.match(event, and: segment.filters),
            groups: groups,
            operand: counted.hasOperand ? operand : nil,
            operandCodes: operand.map { prepared.data.firstCodes(of: $0) } ?? [],
            conditions: conditions,
            countedTypes: prepared.countedTypes,
            readsBefore: key.readsBefore,
            isCollapsing: isCollapsing,
            fold: SegmentationFold(shape, counted)
        )
    }

    /// By operand: its values as numbers.
    private func numbers(_ keys: [StreamKey]) -> [PropertyReference: [Double]] {
        var numbers: [PropertyReference: [Double]] = [:]
        for key in keys {
            if let operand = plan.operand(key) { numbers[operand] = prepared.data.numbers(of: operand) }
        }
        return numbers
    }
}
