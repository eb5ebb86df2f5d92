import EventModel
import Formulas
import Foundation
import QueryModel
import TestSupport

/// What a metric is, as plainly as it can be said: row by row, value by value. Shares no code with the engine.
struct PlainMetric {
    let query: MetricQuery
    let rules: OracleRules
    /// Each person's events, in order.
    let people: [[PlainEvent]]

    struct Series: Equatable {
        /// `nil`: nothing splits; `(other)` is told by `isOther`.
        var group: String?
        var isOther = false
        var values: [Double]
    }

    // MARK: Time

    /// The calendar's buckets of a range.
    private func buckets(_ rules: OracleRules) -> [Range<Int64>] {
        guard query.interval == .hour else { return rules.over(rules.range, by: query.interval).buckets }
        return rules.over(rules.range, by: .day).buckets.flatMap { day in
            stride(from: day.lowerBound, to: day.upperBound, by: 3600).map { $0..<min($0 + 3600, day.upperBound) }
        }
    }

    private func span(_ bucket: Range<Int64>, _ rules: OracleRules) -> Range<Int64> {
        let end = min(bucket.upperBound, rules.shown.upperBound)
        var days: Int?
        if case .activeUsers(let span) = query.metric {
            switch (span, query.interval) {
            case (.week, .hour), (.week, .day), (.week, .all): days = 7
            case (.month, .hour), (.month, .day), (.month, .week), (.month, .all): days = 30
            default: break
            }
        }
        guard let days else { return max(bucket.lowerBound, rules.shown.lowerBound)..<end }
        // The same hour on the clock, so many dates before.
        let start = rules.calendar.date(byAdding: .day, value: -days, to: rules.date(end))!
        return Int64(start.timeIntervalSince1970)..<end
    }

    // MARK: Rows

    private func isCounted(_ all: [PlainEvent]) -> Bool {
        guard let audience = query.audience, let first = all.first else { return true }
        return rules.plain.isIn([audience], first)
    }

    private func isOfEvent(_ event: PlainEvent, _ all: [PlainEvent]) -> Bool {
        var event = event
        if event.hasLeft {
            guard case .firstTime = query.metric, event.arrival == rules.plain.first(of: all)?.arrival else {
                return false
            }
            event.hasLeft = false
        }
        let isActive = rules.plain.isActive(event)
        let isNamed = query.event.map { rules.matches(event, EventSelector(type: $0), all) }
        switch query.metric {
        case .activeUsers, .stickiness, .lifecycle, .sessions, .sessionsUnderWay: return isActive && isNamed ?? true
        case .identifiedUsers: return isNamed ?? true
        default: return event.isCounted && isNamed ?? true
        }
    }

    private func meets(_ event: PlainEvent) -> Bool { query.conditions.allSatisfy { event.passes($0) } }

    private func groups(_ event: PlainEvent) -> [String] {
        query.breakdown.map { Array(Set(event.value(of: $0).groups)) } ?? [""]
    }

    // MARK: Values

    /// What a bucket says of the rows of some groups.
    private func value(
        _ rows: [[PlainEvent]],
        in groups: Set<String>,
        _ span: Range<Int64>,
        _ rules: OracleRules
    ) -> Double {
        func isIn(_ event: PlainEvent) -> Bool { !groups.isDisjoint(with: self.groups(event)) }
        let all = rows.map { person in
            person.filter { span.contains($0.second) && isOfEvent($0, person) && meets($0) && isIn($0) }
        }
        switch query.metric {
        case .activeUsers: return Double(all.count { !$0.isEmpty })
        case .events: return Double(all.joined().count)
        case .identifiedUsers, .stickiness, .lifecycle: return 0
        case .values(let property, let arithmetic):
            let values = all.joined().map { $0.value(of: property) }
            let numbers = values.compactMap(\.number)
            switch arithmetic {
            case .count: return Double(values.count { !$0.labels.isEmpty })
            case .sum: return numbers.reduce(0, +)
            case .avg: return numbers.isEmpty ? 0 : numbers.reduce(0, +) / Double(numbers.count)
            case .min: return numbers.min() ?? 0
            case .max: return numbers.max() ?? 0
            }
        case .perActor(let property, let summary):
            let own = all.compactMap { events -> Double? in
                guard let property else { return events.isEmpty ? nil : Double(events.count) }
                let numbers = events.compactMap { $0.value(of: property).number }
                return numbers.isEmpty ? nil : numbers.reduce(0, +)
            }.sorted()
            if own.isEmpty { return 0 }
            switch summary {
            case .sum: return own.reduce(0, +)
            case .average: return own.reduce(0, +) / Double(own.count)
            case .min: return own[0]
            case .max: return own[own.count - 1]
            case .quantile(let quantile):
                let place = Double(own.count - 1) * quantile.fraction
                let (low, high) = (own[Int(place.rounded(.down))], own[Int(place.rounded(.up))])
                return low + (high - low) * (place - place.rounded(.down))
            }
        case .firstTime(let first):
            let start = first.lookbackDays.map { rules.shown.lowerBound - Int64($0) * 86_400 } ?? 0
            return Double(
                rows.count { person in
                    let candidates = person.filter {
                        $0.second >= start && $0.second < rules.shown.upperBound && isOfEvent($0, person)
                            && (!first.ofThoseThatMatch || meets($0))
                    }
                    guard let row = candidates.first else { return false }
                    return span.contains(row.second) && meets(row) && isIn(row)
                }
            )
        case .sessions:
            return Double(
                rows.map { person in
                    let own = person.filter { rules.plain.isActive($0) && $0.session != -1 }
                    return Set(own.map(\.session)).count { session in
                        let first = own.first { $0.session == session }!
                        return span.contains(first.second) && isOfEvent(first, person) && meets(first) && isIn(first)
                    }
                }.reduce(0, +)
            )
        case .sessionsUnderWay:
            return Double(all.map { Set($0.map(\.session)).subtracting([-1]).count }.reduce(0, +))
        }
    }

    private func values(_ groups: Set<String>, _ rules: OracleRules) -> [Double] {
        let rows = people.filter(isCounted)
        switch query.metric {
        case .stickiness(let people): return stickiness(rows, people, groups, rules)
        case .lifecycle(let includesDormant): return lifecycle(rows, includesDormant, groups, rules)
        default: break
        }
        return buckets(rules).map { value(rows, in: groups, span($0, rules), rules) }
    }

    private func stickiness(
        _ rows: [[PlainEvent]],
        _ part: Metric.Stickiness,
        _ groups: Set<String>,
        _ rules: OracleRules
    ) -> [Double] {
        func people(_ days: Int, until end: Int64) -> Double {
            let start = Int64(
                rules.calendar.date(byAdding: .day, value: -days, to: rules.date(end))!.timeIntervalSince1970
            )
            return Double(
                rows.count { person in
                    person.contains {
                        (start..<end).contains($0.second) && isOfEvent($0, person) && meets($0)
                            && !groups.isDisjoint(with: self.groups($0))
                    }
                }
            )
        }
        return buckets(rules).map { bucket in
            let days = rules.over(rules.range, by: .day).buckets.filter { bucket.contains($0.lowerBound) }
            let shares = days.map { day in
                let month = people(30, until: day.upperBound)
                return month == 0 ? 0 : 100 * people(part == .day ? 1 : 7, until: day.upperBound) / month
            }
            return shares.isEmpty ? 0 : shares.reduce(0, +) / Double(shares.count)
        }
    }

    private func lifecycle(
        _ rows: [[PlainEvent]],
        _ includesDormant: Bool,
        _ groups: Set<String>,
        _ rules: OracleRules
    ) -> [Double] {
        let periods = buckets(rules)
        let own = rows.map { person in
            person.filter { $0.second < periods.last!.upperBound && isOfEvent($0, person) && meets($0) }
        }
        // Who is not new, though what they did then has left.
        let known = rows.map { person in
            guard var first = rules.plain.first(of: person), first.hasLeft else { return false }
            first.hasLeft = false
            return isOfEvent(first, person) && meets(first) && first.second < periods.last!.upperBound
        }
        func isIn(_ event: PlainEvent?) -> Bool { event.map { !groups.isDisjoint(with: self.groups($0)) } ?? false }
        return ["new", "returning", "resurrected", "dormant"].prefix(includesDormant ? 4 : 3).flatMap { state in
            periods.map { period -> Double in
                let before =
                    query.interval == .all
                    ? period.lowerBound - (period.upperBound - period.lowerBound)..<period.lowerBound
                    : rules.over(rules.range, by: query.interval).bucket(period.lowerBound - 1)
                return Double(
                    zip(own, known).count { events, isKnown in
                        let now = events.filter { period.contains($0.second) }
                        let last = events.filter { before.contains($0.second) }
                        if state == "dormant" { return now.isEmpty && isIn(last.last) }
                        guard isIn(now.first) else { return false }
                        if !isKnown, events.first!.arrival == now.first!.arrival { return state == "new" }
                        return state == (last.isEmpty ? "resurrected" : "returning")
                    }
                )
            }
        }
    }

    /// Whether anything in the range is in a group: of people and sessions that count once, whether one counts.
    private func isPresent(_ group: String) -> Bool {
        switch query.metric {
        case .firstTime, .sessions, .sessionsUnderWay, .lifecycle: return values([group], rules).contains { $0 > 0 }
        default:
            return people.filter(isCounted).contains { person in
                person.contains {
                    rules.shown.contains($0.second) && isOfEvent($0, person) && meets($0) && groups($0).contains(group)
                }
            }
        }
    }

    /// Of the range, and of an earlier one with the same dimensions.
    func answer() -> (period: [Series], previous: [Series]?) {
        var kept: [(group: Set<String>, series: Series)] = []
        if query.breakdown == nil {
            kept = [([""], Series(values: []))]
        } else {
            let present = Set(people.joined().flatMap(groups)).filter(isPresent)
            let ranked = present.map { (group: $0, total: values([$0], rules).reduce(0, +)) }.sorted { a, b in
                if a.total != b.total { return a.total > b.total }
                return a.group.unicodeScalars.map(\.value).lexicographicallyPrecedes(
                    b.group.unicodeScalars.map(\.value)
                )
            }
            kept = ranked.prefix(query.breakdownLimit).map { ([$0.group], Series(group: $0.group, values: [])) }
            let others = Set(ranked.dropFirst(query.breakdownLimit).map(\.group))
            if !others.isEmpty { kept.append((others, Series(isOther: true, values: []))) }
        }
        func series(_ rules: OracleRules) -> [Series] {
            kept.map { groups, series in
                var series = series
                series.values = values(groups, rules)
                return series
            }
        }
        return (
            series(rules),
            query.previous.map { previous in
                guard case .days(let days) = previous else { preconditionFailure("a question about days") }
                return series(rules.over(days, by: query.interval))
            }
        )
    }
}
