import ColumnEngine
import EventModel
import Foundation
import QueryModel
import TestSupport
import Testing

@testable import QueryExecution

/// Lifecycles, stickiness and the n-th time, as plainly as they can be said, while events and merges arrive.
@Suite("lifecycles, stickiness, n-th times (Documentation/asking.md Q11 to Q13)")
struct HabitOracleTests {
    private static let selectors = [
        EventSelector(type: .named(ExactText("Play"))), EventSelector(type: .anyActive), EventSelector(type: .any),
        EventSelector(type: .custom(ExactText("either"))), EventSelector(type: .revenue(.any)),
        EventSelector(
            type: .any,
            filters: [
                PropertyFilter(property: .builtIn(.country), operator: .isNot, values: [ExactText("(none)")])
            ]
        ),
    ]

    /// The second of each event of a person that counts in some time.
    private func seconds(
        _ all: [PlainEvent],
        _ event: EventSelector,
        _ segment: Segment,
        _ rules: OracleRules,
        in times: Range<Int64>
    ) -> [Int64] {
        all.filter { times.contains($0.second) && rules.matches($0, event, all) && rules.passes($0, segment, all) }
            .map(\.second)
    }

    /// The period before the first.
    private func before(_ first: Range<Int64>, _ rules: OracleRules) -> Range<Int64> {
        rules.bucket(first.lowerBound - 1)
    }

    @Test("lifecycles of both rules", arguments: 0..<24)
    func lifecycle(seed: Int) async throws {
        try await askRandomly(seed: seed, isSpread: false) { engine, context, rules, people, days, random in
            let rule = LifecycleQuery.Rule.allCases[random.below(2)]
            let segment = random.segments()[0]
            let query = LifecycleQuery(
                random.pick(Self.selectors),
                rule: rule,
                in: ChartFrame(range: random.range(days), interval: random.interval(), segments: [segment])
            )
            var rules = rules.over(query.days, by: query.interval)
            if rule == .calendar {
                // Whole periods.
                let shown = rules.buckets.first!.lowerBound..<rules.buckets.last!.upperBound
                func date(_ second: Int64) -> CalendarDate {
                    let parts = rules.calendar.dateComponents([.year, .month, .day], from: rules.date(second))
                    return CalendarDate(year: parts.year!, month: parts.month!, day: parts.day!)!
                }
                let whole = DateRange(first: date(shown.lowerBound), last: date(shown.upperBound - 1))!
                rules = rules.over(whole, by: query.interval)
            }
            let buckets = rules.buckets
            func isThere(_ all: [PlainEvent], _ bucket: Range<Int64>, isShown: Bool) -> Bool {
                let times = isShown ? bucket.clamped(to: rules.shown) : bucket
                return !seconds(all, query.event, segment, rules, in: times).isEmpty
            }
            var wanted = Array(repeating: Array(repeating: 0, count: buckets.count), count: 4)
            for all in people {
                // Of days that have left, everybody's first event says that they are not new.
                let known = all.map { event in
                    var event = event
                    if event.arrival == rules.plain.first(of: all)?.arrival { event.hasLeft = false }
                    return event
                }
                for (index, bucket) in buckets.enumerated() {
                    let now = isThere(all, bucket, isShown: true)
                    let last =
                        index == 0
                        ? isThere(all, before(bucket, rules), isShown: false)
                        : isThere(all, buckets[index - 1], isShown: true)
                    let filters = Segment(
                        segment.conditions.filter { if case .property = $0 { true } else { false } }
                    )
                    let first =
                        rule == .amplitude
                        ? rules.plain.first(of: all)?.second
                        : seconds(known, query.event, filters, rules, in: -1_000_000_000_000..<rules.shown.upperBound)
                            .first
                    let isNew = first.map { bucket.contains($0) } ?? false
                    if now { wanted[isNew ? 0 : last ? 1 : 2][index] += 1 } else if last { wanted[3][index] += 1 }
                }
            }
            let answer = try await engine.lifecycle(query, context)
            try #require(answer.people == wanted, "seed \(seed), \(query)")
            #expect(answer.axis.labels == buckets.map(rules.label))
            // Who they are.
            let cell = SeriesCell(series: random.below(4), index: random.below(buckets.count))
            let users = try await engine.users(of: cell, in: query, .first, context)
            #expect(users.count == wanted[cell.series][cell.index!])
        }
    }

    @Test("days of a period, and parts of a month by the day", arguments: 0..<24)
    func stickiness(seed: Int) async throws {
        try await askRandomly(seed: seed, isSpread: false) { engine, context, rules, people, days, random in
            let segment = random.segments()[0]
            let (event, isCumulative) = (random.pick(Self.selectors), random.below(2) == 0)
            let interval: Interval = random.pick([.week, .month])
            let frame = ChartFrame(range: random.range(days), interval: interval, segments: [segment])
            let query = StickinessQuery(event, rule: .amplitude(isCumulative: isCumulative), in: frame)
            let rules = rules.over(query.days, by: interval)
            let byDay = rules.over(query.days, by: .day)
            let buckets = rules.buckets
            var wanted = Array(repeating: Array(repeating: 0, count: buckets.count), count: interval == .week ? 7 : 31)
            for all in people {
                for (index, bucket) in buckets.enumerated() {
                    let times = bucket.clamped(to: rules.shown)
                    let count = Set(
                        seconds(all, event, segment, rules, in: times).map { byDay.bucket($0).lowerBound }
                    ).count
                    for days in wanted.indices where isCumulative ? days < count : days + 1 == count {
                        wanted[days][index] += 1
                    }
                }
            }
            guard case .days(let axis, let everybody, let counts) = try await engine.stickiness(query, context) else {
                return #expect(Bool(false))
            }
            try #require(counts == wanted, "seed \(seed), \(query)")
            #expect(axis.labels == buckets.map(rules.label))
            if isCumulative { #expect(everybody == wanted[0]) }
            let cell = SeriesCell(series: random.below(3), index: random.below(buckets.count))
            let users = try await engine.users(of: cell, in: query, .first, context)
            #expect(users.count == wanted[cell.series][cell.index!])
        }
    }

    @Test("parts of a month by day, and their means", arguments: 0..<12)
    func shares(seed: Int) async throws {
        try await askRandomly(seed: seed, isSpread: false) { engine, context, rules, people, days, random in
            // Conditions on people are judged by bucket elsewhere; here what a property says is enough.
            let event = random.pick(Self.selectors)
            let people7 = random.below(2) == 0
            let interval: Interval = random.pick([.day, .week, .month])
            let query = StickinessQuery(
                event,
                rule: .calendar(people7 ? .week : .day),
                in: ChartFrame(range: random.range(days), interval: interval)
            )
            let rules = rules.over(query.days, by: .day)
            func count(_ day: Range<Int64>, _ days: Int) -> Double {
                let start = rules.calendar.date(byAdding: .day, value: 1 - days, to: rules.date(day.lowerBound))!
                let times = Int64(start.timeIntervalSince1970)..<day.upperBound
                return Double(people.count { !seconds($0, event, .everybody, rules, in: times).isEmpty })
            }
            let parts = rules.buckets.map { day in
                let month = count(day, 30)
                return month == 0 ? 0 : 100 * count(day, people7 ? 7 : 1) / month
            }
            let wide = rules.over(query.days, by: interval)
            let wanted = wide.buckets.map { bucket in
                let own = zip(rules.buckets, parts).filter { bucket.contains($0.0.lowerBound) }.map(\.1)
                return own.reduce(0, +) / Double(own.count)
            }
            guard case .shares(let axis, let values) = try await engine.stickiness(query, context) else {
                return #expect(Bool(false))
            }
            #expect(axis.labels == wide.buckets.map(wide.label))
            try #require(
                values.count == wanted.count && zip(values, wanted).allSatisfy { isNear($0, $1) },
                "seed \(seed), \(query): \(values), not \(wanted)"
            )
        }
    }

    @Test("the n-th time, counted since a year before the range, whatever a segment asks of it", arguments: 0..<24)
    func nthTime(seed: Int) async throws {
        try await askRandomly(seed: seed, isSpread: false) { engine, context, rules, people, days, random in
            var event = random.pick(Self.selectors)
            let plain = event
            let number = 1 + random.below(3)
            event.nth = number
            let segment = random.segments()[0]
            var frame = ChartFrame(range: random.range(days), interval: random.interval(), segments: [segment])
            let query = SegmentationQuery(events: [event], metric: .totals, in: frame)
            let rules = rules.over(query.days, by: query.interval)
            let history = rules.shown.lowerBound - 365 * 86_400
            func nth(_ all: [PlainEvent]) -> PlainEvent? {
                let own = all.filter { $0.second >= history && rules.matches($0, plain, all) }
                return own.count >= number ? own[number - 1] : nil
            }
            let wanted = rules.buckets.map { bucket in
                let times = bucket.clamped(to: rules.shown)
                return Double(
                    people.count { all in
                        guard let event = nth(all) else { return false }
                        return times.contains(event.second) && rules.passes(event, segment, all)
                    }
                )
            }
            let answer = try await engine.segmentation(query, context)
            try #require(answer.series[0].values == wanted, "seed \(seed), \(query)")

            // Beside the same event without a number, and in funnels and retention.
            frame.segments = [.everybody]
            let both = SegmentationQuery(events: [plain, event], metric: .totals, in: frame)
            let alone = SegmentationQuery(events: [plain], metric: .totals, in: frame)
            let first = try await engine.segmentation(alone, context).series[0]
            #expect(try await engine.segmentation(both, context).series[0] == first)
            let entered = people.count { all in nth(all).map { rules.shown.contains($0.second) } ?? false }
            let window = FunnelQuery.ConversionWindow(seconds: 86_400)!
            let funnel = FunnelQuery(steps: [event, plain], window: window, in: frame)
            #expect(try await engine.funnel(funnel, context).series[0].reached[0] == entered, "seed \(seed), \(funnel)")
            let retention = RetentionQuery(start: event, return: plain, in: frame)
            let cohort = try await engine.retention(retention, context).series[0].combined[0].count
            #expect(cohort == entered, "seed \(seed), \(retention)")
            let users = try await engine.users(of: SeriesCell(series: 0, index: nil), in: query, .first, context)
            #expect(users.count == Int(wanted.reduce(0, +)))
        }
    }
}
