import EventModel
import QueryModel

/// Makes the conditions of segments on people ready to be judged, for the buckets of one time axis.
struct SegmentPlanner {
    let context: QueryContext
    let axis: TimeAxis
    let data: EventData
    /// By cohort id: its people.
    let cohorts: [String: Set<Int32>]

    /// Ready to find, in each segment, the events that somebody starts with.
    ///
    /// - Parameter times: grows to what the conditions look at.
    func starts(
        with event: EventSelector,
        in segments: [Segment],
        of population: SegmentationQuery.Population = .any,
        _ matchers: inout MatcherPlan,
        _ times: inout Range<Int64>
    ) throws(QueryError) -> [StreamStart] {
        var starts: [StreamStart] = []
        for segment in segments {
            starts.append(
                StreamStart(
                    matched: try matchers.match(event, and: segment.filters),
                    conditions: try conditions(segment, population, &matchers, &times)
                )
            )
        }
        return starts
    }

    /// - Parameters:
    ///   - times: grows to what the conditions look at.
    /// - Returns: `nil` if everybody passes in every bucket.
    func conditions(
        _ segment: Segment,
        _ population: SegmentationQuery.Population,
        _ matchers: inout MatcherPlan,
        _ times: inout Range<Int64>
    ) throws(QueryError) -> BucketConditions? {
        if segment.performed.isEmpty, segment.cohorts.isEmpty, population == .any { return nil }
        let active = try matchers.match(EventSelector(type: .anyActive))
        if population == .active { times = times.union(axis.bounds[0]..<axis.bounds[axis.bounds.count - 1]) }
        var performed: [BucketConditions.Performed] = []
        for condition in segment.performed {
            let spans = axis.spans(of: condition, in: context.zone)
            for span in spans { times = times.union(span) }
            performed.append(
                BucketConditions.Performed(
                    condition: condition,
                    matched: try matchers.match(condition.event),
                    times: spans
                )
            )
        }
        return BucketConditions(
            bounds: axis.bounds,
            population: population,
            active: active,
            performed: performed,
            cohorts: segment.cohorts.map { cohort in
                let members = cohort.ids.reduce(into: Set<Int32>()) { $0.formUnion(cohorts[$1] ?? []) }
                return BucketConditions.CohortTest(
                    members: data.keys(ofSamePeople: members),
                    isMember: cohort.isMember
                )
            }
        )
    }
}

extension TimeAxis {
    /// By bucket: the seconds in which a performed condition counts events.
    fileprivate func spans(of condition: PerformedCondition, in zone: ProjectTimeZone) -> [Range<Int64>] {
        (0..<bounds.count - 1).map { bucket in
            let end = bounds[bucket + 1]
            switch condition.span {
            case .bucket: return bounds[bucket]..<end
            case .sinceEver: return 0..<max(0, end)
            case .trailing(let days):
                let date = zone.date(of: Timestamp(milliseconds: end * 1000))
                // Days of the calendar, where the bucket ends with one.
                let isWhole = !interval.isBelowDay && zone.start(of: date).seconds == end
                guard isWhole else { return end - Int64(days) * 86_400..<end }
                return zone.start(of: date.adding(days: -days)).seconds..<end
            }
        }
    }
}

extension Range {
    /// The smallest range that has both.
    fileprivate func union(_ other: Range) -> Range {
        Swift.min(lowerBound, other.lowerBound)..<Swift.max(upperBound, other.upperBound)
    }
}
