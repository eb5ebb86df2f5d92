import ColumnEngine
import EventModel
import Foundation
import QueryModel
import Storage
import TestSupport

@testable import QueryExecution

/// A random project, whoever answers questions about it, and what oracles are told of it. Its batches are yet to be appended.
struct AskedProject {
    let project: RandomProject
    let store: MemoryEventStore
    let engine: QueryEngine
    let columns: ColumnStore
    var context: QueryContext
    let rules: PlainRules
    let zone: TimeZone

    /// - Parameters:
    ///   - customEvents: by name, what they stand for.
    ///   - mostCells: beyond so many the engine finds its groups in a pass of their own.
    init(
        seed: Int,
        _ traits: RandomProject.Traits,
        customEvents: [String: [EventSelector]],
        mostCells: Int = 4_000_000
    ) {
        var traits = traits
        traits.leave(seed)
        let hidden = traits.hidden
        let project = RandomProject(seed: UInt64(seed), traits)
        self.project = project
        zone = traits.zone
        // A tail of up to 8 events: all three kinds of block come into play.
        store = MemoryEventStore(chunkSize: 7)
        columns = ColumnStore(store, smallTail: 8) { () throws(EventStoreError) in
            hidden
        }
        engine = QueryEngine(columns: columns, mostCells: mostCells) { () throws(EventStoreError) in }
        rules = PlainRules(
            inactiveTypes: project.inactiveTypes,
            customEvents: customEvents,
            cohorts: project.cohorts
        )
        context = QueryContext(
            zone: ProjectTimeZone(name: traits.zoneName)!,
            now: Timestamp(milliseconds: 0),
            inactiveTypes: Set(project.inactiveTypes.map { ExactText($0) }),
            customEvents: Dictionary(
                uniqueKeysWithValues: customEvents.map { name, parts in
                    (ExactText(name), CustomEvent(name: name, parts: parts))
                }
            ),
            cohort: { [cohorts = project.cohorts] id in
                cohorts[id].map { .list(UserKeySet($0.map { UserKey(Int32($0)) })) }
            }
        )
    }

    /// Forty days in which clocks change, with most events in the first few, and a moment in or after them that is now.
    static func ofTables(
        seed: Int,
        eventCount: Int = 70,
        isSpread: Bool,
        _ random: inout SeededRandom
    ) -> (asked: AskedProject, days: ClosedRange<Int>) {
        let zone = ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"][seed % 4]
        // The clocks change on 10 March in New York, and on 7 April on Lord Howe.
        let first = seed % 4 == 3 ? PlainTime.day(2024, 4, 5) : PlainTime.day(2024, 3, 8)
        let days = first...first + 40
        var traits = RandomProject.Traits(eventCount: eventCount, days: days, zone: zone)
        traits.mostInBatch = 12
        traits.isSpread = isSpread
        let either = ["Play", "Stop"].map { EventSelector(type: .named(ExactText($0))) }
        var asked = AskedProject(seed: seed, traits, customEvents: ["either": either])
        let midnight = PlainTime.start(ofDay: first + random.pick([3, 12, 45, 90]), in: traits.zone)
        asked.context.now = Timestamp(milliseconds: Int64(midnight) * 1000 + 40_000_000)
        return (asked, days)
    }
}

extension RandomProject.Traits {
    /// Of a third of all projects days have left, and of another third they are out of the store, too.
    fileprivate mutating func leave(_ seed: Int) {
        guard seed % 3 > 0 else { return }
        cut = Int64(PlainTime.start(ofDay: days.lowerBound + seed / 3 % 4, in: zone)) * 1000
        isCleared = seed % 3 == 1
    }
}

extension RandomProject.Traits {
    /// What no answer may show.
    var hidden: HiddenPeople {
        HiddenPeople(keys: [], cut: cut.map { Timestamp(milliseconds: $0) }, version: 0)
    }
}

/// Feeds a random project, batch by batch, to an engine, and asks now and then.
func askRandomly(
    seed: Int,
    eventCount: Int = 70,
    isSpread: Bool,
    _ ask: (
        _ engine: QueryEngine, _ context: QueryContext, _ rules: OracleRules, _ people: [[PlainEvent]],
        _ days: ClosedRange<Int>, _ random: inout SeededRandom
    ) async throws -> Void
) async throws {
    var random = SeededRandom(seed: UInt64(seed) &+ 1_000)
    let (asked, days) = AskedProject.ofTables(seed: seed, eventCount: eventCount, isSpread: isSpread, &random)
    let rules = OracleRules(asked.rules, asked.zone, now: asked.context.now.milliseconds / 1000)
    for (index, batch) in asked.project.batches.enumerated() {
        try asked.store.append([batch])
        guard index == asked.project.batches.count - 1 || random.once(in: 5) else { continue }
        let people = asked.project.people(upToBatch: index)
        for _ in 0..<4 { try await ask(asked.engine, asked.context, rules, people, days, &random) }
    }
}
