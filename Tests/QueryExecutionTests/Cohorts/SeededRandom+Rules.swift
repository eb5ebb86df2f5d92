import EventModel
import QueryModel
import TestSupport

/// Random rules about an ``AskedProject``.
extension SeededRandom {
    mutating func rule(_ days: ClosedRange<Int>) -> PeopleRule {
        var groups: [PeopleRule.Group] = []
        for _ in 0...below(3) {
            var clauses: [PeopleRule.Clause] = []
            for _ in 0...below(2) { clauses.append(clause(days)) }
            groups.append(PeopleRule.Group(clauses, isExclusion: once(in: 4)))
        }
        return PeopleRule(groups)
    }

    private mutating func clause(_ days: ClosedRange<Int>) -> PeopleRule.Clause {
        let window = window(days)
        switch below(10) {
        case 0: return .didInOrder((0...1 + below(2)).map { _ in selector() }, window)
        case 1: return .has(conditions(anyProperty: false))
        case 2: return .had(conditions(anyProperty: true), window)
        case 3: return .wasActive(window)
        case 4: return .wasNew(window)
        case 5: return .isIn(pick([["odd"], ["two", "far"], ["nobody"]]))
        default: return .did(selector(), measure(), window)
        }
    }

    private mutating func measure() -> PeopleRule.Measure {
        switch below(8) {
        case 0: .countComparedTo(selector(), comparison())
        case 1: .sum(of: ruleProperty(), test(pick([-4, 0, 1, 2.5, 3.5, 6])))
        case 2: .distinctValues(of: ruleProperty(), test(Double(below(4))))
        case 3: .nthTime(1 + below(5))
        case 4: .intervals(pick(RuleInterval.allCases), test(Double(below(4))))
        default: .count(test(Double(below(5))))
        }
    }

    private mutating func test(_ value: Double) -> NumberTest { NumberTest(comparison(), value) }

    private mutating func comparison() -> PerformedCondition.Comparison {
        pick(PerformedCondition.Comparison.allCases)
    }

    private mutating func ruleProperty() -> PropertyReference {
        pick([.event(ExactText("level")), .event(ExactText("price")), .user(ExactText("plan")), .revenue])
    }

    private mutating func conditions(anyProperty: Bool) -> [PropertyFilter] {
        (0...below(2)).map { _ in
            PropertyFilter(
                property: anyProperty ? property() : pick([.user(ExactText("plan")), .builtIn(.country)]),
                operator: pick([.is, .isNot, .less, .lessOrEqual, .greater, .greaterOrEqual, .contains]),
                values: [ExactText(pick(["Germany", "3", "1", "0", "-1", "2.5", "a", "(none)", "free"]))]
            )
        }
    }

    private mutating func window(_ days: ClosedRange<Int>) -> RuleWindow {
        let first = CalendarDate(daysSinceEpoch: days.lowerBound + below(6) - 1)
        switch below(8) {
        case 0, 1: return .ever
        case 2: return .between(DateRange(first: first, last: first.adding(days: pick([0, 1, 3, 20])))!)
        case 3: return .since(first)
        case 4: return .elapsed(days: pick([1, 3, 12, 45]))
        case 5: return .fromFirstUse(days: pick([1, 2, 7]))
        default: return .lastDays(pick([1, 2, 7, 12, 45, 90]), before: pick([0, 0, 1, 5]))
        }
    }
}
