import DuckDBStore
import EventModel
import QueryExecution
import QueryModel
import Storage
import TestSupport
import Testing

@testable import EventExport

/// Pages against a plain list of the same events.
@Suite struct PageReaderTests {
    private static let texts = [
        "Germany", "germany", "3", "1", "2.5", "a", "(none)", "free", "b", "-4", "", "Zü*", "true",
    ]

    private static func filter(_ random: inout SeededRandom) -> PropertyFilter {
        PropertyFilter(
            property: random.pick([
                .event(ExactText("level")), .event(ExactText("size")), .event(ExactText("price")),
                .user(ExactText("plan")), .builtIn(.country),
            ]),
            operator: random.pick(PropertyFilter.Operator.allCases),
            values: (0...random.below(2)).map { _ in ExactText(random.pick(texts)) }
        )
    }

    private static func selection(of project: RandomProject, _ random: inout SeededRandom) -> ExportSelection {
        var selection = ExportSelection.all
        let moments = [random.pick(project.events), random.pick(project.events)].map(\.milliseconds).sorted()
        if random.once(in: 2) {
            let (first, end) = (random.pick([.min, moments[0]]), random.pick([.max, moments[1] + 1]))
            selection.times = Timestamp(milliseconds: first)..<Timestamp(milliseconds: end)
        }
        if random.once(in: 2) {
            selection.types = Set([random.pick(["Play", "Stop", "Köln"]), "Play"].map { ExactText($0) })
        }
        selection.conditions = (0..<random.below(3)).map { _ in filter(&random) }
        return selection
    }

    @Test("all pages together are the events that are meant, in the order of arrival", arguments: 1...24)
    func pages(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let project = RandomProject(seed: seed, .init(eventCount: 120, days: 19_790...19_800, zone: "UTC"))
        let store: any EventStore & ArrivalStore & PeopleStore =
            seed.isMultiple(of: 2) ? MemoryEventStore() : try DuckDBEventStore(path: nil)
        try store.append(project.batches)
        for _ in 0..<12 {
            let selection = Self.selection(of: project, &random)
            let reader = PageReader(store, project: 7, mostRows: 1 + random.below(50))
            // Some rows come later, and are not asked for.
            let end = random.pick([nil, 120, 77])
            var (lines, cursor, counted) = ([String](), 0, 0)
            repeat {
                let page = try await reader.page(selection, from: cursor, to: end)
                #expect(page.end == end ?? 120 && page.next > cursor)
                (cursor, counted) = (page.next, counted + page.count)
                lines += String(decoding: page.lines, as: UTF8.self).split(separator: "\n").map(String.init)
            } while cursor < end ?? 120
            let expected = project.events.prefix(end ?? 120).filter { event in
                event.isCounted
                    && selection.times?.contains(Timestamp(milliseconds: event.milliseconds)) ?? true
                    && selection.types?.contains(ExactText(event.type)) ?? true
                    && selection.conditions.allSatisfy(event.passes)
            }
            #expect(
                lines.map { $0.firstMatch(of: /"uuid":"([^"]+)"/).map { String($0.1) } }
                    == expected.map { RowUUID(project: 7, number: $0.arrival).text },
                "\(selection)"
            )
            #expect(counted == expected.count)
        }
    }

    @Test("beyond the end, and of nothing, a page is empty")
    func empty() async throws {
        let reader = PageReader(MemoryEventStore(), project: 7)
        #expect(try await reader.page(.all, from: 0, to: nil) == ExportPage(lines: [], count: 0, next: 0, end: 0))
        #expect(try await reader.page(.all, from: 9, to: 20) == ExportPage(lines: [], count: 0, next: 0, end: 0))
    }

    @Test("names that were never received are told")
    func unknown() async throws {
        let store = MemoryEventStore()
        try store.append(RandomProject(seed: 1, .init(eventCount: 5, days: 19_790...19_800, zone: "UTC")).batches)
        let reader = PageReader(store, project: 7)
        await #expect(throws: QueryError.unknownEventType("Pley", nearest: ["Play"])) {
            try await reader.page(ExportSelection(types: [ExactText("Pley")]), from: 0, to: nil)
        }
        let filter = PropertyFilter(property: .user(ExactText("plans")), operator: .is, values: [ExactText("a")])
        await #expect(throws: QueryError.unknownProperty("plans", nearest: ["plan"])) {
            try await reader.page(ExportSelection(conditions: [filter]), from: 0, to: nil)
        }
    }

    @Test("merges are told in the order in which they became known", arguments: [false, true])
    func merges(isDuckDB: Bool) async throws {
        let store: any EventStore & ArrivalStore & PeopleStore =
            isDuckDB ? try DuckDBEventStore(path: nil) : MemoryEventStore()
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 5))
        let moment = Timestamp(milliseconds: 1_781_602_887_005)
        batch.users = [
            UserFact(user: UserKey(1), userID: nil, amplitudeID: AmplitudeID(900_000_000_001)),
            UserFact(user: UserKey(3), userID: nil),
        ]
        batch.merges = [
            Merge(from: UserKey(3), into: UserKey(1), time: moment, cause: .login),
            Merge(from: UserKey(3), into: UserKey(3), time: moment, cause: .unmapping),
        ]
        try store.append([batch])
        let page = try await PageReader(store, project: 7).merges(from: 0)
        let time = "\"merge_event_time\":\"2026-06-16 09:41:27.005000\""
        #expect(
            String(decoding: page.lines, as: UTF8.self) == """
                {"amplitude_id":3,\(time),"merged_amplitude_id":900000000001,"scope":7}
                {"amplitude_id":3,\(time),"merged_amplitude_id":3,"scope":7}

                """
        )
        #expect(page.count == 2 && page.next == 2 && page.end == 2)
        #expect(try await PageReader(store, project: 7).merges(from: 1).count == 1)
    }
}
