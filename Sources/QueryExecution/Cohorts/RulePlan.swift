import ColumnEngine
import EventModel
import FoldEngine
import QueryModel

/// A rule, made ready to be judged: which events its clauses mean, in which seconds, and what is looked up of people.
struct RulePlan {
    private(set) var groups: [PeopleRuleFold.Group] = []
    private(set) var facts: [RuleScan.Fact] = []
    private(set) var sums: [(property: PropertyReference, numbers: [Double])] = []
    private(set) var distincts: [(property: PropertyReference, codes: [UInt32])] = []
    let visitsEverybody: Bool
    /// By event type, whether it can be somebody's first event.
    let countedTypes: [Bool]
    private let data: EventData
    private let cohorts: [String: UserKeySet]
    private var matchers: MatcherPlan
    /// Seconds of the events that are looked at.
    private var times: Range<Int64>?

    init(
        _ rule: PeopleRule,
        _ data: EventData,
        _ names: KnownNames,
        _ cohorts: [String: UserKeySet],
        _ context: QueryContext
    ) throws(QueryError) {
        self.data = data
        self.cohorts = cohorts
        visitsEverybody = rule.visitsEverybody
        matchers = MatcherPlan(data: data, names: names, context: context, historyStart: 0)
        countedTypes = matchers.types(.any)
        for group in rule.groups {
            var clauses: [PeopleRuleFold.Clause] = []
            for clause in group.clauses { clauses.append(try ready(clause)) }
            groups.append(PeopleRuleFold.Group(clauses, isExclusion: group.isExclusion))
        }
    }

    /// The events that it looks at.
    ///
    /// - Parameter people: only these; `nil` for all.
    func scan(of people: UserKeySet?) -> EventScan {
        var scan = matchers.scan(times ?? 0..<0)
        scan.visitsEverybody = visitsEverybody
        scan.people = people
        return scan
    }

    private mutating func ready(_ clause: PeopleRule.Clause) throws(QueryError) -> PeopleRuleFold.Clause {
        switch clause {
        case .did(let event, let measure, let window):
            let bits = try matchers.match(event).bits
            let looksBack = if case .nthTime = measure { true } else { false }
            return .events(bits, try test(measure), look(window, back: looksBack))
        case .didInOrder(let events, let window):
            var steps: [UInt64] = []
            for event in events { steps.append(try matchers.match(event).bits) }
            return .inOrder(steps, look(window))
        case .had(_, let window), .wasActive(let window):
            var bits: UInt64 = 0
            for event in clause.events { bits |= try matchers.match(event).bits }
            return .events(bits, .count(NumberBounds(1, .infinity)), look(window))
        case .wasNew(let window): return .new(window.ready(matchers.context))
        case .has(let filters):
            var tests: [(property: PropertyReference, passes: [Bool])] = []
            for filter in filters { tests.append((filter.property, try data.passesLately(filter))) }
            return fact(.has(types: matchers.types(.anyActive), tests: tests))
        case .isIn(let ids):
            let members = ids.reduce(into: UserKeySet()) { $0.formUnion(cohorts[$1] ?? []) }
            return fact(.isIn(data.keys(ofSamePeople: members)))
        }
    }

    private mutating func fact(_ fact: RuleScan.Fact) -> PeopleRuleFold.Clause {
        facts.append(fact)
        return .fact(facts.count - 1)
    }

    /// - Parameter back: whether events before the window matter, too.
    private mutating func look(_ window: RuleWindow, back: Bool = false) -> PeopleRuleFold.Window {
        let ready = window.ready(matchers.context)
        var seconds = EventBlock.chartableSeconds
        if case .fixed(let range) = ready, !back { seconds = range }
        let known = times ?? seconds
        times = min(known.lowerBound, seconds.lowerBound)..<max(known.upperBound, seconds.upperBound)
        return ready
    }

    private mutating func test(_ measure: PeopleRule.Measure) throws(QueryError) -> PeopleRuleFold.Test {
        switch measure {
        case .count(let test): return .count(test.bounds)
        case .countComparedTo(let other, let comparison):
            return .difference(to: try matchers.match(other).bits, NumberTest(comparison, 0).bounds)
        case .sum(let property, let test):
            sums.append((property, data.numbers(of: property)))
            return .sum(sums.count - 1, test.bounds)
        case .distinctValues(let property, let test):
            distincts.append((property, data.firstCodes(of: property)))
            return .distinct(distincts.count - 1, test.bounds)
        case .nthTime(let times): return .nth(times)
        case .intervals(let interval, let test):
            let zone = matchers.context.zone
            return .days(
                { second in
                    let date = zone.date(of: Timestamp(milliseconds: second * 1000)).start(of: interval.interval)
                    return Int32(date.daysSinceEpoch)
                },
                test.bounds
            )
        }
    }
}

extension PeopleRule {
    /// Whether somebody may be meant of whom no event is looked at.
    fileprivate var visitsEverybody: Bool {
        groups.filter { !$0.isExclusion }.allSatisfy { $0.clauses.contains { $0.events.isEmpty } }
    }

    /// Whether events of other types matter than those that it names.
    var looksAtOthers: Bool {
        visitsEverybody
            || clauses.contains { clause in
                switch clause {
                case .has, .wasNew: true
                case .did, .didInOrder, .had, .wasActive, .isIn:
                    if case .fromFirstUse = clause.window { true } else { false }
                }
            }
    }
}

extension RuleWindow {
    fileprivate func ready(_ context: QueryContext) -> PeopleRuleFold.Window {
        let all = EventBlock.chartableSeconds
        func start(_ date: CalendarDate) -> Int64 { context.zone.start(of: date).seconds }
        switch self {
        case .ever: return .fixed(all)
        case .between(let days): return .fixed(start(days.first)..<start(days.last.adding(days: 1)))
        case .since(let date): return .fixed(start(date)..<max(start(date), all.upperBound))
        case .lastDays(let count, let before):
            let end = context.today.adding(days: 1 - before)
            return .fixed(start(end.adding(days: -count))..<start(end))
        case .elapsed(let days):
            return .fixed(context.now.seconds - Int64(days) * 86_400..<context.now.seconds)
        case .fromFirstUse(let days): return .fromFirst(Int64(days) * 86_400)
        }
    }
}

extension NumberTest {
    fileprivate var bounds: NumberBounds {
        switch comparison {
        case .equal: NumberBounds(value, value)
        case .notEqual: NumberBounds(value, value, isInverted: true)
        case .less: NumberBounds(-.infinity, value.nextDown)
        case .lessOrEqual: NumberBounds(-.infinity, value)
        case .greater: NumberBounds(value.nextUp, .infinity)
        case .greaterOrEqual: NumberBounds(value, .infinity)
        }
    }
}

extension EventData {
    /// By code of the filter's property: whether the value passes, if one that is missing is 0 in comparisons.
    fileprivate func passesLately(_ filter: PropertyFilter) throws(QueryError) -> [Bool] {
        var passes = try passes(filter)
        switch filter.operator {
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let passesAsZero = ValueMatcher(filter).passes(DistinctValue(labels: ["0"], number: 0))
            let values = values[filter.property] ?? [.none]
            for code in values.indices where values[code].labels.isEmpty { passes[code] = passesAsZero }
        default: break
        }
        return passes
    }
}
