import ColumnEngine
import EventModel
import QueryModel
import Storage
import Synchronization
import TestSupport
import Testing

@testable import QueryExecution

/// One person's timeline, a step a day from Thursday 2024-02-01 on; now is noon of Saturday 2024-02-10, in Kathmandu. Digits
/// are events of type Play with that number as the user's `level`, `n` one without a level; `p` is an event of type Ping,
/// which makes nobody active, with a level of 9.
@Suite struct PeopleRuleTimelineTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var timeline: String
        var clause: PeopleRule.Clause
        var holds: Bool
        var why: String

        init(_ timeline: String, _ clause: PeopleRule.Clause, _ holds: Bool, _ why: String) {
            (self.timeline, self.clause, self.holds, self.why) = (timeline, clause, holds, why)
        }

        var testDescription: String { "\(timeline): \(why)" }
    }

    private static let first = CalendarDate(year: 2024, month: 2, day: 1)!
    private static let zone = ProjectTimeZone(name: "Asia/Kathmandu")!
    private static let level = PropertyReference.user(ExactText("level"))

    private static func day(_ number: Int) -> CalendarDate { first.adding(days: number - 1) }

    private static func level(_ operation: PropertyFilter.Operator, _ value: String) -> [PropertyFilter] {
        [PropertyFilter(property: level, operator: operation, values: [ExactText(value)])]
    }

    private static func played(_ window: RuleWindow) -> PeopleRule.Clause {
        .did(EventSelector(type: .named(ExactText("Play"))), .count(NumberTest(.greaterOrEqual, 1)), window)
    }

    /// - Parameter second: of the day at which events are.
    private static func batch(_ timeline: String, second: Int) -> JournalBatch {
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        batch.eventTypes = [Numbered(EventTypeID(1), "Play"), Numbered(EventTypeID(2), "Ping")]
        batch.contexts = [Numbered(ContextID(1), EventContext())]
        batch.propertySets = (1...10).map { Numbered(PropertySetID(Int32($0)), "{\"level\":\($0 - 1)}") }
        batch.propertyNames = [PropertyName(.user, "level")]
        for moment in Timeline(timeline).moments {
            let start = zone.start(of: first.adding(days: moment.step)).milliseconds
            let time = Timestamp(milliseconds: start + Int64(second) * 1000)
            let number = moment.letter == "p" ? 9 : moment.letter.wholeNumberValue
            batch.events.append(
                StoredEvent(
                    user: UserKey(1),
                    device: DeviceKey(1),
                    carriesUserID: false,
                    type: EventTypeID(moment.letter == "p" ? 2 : 1),
                    time: time,
                    clientTime: time,
                    uploadTime: time,
                    context: ContextID(1),
                    userProperties: number.map { PropertySetID(Int32($0 + 1)) } ?? .empty,
                    eventProperties: "{}"
                )
            )
        }
        return batch
    }

    private static var context: QueryContext {
        QueryContext(
            zone: zone,
            now: Timestamp(milliseconds: zone.start(of: day(10)).milliseconds + 43_200_000),
            inactiveTypes: [ExactText("Ping")],
            cohort: { id in id == "mine" ? .list([UserKey(1)]) : .list([]) }
        )
    }

    private static func holds(_ timeline: String, _ clause: PeopleRule.Clause, second: Int) async throws -> Bool {
        let store = MemoryEventStore()
        try store.append([batch(timeline, second: second)])
        let engine = QueryEngine(columns: ColumnStore(store)) { () throws(EventStoreError) in }
        let rule = PeopleRule([PeopleRule.Group([clause])])
        return try await engine.people(by: rule, among: nil, context).contains(UserKey(1))
    }

    @Test(
        "properties, cohorts, active and new",
        arguments: [
            Case("1-2", .has(level(.is, "2")), true, "the last event's"),
            Case("1-2", .has(level(.is, "1")), false, "no earlier one's"),
            Case("2-p", .has(level(.is, "2")), true, "of those that make active"),
            Case("2-n", .has(level(.is, "2")), false, "also if it has none by then"),
            Case("2-n", .has(level(.less, "1")), true, "a number that is missing is 0"),
            Case("2-n", .has(level(.greaterOrEqual, "0")), true, "also where 0 is enough"),
            Case("2-n", .has(level(.greater, "0")), false, "but no more"),
            Case("2-n", .has(level(.is, "(none)")), true, "and missing"),
            Case("p", .has(level(.greaterOrEqual, "0")), false, "never active"),
            Case("1-2", .had(level(.is, "1"), .ever), true, "at any time"),
            Case("1-2", .had(level(.is, "1"), .since(day(2))), false, "of that time"),
            Case("2-p", .had(level(.is, "9"), .ever), true, "on any event"),
            Case("1-2", .had(level(.is, "1") + level(.is, "2"), .ever), false, "on one event"),
            Case("n", .had(level(.less, "1"), .ever), false, "a value that is missing is none"),
            Case("p-1", .wasActive(.since(day(3))), true, "active"),
            Case("1-p", .wasActive(.since(day(3))), false, "not by that"),
            Case("p-1", .wasNew(.between(DateRange(first: day(1), last: day(1))!)), true, "new by anything"),
            Case("p-1", .wasNew(.since(day(2))), false, "once"),
            Case("1", .isIn(["mine"]), true, "in a cohort"), Case("1", .isIn(["other"]), false, "in another one"),
            Case("1", .isIn(["other", "mine"]), true, "in one of them"),
        ]
    )
    func facts(_ test: Case) async throws {
        #expect(try await Self.holds(test.timeline, test.clause, second: 0) == test.holds, "\(test.why)")
    }

    @Test(
        "times, from a day's first second to its last",
        arguments: [
            Case("1", played(.ever), true, "always"),
            Case("-1", played(.between(DateRange(first: day(2), last: day(3))!)), true, "the first day"),
            Case("--1", played(.between(DateRange(first: day(2), last: day(3))!)), true, "the last day"),
            Case("1--1", played(.between(DateRange(first: day(2), last: day(3))!)), false, "neither"),
            Case("--1", played(.since(day(3))), true, "the day itself"),
            Case("-1", played(.since(day(3))), false, "before"),
            Case("---------1", played(.lastDays(1, before: 0)), true, "today"),
            Case("--------1", played(.lastDays(1, before: 0)), false, "yesterday"),
            Case("--------1", played(.lastDays(2, before: 0)), true, "two days"),
            Case("-------1", played(.lastDays(2, before: 0)), false, "the day before them"),
            Case("----------1", played(.lastDays(2, before: 0)), false, "tomorrow"),
            Case("---------1", played(.lastDays(3, before: 1)), false, "not today"),
            Case("--------1", played(.lastDays(3, before: 1)), true, "yesterday"),
            Case("------1", played(.lastDays(3, before: 1)), true, "three days with it"),
            Case("-----1", played(.lastDays(3, before: 1)), false, "the day before them"),
        ]
    )
    func times(_ test: Case) async throws {
        for second in [0, 86_399] {
            #expect(
                try await Self.holds(test.timeline, test.clause, second: second) == test.holds,
                "\(test.why), at second \(second)"
            )
        }
    }

    @Test("the time that has elapsed ends before now, and begins with a moment that is in it")
    func elapsed() async throws {
        let noon = 43_200
        for (timeline, second, holds) in [
            ("---------1", noon - 1, true), ("---------1", noon, false), ("-------1", noon, true),
            ("-------1", noon - 1, false),
        ] {
            let clause = Self.played(.elapsed(days: 2))
            #expect(try await Self.holds(timeline, clause, second: second) == holds, "\(timeline) at \(second)")
        }
    }

    @Test("who was found by days that have left since is found no more; who is new is known nevertheless")
    func daysThatLeave() async throws {
        let store = MemoryEventStore()
        try store.append([Self.batch("1-2", second: 0)])
        let cut = Mutex<Timestamp?>(nil)
        let columns = ColumnStore(store) { () throws(EventStoreError) in
            HiddenPeople(keys: [], cut: cut.withLock { $0 }, version: 0)
        }
        let engine = QueryEngine(columns: columns) { () throws(EventStoreError) in }
        func isFound(_ clause: PeopleRule.Clause) async throws -> Bool {
            let rule = PeopleRule([PeopleRule.Group([clause])])
            return try await engine.people(by: rule, among: nil, Self.context).contains(UserKey(1))
        }
        let twice = PeopleRule.Clause.did(
            EventSelector(type: .named(ExactText("Play"))),
            .count(NumberTest(.equal, 2)),
            .ever
        )
        let wasNew = PeopleRule.Clause.wasNew(.between(DateRange(first: Self.first, last: Self.first)!))
        #expect(try await isFound(twice))
        #expect(try await isFound(wasNew))
        cut.withLock { $0 = Self.zone.start(of: Self.day(2)) }
        #expect(try await !isFound(twice))
        #expect(try await isFound(wasNew))
    }
}
