/// Counts the people who have any event, per series and bucket, and per series in all: the most common question, and so
/// without what windows over several buckets need (``UniquesTally``).
struct BucketUniquesTally: Sendable {
    private let buckets: Int
    /// Index: series × buckets + bucket.
    private var counts: [Int]
    private var collapsed: [Int]
    /// Per series: the last person and bucket that were counted.
    private var last: [UInt64]
    /// Per series: the last person who was counted in `collapsed`.
    private var lastShown: [UInt32]

    init(_ shape: TallyShape) {
        buckets = shape.buckets
        counts = Array(repeating: 0, count: shape.cells)
        collapsed = Array(repeating: 0, count: shape.series)
        last = Array(repeating: 0, count: shape.series)
        lastShown = Array(repeating: 0, count: shape.series)
    }

    /// - Parameters:
    ///   - person: differs from person to person; not 0.
    ///   - buckets: ascending.
    ///   - shownFrom: index of the first event that lies in what is shown.
    mutating func add(_ person: UInt32, _ buckets: Span<Int32>, _ series: Span<Int32>, shownFrom: Int) {
        let own = UInt64(person) << 32
        for i in buckets.indices {
            let number = Int(series[i])
            let next = own | UInt64(UInt32(bitPattern: buckets[i]))
            // Added without a branch: whether an event is the first of its bucket cannot be foreseen.
            counts[number * self.buckets + Int(buckets[i])] += last[number] != next ? 1 : 0
            last[number] = next
        }
        for i in shownFrom..<max(shownFrom, buckets.count) {
            let number = Int(series[i])
            if lastShown[number] != person {
                lastShown[number] = person
                collapsed[number] += 1
                if collapsed.count == 1 { return }
            }
        }
    }

    /// Adds events of many people, all of which lie in what is shown.
    ///
    /// - Parameters:
    ///   - people: of each event, as above, less `base`; people's events follow on each other.
    ///   - buckets: ascending for each person.
    mutating func add(_ people: Span<UInt32>, from base: UInt32, _ buckets: Span<Int32>, _ series: Span<Int32>) {
        for i in buckets.indices {
            let number = Int(series[i])
            let person = base &+ people[i]
            let next = UInt64(person) << 32 | UInt64(UInt32(bitPattern: buckets[i]))
            counts[number * self.buckets + Int(buckets[i])] += last[number] != next ? 1 : 0
            last[number] = next
            collapsed[number] += lastShown[number] != person ? 1 : 0
            lastShown[number] = person
        }
    }

    mutating func merge(_ other: BucketUniquesTally) {
        for i in counts.indices { counts[i] += other.counts[i] }
        for i in collapsed.indices { collapsed[i] += other.collapsed[i] }
    }

    func collapsed(of series: Int) -> Double { Double(collapsed[series]) }

    func values(of series: Int) -> TallyValues {
        TallyValues(
            (0..<buckets).map { Double(counts[series * buckets + $0]) },
            collapsed: Double(collapsed[series])
        )
    }
}
