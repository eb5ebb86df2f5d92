import ColumnEngine
import EventModel
import Foundation
import QueryModel
import TestSupport
import Testing

@testable import QueryExecution

/// A person's furthest way from one entry.
private struct Way {
    var bucket: Int
    /// By step: its second, and the event that fills it.
    var seconds: [Int64]
    var events: [PlainEvent]
}

private struct FunnelOracle {
    let query: FunnelQuery
    let rules: OracleRules

    private var window: Int64 {
        query.order == .unordered ? max(86_400, query.window.seconds / 86_400 * 86_400) : query.window.seconds
    }

    /// By entry, the earliest first: every assignment of events to steps is tried.
    func ways(_ all: [PlainEvent], _ segment: Segment) -> [Way] {
        let buckets = rules.buckets
        return all.indices.compactMap { first in
            let entry = all[first]
            guard mayEnter(entry, all, segment) else { return nil }
            var best = [first]
            extend([first], all) { ways in
                if ways.count > best.count || ways.count == best.count && isBetter(ways, best, all) { best = ways }
            }
            return Way(
                bucket: buckets.firstIndex { $0.contains(entry.second) }!,
                seconds: best.map { all[$0].second },
                events: best.map { all[$0] }
            )
        }
    }

    private func mayEnter(_ event: PlainEvent, _ all: [PlainEvent], _ segment: Segment) -> Bool {
        rules.shown.contains(event.second) && rules.matches(event, query.steps[0], all)
            && rules.passes(event, segment, all) && (!query.isOfNewPeople || rules.isNew(event, all))
    }

    /// Of the events that are one as they are of a type and a second, the one whose properties count: the first received of
    /// those that match the step.
    private func received(_ event: PlainEvent, _ step: Int, _ all: [PlainEvent], _ segment: Segment) -> PlainEvent {
        all.filter { other in
            other.type == event.type && other.second == event.second
                && (step == 0 ? mayEnter(other, all, segment) : rules.matches(other, query.steps[step], all))
        }.min { $0.arrival < $1.arrival }!
    }

    /// Of two ways that come as far from one entry, whether the first counts: each step as early as it can be. In any order
    /// the one that is over first, and for each step rather an event from the entry on, the first, than one before, the
    /// last.
    private func isBetter(_ a: [Int], _ b: [Int], _ all: [PlainEvent]) -> Bool {
        let (x, y) = (a.map { all[$0].second }, b.map { all[$0].second })
        if query.order != .unordered { return x.lexicographicallyPrecedes(y) }
        let entry = x[0]
        func key(_ seconds: [Int64]) -> [Int64] {
            [seconds.max()!] + seconds.map { $0 >= entry ? $0 - entry : (1 << 32) + entry - $0 }
        }
        return key(x).lexicographicallyPrecedes(key(y))
    }

    private func extend(_ way: [Int], _ all: [PlainEvent], _ found: ([Int]) -> Void) {
        found(way)
        guard way.count < query.steps.count else { return }
        for next in all.indices where !way.contains(next) && rules.matches(all[next], query.steps[way.count], all) {
            let (event, seconds) = (all[next], way.map { all[$0].second })
            if way.contains(where: { all[$0].type == event.type && all[$0].second == event.second }) { continue }
            switch query.order {
            case .unordered:
                let span = (seconds + [event.second]).max()! - (seconds + [event.second]).min()!
                if span > window || event.second < rules.shown.lowerBound { continue }
            case .ordered, .sequential:
                if event.second < seconds.last! || event.second - seconds[0] > window { continue }
            }
            if query.order == .sequential {
                let isBetween = all.contains { other in
                    other.second > seconds.last! && other.second < event.second
                        && rules.isActive(other)
                }
                if isBetween { continue }
            }
            extend(way + [next], all, found)
        }
    }

    func answer(_ people: [[PlainEvent]]) -> [String] {
        // The properties that split it, those of the whole first, each with its step.
        let splits =
            query.groupBys.map { (property: $0, step: 0) }
            + query.steps.indices.flatMap { step in
                query.steps[step].groupBy.map { (property: $0, step: step) }
            }
        let isReachedByAll = splits.contains { $0.step == 0 }
        return query.segments.indices.flatMap { segment in
            var overall: [(group: String, way: Way)] = []
            var daily: [(group: String, way: Way)] = []
            var revenue: [(group: String, amounts: [Double])] = []
            for person in people {
                let ways = ways(person, query.segments[segment])
                func groups(_ way: Way) -> [String] {
                    if splits.isEmpty { return ["-"] }
                    if splits.allSatisfy({ way.events.count <= $0.step }) { return ["(did not reach)"] }
                    let values = splits.map { split in
                        way.events.count <= split.step
                            ? ["(did not reach)"]
                            : rules.groups(
                                received(way.events[split.step], split.step, person, query.segments[segment]),
                                split.property
                            )
                    }
                    return values.dropFirst().reduce(values[0]) { groups, values in
                        groups.flatMap { group in values.map { "\(group); \($0)" } }
                    }
                }
                func best(_ some: [Way]) -> Way? {
                    let most = some.map(\.seconds.count).max() ?? 0
                    // Several entries may be in one second.
                    let furthest = some.filter { $0.seconds.count == most }
                    return furthest.first.map { first in
                        furthest.prefix { $0.seconds[0] == first.seconds[0] }.min {
                            query.order != .unordered && $0.seconds.lexicographicallyPrecedes($1.seconds)
                        }!
                    }
                }
                if let way = best(ways) {
                    let amounts = way.events.indices.map { step in
                        received(way.events[step], step, person, query.segments[segment]).revenue ?? 0
                    }
                    overall += groups(way).map { ($0, way) }
                    revenue += groups(way).map { ($0, amounts) }
                }
                for bucket in rules.buckets.indices {
                    if let way = best(ways.filter { $0.bucket == bucket }) { daily += groups(way).map { ($0, way) } }
                }
            }
            let names = names(overall.map(\.group), isReachedByAll: isReachedByAll, splits: splits.count)
            return names.map { name in
                let own = overall.filter { $0.group == name }.map(\.way)
                let rows = rules.buckets.indices.map { bucket in
                    daily.filter { $0.group == name && $0.way.bucket == bucket }.map(\.way)
                }
                let sums =
                    !query.hasStepsApart
                    ? []
                    : query.steps.indices.map { step in
                        revenue.filter { $0.group == name && $0.amounts.count > step }.reduce(0) {
                            $0 + $1.amounts[step]
                        }
                    }
                return "\(segment) \(name): \(reached(own)) \(times(own)) \(rows.map { reached($0) })"
                    + " \(rows.map { times($0) }) \(sums + sums.suffix(1)) \(sums)"
            }
        }
    }

    /// - Parameter groups: of each person's way, once for each value of a list.
    private func names(_ groups: [String], isReachedByAll: Bool, splits: Int) -> [String] {
        if splits == 0 { return ["-"] }
        if groups.isEmpty { return [Array(repeating: "(none)", count: splits).joined(separator: "; ")] }
        let others = Set(groups).subtracting(["(did not reach)"]).sorted { a, b in
            let (x, y) = (groups.count { $0 == a }, groups.count { $0 == b })
            // Equal ones part by part.
            return x != y ? x > y : a.split(separator: "; ").lexicographicallyPrecedes(b.split(separator: "; "))
        }
        return others.prefix(query.limit) + (isReachedByAll ? [] : ["(did not reach)"])
    }

    private func reached(_ ways: [Way]) -> [Int] {
        query.steps.indices.map { step in ways.count { $0.seconds.count > step } }
    }

    /// Means; first the whole, then each step. Where steps may come in any order, not looked at here.
    private func times(_ ways: [Way]) -> [Double] {
        if query.order == .unordered { return [] }
        let converters = ways.filter { $0.seconds.count == query.steps.count }
        return query.steps.indices.map { step in
            let some = step == 0 ? converters : ways.filter { $0.seconds.count > step }
            if some.isEmpty { return -1 }
            let sum = some.reduce(0) {
                $0 + (step == 0 ? $1.seconds.last! - $1.seconds[0] : $1.seconds[step] - $1.seconds[step - 1])
            }
            return Double(sum) * 1000 / Double(some.count)
        }
    }
}

extension FunnelQuery {
    /// Whether each event may be one step alone: else it is not said which of several in a second is on the way.
    fileprivate var hasStepsApart: Bool {
        Set(steps.map(\.type)).count == steps.count
            && steps.allSatisfy { if case .named = $0.type { true } else { false } }
    }
}

@Suite struct FunnelOracleTests {
    private func query(_ days: ClosedRange<Int>, isSpread: Bool, _ random: inout SeededRandom) -> FunnelQuery {
        var steps = (0..<2 + random.below(2)).map { _ in random.selector() }
        var segments = random.segments()
        var groupBy: [PropertyReference] = []
        let kind = random.below(4)
        switch kind {
        case 0:
            groupBy = (0...random.below(2)).map { _ in random.property() }
            segments = [segments[0]]
            if groupBy.count == 1, random.below(3) == 0 {
                steps[random.below(steps.count)].groupBy = [random.property()]
            }
        case 1:
            for _ in 0...random.below(2) { steps[random.below(steps.count)].groupBy.append(random.property()) }
        default: break
        }
        let order = FunnelQuery.StepOrder.allCases[random.below(3)]
        if (kind == 1 || steps.contains { !$0.groupBy.isEmpty }) && order == .unordered || kind < 2 && !isSpread {
            // It is not said which step an event is that may be several, nor which of several types in a second splits: each is
            // of a type of its own.
            for (step, name) in ["Play", "Stop", "Köln"].enumerated().prefix(steps.count) {
                steps[step].type = .named(ExactText(name))
            }
        }
        return FunnelQuery(
            steps: steps,
            order: order,
            window: .init(seconds: [3600, 7200, 86_400, 100_000, 864_000][random.below(5)])!,
            isOfNewPeople: random.below(4) == 0,
            segments: segments,
            groupBy: groupBy,
            range: random.range(days),
            interval: random.interval(),
            limit: [1, 100][random.below(2)]
        )
    }

    @Test("equals a try of every assignment, while events and merges arrive", arguments: 0..<200)
    func random(seed: Int) async throws {
        let isSpread = seed % 3 > 0
        try await askRandomly(seed: seed, isSpread: isSpread) { engine, context, rules, people, days, random in
            let query = query(days, isSpread: isSpread, &random)
            let rules = rules.over(query.days, by: query.interval)
            let answer = try await engine.funnel(query, context)
            func revenue(_ bins: [[FunnelAnswer.Bin]]) -> [Double] {
                query.hasStepsApart ? bins.map { $0.reduce(0) { $0 + $1.revenue } } : []
            }
            let found = answer.series.map { series in
                let times = query.order == .unordered ? [] : series.times.map(\.mean)
                let daily = series.timesByBucket.map { query.order == .unordered ? [] : $0.map(\.mean) }
                return "\(series.segment) \(series.group ?? "-"): \(series.reached) \(times)"
                    + " \(series.reachedByBucket) \(daily) \(revenue(series.timeBins)) \(revenue(series.countBins))"
            }
            let wanted = FunnelOracle(query: query, rules: rules).answer(people)
            try #require(found == wanted, "seed \(seed), \(query)")
            #expect(answer.axis.labels == rules.buckets.map(rules.label))
            let window =
                query.order == .unordered ? max(1, query.window.seconds / 86_400) * 86_400 : query.window.seconds
            #expect(answer.isComplete == rules.buckets.map { rules.end($0) + window <= rules.now })
        }
    }

    @Test("whoever enters has done the first step: as many people as a segmentation finds", arguments: 0..<12)
    func firstStep(seed: Int) async throws {
        try await askRandomly(seed: seed, isSpread: false) { engine, context, _, _, days, random in
            var query = query(days, isSpread: false, &random)
            query.groupBys = []
            for step in query.steps.indices { query.steps[step].groupBy = [] }
            let segmentation = SegmentationQuery(
                events: [query.steps[0]],
                segments: query.segments,
                population: query.isOfNewPeople ? .new : .any,
                range: query.days,
                interval: query.interval
            )
            let people = try await engine.segmentation(segmentation, context).series.map { Int($0.collapsed) }
            #expect(try await engine.funnel(query, context).series.map { $0.reached[0] } == people, "\(query)")
        }
    }
}
