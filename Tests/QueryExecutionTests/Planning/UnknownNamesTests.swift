import ColumnEngine
import EventModel
import Foundation
import QueryModel
import Storage
import TestSupport
import Testing

@testable import QueryExecution

@Suite struct UnknownNamesTests {
    /// Asks for a day of a project that has the names of ``RandomProject``.
    private func ask(
        _ event: EventSelector,
        groupBy: [PropertyReference] = [],
        segment: Segment = .everybody
    ) async throws -> QueryError? {
        let store = MemoryEventStore()
        let traits = RandomProject.Traits(eventCount: 5, days: 19_800...19_800, zone: "UTC")
        try store.append(RandomProject(seed: 1, traits).batches)
        let engine = QueryEngine(columns: ColumnStore(store)) { () throws(EventStoreError) in }
        let day = CalendarDate(daysSinceEpoch: 19_800)
        do {
            _ = try await engine.segmentation(
                SegmentationQuery(
                    events: [event],
                    segments: [segment],
                    groupBy: groupBy,
                    range: DateRange(first: day, last: day)!
                ),
                QueryContext(
                    zone: .utc,
                    now: Timestamp(milliseconds: 0),
                    customEvents: [
                        ExactText("Any"): CustomEvent(name: "Any", parts: [EventSelector(type: .any)])
                    ]
                )
            )
            return nil
        } catch {
            return error
        }
    }

    @Test("names that were never received are refused, with names like them")
    func unknownNames() async throws {
        func type(_ name: String) -> EventSelector { EventSelector(type: .named(ExactText(name))) }
        let any = EventSelector(type: .any)
        var error = try await ask(type("play"))
        #expect(error == .unknownEventType("play", nearest: ["Play"]))
        error = try await ask(type("$identify"))
        #expect(error == .unknownEventType("$identify", nearest: []))
        error = try await ask(EventSelector(type: .custom(ExactText("any"))))
        #expect(error == .unknownCustomEvent("any", nearest: ["Any"]))
        error = try await ask(EventSelector(type: .any, groupBy: [.event(ExactText("levels"))]))
        #expect(error == .unknownProperty("levels", nearest: ["level"]))
        error = try await ask(any, groupBy: [.user(ExactText("level"))])
        #expect(error == .eventProperty("level", named: .group), "an event's property is not a user's")
        error = try await ask(EventSelector(type: .any, groupBy: [.user(ExactText("level"))]))
        #expect(error == .eventProperty("level", named: .event))
        error = try await ask(EventSelector(type: .any, groupBy: [.event(ExactText("plan"))]))
        #expect(error == .userProperty("plan"))
        error = try await ask(EventSelector(type: .any, groupBy: [.event(ExactText("gp:plan"))]))
        #expect(error == .userProperty("plan"))
        error = try await ask(EventSelector(type: .any, groupBy: [.event(ExactText("device_family"))]))
        #expect(error == .userProperty("device_family"))
        for name in ["plan", "level"] {
            error = try await ask(any, groupBy: [.userOrEvent(ExactText(name))])
            #expect(error == nil)
        }
        error = try await ask(any, groupBy: [.userOrEvent(ExactText("levels"))])
        #expect(error == .unknownProperty("levels", nearest: ["level"]))
        error = try await ask(any, groupBy: [.builtIn(.city)])
        #expect(error == nil, "built-in ones are always known")
    }

    @Test("names in segments are looked at, too")
    func unknownNamesInSegments() async throws {
        let any = EventSelector(type: .any)
        func performed(_ event: EventSelector) -> Segment {
            Segment([.performed(PerformedCondition(event: event, comparison: .equal, count: 1, span: .sinceEver))])
        }
        var error = try await ask(any, segment: performed(EventSelector(type: .named(ExactText("Plays")))))
        #expect(error == .unknownEventType("Plays", nearest: ["Play"]))
        let filter = PropertyFilter(property: .event(ExactText("sizes")), operator: .is, values: [ExactText("1")])
        error = try await ask(any, segment: performed(EventSelector(type: .any, filters: [filter])))
        #expect(error == .unknownProperty("sizes", nearest: ["size"]))
        let level = PropertyFilter(property: .user(ExactText("level")), operator: .is, values: [ExactText("1")])
        error = try await ask(any, segment: Segment([.property(level)]))
        #expect(error == .eventProperty("level", named: .segment))
        error = try await ask(any, segment: performed(EventSelector(type: .any, filters: [level])))
        #expect(error == .eventProperty("level", named: .event))
        error = try await ask(any, segment: Segment([.cohort(ids: ["x"], isMember: true)]))
        #expect(error == .unknownCohort("x"))
    }
}
