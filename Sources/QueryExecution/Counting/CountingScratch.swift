import ColumnEngine
import FoldEngine

/// Columns of the events at hand; kept from one chunk to the next, so that they are allocated once.
struct CountingScratch: Sendable {
    /// Of the stream's events.
    var places: [Int32] = []
    var buckets: [Int32] = []
    var series: [Int32] = []
    var codes: [UInt32] = []
    var column: [Int32] = []
    var allowed: [Bool] = []
    /// Of the stream's events: the person, counted from the first at hand.
    var people: [UInt32] = []

    /// Keeps the places of the events that a matcher takes, with their buckets; those outside of what counts are left
    /// out.
    mutating func keepMatched(
        _ events: ScannedEvents,
        by matchers: UInt64,
        _ table: BucketTable,
        _ counted: Range<UInt32>
    ) {
        let count = counted.isEmpty ? 0 : events.places.count
        places.resize(to: count)
        buckets.resize(to: count)
        let kept = count == 0 ? 0 : Self.match(events, matchers, table, counted, &places, &buckets)
        places.resize(to: kept)
        buckets.resize(to: kept)
        if table.goesBack { sortByBucket(events) }
    }

    /// Puts each person's events in order of buckets, which is not that of time where the clock goes back.
    private mutating func sortByBucket(_ events: ScannedEvents) {
        var first = 0
        for person in events.people {
            let end = Int32(truncatingIfNeeded: events.block.starts[person + 1])
            var next = first
            while next < places.count, places[next] < end { next += 1 }
            let order = (first..<next).sorted { (buckets[$0], $0) < (buckets[$1], $1) }
            let sorted = order.map { (place: places[$0], bucket: buckets[$0]) }
            for (index, event) in zip(first..<next, sorted) {
                places[index] = event.place
                buckets[index] = event.bucket
            }
            first = next
        }
    }

    /// Without a branch that depends on the events: each is written down, and kept if it matches.
    private static func match(
        _ events: ScannedEvents,
        _ matchers: UInt64,
        _ table: BucketTable,
        _ counted: Range<UInt32>,
        _ places: inout [Int32],
        _ buckets: inout [Int32]
    ) -> Int {
        let (selected, masks, seconds) = (events.places.span, events.masks.span, events.block.seconds.span)
        let (first, span) = (counted.lowerBound, counted.upperBound &- counted.lowerBound)
        var places = places.mutableSpan
        var buckets = buckets.mutableSpan
        var kept = 0
        for i in selected.indices {
            let place = selected[i]
            let time = seconds[Int(place)]
            let isCounted = time &- first < span
            places[kept] = place
            buckets[kept] = Int32(truncatingIfNeeded: table.bucket(of: Int64(isCounted ? time : first)))
            let isMeant: UInt8 = masks[i] & matchers != 0 ? 1 : 0
            kept += Int(isMeant & (isCounted ? 1 : 0))
        }
        return kept
    }
}

extension [Int32] {
    /// Cuts the array, or fills it up with zeros.
    mutating func resize(to count: Int) {
        if count < self.count { removeLast(self.count - count) }
        fill(upTo: count, with: 0)
    }
}
