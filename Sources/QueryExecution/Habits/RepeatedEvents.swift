import ColumnEngine
import EventModel
import FoldEngine
import QueryModel

/// Finds one event among people's events, again and again: what lifecycles and stickiness are counted from.
struct RepeatedEvents: Sendable {
    /// One person's.
    struct Found {
        /// Seconds of those that count, ascending.
        var seconds: [Int64] = []
        /// The second of the first one that the scan took, whether it counts or not.
        var first: Int64?
        /// The second of the person's first event ever, of whatever type; `nil` without one.
        var firstEver: Int64?
    }

    private let matched: MatcherPlan.Matched
    private let conditions: BucketConditions?
    private let countedTypes: [Bool]
    private let counted: Range<Int64>

    /// - Parameter counted: seconds of the events that count.
    init(
        _ event: EventSelector,
        in segment: Segment,
        counted: Range<Int64>,
        _ prepared: inout Preparation
    ) throws(QueryError) {
        conditions = try prepared.conditions(segment, .any)
        matched = try prepared.match(event, and: segment.filters)
        countedTypes = prepared.countedTypes
        self.counted = counted
    }

    /// Calls `body` with the events of each person who has one that counts. Conditions on people are judged for the bucket in
    /// which an event lies.
    func forEachPerson(_ events: ScannedEvents, _ body: (Found) -> Void) {
        let seconds = events.block.seconds.span
        var allowed: [Bool] = []
        events.forEachPerson { person, indexes in
            var found = Found()
            for index in indexes where events.masks[index] & matched.bits != 0 {
                let second = Int64(seconds[Int(events.places[index])])
                found.first = found.first ?? second
                if counted.contains(second) { found.seconds.append(second) }
            }
            guard !found.seconds.isEmpty else { return }
            let firstPlace = events.block.firstPlace(ofPerson: person, types: countedTypes)
            found.firstEver = firstPlace.map { Int64(seconds[$0]) }
            if let conditions {
                conditions.judge(events, person, indexes, firstPlace, &allowed)
                found.seconds.removeAll { second in
                    conditions.buckets.bucketIfAny(of: second).map { !allowed[$0] } ?? true
                }
                if found.seconds.isEmpty { return }
            }
            body(found)
        }
    }
}
