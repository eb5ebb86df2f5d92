import ColumnEngine
import DuckDBStore
import EventModel
import Foundation
import QueryExecution
import QueryModel
import Storage

/// What a question costs that looks at very many values, against the same one about a hundred of them, over the same
/// events and with columns loaded.
struct GroupsBenchmark {
    let folder: URL
    let runs: Int

    private static let events = 2_000_000
    private static let users = 50_000
    private static let many = 1_000_000
    private static let few = 100
    private static let batchSize = 100_000
    /// How many times as long the many may take.
    private static let bar = 10.0

    private struct Question {
        var name: String
        var ask: (_ property: PropertyReference) async throws -> Int
    }

    func run() async throws {
        let path = folder.appending(path: "groups.duckdb").path
        let store = try DuckDBEventStore(path: path)
        try fill(store)
        print("\(Self.events) events of \(Self.users) users, \(Self.few) and \(Self.many) values, seed 1")
        reportLoad()
        let warm = try await WarmColumns(store)
        for question in questions(warm.engine) {
            _ = try await question.ask(Self.property("few"))
            _ = try await question.ask(Self.property("many"))
            let few = try await best(of: runs) { try await question.ask(Self.property("few")) }
            let many = try await best(of: runs) { try await question.ask(Self.property("many")) }
            let ratio = many.seconds / few.seconds
            reportBar(
                question.name,
                String(
                    format: "%d values %.0f ms (CPU %.0f), %d values %.0f ms (CPU %.0f), %.1f times",
                    Self.few,
                    few.seconds * 1000,
                    few.cpuSeconds * 1000,
                    Self.many,
                    many.seconds * 1000,
                    many.cpuSeconds * 1000,
                    ratio
                ),
                bar: "at most \(Self.bar) times",
                holds: ratio <= Self.bar
            )
        }
        reportLoad()
    }

    private static func property(_ name: String) -> PropertyReference { .event(ExactText(name)) }

    private func questions(_ engine: QueryEngine) -> [Question] {
        let context = QueryContext(zone: .utc, now: BenchmarkData.now)
        func segmentation(
            _ metric: SegmentationQuery.Metric,
            _ event: @escaping (PropertyReference) -> EventSelector
        ) -> (PropertyReference) async throws -> Int {
            { property in
                let query = SegmentationQuery(events: [event(property)], metric: metric, range: BenchmarkData.range)
                return try await engine.segmentation(query, context).series.count
            }
        }
        func grouped(_ property: PropertyReference) -> EventSelector {
            EventSelector(type: .anyActive, groupBy: [property])
        }
        func filtered(
            _ operation: PropertyFilter.Operator,
            _ value: String
        ) -> (PropertyReference) -> EventSelector {
            { property in
                let filter = PropertyFilter(property: property, operator: operation, values: [ExactText(value)])
                return EventSelector(type: .anyActive, filters: [filter])
            }
        }
        return [
            Question(name: "uniques by value", ask: segmentation(.uniques, grouped)),
            Question(name: "totals by value", ask: segmentation(.totals, grouped)),
            Question(name: "average by value", ask: segmentation(.average, grouped)),
            Question(name: "composition") { property in
                let query = CompositionQuery(property: property, range: BenchmarkData.range)
                return try await engine.composition(query, context).values.count
            },
            Question(name: "retention by value") { property in
                let any = EventSelector(type: .anyActive)
                let query = RetentionQuery(start: any, return: any, range: BenchmarkData.range, groupBy: property)
                return try await engine.retention(query, context).series.count
            },
            Question(name: "uniques where it contains", ask: segmentation(.uniques, filtered(.contains, "99"))),
            Question(name: "uniques where it is less", ask: segmentation(.uniques, filtered(.less, "value 5"))),
            Question(
                name: "uniques where a glob fits",
                ask: segmentation(.uniques, filtered(.globMatch, "value*9*[1-5]"))
            ),
        ]
    }

    private func fill(_ store: DuckDBEventStore) throws {
        var random = SplitMix64(state: 1)
        let span = Double(BenchmarkData.days) * 86_400_000
        for (index, first) in stride(from: 0, to: Self.events, by: Self.batchSize).enumerated() {
            var batch = JournalBatch(
                sequence: JournalSequence(Int64(index + 1)),
                receivedAt: BenchmarkData.start
            )
            if index == 0 {
                batch.eventTypes = [Numbered(EventTypeID(1), "event")]
                batch.propertyNames = ["few", "many"].map { PropertyName(.event, $0) }
                batch.contexts = [Numbered(ContextID(1), EventContext())]
            }
            batch.events = StoredEvents(
                (first..<first + Self.batchSize).map { number in
                    let offset = Int64(Double(number) / Double(Self.events) * span)
                    let time = Timestamp(milliseconds: BenchmarkData.start.milliseconds + offset)
                    // Every value occurs, in no order.
                    let value = number * 7_368_787 % Self.many
                    return StoredEvent(
                        user: UserKey(Int32(random.below(Self.users) + 1)),
                        device: DeviceKey(1),
                        carriesUserID: true,
                        type: EventTypeID(1),
                        time: time,
                        clientTime: time,
                        uploadTime: time,
                        context: ContextID(1),
                        eventProperties: "{\"few\":\"value \(value % Self.few)\",\"many\":\"value \(value)\"}"
                    )
                }
            )
            try store.append([batch])
        }
    }
}
