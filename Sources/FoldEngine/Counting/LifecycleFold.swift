/// Counts, period by period, the people who are new, go on, came back, and stayed away.
///
/// Feed it one person after another; their order, and how they are shared out among folds that are merged, changes nothing.
/// Source: Documentation/asking.md Q12.
public struct LifecycleFold: Sendable {
    private let buckets: Int
    /// By period: people whose first time it is.
    public private(set) var new: [Int]
    /// People who were there in the period before, too.
    public private(set) var returning: [Int]
    /// People who were not, and are not new.
    public private(set) var resurrected: [Int]
    /// People who were there in the period before alone.
    public private(set) var dormant: [Int]

    /// - Parameter buckets: periods that are counted.
    public init(buckets: Int) {
        self.buckets = buckets
        new = Array(repeating: 0, count: buckets)
        returning = new
        resurrected = new
        dormant = new
    }

    /// Adds one person.
    ///
    /// - Parameters:
    ///   - active: the periods in which they did it, ascending; one may stand there several times, and -1 is the one before
    ///     those that are counted.
    ///   - newIn: the period in which they are new; any other number if in none of these.
    /// - Complexity: O(events), no allocation.
    public mutating func add(active: Span<Int32>, newIn: Int32) {
        LifecycleState.forEach(active: active, newIn: newIn, buckets: buckets) { state, bucket, _ in
            switch state {
            case .new: new[bucket] += 1
            case .returning: returning[bucket] += 1
            case .resurrected: resurrected[bucket] += 1
            case .dormant: dormant[bucket] += 1
            }
        }
    }

    /// Takes in another fold of the same periods over other people.
    public mutating func merge(_ other: LifecycleFold) {
        for i in 0..<buckets {
            new[i] += other.new[i]
            returning[i] += other.returning[i]
            resurrected[i] += other.resurrected[i]
            dormant[i] += other.dormant[i]
        }
    }
}
