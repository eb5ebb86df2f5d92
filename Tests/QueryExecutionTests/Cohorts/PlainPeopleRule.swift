import EventModel
import Foundation
import QueryModel
import TestSupport

/// Who belongs to a rule, as plainly as Documentation/cohorts.md G6 to G8 say it. Shares no code with the sources.
struct PlainPeopleRule {
    let plain: PlainRules
    let zone: TimeZone
    /// Seconds.
    let now: Int64

    /// - Parameter all: the person's events, in order.
    func holds(_ rule: PeopleRule, _ all: [PlainEvent]) -> Bool {
        guard all.contains(where: \.isCounted) else { return false }
        return rule.groups.allSatisfy { group in
            let isMet = group.clauses.contains { holds($0, all) }
            return group.isExclusion ? !isMet : isMet
        }
    }

    private func holds(_ clause: PeopleRule.Clause, _ all: [PlainEvent]) -> Bool {
        switch clause {
        case .did(let event, let measure, let window):
            let ever = all.filter { plain.matches($0, event, all) }
            let done = ever.filter { isIn(window, $0, all) }
            if case .nthTime(let times) = measure {
                return ever.count >= times && isIn(window, ever[times - 1], all)
            }
            return !done.isEmpty && holds(measure, done, in: window, all)
        case .didInOrder(let events, let window):
            return isInOrder(events, all.filter { isIn(window, $0, all) }, all)
        case .has(let filters):
            guard let last = all.last(where: plain.isActive) else { return false }
            return filters.allSatisfy { filter in
                let value = last.value(of: filter.property)
                let compares = [.less, .lessOrEqual, .greater, .greaterOrEqual].contains(filter.operator)
                let known = value.labels.isEmpty && compares ? PlainValue(labels: ["0"], number: 0) : value
                return plainlyPasses(known, filter.operator, filter.values.map(\.string))
            }
        case .had(let filters, let window):
            return all.contains {
                $0.isCounted && !$0.hasLeft && isIn(window, $0, all) && filters.allSatisfy($0.passes)
            }
        case .wasActive(let window): return all.contains { plain.isActive($0) && isIn(window, $0, all) }
        case .wasNew(let window): return isIn(window, plain.first(of: all)!, all)
        case .isIn(let ids): return plain.isIn(ids, all[0])
        }
    }

    private func holds(
        _ measure: PeopleRule.Measure,
        _ done: [PlainEvent],
        in window: RuleWindow,
        _ all: [PlainEvent]
    ) -> Bool {
        switch measure {
        case .count(let test): return compare(Double(done.count), test.comparison, test.value)
        case .countComparedTo(let other, let comparison):
            let others = all.filter { plain.matches($0, other, all) && isIn(window, $0, all) }
            return compare(Double(done.count), comparison, Double(others.count))
        case .sum(let property, let test):
            let sum = done.compactMap { $0.value(of: property).number }.reduce(0, +)
            return compare(sum, test.comparison, test.value)
        case .distinctValues(let property, let test):
            // A list of one is another value than the number that is in it.
            let values = Set(
                done.map { $0.value(of: property) }.filter { !$0.labels.isEmpty }.map {
                    "\($0.labels) \($0.number == nil)"
                }
            )
            return compare(Double(values.count), test.comparison, test.value)
        case .intervals(let interval, let test):
            let days = Set(
                done.map { event in
                    switch interval {
                    case .day: event.time.day
                    case .week: event.time.monday
                    case .month: event.time.month
                    }
                }
            )
            return compare(Double(days.count), test.comparison, test.value)
        case .nthTime: return false
        }
    }

    /// Some choice of one event for each step, each after the one before.
    private func isInOrder(_ events: [EventSelector], _ done: [PlainEvent], _ all: [PlainEvent]) -> Bool {
        guard let first = events.first else { return true }
        return done.indices.contains { index in
            plain.matches(done[index], first, all)
                && isInOrder(Array(events.dropFirst()), Array(done[(index + 1)...]), all)
        }
    }

    private func isIn(_ window: RuleWindow, _ event: PlainEvent, _ all: [PlainEvent]) -> Bool {
        let today = PlainTime(milliseconds: now * 1000, in: zone).day
        switch window {
        case .ever: return true
        case .between(let range):
            return (range.first.daysSinceEpoch...range.last.daysSinceEpoch).contains(event.time.day)
        case .since(let date): return event.time.day >= date.daysSinceEpoch
        case .lastDays(let count, let before):
            return (today - before - count + 1...today - before).contains(event.time.day)
        case .elapsed(let days): return event.second < now && event.second >= now - Int64(days) * 86_400
        case .fromFirstUse(let days):
            let first = plain.first(of: all)!.second
            return event.second >= first && event.second < first + Int64(days) * 86_400
        }
    }

    private func compare(_ a: Double, _ comparison: PerformedCondition.Comparison, _ b: Double) -> Bool {
        switch comparison {
        case .equal: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }
}
