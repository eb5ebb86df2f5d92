/// How many people are new in a period, go on, came back, or stayed away. Source: Documentation/metrics.md V16.
public struct LifecycleTally: MetricTally {
    private enum State: Int {
        case new, returning, resurrected, dormant
    }

    private let shape: MetricShape
    private let stateCount: Int
    /// Index: (series × states + state) × periods + period; the first period leads in.
    private var people: [Int]

    /// - Parameter shape: the first of its buckets leads in, and is not shown.
    public init(_ shape: MetricShape, includesDormant: Bool) {
        self.shape = shape
        stateCount = includesDormant ? 4 : 3
        people = Array(repeating: 0, count: shape.cellCount * stateCount)
    }

    private var periods: Int { shape.buckets.bucketCount }

    /// - Parameter rows: all up to the end of the last period; those that are not met say no more than that somebody is not
    ///   new.
    public mutating func add(_ rows: borrowing MetricRows) {
        // The last period that had rows, -1 before the one that leads in; and the series of its last row.
        var last: (period: Int, series: Int32)?
        for index in rows.seconds.indices {
            guard Int64(rows.seconds[index]) < shape.buckets.end else { break }
            guard rows.meets[index] else {
                last = last ?? (-1, rows.series[index])
                continue
            }
            let period = shape.buckets.bucketIfAny(of: Int64(rows.seconds[index])) ?? -1
            let series = rows.series[index]
            if last?.period != period {
                if let last, last.period + 1 < period { count(.dormant, last.series, last.period + 1) }
                let state: State = last.map { $0.period == period - 1 ? .returning : .resurrected } ?? .new
                count(state, series, period)
            }
            last = (period, series)
        }
        if let last { count(.dormant, last.series, last.period + 1) }
    }

    private mutating func count(_ state: State, _ number: Int32, _ period: Int) {
        guard period > 0, period < periods, state.rawValue < stateCount else { return }
        shape.lists.forEach(number) { series in
            people[(Int(series) * stateCount + state.rawValue) * periods + period] += 1
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
            return people[first + 1..<first + periods].map { Double($0) }
        }
    }
}
