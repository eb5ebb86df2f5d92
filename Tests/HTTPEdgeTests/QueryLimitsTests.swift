import EventModel
import QueryModel
import TestSupport
import Testing

@testable import HTTPEdge

@Suite struct QueryCostTests {
    @Test("days × conditions × weight of the question")
    func costs() {
        // The documentation's example: 30 days, one segment with one condition, two group-bys, three steps.
        #expect(
            QueryCost(.funnel(events: 3, groupBys: 0), days: 30, segments: 1, conditions: 1, groupBys: 2).points == 1800
        )
        #expect(QueryCost(.other, days: 1).points == 1)
        #expect(QueryCost(.other, days: 7, segments: 3).points == 21)
        #expect(QueryCost(.other, days: 7, segments: 3, conditions: 5).points == 56)
        #expect(QueryCost(.other, days: 1, groupBys: 1).points == 5)
        #expect(QueryCost(.sessions, days: 10).points == 40)
        #expect(QueryCost(.retention, days: 10).points == 80)
        #expect(QueryCost(.segmentation(events: 2, groupBys: 0), days: 10).points == 20)
        #expect(QueryCost(.segmentation(events: 2, groupBys: 3), days: 10).points == 140)
        #expect(QueryCost(.funnel(events: 2, groupBys: 1), days: 10).points == 80)
        #expect(QueryCost(.other, days: 0).points == 1, "nothing is free")
    }

    @Test("of a segmentation")
    func segmentation() throws {
        let first = try #require(CalendarDate(year: 2024, month: 2, day: 27))
        let last = try #require(CalendarDate(year: 2024, month: 3, day: 1))
        let range = try #require(DateRange(first: first, last: last))
        var event = EventSelector(type: .any)
        event.filters = [PropertyFilter(property: .builtIn(.country), operator: .is, values: [ExactText("Chad")])]
        #expect(QueryCost(SegmentationQuery(events: [event], range: range)).points == 4)
        let grouped = SegmentationQuery(events: [event], groupBy: [.builtIn(.city)], range: range)
        #expect(QueryCost(grouped).points == 20)
        event.groupBy = [.builtIn(.city)]
        #expect(QueryCost(SegmentationQuery(events: [event], range: range)).points == 20)
    }
}

/// A state that tests can ask within an expectation, with seconds for a clock.
private final class Limits {
    private let start = ContinuousClock.now
    var state: QueryLimitState

    init(_ change: (inout QueryLimitRules) -> Void = { _ in }) {
        var rules = QueryLimitRules()
        change(&rules)
        state = QueryLimitState(rules)
    }

    /// What came of it, as text.
    func begin(_ points: Int, at seconds: Double) -> String {
        begin(.query(QueryCost(.other, days: points)), at: seconds)
    }

    func lookUp(at seconds: Double) -> String { begin(.lookup, at: seconds) }

    func run(_ points: Int, at seconds: Double) -> String {
        let result = begin(points, at: seconds)
        if result == "runs" { state.end(.query(QueryCost(.other, days: points))) }
        return result
    }

    private func begin(_ work: QueryLimitState.Work, at seconds: Double) -> String {
        do {
            try state.begin(work, at: start + .seconds(seconds))
            return "runs"
        } catch {
            let wait = error.retryAfter.map { "for \($0 / .seconds(1)) s" } ?? "for ever"
            return "\(error.limit) \(error.used)/\(error.most) \(wait)"
        }
    }
}

@Suite struct QueryLimitStateTests {
    @Test("of the taxonomy's four at a time a change takes two")
    func taxonomyConcurrency() throws {
        var state = QueryLimitState(QueryLimitRules())
        let now = ContinuousClock.now
        try state.begin(.taxonomy(cost: 2), at: now)
        try state.begin(.taxonomy(cost: 1), at: now)
        let full = QueryLimitExceeded(limit: .taxonomyCostAtOnce, cost: 2, used: 3, most: 4, retryAfter: .seconds(1))
        #expect(throws: full) { try state.begin(.taxonomy(cost: 2), at: now) }
        try state.begin(.taxonomy(cost: 1), at: now)
        state.end(.taxonomy(cost: 2))
        try state.begin(.taxonomy(cost: 2), at: now)
    }

    @Test("five requests at a time, look-ups among them, and the sixth when one of them has ended")
    func requests() {
        let limits = Limits()
        for _ in 1...3 { #expect(limits.begin(1, at: 0) == "runs") }
        for _ in 1...2 { #expect(limits.lookUp(at: 0) == "runs") }
        #expect(limits.begin(1, at: 0) == "requestsAtOnce 5/5 for 1.0 s")
        #expect(limits.lookUp(at: 4000) == "requestsAtOnce 5/5 for 1.0 s", "time alone ends none")
        limits.state.end(.lookup)
        #expect(limits.begin(1, at: 4000) == "runs")
        #expect(limits.lookUp(at: 4000) == "requestsAtOnce 5/5 for 1.0 s")
        limits.state.end(.query(QueryCost(.other, days: 1)))
        #expect(limits.lookUp(at: 4000) == "runs")
    }

    @Test("1,000 of cost at the same time, however much one after another")
    func cost() {
        let limits = Limits()
        for _ in 1...50 { #expect(limits.run(30, at: 0) == "runs") }
        #expect(limits.run(1001, at: 0) == "costAtOnce 0/1000 for ever", "more than the limit by itself")
        #expect(limits.begin(400, at: 0) == "runs", "what was refused costs nothing")
        #expect(limits.begin(600, at: 0) == "runs")
        #expect(limits.begin(1, at: 0) == "costAtOnce 1000/1000 for 1.0 s")
        #expect(limits.begin(1001, at: 0) == "costAtOnce 0/1000 for ever")
        limits.state.end(.query(QueryCost(.other, days: 400)))
        #expect(limits.begin(401, at: 0) == "costAtOnce 600/1000 for 1.0 s")
        #expect(limits.begin(400, at: 0) == "runs")
        #expect(limits.state.runningCost == 1000)
    }

    @Test("108,000 an hour, to the second")
    func hour() {
        let limits = Limits { $0.costAtOnce = 200_000 }
        #expect(limits.run(108_001, at: 0) == "costPerHour 0/108000 for ever")
        for minute in stride(from: 0, to: 50, by: 10) {
            #expect(limits.run(20_000, at: Double(minute) * 60) == "runs")
        }
        #expect(limits.run(8_000, at: 3000) == "runs")
        #expect(limits.run(1, at: 3000) == "costPerHour 108000/108000 for 600.0 s")
        #expect(limits.run(1, at: 3599) == "costPerHour 108000/108000 for 1.0 s")
        #expect(limits.run(20_000, at: 3600) == "runs")
        #expect(limits.run(1, at: 3600) == "costPerHour 108000/108000 for 600.0 s")
        #expect(limits.run(40_001, at: 3600) == "costPerHour 108000/108000 for 1800.0 s", "the first two make no room")
    }

    @Test("lookups of users are 360 an hour")
    func lookups() {
        let limits = Limits()
        for _ in 1...360 {
            #expect(limits.lookUp(at: 60) == "runs")
            limits.state.end(.lookup)
        }
        #expect(limits.lookUp(at: 60) == "lookupsPerHour 360/360 for 3600.0 s")
        #expect(limits.begin(1, at: 60) == "runs", "queries have limits of their own")
        #expect(limits.lookUp(at: 3660) == "runs")
    }

    @Test("whoever must wait for the hour is told so, also where nothing more may run now")
    func longerWait() {
        let limits = Limits {
            $0.requestsAtOnce = 1
            $0.costPerHour = 1000
        }
        #expect(limits.begin(1000, at: 0) == "runs")
        #expect(limits.begin(1, at: 10) == "costPerHour 1000/1000 for 3590.0 s")
        #expect(limits.begin(1, at: 3600) == "requestsAtOnce 1/1 for 1.0 s")
    }

    @Test("equals a count over all that ever ran", arguments: 1...30)
    func againstNaiveCount(seed: UInt64) {
        let limits = Limits {
            $0.costAtOnce = 60
            $0.costPerHour = 200
            $0.requestsAtOnce = 3
        }
        var ran: [(time: Double, points: Int)] = []
        var running: [Int] = []
        var random = SeededRandom(seed: seed)
        var time = 0.0
        for _ in 0..<400 {
            time += Double(random.below(600))
            if !running.isEmpty, random.once(in: 2) {
                limits.state.end(.query(QueryCost(.other, days: running.remove(at: random.below(running.count)))))
            }
            let points = 1 + random.below(40)
            let spent = ran.reduce(0) { $0 + ($1.time > time - 3600 ? $1.points : 0) }
            let fits = spent + points <= 200 && running.count < 3 && running.reduce(points, +) <= 60
            #expect((limits.begin(points, at: time) == "runs") == fits, "seed \(seed), at \(time)")
            if fits {
                ran.append((time, points))
                running.append(points)
            }
        }
    }
}

@Suite struct QueryLimitsTests {
    private struct Failure: Error {}

    @Test("a query counts until it ends, fails or is called off")
    func release() async throws {
        var rules = QueryLimitRules()
        rules.requestsAtOnce = 1
        let limits = QueryLimits(rules)
        let cost = QueryCost(.other, days: 1)
        let answer = try await limits.run(cost) {
            await #expect(throws: QueryLimitExceeded.self) { try await limits.run(cost) {} }
            return 7
        }
        #expect(answer == 7)
        await #expect(throws: Failure.self) { try await limits.run(cost) { throw Failure() } }
        let task = Task { try await limits.run(cost) { try await Task.sleep(for: .seconds(600)) } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await limits.run(cost) {}
        try await limits.lookUp {}
    }

    @Test("without rules everything runs")
    func off() async throws {
        let limits = QueryLimits(nil)
        for _ in 1...10 { try await limits.run(QueryCost(.other, days: 1_000_000)) {} }
    }
}
