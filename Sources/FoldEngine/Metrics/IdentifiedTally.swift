/// Counts distinct people of whom any row at all has a user id, in the buckets in which a row lies that meets what is asked.
/// Source: Documentation/metrics.md V14.
public struct IdentifiedTally: MetricTally {
    private var people: SpanUniquesTally
    private var met = MetricRows()

    public init(_ shape: MetricShape, spans: [Range<Int64>]) {
        people = SpanUniquesTally(shape, spans: spans)
    }

    /// - Parameter rows: all there are of the person; a number stands on each that has a user id.
    public mutating func add(_ rows: borrowing MetricRows) {
        guard rows.numbers.contains(where: { !$0.isNaN }) else { return }
        met.removeAll()
        for index in rows.seconds.indices where rows.meets[index] {
            met.seconds.append(rows.seconds[index])
            met.series.append(rows.series[index])
        }
        people.add(met)
    }

    public mutating func merge(_ other: IdentifiedTally) { people.merge(other.people) }

    public func hasRows(in series: Int) -> Bool { people.hasRows(in: series) }

    public func values(of series: Int) -> [Double] { people.values(of: series) }
}
