/// Counts people by their first row, if that lies in the range and meets what is asked of it.
/// Source: Documentation/metrics.md V11.
public struct FirstRowTally: MetricTally {
    private let shape: MetricShape
    /// By cell.
    private var people: [Int]

    public init(_ shape: MetricShape) {
        self.shape = shape
        people = Array(repeating: 0, count: shape.cellCount)
    }

    public mutating func add(_ rows: borrowing MetricRows) {
        guard let second = rows.seconds.first, shape.counted.contains(second), rows.meets.first ?? true else { return }
        shape.lists.forEach(rows.series[0]) { people[shape.cell($0, second)] += 1 }
    }

    public mutating func merge(_ other: FirstRowTally) {
        for i in people.indices { people[i] += other.people[i] }
    }

    public func hasRows(in series: Int) -> Bool { shape.cells(of: series).contains { people[$0] > 0 } }

    public func values(of series: Int) -> [Double] { shape.cells(of: series).map { Double(people[$0]) } }
}
