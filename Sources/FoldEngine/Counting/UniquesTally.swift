/// Counts the people who have any event, per series and window: each person once a window.
struct UniquesTally: Sendable {
    private let buckets: Int
    private let lead: Int
    private let window: BucketWindow
    /// Index: series × (buckets + 1) + bucket. How many more people the window of this bucket has than the one before.
    private var steps: [Int]
    private var collapsed: [Int]
    /// Per series: the last person who was counted, and up to which bucket's window.
    private var covered: [Covered]

    private struct Covered {
        var person: UInt32 = 0
        /// The last person who was counted in `collapsed`.
        var collapsedPerson: UInt32 = 0
        var bucket: Int32 = 0
    }

    init(_ shape: TallyShape, _ window: BucketWindow) {
        buckets = shape.buckets
        lead = shape.lead
        self.window = window
        steps = Array(repeating: 0, count: shape.series * (shape.buckets + 1))
        collapsed = Array(repeating: 0, count: shape.series)
        covered = Array(repeating: Covered(), count: shape.series)
    }

    /// - Parameters:
    ///   - person: differs from person to person; not 0.
    ///   - buckets: ascending.
    ///   - shownFrom: index of the first event that lies in what is shown.
    mutating func add(_ person: UInt32, _ buckets: Span<Int32>, _ series: Span<Int32>, shownFrom: Int) {
        for i in buckets.indices { add(person, buckets[i], Int(series[i]), isShown: i >= shownFrom) }
    }

    @inline(__always)
    mutating func add(_ person: UInt32, _ bucket: Int32, _ series: Int, isShown: Bool) {
        var state = covered[series]
        let isNew = state.person != person
        // The windows that have this event are those of the buckets from its own on.
        let first = isNew ? bucket : max(bucket, state.bucket + 1)
        let last = lastWindow(over: bucket)
        if first <= last {
            steps[series * (buckets + 1) + Int(first)] += 1
            steps[series * (buckets + 1) + Int(last) + 1] -= 1
            state.person = person
            state.bucket = last
        }
        if isShown, state.collapsedPerson != person {
            state.collapsedPerson = person
            collapsed[series] += 1
        }
        covered[series] = state
    }

    /// The last bucket whose window reaches back to `bucket`; before it if there is none.
    private func lastWindow(over bucket: Int32) -> Int32 {
        switch window {
        case .trailing(let count): min(bucket + Int32(count) - 1, Int32(buckets) - 1)
        case .fromStart: bucket < lead ? bucket - 1 : Int32(buckets) - 1
        }
    }

    /// Makes room for more series.
    mutating func grow(toSeries series: Int) {
        guard series > collapsed.count else { return }
        steps.append(contentsOf: repeatElement(0, count: (series - collapsed.count) * (buckets + 1)))
        covered.append(contentsOf: repeatElement(Covered(), count: series - collapsed.count))
        collapsed.append(contentsOf: repeatElement(0, count: series - collapsed.count))
    }

    mutating func merge(_ other: UniquesTally) {
        for i in steps.indices { steps[i] += other.steps[i] }
        for i in collapsed.indices { collapsed[i] += other.collapsed[i] }
    }

    /// Adds another count's series to one of this one.
    mutating func add(series: Int, of other: UniquesTally, to own: Int) {
        for i in 0...buckets { steps[own * (buckets + 1) + i] += other.steps[series * (buckets + 1) + i] }
        collapsed[own] += other.collapsed[series]
    }

    func collapsed(of series: Int) -> Double { Double(collapsed[series]) }

    func values(of series: Int) -> TallyValues {
        var people = 0
        var values: [Double] = []
        for bucket in 0..<buckets {
            people += steps[series * (buckets + 1) + bucket]
            values.append(Double(people))
        }
        return TallyValues(values, collapsed: Double(collapsed[series]))
    }
}
