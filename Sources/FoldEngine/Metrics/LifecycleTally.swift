/// How many people are new in a period, go on, came back, or stayed away. Source: Documentation/metrics.md V16.
public struct LifecycleTally: MetricTally {
    private let shape: MetricShape
    private let stateCount: Int
    /// Periods that are shown: the shape's first one leads in.
    private let periods: Int
    /// Index: (series × states + state) × periods + period.
    private var people: [Int]

    // Of one person: the periods of rows that are met, and the series of each.
    private var active: [Int32] = []
    private var series: [Int32] = []

    /// - Parameter shape: the first of its buckets leads in, and is not shown.
    public init(_ shape: MetricShape, includesDormant: Bool) {
        self.shape = shape
        stateCount = includesDormant ? 4 : 3
        periods = shape.buckets.bucketCount - 1
        people = Array(repeating: 0, count: shape.series * stateCount * periods)
    }

    /// - Parameter rows: all up to the end of the last period; those that are not met say no more than that somebody is not
    ///   new.
    public mutating func add(_ rows: borrowing MetricRows) {
        active.removeAll(keepingCapacity: true)
        series.removeAll(keepingCapacity: true)
        var newIn: Int32?
        for index in rows.seconds.indices where Int64(rows.seconds[index]) < shape.buckets.end {
            // -2 is before the period that leads in.
            let period = shape.buckets.bucketIfAny(of: Int64(rows.seconds[index])).map { Int32($0) - 1 } ?? -2
            newIn = newIn ?? (rows.meets[index] ? period : -2)
            guard rows.meets[index], period >= -1 else { continue }
            active.append(period)
            series.append(rows.series[index])
        }
        let (active, series) = (active, series)
        LifecycleState.forEach(active: active.span, newIn: newIn ?? -2, buckets: periods) { state, bucket, index in
            guard state.rawValue < stateCount else { return }
            shape.lists.forEach(series[index]) { series in
                people[(Int(series) * stateCount + state.rawValue) * periods + bucket] += 1
            }
        }
    }

    public mutating func merge(_ other: LifecycleTally) {
        for i in people.indices { people[i] += other.people[i] }
    }

    private func cells(of series: Int) -> Range<Int> {
        series * stateCount * periods..<(series + 1) * stateCount * periods
    }

    public func hasRows(in series: Int) -> Bool { cells(of: series).contains { people[$0] > 0 } }

    /// State by state, each with all periods that are shown.
    public func values(of series: Int) -> [Double] {
        (0..<stateCount).flatMap { state in
            let first = (series * stateCount + state) * periods
            return people[first..<first + periods].map { Double($0) }
        }
    }
}
