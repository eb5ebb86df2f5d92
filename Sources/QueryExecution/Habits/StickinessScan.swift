import ColumnEngine
import FoldEngine
import QueryModel

/// Finds the days on which people did an event.
struct StickinessScan: EventFold {
    let axis: TimeAxis
    private let events: RepeatedEvents
    private let buckets: BucketTable
    private let days: BucketTable
    private(set) var fold: StickinessFold

    /// - Parameter days: those of the range.
    init(_ axis: TimeAxis, days: TimeAxis, _ events: RepeatedEvents) {
        self.axis = axis
        self.events = events
        buckets = BucketTable(axis)
        self.days = BucketTable(days)
        fold = StickinessFold(buckets: axis.bucketCount, mostDays: Self.mostDays(axis.interval))
    }

    static func mostDays(_ interval: Interval) -> Int { interval == .week ? 7 : 31 }

    mutating func add(_ scanned: ScannedEvents) {
        var (buckets, days): ([Int32], [Int32]) = ([], [])
        events.forEachPerson(scanned) { found in
            buckets.removeAll(keepingCapacity: true)
            days.removeAll(keepingCapacity: true)
            for second in found.seconds {
                buckets.append(Int32(self.buckets.bucket(of: second)))
                days.append(Int32(self.days.bucket(of: second)))
            }
            fold.add(buckets: buckets.span, days: days.span)
        }
    }

    mutating func merge(_ other: StickinessScan) { fold.merge(other.fold) }

    func counts(_ isCumulative: Bool) -> [[Int]] { isCumulative ? fold.cumulative : fold.counts }
}
