import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `antinode project keep`, and `compact --yes`. Events lie days from every cut, so that no midnight matters.
    @Suite("Days that are kept")
    struct KeepCommandTests {
        struct Parts: Decodable, Equatable {
            var stored: Int
            var present: Int
            var deleted: Int
            var expired: Int

            init(stored: Int, expired: Int) {
                (self.stored, present, deleted, self.expired) = (stored, stored - expired, 0, expired)
            }
        }

        private struct Ledger: Decodable {
            struct Content: Decodable {
                var total: Parts
            }

            var data: Content
        }

        static func ledger(_ client: ProjectClient) async throws -> Parts {
            let answer = try await client.ask("/api/v1/ledger")
            return try JSONDecoder().decode(Ledger.self, from: answer.body).data.total
        }

        static func event(_ user: String, daysAgo: Int) -> SentEvent {
            let time = Date.now.timeIntervalSince1970 - Double(daysAgo) * 86_400
            return SentEvent(
                userID: user,
                eventType: "Play",
                insertID: "\(user) \(daysAgo)",
                time: Int64(time * 1000)
            )
        }

        private static func totals(_ client: ProjectClient) async throws -> Int {
            let day = Date.ISO8601FormatStyle().year().month().day().dateSeparator(.omitted)
            let first = Date.now.addingTimeInterval(-120 * 86_400).formatted(day)
            let last = Date.now.addingTimeInterval(86_400).formatted(day)
            return try await client.chart(#"{"event_type":"Play"}"#, m: "totals", days: "\(first)-\(last)").only?
                .collapsed
                ?? 0
        }

        @Test("says what leaves, asks, and is heard by a running server; alone it does it all")
        func command() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("kept")
            func run(_ command: String) async throws -> FinishedProcess {
                try await folder.antinode("\(command) --data-dir \(folder.data.path)")
            }
            var server = try await ServerProcess.start(in: folder)
            var client = server.client(keys)
            let people = (0..<5).map { "user-\($0)" }
            for daysAgo in [40, 30, 20, 0] {
                #expect(try await client.send(people.map { Self.event($0, daysAgo: daysAgo) }).status == 200)
            }
            #expect(try await Self.totals(client) == 20)

            let refused = try await run("project keep kept 25d")
            #expect(refused.status == 1 && refused.errors.contains("5 events of the days "), "\(refused)")
            #expect(refused.errors.contains("Nothing was done: say --yes if you mean it."))
            #expect(try await Self.ledger(client).expired == 0)
            let set = try await run("project keep kept 25d --yes")
            #expect(
                set.status == 0
                    && set.output
                        == "kept keeps 25 days and the present one. What is older leaves in the background.\n",
                "\(set)"
            )
            let compacted = try await run("compact kept")
            #expect(compacted.status == 0, "\(compacted)")
            #expect(try await Self.ledger(client) == Parts(stored: 20, expired: 5))
            #expect(try await Self.totals(client) == 10)
            #expect(try await run("project list --json").output.contains(#""keep_days":25"#))
            #expect(try await run("project list").output.contains(/kept +UTC +25 days/))
            #expect(
                try await run("project show kept").output.contains(/keeps +25 days, days before [0-9-]{10} have left/)
            )

            // What comes too late is answered like any other.
            let late = try await client.send([Self.event("late-user", daysAgo: 33), Self.event("user-0", daysAgo: 41)])
            #expect(late.status == 200 && late.text.contains(#""events_ingested":2"#), "\(late.text)")
            #expect(try await Self.ledger(client) == Parts(stored: 22, expired: 7))
            let figures = try await client.ask("/metrics").text
            #expect(figures.contains(#"antinode_events_total{project="kept",fate="expired"} 2"#), "\(figures)")
            #expect(figures.contains(#"antinode_held_events{project="kept"} 0"#))
            #expect(try await client.ask("/api/2/usersearch?user=late-user").text.contains(#""matches":[]"#))
            try await server.stop()

            let alone = try await run("project keep kept 10d --yes")
            #expect(alone.status == 0 && alone.output == "kept keeps 10 days and the present one.\n", "\(alone)")
            let forever = try await run("project keep kept forever")
            #expect(forever.status == 0 && forever.output.contains(/Days before [0-9-]{10} have left, and stay closed/))
            server = try await ServerProcess.start(in: folder)
            client = server.client(keys)
            #expect(try await Self.ledger(client) == Parts(stored: 22, expired: 12))
            #expect(try await Self.totals(client) == 5)
            try await server.stop()
        }

        @Test(
            "what is no length of time is a mistake that names a valid one",
            arguments: ["0d", "400", "40000d", "-1d", "d"]
        )
        func mistakes(length: String) async throws {
            let folder = try TestFolder()
            let finished = try await folder.antinode("project keep a \(length)")
            #expect(finished.status == 64 && finished.errors.contains("400d"), "\(finished)")
        }

        @Test("what was not confirmed waits, and `antinode compact --yes` lets it leave")
        func held() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("held")
            let server = try await ServerProcess.start(in: folder)
            let client = server.client(keys)
            #expect(try await client.send((0...60).map { Self.event("anna-0", daysAgo: $0) }).status == 200)
            #expect(try await client.ask("/api/v1/keeping?days=30", method: "PUT").status == 200)
            let waiting = try await folder.antinode("compact --data-dir \(folder.data.path)")
            #expect(
                waiting.status == 0 && waiting.output.contains("`antinode compact --yes` lets them leave"),
                "\(waiting)"
            )
            #expect(try await Self.ledger(client).expired == 0)
            #expect(try await client.ask("/api/v1/keeping").text.contains(#""reason":"too_many""#))
            #expect(!(try await client.ask("/metrics").text.contains(#"antinode_held_events{project="held"} 0"#)))
            let meant = try await folder.antinode("compact --yes --data-dir \(folder.data.path)")
            #expect(meant.status == 0 && meant.output.contains("of days that are not kept"), "\(meant)")
            // 29 or 30 of them, as the day may have changed.
            let ledger = try await Self.ledger(client)
            #expect(28...30 ~= ledger.expired && ledger.present == 61 - ledger.expired)
            #expect(try await client.ask("/api/v1/keeping?days=0").status == 400)
            #expect(try await client.ask("/api/v1/keeping", method: "PUT").status == 400)
            #expect(try await client.ask("/api/v1/keeping?days=7&confirmed=soon", method: "PUT").status == 400)
            try await server.stop()
        }

        @Test("killed at any moment, it is ended by the next server: what stays is whole, what leaves is counted once")
        func kills() async throws {
            print("The kills' moments come from KILL_SEED=\(Faults.seed)")
            var random = SeededRandom(seed: Faults.seed ^ 0x6EEB)
            let folder = try TestFolder()
            let keys = try await folder.createProject("kept")
            var server = try await ServerProcess.start(in: folder)
            let people = (0..<20).map { "user-\($0)" }
            let days = Array(stride(from: 100, through: 0, by: -5))
            for daysAgo in days {
                let events = people.map { Self.event($0, daysAgo: daysAgo) }
                #expect(try await server.client(keys).send(events).status == 200)
            }
            let stored = people.count * days.count
            var kept = 100
            for _ in 0..<max(4, Faults.kills / 3) {
                // From one half of the time between two days of events to the next.
                kept = max(3, (kept / 5) * 5 - 2)
                let client = server.client(keys)
                let preview = try await client.ask("/api/v1/keeping?days=\(kept)").text
                let cut = try #require(preview.firstMatch(of: /"leaving":\{"cut":"([^"]*)"/)?.1)
                let set = try await client.ask("/api/v1/keeping?days=\(kept)&confirmed=\(cut)", method: "PUT")
                #expect(set.status == 200, "\(set.text)")
                try await Task.sleep(for: .microseconds(Int.random(in: 0...400_000, using: &random)))
                try await server.kill()
                server = try await ServerProcess.start(in: folder)
                let ledger = try await Self.ledger(server.client(keys))
                #expect(ledger.stored == stored && ledger.present == stored - ledger.expired, "\(ledger)")
                let staying = days.count { $0 < kept } * people.count
                // Whole days, whichever have left by now; a person's first event is in none.
                let shown = try await Self.totals(server.client(keys))
                #expect(shown >= staying && (shown - staying) % people.count == 0, "\(shown) of \(staying)")
            }
            let finished = try await folder.antinode("compact kept --yes --data-dir \(folder.data.path)")
            #expect(finished.status == 0, "\(finished)")
            let staying = days.count { $0 < kept } * people.count
            let client = server.client(keys)
            let ledger = try await Self.ledger(client)
            #expect(ledger == Parts(stored: stored, expired: stored - staying - people.count))
            #expect(try await Self.totals(client) == staying)
            try await server.stop()
            // With a first event of each.
            let ids = try StoredEvents(in: folder, project: keys.id).insertIDs()
            #expect(ids.count == ledger.present && Set(ids).count == ids.count)
            #expect(ids.count { $0.hasSuffix(" 100") } == people.count)
        }
    }
}
