import ColumnEngine
import EventModel
import FoldEngine
import QueryModel

/// Conditions on a person that hold in some buckets and not in others.
struct BucketConditions: Sendable {
    /// A ``PerformedCondition``, ready to be judged.
    struct Performed: Sendable {
        var condition: PerformedCondition
        var matched: MatcherPlan.Matched
        /// By bucket: the seconds in which events are counted; `nil` if those of the bucket itself.
        var times: [Range<Int64>]?
    }

    /// The buckets of the calendar, whatever part of them is shown. Source: Documentation/counting.md C12.
    let buckets: BucketTable
    let population: SegmentationQuery.Population
    /// Takes the events that make people active, where that matters.
    let active: MatcherPlan.Matched?
    let performed: [Performed]
    let cohorts: [PeopleTest]

    /// Finds the buckets in which all conditions hold for a person.
    ///
    /// - Parameters:
    ///   - person: index in the block.
    ///   - indexes: of the person's selected events.
    ///   - firstPlace: place of the person's first event ever; `nil` without one.
    ///   - allowed: by bucket; is set.
    func judge(
        _ events: ScannedEvents,
        _ person: Int,
        _ indexes: Range<Int>,
        _ firstPlace: Int?,
        _ allowed: inout [Bool]
    ) {
        let bucketCount = buckets.bucketCount
        let key = events.block.people[person]
        let isIn = cohorts.allSatisfy { $0.passes(key) }
        allowed.removeAll(keepingCapacity: true)
        allowed.append(contentsOf: repeatElement(isIn, count: bucketCount))
        guard isIn else { return }

        switch population {
        case .any: break
        case .new:
            let first = firstPlace.map { [Int64(events.block.seconds[$0])] } ?? []
            let counts = counts(first)
            for bucket in 0..<bucketCount { allowed[bucket] = counts[bucket] > 0 }
        case .active:
            let counts = counts(active.map { times(of: $0, events, indexes, firstPlace) } ?? [])
            for bucket in 0..<bucketCount { allowed[bucket] = counts[bucket] > 0 }
        }
        for performed in performed {
            let times = times(of: performed.matched, events, indexes, firstPlace)
            let counts = performed.times.map { spans in spans.map { span in times.count { span.contains($0) } } }
            let found = counts ?? self.counts(times)
            for bucket in 0..<bucketCount where allowed[bucket] {
                allowed[bucket] = performed.condition.holds(for: found[bucket])
            }
        }
    }

    /// By bucket: how many of these times lie in it.
    private func counts(_ times: [Int64]) -> [Int] {
        var counts = [Int](repeating: 0, count: buckets.bucketCount)
        for time in times { if let bucket = buckets.bucketIfAny(of: time) { counts[bucket] += 1 } }
        return counts
    }

    /// Seconds of the person's events that are meant.
    private func times(
        of matched: MatcherPlan.Matched,
        _ events: ScannedEvents,
        _ indexes: Range<Int>,
        _ firstPlace: Int?
    ) -> [Int64] {
        indexes.compactMap { index in
            let place = Int(events.places[index])
            guard events.masks[index] & matched.bits != 0 else { return nil }
            if matched.isFirstEver, place != firstPlace { return nil }
            return Int64(events.block.seconds[place])
        }
    }
}
