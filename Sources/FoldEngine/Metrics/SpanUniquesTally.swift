/// Counts distinct people by spans of time, which may overlap: each person once a span. Source: Documentation/metrics.md V8.
public struct SpanUniquesTally: MetricTally {
    private let shape: MetricShape
    /// Ascending, both.
    private let starts: [UInt32]
    private let ends: [UInt32]
    /// Index: series × (spans + 1) + span. How many more people a span has than the one before.
    private var steps: [Int]
    /// By series.
    private var hasRows: [Bool]
    /// By series: the last person who was counted, and up to which span.
    private var covered: [Covered]
    private var person: UInt32 = 0

    private struct Covered {
        var person: UInt32 = 0
        var span: Int32 = 0
    }

    /// - Parameter spans: seconds; neither starts nor ends go back.
    public init(_ shape: MetricShape, spans: [Range<Int64>]) {
        self.shape = shape
        starts = spans.map { UInt32(clamping: $0.lowerBound) }
        ends = spans.map { UInt32(clamping: $0.upperBound) }
        steps = Array(repeating: 0, count: shape.series * (spans.count + 1))
        hasRows = Array(repeating: false, count: shape.series)
        covered = Array(repeating: Covered(), count: shape.series)
    }

    public mutating func add(_ rows: borrowing MetricRows) {
        if rows.seconds.isEmpty { return }
        person &+= 1
        // Rows come in the order of time, so both only go forward.
        var (first, next) = (0, 0)
        for index in rows.seconds.indices {
            let second = rows.seconds[index]
            while first < ends.count, ends[first] <= second { first += 1 }
            while next < starts.count, starts[next] <= second { next += 1 }
            let isShown = shape.counted.contains(second)
            if first >= next, !isShown { continue }
            shape.lists.forEach(rows.series[index]) { series in
                let series = Int(series)
                if isShown { hasRows[series] = true }
                var from = Int32(first)
                if covered[series].person == person { from = max(from, covered[series].span + 1) }
                guard from < next else { return }
                steps[series * (starts.count + 1) + Int(from)] += 1
                steps[series * (starts.count + 1) + next] -= 1
                covered[series] = Covered(person: person, span: Int32(next - 1))
            }
        }
    }

    public mutating func merge(_ other: SpanUniquesTally) {
        for i in steps.indices { steps[i] += other.steps[i] }
        for i in hasRows.indices where other.hasRows[i] { hasRows[i] = true }
    }

    public func hasRows(in series: Int) -> Bool { hasRows[series] }

    public func values(of series: Int) -> [Double] {
        var people = 0
        return starts.indices.map { span in
            people += steps[series * (starts.count + 1) + span]
            return Double(people)
        }
    }
}
