import ColumnEngine
import EventModel
import Foundation
import QueryModel
import TestSupport
import Testing

@testable import QueryExecution

@Suite struct CountingOracleTests {
    private func ask(
        seeds seed: Int,
        _ body: (QueryEngine, QueryContext, OracleRules, [[PlainEvent]], inout SeededRandom) async throws -> Void
    ) async throws {
        try await askRandomly(seed: seed, isSpread: true) { engine, context, rules, people, days, random in
            let (range, interval) = (random.range(days), random.interval())
            try await body(engine, context, rules.over(range, by: interval), people, &random)
        }
    }

    private func precedes(_ a: (String, Double), _ b: (String, Double)) -> Bool {
        a.1 != b.1 ? a.1 > b.1 : a.0 < b.0
    }

    @Test("active and new people", arguments: 0..<20)
    func users(seed: Int) async throws {
        try await ask(seeds: seed) { engine, context, rules, people, random in
            let isGrouped = random.below(2) == 0
            let segments = random.segments()
            let query = ActiveUsersQuery(
                metric: [.active, .new][random.below(2)],
                segments: isGrouped ? [segments[0]] : segments,
                groupBy: isGrouped ? [random.property()] : [],
                range: rules.range,
                interval: rules.interval
            )
            let selector = EventSelector(type: query.metric == .new ? .firstEver : .anyActive)
            let wanted = query.segments.indices.flatMap { number -> [String] in
                let matching = people.map { all in
                    all.filter {
                        rules.shown.contains($0.second) && rules.matches($0, selector, all)
                            && rules.passes($0, query.segments[number], all)
                    }
                }
                let own = Set(matching.joined().flatMap { rules.groups($0, query.groupBys.first) })
                // Where nobody is in range there is one group, of zeros.
                let groups = isGrouped ? (own.isEmpty ? [noValueLabel] : Array(own)) : ["-"]
                return groups.map { group -> (String, [Double]) in
                    let values = rules.buckets.map { bucket in
                        matching.count { events in
                            events.contains {
                                bucket.contains($0.second) && rules.groups($0, query.groupBys.first).contains(group)
                            }
                        }
                    }
                    return (group, values.map { Double($0) })
                }.sorted { precedes(($0.0, $0.1.reduce(0, +)), ($1.0, $1.1.reduce(0, +))) }
                    .map { "\(number) \($0.0) \($0.1)" }
            }
            let found = try await engine.activeUsers(query, context).series
                .map { "\($0.segment) \($0.group.first ?? "-") \($0.values)" }
            try #require(found == wanted, "seed \(seed), \(query)")
        }
    }

    @Test("composition: whoever was active with a value, or two, in a segment", arguments: 0..<16)
    func composition(seed: Int) async throws {
        try await ask(seeds: seed) { engine, context, rules, people, random in
            let properties = (0...random.below(2)).map { _ in random.property() }
            let segment = random.segments()[0]
            let whole = rules.over(rules.range, by: .all)
            var counts: [[String]: Int] = [:]
            for all in people {
                let events = all.filter {
                    rules.isActive($0) && rules.shown.contains($0.second) && whole.passes($0, segment, all)
                }
                let groups = events.flatMap { event in
                    properties.reduce([[]]) { groups, property in
                        groups.flatMap { group in rules.groups(event, property).map { group + [$0] } }
                    }
                }
                for group in Set(groups) { counts[group, default: 0] += 1 }
            }
            let query = CompositionQuery(properties: properties, of: segment, range: .days(rules.range))
            let answer = try await engine.composition(query, context)
            if counts.isEmpty { counts[properties.map { _ in "(none)" }] = 0 }
            // Equal ones part by part, by code points.
            func codes(_ group: [String]) -> [[UInt32]] { group.map { $0.unicodeScalars.map(\.value) } }
            let wanted = counts.sorted { a, b in
                if a.value != b.value { return a.value > b.value }
                for (a, b) in zip(codes(a.key), codes(b.key)) where a != b { return a.lexicographicallyPrecedes(b) }
                return false
            }
            let found = answer.values.map { "\($0.group) \($0.people)" }
            #expect(found == Array(wanted.map { "\($0.key) \($0.value)" }.prefix(100)), "seed \(seed)")
        }
    }

    @Test("realtime: five minutes of today and of yesterday", arguments: 0..<8)
    func realtime(seed: Int) async throws {
        try await ask(seeds: seed) { engine, context, rules, people, random in
            var context = context
            let active = people.joined().filter { rules.isActive($0) }
            guard !active.isEmpty else { return }
            let now = active[random.below(active.count)].second + Int64(random.below(90_000))
            context.now = Timestamp(milliseconds: now * 1000 + 999)
            let answer = try await engine.realtime(context)
            func count(_ start: Int64) -> Int {
                people.count { all in
                    all.contains { rules.isActive($0) && start <= $0.second && $0.second < start + 300 }
                }
            }
            let end = now - now % 300
            let starts = (0..<288).map { end - Int64(288 - $0) * 300 }
            #expect(answer.today == starts.map(count))
            #expect(answer.yesterday == starts.map { count($0 - 86_400) })
            let labels = starts.map { start in
                let parts = rules.calendar.dateComponents([.hour, .minute], from: rules.date(start))
                return String(format: "%02d:%02d", parts.hour!, parts.minute!)
            }
            #expect(answer.labels == labels)
        }
    }

    @Test("revenue by day", arguments: 0..<16)
    func revenue(seed: Int) async throws {
        try await ask(seeds: seed) { engine, context, rules, people, random in
            let query = RevenueQuery(
                metric: RevenueQuery.Metric.allCases[random.below(4)],
                segments: random.segments(),
                range: rules.range,
                interval: rules.interval
            )
            let wanted = query.segments.map { segment in
                rules.buckets.map { bucket -> Double in
                    let matching = people.map { all in
                        all.filter {
                            rules.shown.contains($0.second) && bucket.contains($0.second) && $0.isCounted && !$0.hasLeft
                                && rules.passes($0, segment, all)
                        }
                    }
                    let sum = matching.joined().compactMap(\.revenue).reduce(0, +)
                    let payers = Double(matching.count { $0.contains { ($0.revenue ?? 0) > 0 } })
                    let active = Double(matching.count { $0.contains { rules.isActive($0) } })
                    switch query.metric {
                    case .total: return sum
                    case .paying: return payers
                    case .perActivePerson: return active == 0 ? 0 : sum / active
                    case .perPayingPerson: return payers == 0 ? 0 : sum / payers
                    }
                }
            }
            let found = try await engine.revenue(query, context).series.map(\.values)
            try #require(found == wanted, "seed \(seed), \(query)")
        }
    }

    @Test("sessions", arguments: 0..<16)
    func sessions(seed: Int) async throws {
        try await ask(seeds: seed) { engine, context, rules, people, _ in
            let days = rules.over(rules.range, by: .day)
            let shown = days.buckets.filter { rules.shown.contains($0.lowerBound) }
            var sessions: [(start: Int64, length: Int64)] = []
            for all in people {
                let active = all.filter { rules.isActive($0) && $0.session != -1 }
                for id in Set(active.map(\.session)) {
                    let own = active.filter { $0.session == id }
                    let times = own.map(\.clientTime)
                    sessions.append((own[0].second, times.max()! - times.min()!))
                }
            }
            sessions = sessions.filter { rules.shown.contains($0.start) }
            let measured = sessions.filter { $0.length <= 86_400_000 }

            let bins = SessionLengthBins.usual
            let counts = (0..<bins.count).map { bin in
                measured.count {
                    bins.edges[bin] <= $0.length
                        && ($0.length < bins.edges[bin + 1] || bin == bins.count - 1 && $0.length == 86_400_000)
                }
            }
            #expect(
                try await engine.sessions(SessionQuery(.lengths(bins), range: rules.range), context) == .counts(counts)
            )

            let averages = shown.map { day in
                let own = measured.filter { day.contains($0.start) }
                let sum = own.reduce(0) { $0 + $1.length }
                return own.isEmpty ? 0 : Double(sum) / 1000 / Double(own.count)
            }
            let perPerson = shown.map { day in
                let active = people.count { all in
                    all.contains { rules.isActive($0) && day.contains($0.second) }
                }
                return active == 0 ? 0 : Double(sessions.count { day.contains($0.start) }) / Double(active)
            }
            let average =
                measured.isEmpty ? 0 : Double(measured.reduce(0) { $0 + $1.length }) / 1000 / Double(measured.count)
            let active = people.count { all in
                all.contains { rules.isActive($0) && rules.shown.contains($0.second) }
            }
            let share = active == 0 ? 0 : Double(sessions.count) / Double(active)
            for (measure, wanted, wantedWhole) in [
                (SessionQuery.Measure.averageLength, averages, average), (.perPerson, perPerson, share),
            ] {
                let query = SessionQuery(measure, range: rules.range)
                guard case .days(let axis, let values, let whole) = try await engine.sessions(query, context) else {
                    Issue.record("an answer by days")
                    return
                }
                #expect(values == wanted, "seed \(seed)")
                #expect(whole == wantedWhole, "seed \(seed)")
                #expect(axis.labels == shown.map(rules.label))
            }
        }
    }
}
