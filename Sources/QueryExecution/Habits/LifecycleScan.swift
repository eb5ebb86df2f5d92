import ColumnEngine
import FoldEngine
import QueryModel

/// Finds the periods in which people did an event.
struct LifecycleScan: EventFold {
    /// With one bucket before those shown.
    let axis: TimeAxis
    private let rule: LifecycleQuery.Rule
    private let events: RepeatedEvents
    private let buckets: BucketTable
    private(set) var fold: LifecycleFold

    init(_ axis: TimeAxis, _ rule: LifecycleQuery.Rule, _ events: RepeatedEvents) {
        self.axis = axis
        self.rule = rule
        self.events = events
        buckets = BucketTable(axis)
        fold = LifecycleFold(buckets: axis.bucketCount)
    }

    mutating func add(_ scanned: ScannedEvents) {
        let lead = Int32(axis.leadCount)
        var active: [Int32] = []
        events.forEachPerson(scanned) { found in
            active.removeAll(keepingCapacity: true)
            for second in found.seconds {
                let bucket = Int32(buckets.bucket(of: second)) - lead
                // The part of the first period that was not asked for is neither in it nor in the one before.
                if bucket < 0 || axis.shown.contains(second) { active.append(bucket) }
            }
            let first = rule == .amplitude ? found.firstEver : found.first
            let newIn = first.flatMap { buckets.bucketIfAny(of: $0) }.map { Int32($0) - lead } ?? -2
            fold.add(active: active.span, newIn: newIn)
        }
    }

    mutating func merge(_ other: LifecycleScan) { fold.merge(other.fold) }

    /// By state, by period.
    var people: [[Int]] { [fold.new, fold.returning, fold.resurrected, fold.dormant] }
}
