import ColumnEngine
import EventModel
import FoldEngine
import QueryModel
import Storage

/// What a question looks at, whatever it does with it.
struct QuestionNeeds {
    /// The events that it is about.
    var events: [EventSelector] = []
    var segments: [Segment] = []
    /// What splits the answer, and what is computed with.
    var properties: [PropertyReference] = []
    var longs: Set<LongColumn> = []
    /// Whether events of other types than those of `events` and the segments matter too.
    var looksAtOthers = true
}

/// What all questions are prepared with: the events, the cohorts, and the one scan whose matchers and times grow with what
/// the question turns out to look at.
struct Preparation {
    let axis: TimeAxis
    let data: EventData
    /// By cohort id: its people.
    private let cohorts: [String: UserKeySet]
    /// Whether nobody is looked at but whom the cohorts of all segments let pass.
    private let hasPassed: Bool
    private var matchers: MatcherPlan
    /// Seconds of the events that are looked at.
    private var times: Range<Int64>
    /// From then on it is counted which time somebody does something: a year before what is shown. Source:
    /// Documentation/asking.md Q11.
    private let historyStart: Int64

    /// - Parameters:
    ///   - times: those that the question itself looks at; what its conditions look at is added.
    ///   - segments: all of the question.
    init(
        over axis: TimeAxis,
        _ times: Range<Int64>,
        _ data: EventData,
        _ segments: [Segment],
        _ names: KnownNames,
        _ cohorts: [String: UserKeySet],
        _ context: QueryContext
    ) {
        self.axis = axis
        self.cohorts = cohorts
        // Where all segments are of the same cohorts, others need not be looked at.
        let conditions = segments.map { $0.conditions.filter(\.isOfCohorts) }
        hasPassed = conditions.first?.isEmpty == false && conditions.allSatisfy { $0 == conditions[0] }
        let data = hasPassed ? data.only(segments[0].peopleTests(cohorts, data)) : data
        self.data = data
        self.times = times
        historyStart = axis.shown.lowerBound - 365 * 86_400
        matchers = MatcherPlan(data: data, names: names, context: context, historyStart: historyStart)
    }

    var context: QueryContext { matchers.context }
    var names: KnownNames { matchers.names }

    /// The scan of everything that was matched so far.
    var scan: EventScan { matchers.scan(times) }

    /// The same of other times.
    func scan(_ times: Range<Int64>) -> EventScan { matchers.scan(times) }

    /// By event type, whether it is meant.
    func types(_ type: EventSelector.EventType) -> [Bool] { matchers.types(type) }

    /// By event type, whether it can be somebody's first event.
    var countedTypes: [Bool] { types(.any) }

    func groups(by properties: [PropertyReference]) throws(QueryError) -> GroupPlan { try GroupPlan(properties, data) }

    /// - Parameters:
    ///   - filters: conditions beside those of the event, such as a segment's.
    ///   - takesFirsts: whether days that have left are looked at: see ``EventScan/Matcher``.
    mutating func match(
        _ event: EventSelector,
        and filters: [PropertyFilter] = [],
        takingFirsts takesFirsts: Bool = false
    ) throws(QueryError) -> MatcherPlan.Matched {
        if event.nth != nil { times = times.union(historyStart..<axis.shown.upperBound) }
        return try matchers.match(event, and: filters, takingFirsts: takesFirsts)
    }

    /// All events of some types.
    ///
    /// - Parameter types: by event type, whether it is meant.
    mutating func match(types: [Bool]) throws(QueryError) -> MatcherPlan.Matched {
        MatcherPlan.Matched(bits: try matchers.bit(types))
    }

    /// Ready to find, in each segment, the events that somebody starts with.
    mutating func starts(
        with event: EventSelector,
        in segments: [Segment],
        of population: SegmentationQuery.Population = .any
    ) throws(QueryError) -> [StreamStart] {
        var starts: [StreamStart] = []
        for segment in segments {
            starts.append(
                StreamStart(
                    matched: try match(event, and: segment.filters),
                    conditions: try conditions(segment, population)
                )
            )
        }
        return starts
    }

    /// A segment's conditions on people, ready to be judged for the buckets of the axis.
    ///
    /// - Returns: `nil` if everybody passes in every bucket.
    mutating func conditions(
        _ segment: Segment,
        _ population: SegmentationQuery.Population
    ) throws(QueryError) -> BucketConditions? {
        let cohorts = hasPassed ? [] : segment.peopleTests(cohorts, data)
        if segment.performed.isEmpty, cohorts.isEmpty, population == .any { return nil }
        // All events of active types: not to be looked for without need.
        let active = population == .active ? try match(EventSelector(type: .anyActive)) : nil
        if population == .active { times = times.union(axis.bounds[0]..<axis.bounds[axis.bounds.count - 1]) }
        var performed: [BucketConditions.Performed] = []
        for condition in segment.performed {
            let spans = axis.spans(of: condition, in: context.zone)
            let whole = axis.bounds[0]..<axis.bounds[axis.bounds.count - 1]
            for span in spans ?? [whole] { times = times.union(span) }
            performed.append(
                BucketConditions.Performed(
                    condition: condition,
                    matched: try match(condition.event),
                    times: spans
                )
            )
        }
        return BucketConditions(
            buckets: BucketTable(axis),
            population: population,
            active: active,
            performed: performed,
            cohorts: cohorts
        )
    }
}

extension SegmentCondition {
    fileprivate var isOfCohorts: Bool { if case .cohort = self { true } else { false } }
}

extension Segment {
    /// Its conditions on cohorts, ready to be judged.
    ///
    /// - Parameter people: by cohort id.
    fileprivate func peopleTests(_ people: [String: UserKeySet], _ data: EventData) -> [PeopleTest] {
        cohorts.map { cohort in
            let members = cohort.ids.reduce(into: UserKeySet()) { $0.formUnion(people[$1] ?? []) }
            return PeopleTest(keys: data.keys(ofSamePeople: members), isMember: cohort.isMember)
        }
    }
}

extension TimeAxis {
    /// By bucket: the seconds in which a performed condition counts events; `nil` if those of the bucket itself.
    fileprivate func spans(of condition: PerformedCondition, in zone: ProjectTimeZone) -> [Range<Int64>]? {
        let ends = (0..<bounds.count - 1).map { calendarEnd(of: $0) }
        switch condition.span {
        case .bucket: return nil
        case .sinceEver: return ends.map { 0..<max(0, $0) }
        case .trailing(let days):
            return ends.map { end in
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
