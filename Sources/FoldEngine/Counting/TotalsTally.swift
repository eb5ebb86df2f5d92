/// Counts events, per series and bucket.
struct TotalsTally: Sendable {
    private let shape: TallyShape
    /// Index: series × buckets + bucket.
    private var counts: [Int]
    private var collapsed: [Int]

    init(_ shape: TallyShape) {
        self.shape = shape
        counts = Array(repeating: 0, count: shape.cells)
        collapsed = Array(repeating: 0, count: shape.series)
    }

    /// - Parameter shownFrom: index of the first event that lies in what is shown.
    mutating func add(_ buckets: Span<Int32>, _ series: Span<Int32>, shownFrom: Int) {
        for i in buckets.indices {
            let number = Int(series[i])
            counts[number * shape.buckets + Int(buckets[i])] += 1
            if i >= shownFrom { collapsed[number] += 1 }
        }
    }

    mutating func merge(_ other: TotalsTally) {
        for i in counts.indices { counts[i] += other.counts[i] }
        for i in collapsed.indices { collapsed[i] += other.collapsed[i] }
    }

    /// Whether there are any in a bucket from `first` on.
    func hasAny(in series: Int, from first: Int) -> Bool {
        let start = series * shape.buckets
        for cell in start + first..<start + shape.buckets where counts[cell] != 0 { return true }
        return false
    }

    func collapsed(of series: Int) -> Double { Double(collapsed[series]) }

    func values(of series: Int, _ window: BucketWindow) -> TallyValues {
        TallyValues(
            shape.windowSums(window) { Double(counts[series * shape.buckets + $0]) },
            collapsed: Double(collapsed[series])
        )
    }
}

/// What a count gives for one series: a value for each bucket, leading ones included, and one for all that is shown.
public struct TallyValues: Equatable, Sendable {
    public var buckets: [Double]
    public var collapsed: Double

    public init(_ buckets: [Double], collapsed: Double) {
        self.buckets = buckets
        self.collapsed = collapsed
    }
}
