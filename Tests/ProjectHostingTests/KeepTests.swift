import EventExport
import EventModel
import Foundation
import HTTPEdge
import Ingestion
import ProjectStore
import QueryExecution
import QueryModel
import Storage
import Synchronization
import TestSupport
import Testing

@testable import ProjectHosting

/// Days that are not kept leave. The house's clock is at 2023-11-14T22:13:20Z at first. Source: Documentation/data.md D18 to D21.
@Suite struct KeepTests {
    fileprivate static let day: Int64 = 86_400_000
    fileprivate static let began: Int64 = 1_700_000_000_000

    /// A server whose clock is moved.
    private final class Clock: Sendable {
        private let milliseconds = Mutex(KeepTests.began)

        var now: Timestamp { Timestamp(milliseconds: milliseconds.withLock { $0 }) }
        func advance(days: Int64) { milliseconds.withLock { $0 += days * KeepTests.day } }
    }

    private func event(_ who: String, daysAgo: Int, _ number: Int = 0, at clock: Clock) -> String {
        let time = clock.now.milliseconds - Int64(daysAgo) * Self.day + Int64(number)
        return """
            {"user_id":"\(who)-id","device_id":"\(who)-phone","event_type":"Play","time":\(time),\
            "insert_id":"\(who) \(time)","user_properties":{"day":"\(who)-\(daysAgo)"}}
            """
    }

    private func start(_ house: House, _ clock: Clock) throws -> ProjectHouse {
        try house.open(with: { $0.now = { clock.now } })
    }

    @Test("whole days leave, people stay new when they were, late events are counted, and the ledger is right")
    func leaving() async throws {
        let house = House()
        let clock = Clock()
        let project = try house.create("shop")[0]
        let projects = try start(house, clock)
        var open = try await projects.open(project)
        // Anna is there on all of ten days, twice; Bob on the first alone.
        for daysAgo in (0..<10).reversed() {
            try await open.send([0, 1].map { event("anna", daysAgo: daysAgo, $0, at: clock) })
        }
        try await open.send([event("bob", daysAgo: 9, at: clock), event("bob", daysAgo: 9, 1, at: clock)])
        let before = try await open.answers()
        #expect(before.plays == [4, 2, 2, 2, 2, 2, 2, 2, 2, 2] && before.new == [2, 0, 0, 0, 0, 0, 0, 0, 0, 0])

        let preview = try await open.compactor.departures(keeping: KeptDays(3)!)
        #expect(preview.cut == Timestamp(iso8601: "2023-11-11T00:00:00Z"))
        #expect(preview.departing.events == 12, "the first events of both stay")
        #expect(preview.departing.first == Timestamp(milliseconds: Self.began - 9 * Self.day))
        try await open.compactor.keep(KeptDays(3), confirming: preview.cut)
        #expect(await eventually { open.compactor.status.runs == 1 && open.compactor.status.step == nil })
        #expect(open.compactor.status.outcome.map { if case .done = $0 { true } else { false } } == true)

        func check(_ open: OpenProject, expired: Int) async throws {
            let answers = try await open.answers()
            #expect(answers.plays == [0, 0, 0, 0, 0, 0, 2, 2, 2, 2])
            #expect(answers.new == before.new, "who was new is so still")
            #expect(answers.lines.count == 8 && answers.lines.allSatisfy { $0.contains("anna-id") })
            #expect(answers.lines == before.lines.filter { line in (0...3).contains { line.contains("anna-\($0)\"") } })
            let total = try open.record.ledgerTotals()
            #expect(try open.record.departed() == DepartedCounts(expired: expired))
            let rows = try open.store.progress().rows
            #expect(rows == 10, "with a first event of each")
            #expect(total.balances && total.stored == rows + expired)
            let anna = try await open.hosted.people.activity(
                of: .userID("anna-id"),
                newestFirst: true,
                offset: 0,
                limit: 100,
                zone: .utc
            )
            #expect(anna.events.count == 8 && anna.person?.activity.events == 8)
            #expect(anna.person?.firstUsed?.iso == "2023-11-05")
            let bob = try await open.hosted.people.activity(
                of: .userID("bob-id"),
                newestFirst: true,
                offset: 0,
                limit: 100,
                zone: .utc
            )
            #expect(bob.events.isEmpty && bob.person?.activity.events == 0)
            #expect(bob.person?.firstUsed?.iso == "2023-11-05" && bob.person?.lastUsed?.iso == "2023-11-05")
        }
        try await check(open, expired: 12)

        // Too late: nothing of it is stored.
        try await open.send([event("cleo", daysAgo: 4, at: clock)])
        try await open.send([event("anna", daysAgo: 9, at: clock), event("anna", daysAgo: 5, 7, at: clock)])
        #expect(try open.record.user(withID: "cleo-id") == nil)
        try await check(open, expired: 14)
        await projects.close()

        // Nor after a restart, nor when more is kept.
        let again = try start(house, clock)
        open = try await again.open(project)
        try await open.compactor.keep(nil, confirming: nil)
        try await open.send([event("cleo", daysAgo: 8, at: clock)])
        try await check(open, expired: 15)
        await again.close()
        let texts = try FileTraces(of: ["anna-5", "bob-9", "anna-9", "anna-0"], in: house.file("", of: project))
        #expect(!texts.has("anna-5") && texts.has("anna-9") && texts.has("bob-9") && texts.has("anna-0"))
    }

    @Test("the answers are those of the cut as soon as it is set, before any file is written anew")
    func unfinished() async throws {
        let house = House()
        let clock = Clock()
        let project = try house.create("shop")[0]
        var projects = try start(house, clock)
        var open = try await projects.open(project)
        for daysAgo in (0..<10).reversed() {
            try await open.send(["anna", "bob"].map { event($0, daysAgo: daysAgo, at: clock) })
        }
        let cut = try await open.compactor.departures(keeping: KeptDays(5)!).cut
        // As a process leaves it that is killed at its worst moment.
        try open.record.keep(KeptDays(5), confirming: cut)
        try open.record.setCut(cut)
        let unfinished = try await open.answers()
        #expect(unfinished.plays == [0, 0, 0, 0, 2, 2, 2, 2, 2, 2] && unfinished.new[0] == 2)
        #expect(unfinished.lines.count == 12)
        #expect(try open.compactor.isDue(at: clock.now))
        await projects.close()

        projects = try start(house, clock)
        let watch = Task { [projects] in await projects.watch() }
        open = try await projects.open(project)
        #expect(
            await eventually { (try? open.record.keeping().isUnfinished) == false && open.compactor.status.step == nil }
        )
        let finished = try await open.answers()
        #expect(finished == unfinished)
        #expect(try open.record.departed() == DepartedCounts(expired: 6))
        #expect(try open.store.progress().rows == 14)
        watch.cancel()
        await projects.close()
    }

    @Test(
        "a day leaves by itself when the next one begins, also in a project that nobody uses; nothing is done where none does"
    )
    func daily() async throws {
        let house = House()
        let clock = Clock()
        let project = try house.create("shop")[0]
        var projects = try start(house, clock)
        var open = try await projects.open(project)
        for daysAgo in (0..<20).reversed() {
            try await open.send((0..<2).map { event("anna", daysAgo: daysAgo, $0, at: clock) })
        }
        try await open.compactor.keep(KeptDays(19), confirming: nil)
        #expect(await eventually { open.compactor.status.runs == 1 && open.compactor.status.step == nil })
        #expect(try open.record.keeping().cut == Timestamp(iso8601: "2023-10-26T00:00:00Z"))
        #expect(try !open.record.keeping().isUnfinished && open.record.journalRewritings() == 0)
        #expect(try !open.compactor.isDue(at: clock.now))
        await projects.close()

        clock.advance(days: 1)
        projects = try start(house, clock)
        let watch = Task { [projects] in await projects.watch() }
        #expect(
            await eventually {
                guard let open = await projects.openProjects.first else { return false }
                return (try? open.record.departed()) == DepartedCounts(expired: 1) && open.compactor.status.step == nil
            }
        )
        open = try await projects.open(project)
        #expect(try open.record.keeping().cut == Timestamp(iso8601: "2023-10-27T00:00:00Z"))
        watch.cancel()
        await projects.close()
    }

    @Test("more than a tenth waits for somebody who means it; deleted people leave meanwhile")
    func tooMany() async throws {
        let house = House()
        let clock = Clock()
        let project = try house.create("shop")[0]
        let projects = try start(house, clock)
        let open = try await projects.open(project)
        for daysAgo in (0..<40).reversed() { try await open.send([event("anna", daysAgo: daysAgo, at: clock)]) }
        try await open.send([event("bob", daysAgo: 0, at: clock)])
        try await open.compactor.keep(KeptDays(30), confirming: nil)
        #expect(await eventually { open.compactor.status.runs == 1 && open.compactor.status.step == nil })
        let cut = try #require(Timestamp(iso8601: "2023-10-15T00:00:00Z"))
        #expect(open.compactor.status.held == HeldDeparture(.tooMany, cut: cut, departing: 8, events: 41))
        #expect(await projects.figures.map(\.heldEvents) == [8])
        #expect(try open.record.keeping().cut == nil)
        #expect(try !open.compactor.isDue(at: clock.now), "it is not looked at again each minute")

        let bob = try #require(try open.record.user(withID: "bob-id"))
        _ = try await open.hosted.writer.delete([bob.key], for: "test", grace: .zero)
        #expect(try await open.compact().departed == DepartedCounts(deleted: 1))
        #expect(open.compactor.status.held != nil)
        #expect(try await open.compact(meaningIt: true).departed == DepartedCounts(expired: 8))
        #expect(try open.compactor.status.held == nil && open.record.keeping().cut == cut)
        await projects.close()
    }

    @Test("a clock that is days beyond what came last is not believed, until something comes in")
    func clockAhead() async throws {
        let house = House()
        let clock = Clock()
        let project = try house.create("shop")[0]
        let projects = try start(house, clock)
        let open = try await projects.open(project)
        for daysAgo in (0..<40).reversed() { try await open.send([event("anna", daysAgo: daysAgo, at: clock)]) }
        try await open.compactor.keep(KeptDays(38), confirming: nil)
        #expect(await eventually { open.compactor.status.runs == 1 && open.compactor.status.step == nil })
        clock.advance(days: 3)
        #expect(try open.compactor.isDue(at: clock.now))
        #expect(try await open.compact().departed == DepartedCounts())
        #expect(open.compactor.status.held?.reason == .clock)
        #expect(try !open.compactor.isDue(at: clock.now))
        try await open.send([event("anna", daysAgo: 0, at: clock)])
        #expect(try open.compactor.isDue(at: clock.now))
        #expect(try await open.compact().departed == DepartedCounts(expired: 3))
        #expect(open.compactor.status.held == nil)
        await projects.close()
    }

    @Test("no more leaves than was confirmed, whatever day it is by then; what is beyond waits")
    func confirmed() async throws {
        let house = House()
        let clock = Clock()
        let project = try house.create("shop")[0]
        let projects = try start(house, clock)
        let open = try await projects.open(project)
        for daysAgo in (0..<60).reversed() { try await open.send([event("anna", daysAgo: daysAgo, at: clock)]) }
        let cut = try await open.compactor.departures(keeping: KeptDays(40)!).cut
        try open.record.keep(KeptDays(40), confirming: cut)
        clock.advance(days: 20)
        try await open.send([event("anna", daysAgo: 0, at: clock)])
        #expect(try await open.compact().departed == DepartedCounts(expired: 18))
        #expect(try open.record.keeping().cut == cut)
        #expect(try open.compactor.isDue(at: clock.now))
        #expect(try await open.compact().departed == DepartedCounts())
        #expect(open.compactor.status.held?.reason == .tooMany)
        await projects.close()
    }

    @Test("whoever asks meanwhile finds all days or those that stay, and what is sent meanwhile is counted once")
    func beside() async throws {
        let house = House()
        let clock = Clock()
        let project = try house.create("shop")[0]
        let projects = try start(house, clock)
        let open = try await projects.open(project)
        for daysAgo in (0..<10).reversed() {
            try await open.send((0..<40).map { event("p\($0)", daysAgo: daysAgo, at: clock) })
        }
        let cut = try await open.compactor.departures(keeping: KeptDays(4)!).cut
        let load = Load()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !load.isOver {
                    let answers = try await open.answers()
                    var plays = answers.plays
                    let late = plays.remove(at: 2)
                    let hasLeft = plays == [0, 0, 0, 0, 40, 40, 40, 40, 40] && late == 0
                    #expect(hasLeft || plays == Array(repeating: 40, count: 9) && late >= 40)
                    #expect(answers.new == [40, 0, 0, 0, 0, 0, 0, 0, 0, 0])
                }
            }
            group.addTask {
                // Before and after the cut is set: it is stored and leaves, or it is not stored.
                var number = 1
                while !load.isOver {
                    try await open.send([event("p0", daysAgo: 7, number, at: clock)])
                    number += 1
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            group.addTask {
                defer { load.end() }
                try await open.compactor.keep(KeptDays(4), confirming: cut)
                _ = await eventually(within: .seconds(600)) {
                    open.compactor.status.runs == 1 && open.compactor.status.step == nil
                }
            }
            try await group.waitForAll()
        }
        let (total, departed) = (try open.record.ledgerTotals(), try open.record.departed())
        #expect(try total.stored - departed.expired == open.store.progress().rows)
        #expect(try open.store.progress().rows == 240, "five days of all, and a first event of each")
        #expect(try await open.compactor.departures(keeping: KeptDays(4)!).departing.events == 0)
        await projects.close()
    }
}

/// What runs beside a run.
private final class Load: Sendable {
    private let state = Mutex(false)

    var isOver: Bool { state.withLock { $0 } }
    func end() { state.withLock { $0 = true } }
}

/// What the project's last ten days look like.
private struct Answers: Equatable {
    var plays: [Double]
    var new: [Double]
    /// Of an export.
    var lines: [String]
}

extension OpenProject {
    fileprivate func answers() async throws -> Answers {
        let last = CalendarDate(year: 2023, month: 11, day: 14)!
        let range = DateRange(first: last.adding(days: -9), last: last)!
        let context = try hosted.queryContext()
        let query = SegmentationQuery(
            events: [EventSelector(type: .named(ExactText("Play")))],
            metric: .totals,
            range: range,
            interval: .day
        )
        let new = ActiveUsersQuery(metric: .new, range: range)
        return Answers(
            plays: try await hosted.queries.segmentation(query, context).series[0].values,
            new: try await hosted.queries.activeUsers(new, context).series[0].values,
            lines: try await lines()
        )
    }
}
