import ColumnEngine
import EventModel
import FoldEngine
import Formulas
import QueryModel

/// A metric that is ready to be counted, over one time after another, with the same dimensions.
struct MetricRun {
    private let plan: MetricPlan
    private let reading: MetricReading
    private let prepared: Preparation
    private let split: MetricSplit
    /// Beyond so many, values are counted in several passes.
    private let mostCells: Int

    /// Points of an answer. Source: Documentation/metrics.md V2.
    static let mostPoints = 10_000

    init(
        _ plan: MetricPlan,
        _ reading: MetricReading,
        _ prepared: Preparation,
        _ split: MetricSplit,
        mostCells: Int
    ) {
        self.plan = plan
        self.reading = reading
        self.prepared = prepared
        self.split = split
        self.mostCells = mostCells
    }

    static func check(_ points: Int, most: Int = mostPoints) throws(QueryError) {
        guard points <= most else { throw .tooLarge(.points(points, most: mostPoints)) }
    }

    // MARK: Dimensions

    /// The values that have a series each, the largest first, and those that share one; `nil` if nothing splits.
    struct Kept {
        var labels: [Int]
        var others: [Int]
        /// Of each of the labels, as they were counted to find the largest.
        var values: [[Double]]
    }

    /// The largest values by the sum of their points, ties by text; and all others of which a row lies in the range.
    func kept(over axis: MetricAxis) async throws(QueryError) -> Kept? {
        try Self.check(axis.bucketCount)
        guard plan.query.breakdown != nil else { return nil }
        let texts = split.texts
        var largest = Leading<(label: Int, total: Double, values: [Double])>(plan.query.breakdownLimit) { a, b in
            a.total != b.total ? a.total > b.total : ExactText(texts[a.label]) < ExactText(texts[b.label])
        }
        var present: [Int] = []
        let labelsAtOnce = max(1, mostCells / axis.bucketCount)
        for first in stride(from: 0, to: texts.count, by: labelsAtOnce) {
            let labels = first..<min(first + labelsAtOnce, texts.count)
            let tally = try await count(axis, MetricSplit.Series(each: labels, of: texts.count))
            var check = CancellationCheck()
            for label in labels where tally.hasRows(in: label - first) {
                try check.next()
                present.append(label)
                let values = tally.values(of: label - first)
                largest.add((label, values.reduce(0, +), values))
            }
        }
        let elements = largest.elements
        let own = Set(elements.map(\.label))
        return Kept(
            labels: elements.map(\.label),
            others: present.filter { !own.contains($0) },
            values: elements.map(\.values)
        )
    }

    // MARK: Values

    /// The time over which the values were kept.
    func period(_ axis: MetricAxis, counted kept: Kept?) async throws(QueryError) -> MetricAnswer.Period {
        guard let kept, kept.others.isEmpty else { return try await period(axis, kept) }
        try check(kept.labels.count, over: axis)
        return period(axis, kept, kept.values)
    }

    /// Any time.
    func period(_ axis: MetricAxis, _ kept: Kept?) async throws(QueryError) -> MetricAnswer.Period {
        let series =
            kept.map { MetricSplit.Series($0.labels, others: $0.others, of: split.texts.count) }
            ?? MetricSplit.Series(each: 0..<1, of: 1)
        try check(series.count, over: axis)
        if series.count == 0 { return MetricAnswer.Period(axis: axis, series: []) }
        let tally = try await count(axis, series)
        return period(axis, kept, (0..<series.count).map { tally.values(of: $0) })
    }

    private func check(_ series: Int, over axis: MetricAxis) throws(QueryError) {
        try Self.check(series * plan.statesPerBucket * axis.bucketCount)
    }

    private func period(_ axis: MetricAxis, _ kept: Kept?, _ values: [[Double]]) -> MetricAnswer.Period {
        MetricAnswer.Period(
            axis: axis,
            series: values.enumerated().map { number, values in
                let dimension: MetricAnswer.Dimension? = kept.map { kept in
                    number < kept.labels.count ? .value(split.texts[kept.labels[number]]) : .other
                }
                return MetricAnswer.Series(dimension: dimension, values: values)
            }
        )
    }

    /// With a bucket before the first one.
    private func leadingIn(_ axis: MetricAxis, _ shape: MetricShape) -> MetricShape {
        let zone = prepared.context.zone
        let first = zone.date(of: Timestamp(milliseconds: axis.bounds[0] * 1000))
        let before =
            axis.interval == .all || axis.interval.isBelowDay
            ? axis.bounds[0] - (axis.bounds[1] - axis.bounds[0])
            : zone.start(of: first.adding(-1, axis.interval)).seconds
        return MetricShape(
            series: shape.series,
            lists: shape.lists,
            buckets: BucketTable(bounds: [before] + axis.bounds),
            counted: shape.counted
        )
    }

    private func count(_ axis: MetricAxis, _ series: MetricSplit.Series) async throws(QueryError) -> any MetricTally {
        let (numbers, lists) = split.numbers(series)
        let spans = plan.spans(axis, in: prepared.context.zone)
        let shape = MetricShape(
            series: series.count,
            lists: lists,
            buckets: BucketTable(bounds: axis.bounds),
            counted: axis.counted.asBlockSeconds
        )
        let scan = prepared.scan(plan.times(axis, spans))
        func fold<Tally: MetricTally>(_ tally: Tally) async throws(QueryError) -> any MetricTally {
            let counted = try await prepared.data.fold(
                MetricScan(reading, seriesByCode: numbers, tally),
                over: scan
            ).tally
            if counted.isTooLarge { throw .tooLarge(.distinctValues) }
            return counted
        }
        switch plan.query.metric {
        case .activeUsers: return try await fold(SpanUniquesTally(shape, spans: spans))
        case .events, .values(_, .count): return try await fold(RowTally(shape, .rows))
        case .values(_, .sum): return try await fold(RowTally(shape, .sum))
        case .values(_, .avg): return try await fold(RowTally(shape, .average))
        case .values(_, .min): return try await fold(RowTally(shape, .min))
        case .values(_, .max): return try await fold(RowTally(shape, .max))
        case .perActor(let property, let summary):
            return try await fold(PerActorTally(shape, summary.ofTally, addsNumbers: property != nil))
        case .firstTime: return try await fold(FirstRowTally(shape))
        case .identifiedUsers: return try await fold(IdentifiedTally(shape, spans: spans))
        case .sessions: return try await fold(SessionTally(shape, .begun))
        case .sessionsUnderWay: return try await fold(SessionTally(shape, .underWay))
        case .stickiness(let people):
            return try await fold(StickinessTally(shape, of: people, axis, in: prepared.context.zone))
        case .lifecycle(let includesDormant):
            return try await fold(
                LifecycleTally(leadingIn(axis, shape), includesDormant: includesDormant)
            )
        }
    }
}

extension StickinessTally {
    /// Day by day, whatever the axis' buckets are.
    fileprivate init(_ shape: MetricShape, of people: Metric.Stickiness, _ axis: MetricAxis, in zone: ProjectTimeZone) {
        let days = axis.days(in: zone)
        self.init(
            shape,
            part: people == .day ? days.spans : days.spans(days: 7, in: zone),
            month: days.spans(days: 30, in: zone),
            days: (0..<axis.bucketCount).map { bucket in
                let own = (0..<days.bucketCount).filter { day in
                    axis.bounds[bucket] <= days.bounds[day] && days.bounds[day] < axis.bounds[bucket + 1]
                }
                return (own.first ?? 0)..<(own.last.map { $0 + 1 } ?? 0)
            }
        )
    }
}

extension Metric.Summary {
    fileprivate var ofTally: PerActorTally.Summary {
        switch self {
        case .average: .average
        case .min: .min
        case .max: .max
        case .sum: .sum
        case .quantile(let quantile): .ofAll { values in quantile.value(in: values.map { ($0, 1) }) }
        }
    }
}
