/// Counts, period by period, people by the number of different days on which they did something.
///
/// Feed it one person after another; their order, and how they are shared out among folds that are merged, changes nothing.
/// Source: Documentation/asking.md Q13.
public struct StickinessFold: Sendable {
    /// By number of days less one, by period: people who did it on exactly so many.
    public private(set) var counts: [[Int]]

    /// - Parameters:
    ///   - buckets: periods.
    ///   - mostDays: those of the longest one.
    public init(buckets: Int, mostDays: Int) {
        counts = Array(repeating: Array(repeating: 0, count: buckets), count: mostDays)
    }

    /// Adds one person's events.
    ///
    /// - Parameters:
    ///   - buckets: of each, ascending.
    ///   - days: the number of the day on which each lies, ascending.
    /// - Complexity: O(events), no allocation.
    public mutating func add(buckets: Span<Int32>, days: Span<Int32>) {
        guard !buckets.isEmpty else { return }
        var count = 1
        for index in 1..<buckets.count {
            if buckets[index] != buckets[index - 1] {
                counts[count - 1][Int(buckets[index - 1])] += 1
                count = 1
            } else if days[index] != days[index - 1] {
                count += 1
            }
        }
        counts[count - 1][Int(buckets[buckets.count - 1])] += 1
    }

    /// Takes in another fold of the same periods over other people.
    public mutating func merge(_ other: StickinessFold) {
        for days in counts.indices {
            for bucket in counts[days].indices { counts[days][bucket] += other.counts[days][bucket] }
        }
    }

    /// By period: everybody who did it.
    public var people: [Int] {
        counts.reduce(into: counts.first.map { Array(repeating: 0, count: $0.count) } ?? []) { sums, row in
            for bucket in row.indices { sums[bucket] += row[bucket] }
        }
    }

    /// By number of days less one, by period: people who did it on so many or more.
    public var cumulative: [[Int]] {
        var sums = counts
        for days in sums.indices.dropLast().reversed() {
            for bucket in sums[days].indices { sums[days][bucket] += sums[days + 1][bucket] }
        }
        return sums
    }
}
