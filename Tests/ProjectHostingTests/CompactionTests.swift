import EventExport
import EventModel
import Foundation
import HTTPEdge
import Ingestion
import ProjectHosting
import ProjectStore
import QueryExecution
import QueryModel
import Storage
import Synchronization
import TestSupport
import Testing

@Suite struct CompactionTests {
    /// Words that only Anna has, in ids, properties, places and refused requests; short, long and very long ones.
    private static let annas = [
        "anna-id", "anna-phone", "anna-tablet", "anna-plan", "anna-story", "anna-note", "anna-novel", "Annatown",
        "anna-insert",
    ]
    private static let bobs = ["bob-id", "bob-phone", "bob-plan", "bob-story", "bob-note", "bob-novel", "Bobtown"]

    private func event(_ who: String, _ number: Int, _ more: String = "") -> String {
        #"{"user_id":"\#(who)-id","device_id":"\#(who)-phone","event_type":"Play","insert_id":"\#(who)-insert-\#(number)"\#(more)}"#
    }

    /// All kinds of things that can be known of somebody.
    private func life(of who: String, _ town: String) -> [String] {
        let story = String(repeating: "\(who)-story ", count: 150)
        let novel = String(repeating: "\(who)-novel ", count: 2_000)
        return [
            #"{"device_id":"\#(who)-tablet","event_type":"Look"}"#,
            #"{"user_id":"\#(who)-id","device_id":"\#(who)-tablet","event_type":"Look"}"#,
            event(who, 1, #","user_properties":{"plan":"\#(who)-plan"},"city":"\#(town)""#),
            event(who, 2, #","user_properties":{"story":"\#(story)"}"#),
            event(
                who,
                3,
                #","user_properties":{"$set":{"story2":"\#(story)"}},"event_properties":{"note":"\#(who)-note"}"#
            ),
            event(who, 4, #","event_properties":{"novel":"\#(novel)"}"#),
        ]
    }

    @Test("a person who was deleted is in no byte of any file, and whoever stays is whole")
    func traces() async throws {
        let house = House()
        let project = try house.create("shop")[0]
        let projects = try house.open()
        let open = try await projects.open(project)
        try await open.send(life(of: "anna", "Annatown"))
        try await open.send(life(of: "bob", "Bobtown"))
        await open.hosted.writer.reject(
            path: "/2/httpapi",
            reason: "no",
            events: 1,
            contentType: nil,
            body: Array(event("anna", 9).utf8)
        )
        let before = try await open.lines()
        #expect(before.count == 12)

        // Somebody else has her device by then.
        let anna = try #require(try open.record.user(withID: "anna-id"))
        #expect(try await open.hosted.writer.delete([anna.key], for: "test", grace: .zero).count == 1)
        #expect(try await open.compact().people == 1)

        #expect(try await open.lines() == before.filter { !$0.contains("anna") })
        #expect(try open.record.departed() == DepartedCounts(deleted: 6))
        let (total, rows) = (try open.record.ledgerTotals(), try open.store.progress().rows)
        #expect(total.stored == rows + 6)
        #expect(try open.record.deletions(in: .done).map(\.person) == [anna.key])
        try await open.send(life(of: "bob", "Bobtown").suffix(1).map { $0.replacing("insert-4", with: "insert-5") })
        let now = try await open.lines()
        #expect(now.count == 7)
        await projects.close()

        let folder = house.file("", of: project)
        let traces = try FileTraces(of: Self.annas + Self.bobs, in: folder)
        for word in Self.annas { #expect(!traces.has(word), "\(traces.found)") }
        #expect(traces.dirtyPages.isEmpty)
        for word in ["bob-id", "bob-phone"] { #expect(traces.has(word), "the search finds what is there") }

        // The file has its old name; what was found before the restart is there after it.
        #expect(try folder.names() == ["events.duckdb", "project.mark", "project.sqlite"])
        let again = try house.open()
        let reopened = try await again.open(project)
        #expect(try await reopened.lines() == now)
        await again.close()
    }

    @Test("whoever sends, asks and exports meanwhile finds what is right at every moment")
    func beside() async throws {
        let house = House()
        let project = try house.create("shop")[0]
        let projects = try house.open()
        let open = try await projects.open(project)
        for person in 0..<40 { try await open.send((0..<20).map { event("p\(person)", $0) }) }
        let first = try await open.hosted.exports.page(.all, from: 0, to: nil)
        let load = Load()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var number = 100
                while !load.isOver {
                    try await open.send([event("p39", number)])
                    number += 1
                    load.noteSent()
                }
            }
            group.addTask {
                while !load.isOver {
                    let known = load.sent
                    let count = try await open.plays(of: "p39")
                    #expect(count >= 20 + known, "what was acknowledged before is seen")
                    #expect(count <= 21 + load.sent)
                    // The last page's numbers are those of the first export.
                    let page = try await open.hosted.exports.page(.all, from: 780, to: first.end)
                    #expect(page.count == 20)
                    #expect(first.lines.suffix(page.lines.count) == page.lines[...])
                }
            }
            group.addTask {
                defer { load.end() }
                // Three runs, each with other columns.
                for round in 0..<3 {
                    let keys = try (0..<10).map { try open.record.user(withID: "p\(10 * round + $0)-id")!.key }
                    _ = try await open.hosted.writer.delete(keys, for: "test", grace: .zero)
                    #expect(try await open.compact().departed.deleted == 200)
                }
            }
            try await group.waitForAll()
        }
        let rest = 200 + load.sent
        #expect(try await open.lines().count == rest)
        #expect(try open.store.progress().rows == rest)
        #expect(try open.record.departed() == DepartedCounts(deleted: 600))
        await projects.close()
        // Of four files one is left.
        #expect(try house.file("", of: project).names() == ["events.duckdb", "project.mark", "project.sqlite"])
    }

    @Test("the server begins by itself when a grace is over, also in a project that nobody uses")
    func alone() async throws {
        let house = House()
        let project = try house.create("shop")[0]
        var projects = try house.open()
        var open = try await projects.open(project)
        try await open.send([event("anna", 1), event("bob", 1)])
        let anna = try #require(try open.record.user(withID: "anna-id"))
        _ = try await open.hosted.writer.delete([anna.key], for: "test", grace: .seconds(5))
        #expect(try await open.compact().people == 0, "it can still be cancelled")
        await projects.close()

        projects = try house.open(with: { settings in settings.now = { Timestamp(milliseconds: 1_700_000_005_000) } })
        let watch = Task { [projects] in await projects.watch() }
        let record = { try await projects.open(project).record }
        #expect(await eventually { (try? await record().deletions(in: .done).count) == 1 })
        open = try await projects.open(project)
        #expect(try open.record.departed().deleted == 1)
        #expect(try await open.lines().count == 1)
        watch.cancel()
        await projects.close()
    }

    @Test("whoever asks for it ends a grace")
    func asked() async throws {
        let house = House()
        let project = try house.create("shop")[0]
        let projects = try house.open()
        let open = try await projects.open(project)
        try await open.send([event("anna", 1), event("bob", 1)])
        let anna = try #require(try open.record.user(withID: "anna-id"))
        _ = try await open.hosted.writer.delete([anna.key], for: "test", grace: .seconds(86_400))
        #expect(try await open.compact().people == 0)
        #expect(try await open.compact(endingGraces: true).people == 1)
        #expect(try open.record.deletions(in: .done).count == 1)
        await projects.close()
    }

    @Test("what was interrupted before the columns were made anew is done by the next run")
    func interrupted() async throws {
        let house = House()
        let project = try house.create("shop")[0]
        let projects = try house.open(with: { $0.openNextStore = nil })
        var open = try await projects.open(project)
        try await open.send([event("anna", 1), event("bob", 1)])
        let anna = try #require(try open.record.user(withID: "anna-id"))
        _ = try await open.hosted.writer.delete([anna.key], for: "test", grace: .zero)
        await #expect(throws: CompactionFailure.self) { try await open.compact() }
        #expect(try open.record.deletions(in: .submitted).count == 1)
        #expect(try open.record.columnsAreDue())
        await projects.close()
        let again = try house.open()
        open = try await again.open(project)
        let receipt = try await open.compact()
        #expect(receipt.people == 1 && receipt.columns == 1 && receipt.batches == 0)
        #expect(try open.record.departed().deleted == 1)
        #expect(try !open.record.columnsAreDue())
        await again.close()
    }
}

/// What runs beside a compaction.
private final class Load: Sendable {
    private let state = Mutex((sent: 0, isOver: false))

    /// Events that were acknowledged.
    var sent: Int { state.withLock { $0.sent } }
    var isOver: Bool { state.withLock { $0.isOver } }

    func noteSent() { state.withLock { $0.sent += 1 } }
    func end() { state.withLock { $0.isOver = true } }
}

extension OpenProject {
    /// How many events questions find of somebody.
    fileprivate func plays(of who: String) async throws -> Int {
        // That of the house's clock.
        let day = CalendarDate(year: 2023, month: 11, day: 14)!
        let filter = PropertyFilter(property: .builtIn(.userID), operator: .is, values: [ExactText("\(who)-id")])
        let query = SegmentationQuery(
            events: [EventSelector(type: .named(ExactText("Play")), filters: [filter])],
            metric: .totals,
            range: DateRange(first: day, last: day)!,
            interval: .day
        )
        let answer = try await hosted.queries.segmentation(query, try hosted.queryContext())
        return answer.series.reduce(0) { $0 + Int($1.values.reduce(0, +)) }
    }
}

extension URL {
    fileprivate func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}
