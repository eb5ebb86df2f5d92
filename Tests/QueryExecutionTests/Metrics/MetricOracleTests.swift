import ColumnEngine
import EventModel
import Formulas
import QueryModel
import Storage
import TestSupport
import Testing

@testable import QueryExecution

@Suite("Metrics against what they say") struct MetricOracleTests {
    @Test("random metrics of random projects, split and compared", arguments: 0..<40)
    func random(seed: Int) async throws {
        try await askRandomly(seed: seed, isSpread: false) { engine, context, rules, people, days, random in
            let query = random.metric(days)
            guard case .days(let range) = query.range else { return }
            let plain = PlainMetric(query: query, rules: rules.over(range, by: query.interval), people: people)
            let wanted = plain.answer()
            let found = try await engine.metric(query, context)
            try expect(found.period, wanted.period, "seed \(seed), \(query)")
            try #require((found.previous == nil) == (wanted.previous == nil))
            if let before = found.previous, let previous = wanted.previous {
                try expect(before, previous, "before, seed \(seed), \(query)")
            }
        }
    }

    @Test("so many values that they are counted in several passes", arguments: 0..<6)
    func manyValues(seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed) &+ 77)
        let (asked, days) = AskedProject.ofTables(seed: seed, isSpread: false, &random)
        try asked.store.append(asked.project.batches)
        let people = asked.project.people(upToBatch: asked.project.batches.count - 1)
        let rules = OracleRules(asked.rules, asked.zone, now: 0)
        let small = QueryEngine(columns: asked.columns, mostCells: 90) { () throws(EventStoreError) in }
        for _ in 0..<6 {
            var query = random.metric(days)
            query.breakdown = .event(ExactText("level"))
            query.interval = .day
            guard case .days(let range) = query.range else { continue }
            let plain = PlainMetric(query: query, rules: rules.over(range, by: .day), people: people)
            try expect(try await small.metric(query, asked.context).period, plain.answer().period, "\(query)")
        }
    }

    private func expect(_ found: MetricAnswer.Period, _ wanted: [PlainMetric.Series], _ place: String) throws {
        let series = found.series.map { series in
            switch series.dimension {
            case nil: PlainMetric.Series(values: series.values)
            case .value(let text): PlainMetric.Series(group: text, values: series.values)
            case .other: PlainMetric.Series(isOther: true, values: series.values)
            }
        }
        try #require(
            series.map(\.group) == wanted.map(\.group) && series.map(\.isOther) == wanted.map(\.isOther),
            "\(place)"
        )
        for (series, wanted) in zip(series, wanted) {
            try #require(
                series.values.count == wanted.values.count && zip(series.values, wanted.values).allSatisfy(isNear),
                "\(place): \(series) is \(wanted)"
            )
        }
    }
}

extension SeededRandom {
    fileprivate mutating func metric(_ days: ClosedRange<Int>) -> MetricQuery {
        let number = PropertyReference.event(ExactText(pick(["level", "price"])))
        let summaries: [Metric.Summary] = [
            .average, .min, .max, .sum, .quantile(.median), .quantile(Quantile(0.9)!), .quantile(Quantile(1)!),
        ]
        let metric: Metric =
            switch below(11) {
            case 0: .activeUsers(.bucket)
            case 1: .activeUsers(.week)
            case 2: .activeUsers(.month)
            case 3: .events
            case 4: .values(of: number, pick(Metric.Arithmetic.allCases))
            case 5: .perActor(of: once(in: 2) ? number : nil, pick(summaries))
            case 6: .firstTime(Metric.FirstTime(ofThoseThatMatch: once(in: 2), lookbackDays: pick([nil, 1, 12])))
            case 7: .sessions
            case 8: .stickiness(pick([.day, .week]))
            case 9: .lifecycle(includesDormant: once(in: 2))
            default: .sessionsUnderWay
            }
        var intervals: [Interval] = [.day, .day, .week, .month, .all]
        switch metric {
        case .stickiness, .lifecycle: break
        default: intervals.append(.hour)
        }
        let interval = pick(intervals)
        var range = range(days)
        if interval == .hour { range = DateRange(first: range.first, last: range.first.adding(days: below(3)))! }
        let before: PeriodComparison? = pick([nil, nil, .previous, .yearBefore])
        return MetricQuery(
            metric,
            range: .days(range),
            interval: interval,
            event: pick([nil, nil, .named(ExactText("Play")), .named(ExactText("Stop")), .custom(ExactText("either"))]),
            conditions: conditions(),
            audience: once(in: 6) ? "odd" : nil,
            breakdown: pick([nil, .event(ExactText("level")), .user(ExactText("plan")), .builtIn(.country), .eventType]
            ),
            breakdownLimit: pick([1, 2, 25]),
            previous: before.flatMap { $0.range(before: .days(range), in: .utc) }
        )
    }

    private mutating func conditions() -> [PropertyFilter] {
        let operators: [PropertyFilter.Operator] = [
            .equal, .notEqual, .hasText, .hasNoText, .beginsWith, .endsWith, .isSet, .isNotSet, .greater, .lessOrEqual,
        ]
        let properties: [PropertyReference] = [
            .event(ExactText("level")), .user(ExactText("plan")), .builtIn(.country), .eventType,
        ]
        return (0..<pick([0, 0, 0, 1, 2])).map { _ in
            PropertyFilter(
                property: pick(properties),
                operator: pick(operators),
                values: (0...below(2)).map { _ in
                    ExactText(pick(["Germany", "3", "03", "1", "2.5", "a", "free", "fr", "e", "Play", "y", ""]))
                }
            )
        }
    }
}
