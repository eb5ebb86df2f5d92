/// Counts matching events and the people who did them, per series and bucket.
///
/// Feed it one person after another; the order of people, and how they are shared out among folds that are merged in
/// the end, changes nothing.
public struct SegmentationFold: PersonFold {
    private let bucketStarts: [Int64]
    private let buckets: Int
    /// Number of the person being added, from 1: what `seen` holds for cells that this person is already counted in.
    private var person: UInt32 = 0
    /// Per series and bucket, then per series: the last person counted there.
    private var seen: [UInt32]
    private var seenInSeries: [UInt32]

    /// Matching events; index: series × buckets + bucket.
    public private(set) var totals: [Int]
    /// People with at least one matching event; same index.
    public private(set) var uniques: [Int]
    /// Per series, over the whole range.
    public private(set) var collapsedTotals: [Int]
    /// Per series, over the whole range, each person counted once.
    public private(set) var collapsedUniques: [Int]

    /// - Parameters:
    ///   - bucketStarts: the first millisecond of each bucket and, last, the first after them; strictly ascending.
    ///   - seriesCount: series are numbered from 0 to below this.
    public init(bucketStarts: [Int64], seriesCount: Int) {
        precondition(bucketStarts.count >= 2, "a time axis has at least one bucket")
        self.bucketStarts = bucketStarts
        buckets = bucketStarts.count - 1
        seen = Array(repeating: 0, count: seriesCount * buckets)
        seenInSeries = Array(repeating: 0, count: seriesCount)
        totals = Array(repeating: 0, count: seriesCount * buckets)
        uniques = totals
        collapsedTotals = Array(repeating: 0, count: seriesCount)
        collapsedUniques = collapsedTotals
    }

    /// Adds all of one person's matching events.
    ///
    /// - Parameters:
    ///   - times: milliseconds, ascending, each inside the time axis.
    ///   - series: the series that each event counts in; an event that counts in several is listed once for each.
    /// - Complexity: O(events + buckets passed), no allocation.
    public mutating func add(times: Span<Int64>, series: Span<Int32>) {
        guard !times.isEmpty else { return }
        person &+= 1
        var bucket = firstBucket(of: times[0])
        var bucketEnd = bucketStarts[bucket + 1]
        for i in times.indices {
            while times[i] >= bucketEnd {
                bucket += 1
                bucketEnd = bucketStarts[bucket + 1]
            }
            let series = Int(series[i])
            let cell = series * buckets + bucket
            totals[cell] += 1
            if seen[cell] != person {
                seen[cell] = person
                uniques[cell] += 1
            }
            collapsedTotals[series] += 1
            if seenInSeries[series] != person {
                seenInSeries[series] = person
                collapsedUniques[series] += 1
            }
        }
    }

    /// Takes in another fold over the same axis and series, but other people.
    public mutating func merge(_ other: SegmentationFold) {
        precondition(other.bucketStarts == bucketStarts && other.totals.count == totals.count, "folds of one query")
        for i in totals.indices {
            totals[i] += other.totals[i]
            uniques[i] += other.uniques[i]
        }
        for i in collapsedTotals.indices {
            collapsedTotals[i] += other.collapsedTotals[i]
            collapsedUniques[i] += other.collapsedUniques[i]
        }
    }

    /// The last bucket that starts at or before `time`, by binary search.
    private func firstBucket(of time: Int64) -> Int {
        precondition(time >= bucketStarts[0] && time < bucketStarts[buckets], "events lie inside the time axis")
        var low = 0
        var high = buckets
        while high - low > 1 {
            let middle = (low + high) / 2
            if bucketStarts[middle] <= time { low = middle } else { high = middle }
        }
        return low
    }
}
