import ColumnEngine
import EventModel
import Formulas
import QueryModel
import Storage
import Testing

@testable import QueryExecution

/// Small projects of which whole answers were counted by hand.
@Suite struct NumbersTests {
    private struct Sent {
        var user: Int
        var type: String
        /// Milliseconds after the start of 2024-11-01, UTC.
        var time: Int64
        var properties = "{}"
        var revenue: Double?
    }

    private static let first = CalendarDate(year: 2024, month: 11, day: 1)!
    private static let day: Int64 = 86_400_000

    /// - Parameter events: in order of arrival.
    private func engine(_ events: [Sent]) throws -> QueryEngine {
        let types = Set(events.map(\.type)).sorted()
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        batch.eventTypes = types.enumerated().map { Numbered(EventTypeID(Int32($0.offset + 1)), $0.element) }
        batch.contexts = [Numbered(ContextID(1), EventContext())]
        batch.propertyNames = [PropertyName(.event, "c"), PropertyName(.event, "amount")]
        for event in events {
            let time = Timestamp(milliseconds: Int64(Self.first.daysSinceEpoch) * Self.day + event.time)
            batch.events.append(
                StoredEvent(
                    user: UserKey(Int32(event.user)),
                    device: DeviceKey(1),
                    carriesUserID: false,
                    type: EventTypeID(Int32(types.firstIndex(of: event.type)! + 1)),
                    time: time,
                    clientTime: time,
                    uploadTime: time,
                    context: ContextID(1),
                    eventProperties: event.properties,
                    revenue: event.revenue
                )
            )
        }
        let store = MemoryEventStore()
        try store.append([batch])
        return QueryEngine(columns: ColumnStore(store)) { () throws(EventStoreError) in }
    }

    private func context(_ zone: String = "UTC", inactive: Set<ExactText> = []) throws -> QueryContext {
        QueryContext(
            zone: try #require(ProjectTimeZone(name: zone)),
            now: Timestamp(milliseconds: Int64(Self.first.daysSinceEpoch + 400) * Self.day),
            inactiveTypes: inactive
        )
    }

    private func range(_ first: Int = 0, _ last: Int = 0) -> DateRange {
        DateRange(first: Self.first.adding(days: first), last: Self.first.adding(days: last))!
    }

    private func selector(_ type: String, groupBy: [PropertyReference] = []) -> EventSelector {
        EventSelector(type: .named(ExactText(type)), groupBy: groupBy)
    }

    private func funnel(_ steps: String, _ order: FunnelQuery.StepOrder = .ordered) -> FunnelQuery {
        FunnelQuery(
            steps: steps.map { selector(String($0)) },
            order: order,
            window: .init(seconds: 86_400)!,
            range: range()
        )
    }

    @Test("the times of a day are over all who came to a step")
    func timesOfADay() async throws {
        let events = [(1, "A", 0), (1, "B", 10), (1, "C", 40), (2, "A", 0), (2, "B", 30), (3, "A", 0)]
        let sent = events.map { Sent(user: $0.0, type: $0.1, time: Int64($0.2) * 1000) }
        let series = try await engine(sent).funnel(funnel("ABC"), context()).series[0]
        #expect(series.timesByBucket[0].map(\.mean) == [40_000, 20_000, 30_000])
        #expect(series.reached == [3, 2, 1])
    }

    @Test("of events that are one, the first received splits a funnel, not the earliest of the second")
    func firstReceived() async throws {
        let sent = [
            Sent(user: 1, type: "A", time: 999, properties: "{\"c\":\"first\"}"),
            Sent(user: 1, type: "A", time: 0, properties: "{\"c\":\"second\"}"),
            Sent(user: 1, type: "B", time: 5000),
        ]
        for step in 0...1 {
            var query = funnel(step == 0 ? "AB" : "BA", step == 0 ? .ordered : .unordered)
            if step == 0 {
                query.groupBys = [.event(ExactText("c"))]
            } else {
                query.steps[1].groupBy = [.event(ExactText("c"))]
            }
            let answer = try await engine(sent).funnel(query, context())
            #expect(answer.series[0].group == "first")
            #expect(answer.series[0].reached == [1, 1])
        }
    }

    @Test("an inactive event that is a step breaks nothing where it is not the next")
    func inactiveStep() async throws {
        let sent = "AXBX".enumerated().map { Sent(user: 1, type: String($1), time: Int64($0) * 1000) }
        let query = funnel("ABX", .sequential)
        #expect(
            try await engine(sent).funnel(query, context(inactive: [ExactText("X")])).series[0].reached == [1, 1, 1]
        )
        #expect(try await engine(sent).funnel(query, context()).series[0].reached == [1, 0, 0])
    }

    @Test("a payment a millisecond before seven days are over is one of seven days")
    func lifetimeValue() async throws {
        for (payment, wanted) in [(0, 5.0), (998, 5), (999, 0), (1000, 0)] {
            let sent = [
                Sent(user: 1, type: "A", time: 999),
                Sent(user: 1, type: "A", time: 7 * Self.day + Int64(payment), revenue: 5),
            ]
            let query = LifetimeValueQuery(metric: .total, range: range())
            let cohort = try await engine(sent).lifetimeValue(query, context()).series[0].cohorts[0]
            #expect(cohort.values[LifetimeValueQuery.days.firstIndex(of: 7)!] == wanted, "\(payment)")
        }
    }

    @Test("five minutes that the clock shows twice are one bucket, in which a person counts once")
    func clockGoesBack() async throws {
        // In New York 2024-11-03 has 25 hours; 05:00Z and 06:00Z are both one o'clock.
        let hours: [Int64] = [4, 5, 6, 7]
        let sent = hours.map { Sent(user: 1, type: "A", time: 2 * Self.day + $0 * 3_600_000) }
        var query = SegmentationQuery(
            events: [selector("A")],
            range: range(2, 2),
            interval: .fiveMinutes
        )
        let context = try context("America/New_York")
        let uniques = try await engine(sent).segmentation(query, context)
        #expect(uniques.axis.labels.count == 288)
        #expect(uniques.series[0].values.indices.filter { uniques.series[0].values[$0] > 0 } == [0, 12, 24])
        #expect(uniques.series[0].values[12] == 1)
        query.metric = .totals
        #expect(try await engine(sent).segmentation(query, context).series[0].values[12] == 2)
        query.population = .new
        #expect(try await engine(sent).segmentation(query, context).series[0].values[12] == 0)
    }

    @Test("new users of a cut month are those of the range")
    func newUsers() async throws {
        let sent = [3, 20].map { Sent(user: $0, type: "A", time: Int64($0 - 1) * Self.day) }
        let query = ActiveUsersQuery(metric: .new, range: range(9, 29), interval: .month)
        #expect(try await engine(sent).activeUsers(query, context()).series[0].values == [1])
    }

    @Test("REVENUETOTAL is of the property by which an event is grouped, if that is a number, else of the revenue")
    func revenueTotal() async throws {
        let sent = [
            Sent(user: 1, type: "A", time: 0, properties: "{\"amount\":3,\"c\":\"x\"}", revenue: 100),
            Sent(user: 2, type: "A", time: 1, properties: "{\"amount\":\"4\",\"c\":\"y\"}"),
            Sent(user: 2, type: "A", time: 2, properties: "{\"amount\":null,\"c\":\"1\"}"),
        ]
        func ask(_ formula: String, by property: String) async throws -> [String] {
            let query = SegmentationQuery(
                events: [selector("A", groupBy: [.event(ExactText(property))])],
                metric: .formulas(try Formula.list(parsing: formula)),
                range: range()
            )
            return try await engine(sent).segmentation(query, context()).series.map { "\($0.group) \($0.values)" }
        }
        #expect(try await ask("REVENUETOTAL(A)", by: "amount") == ["[] [7.0]"])
        #expect(try await ask("ROLLAVG(REVENUETOTAL,A,1)", by: "amount") == ["[] [7.0]"])
        #expect(try await ask("REVENUETOTAL(A)+TOTALS(A)", by: "amount") == ["[] [10.0]"])
        let byText = try await ask("REVENUETOTAL(A)", by: "c")
        #expect(byText.first == "[\"x\"] [100.0]" && byText.count == 3, "one of its values is a number, but not all")
    }
}
