/// How large a part of a month's people is there on a day, or in the week up to it, in percent; of a bucket the mean of its days.
/// Source: Documentation/metrics.md V15.
public struct StickinessTally: MetricTally {
    private var part: SpanUniquesTally
    private var month: SpanUniquesTally
    /// By bucket: its days.
    private let days: [Range<Int>]

    /// - Parameters:
    ///   - part: by day, the seconds in which people are above the fraction line; `month`: below it.
    ///   - days: by bucket, those of its days that lie in the range.
    public init(_ shape: MetricShape, part: [Range<Int64>], month: [Range<Int64>], days: [Range<Int>]) {
        self.part = SpanUniquesTally(shape, spans: part)
        self.month = SpanUniquesTally(shape, spans: month)
        self.days = days
    }

    public mutating func add(_ rows: borrowing MetricRows) {
        part.add(rows)
        month.add(rows)
    }

    public mutating func merge(_ other: StickinessTally) {
        part.merge(other.part)
        month.merge(other.month)
    }

    public func hasRows(in series: Int) -> Bool { part.hasRows(in: series) }

    public func values(of series: Int) -> [Double] {
        let shares = zip(part.values(of: series), month.values(of: series)).map { $1 == 0 ? 0 : 100 * $0 / $1 }
        return days.map { days in
            days.isEmpty ? 0 : shares[days].reduce(0, +) / Double(days.count)
        }
    }
}
