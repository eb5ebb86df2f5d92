import ColumnEngine
import EventModel
import Foundation
import QueryModel
import TestSupport
import Testing

@testable import QueryExecution

@Suite struct LifetimeValueOracleTests {
    private func cohort(
        _ some: [[PlainEvent]],
        _ metric: LifetimeValueQuery.Metric,
        end: Int64,
        now: Int64
    ) -> String {
        func first(_ all: [PlainEvent]) -> Int64 { all.first { $0.isCounted }!.milliseconds }
        func payments(_ all: [PlainEvent], before end: Int64) -> [Double] {
            all.filter { $0.isCounted && $0.milliseconds < end }.compactMap(\.revenue)
        }
        func isPayer(_ all: [PlainEvent], before end: Int64 = .max) -> Bool {
            payments(all, before: end).contains { $0 > 0 }
        }
        func value(_ old: [[PlainEvent]], _ days: Int?) -> Double {
            func end(_ all: [PlainEvent]) -> Int64 { days.map { first(all) + Int64($0) * 86_400_000 } ?? .max }
            let sum = old.reduce(0) { $0 + payments($1, before: end($1)).reduce(0, +) }
            switch metric {
            case .perPerson: return old.isEmpty ? 0 : sum / Double(old.count)
            case .perPayer:
                let payers = old.count { isPayer($0) }
                return payers == 0 ? 0 : sum / Double(payers)
            case .total: return sum
            case .payers: return Double(old.count { isPayer($0, before: end($0)) })
            }
        }
        let values = LifetimeValueQuery.days.map { days in
            value(some.filter { now * 1000 - first($0) >= Int64(days) * 86_400_000 }, days)
        }
        let amount = some.reduce(0) { $0 + payments($1, before: .max).reduce(0, +) }
        let complete = LifetimeValueQuery.days.count { end + Int64($0) * 86_400 <= now }
        return "\(values) \(complete) \(value(some, nil)) \(some.count) \(some.count { isPayer($0) }) \(amount)"
    }

    @Test("equals plain sums, while events and merges arrive", arguments: 0..<24)
    func random(seed: Int) async throws {
        try await askRandomly(seed: seed, isSpread: true) { engine, context, rules, people, days, random in
            let isGrouped = random.below(3) == 0
            let segments = random.segments()
            let query = LifetimeValueQuery(
                metric: LifetimeValueQuery.Metric.allCases[random.below(4)],
                range: random.range(days),
                interval: random.interval(),
                segments: isGrouped ? [segments[0]] : segments,
                groupBy: isGrouped ? random.property() : nil
            )
            let rules = rules.over(query.days, by: query.interval)
            let answer = try await engine.lifetimeValue(query, context)
            let found = answer.series.map { series in
                "\(series.segment) \(series.group ?? "-"): "
                    + (series.cohorts + [series.combined]).map {
                        "\($0.values) \($0.isComplete.count { $0 }) \($0.total) \($0.people) \($0.payers) \($0.amount)"
                    }.joined(separator: "; ")
            }
            let wanted = query.segments.indices.flatMap { number -> [String] in
                let known = people.filter { all in
                    guard let first = all.first(where: { $0.isCounted }) else { return false }
                    return rules.passes(first, query.segments[number], all)
                }
                let groups =
                    query.groupBy == nil
                    ? ["-"] : Array(Set(known.joined().flatMap { rules.groups($0, query.groupBy) }))
                let rows = groups.map { group -> (group: String, people: Int, text: String) in
                    func new(_ bucket: Range<Int64>) -> [[PlainEvent]] {
                        known.filter { all in
                            let first = all.first { $0.isCounted }!
                            return bucket.contains(first.second) && rules.shown.contains(first.second)
                                && rules.groups(first, query.groupBy).contains(group)
                        }
                    }
                    let whole = rules.buckets.first!.lowerBound..<rules.buckets.last!.upperBound
                    let all = new(whole)
                    let text = (rules.buckets + [whole]).map { bucket in
                        cohort(new(bucket), query.metric, end: rules.end(bucket), now: rules.now)
                    }.joined(separator: "; ")
                    return (group, all.count, "\(number) \(group): \(text)")
                }.filter { query.groupBy == nil || $0.people > 0 }
                return rows.sorted { a, b in
                    if a.people != b.people { return a.people > b.people }
                    return a.group < b.group
                }.map(\.text)
            }
            try #require(found == wanted, "seed \(seed), now \(rules.now), \(query)")
        }
    }

    @Test("what all people have ever paid is all revenue of all days", arguments: 0..<6)
    func sums(seed: Int) async throws {
        try await askRandomly(seed: seed, isSpread: false) { engine, context, _, _, days, _ in
            let range = DateRange(
                first: CalendarDate(daysSinceEpoch: days.lowerBound - 40),
                last: CalendarDate(daysSinceEpoch: days.upperBound + 40)
            )!
            let worth = try await engine.lifetimeValue(LifetimeValueQuery(metric: .total, range: range), context)
            let revenue = try await engine.revenue(RevenueQuery(metric: .total, range: range), context)
            #expect(worth.series[0].cohorts.map(\.amount).reduce(0, +) == revenue.series[0].values.reduce(0, +))
        }
    }
}
