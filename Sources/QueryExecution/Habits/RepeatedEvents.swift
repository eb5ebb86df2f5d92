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
        /// The second of the first one, whether it counts or not, or has left.
        var first: Int64?
        /// The second of the person's first event ever, of whatever type; `nil` without one.
        var firstEver: Int64?
    }

    private let matched: MatcherPlan.Matched
    /// Also of days that have left, of which no more than everybody's first event is looked at.
    private let everMatched: MatcherPlan.Matched
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
        everMatched = try prepared.match(event, and: segment.filters, takingFirsts: true)
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
            let firstPlace = events.block.firstPlace(ofPerson: person, types: countedTypes)
            for index in indexes where events.masks[index] & everMatched.bits != 0 {
                let place = Int(events.places[index])
                let hasLeft = events.hasLeft(place)
                if hasLeft, place != firstPlace { continue }
                let second = Int64(seconds[place])
                found.first = found.first ?? second
                if !hasLeft, counted.contains(second) { found.seconds.append(second) }
            }
            guard !found.seconds.isEmpty else { return }
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
