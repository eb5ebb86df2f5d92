import ColumnEngine
public import EventModel
public import QueryModel
import Storage

/// What a cohort is made of.
public enum CohortSource: Sendable {
    /// A list of people, by keys that they had.
    case list(UserKeySet)
    case rule(PeopleRule)
}

extension QueryEngine {
    /// How many cohorts may stand in each other, one in the next: more than can be saved.
    private static let mostNested = 32
    /// Of more people than these all are judged anew, which takes no longer.
    private static let mostApart = 20_000

    public func people(
        by rule: PeopleRule,
        among people: UserKeySet?,
        _ context: QueryContext
    ) async throws(QueryError) -> UserKeySet {
        let found = try await self.people(by: rule, among: people, context, nested: 0)
        return people == nil ? found : await allKeys(ofSamePeople: found)
    }

    /// The people of all of these cohorts.
    func people(
        of cohorts: some Sequence<String>,
        _ context: QueryContext,
        nested: Int = 0
    ) async throws(QueryError) -> [String: UserKeySet] {
        var people: [String: UserKeySet] = [:]
        for id in cohorts where people[id] == nil {
            let source: CohortSource?
            do { source = try await context.cohort(id) } catch { throw .unavailable(detail: "\(error)") }
            switch source {
            case .list(let members): people[id] = members
            // Definitions that stand in themselves are refused when they are saved.
            case .rule(let rule) where nested < Self.mostNested:
                people[id] = try await self.people(by: rule, among: nil, context, nested: nested + 1)
            case .rule, nil: throw .unknownCohort(id)
            }
        }
        return people
    }

    private func people(
        by rule: PeopleRule,
        among some: UserKeySet?,
        _ context: QueryContext,
        nested: Int
    ) async throws(QueryError) -> UserKeySet {
        let cohorts = try await people(of: rule.cohorts, context, nested: nested)
        let circumstances = KnownPeople.Circumstances(
            zone: context.zone,
            today: rule.moves == .never ? nil : context.today,
            inactiveTypes: context.inactiveTypes,
            customEvents: context.customEvents,
            cohorts: cohorts
        )
        var properties: Set<PropertyReference> = []
        for event in rule.clauses.flatMap(\.selectors) { properties.formUnion(try context.properties(of: event)) }
        let isKept = rule.moves != .always && !context.mayLookUp(properties)
        let now = try await state()
        let known = isKept ? knownPeople.found(by: rule) : nil
        if let known, known.circumstances == circumstances,
            let changed = try await changed(since: known.state, until: now), changed.count <= Self.mostApart
        {
            if changed.isEmpty { return known.people }
            let (judged, rest) = try await judge(rule, cohorts, among: changed, context)
            var people = known.people
            people.subtract(rest.keys(ofSamePeople: changed))
            people.formUnion(judged)
            knownPeople.note(KnownPeople.Found(people: people, state: now, circumstances: circumstances), by: rule)
            return people
        }
        let people = try await judge(rule, cohorts, among: some, context).people
        if some == nil, isKept {
            knownPeople.note(KnownPeople.Found(people: people, state: now, circumstances: circumstances), by: rule)
        }
        return people
    }

    private func judge(
        _ rule: PeopleRule,
        _ cohorts: [String: UserKeySet],
        among people: UserKeySet?,
        _ context: QueryContext
    ) async throws(QueryError) -> (people: UserKeySet, data: EventData) {
        let needs = QuestionNeeds(events: rule.clauses.flatMap(\.selectors), looksAtOthers: rule.looksAtOthers)
        let (data, names) = try await data(needs, context)
        let plan = try RulePlan(rule, data, names, cohorts, context)
        return (try await data.fold(RuleScan(plan), over: plan.scan(of: people)).members, data)
    }
}

extension PeopleRule.Clause {
    /// Events that have all that it looks at.
    fileprivate var selectors: [EventSelector] {
        switch self {
        case .did(var event, .sum(let property, _), _), .did(var event, .distinctValues(let property, _), _):
            event.groupBy = [property]
            return [event]
        case .has(let filters): return [EventSelector(type: .any, filters: filters)]
        case .did, .didInOrder, .had, .wasActive, .wasNew, .isIn: return events
        }
    }
}
