import ColumnEngine
import EventModel
import Foundation
import QueryModel
import TestSupport
import Testing

@testable import QueryExecution

@Suite struct LifetimeValueOracleTests {
    private func firstEvent(_ all: [PlainEvent]) -> PlainEvent { all.first { $0.isCounted }! }

    /// Amounts paid within so many times 24 hours of the first event; all of them without a number.
    private func payments(_ all: [PlainEvent], within days: Int?) -> [Double] {
        let end = days.map { firstEvent(all).milliseconds + Int64($0) * 86_400_000 } ?? .max
        return all.filter { $0.isCounted && !$0.hasLeft && $0.milliseconds < end }.compactMap(\.revenue)
    }

    private func isPayer(_ all: [PlainEvent], within days: Int? = nil) -> Bool {
        payments(all, within: days).contains { $0 > 0 }
    }

    private func value(_ some: [[PlainEvent]], _ metric: LifetimeValueQuery.Metric, _ days: Int) -> Double {
        let sum = some.reduce(0) { $0 + payments($1, within: days).reduce(0, +) }
        switch metric {
        case .perPerson: return some.isEmpty ? 0 : sum / Double(some.count)
        case .perPayer:
            let payers = some.count { isPayer($0) }
            return payers == 0 ? 0 : sum / Double(payers)
        case .total: return sum
        case .payers: return Double(some.count { isPayer($0, within: days) })
        }
    }

    /// - Parameters:
    ///   - rows: each with its people, and when its bucket began.
    ///   - now: seconds.
    private func cells(
        _ rows: [(start: Int64, people: [[PlainEvent]])],
        _ metric: LifetimeValueQuery.Metric,
        now: Int64
    ) -> String {
        let some = rows.flatMap(\.people)
        func complete(_ days: Int) -> [(start: Int64, people: [[PlainEvent]])] {
            rows.filter { $0.start + Int64(days) * 86_400 <= now }
        }
        let values = (1...180).map { value(complete($0).flatMap(\.people), metric, $0) }
        let keys = [0, 1, 2, 3, 4, 5, 6, 7, 14, 30, 60, 90, 120, 180]
        let new = zip(keys, keys.dropFirst()).map { before, days in
            some.count { isPayer($0, within: days) && !isPayer($0, within: before) }
        }
        let amount = some.reduce(0) { $0 + payments($1, within: nil).reduce(0, +) }
        let isComplete = (1...180).count { !complete($0).isEmpty }
        return "\(values) \(isComplete) \(new) \(some.count) \(some.count { isPayer($0) }) \(amount)"
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
                        "\($0.values) \($0.isComplete.count { $0 }) \($0.newPayers) \($0.people) \($0.payers) \($0.amount)"
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
                            let first = firstEvent(all)
                            return bucket.contains(first.second) && rules.shown.contains(first.second)
                                && rules.groups(first, query.groupBy).contains(group)
                        }
                    }
                    let rows = rules.buckets.map { bucket in
                        (start: max(bucket.lowerBound, rules.shown.lowerBound), people: new(bucket))
                    }
                    let text = (rows.map { [$0] } + [rows]).map { cells($0, query.metric, now: rules.now) }
                        .joined(separator: "; ")
                    let all = rows.flatMap(\.people)
                    return (group, all.count, "\(number) \(group): \(text)")
                }.filter { query.groupBy == nil || $0.people > 0 }
                if rows.isEmpty {
                    let rows = rules.buckets.map {
                        (start: max($0.lowerBound, rules.shown.lowerBound), people: [[PlainEvent]]())
                    }
                    let text = (rows.map { [$0] } + [rows]).map { cells($0, query.metric, now: rules.now) }
                    return ["\(number) (none): \(text.joined(separator: "; "))"]
                }
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
