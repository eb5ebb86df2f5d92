import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// People are deleted while the server is killed: each deletion has happened as a whole, and for good, or not at all.
    @Suite("Deleted people")
    struct PersonDeletionTests {
        private struct Job: Decodable {
            struct Person: Decodable {
                var amplitudeID: Int

                enum CodingKeys: String, CodingKey { case amplitudeID = "amplitude_id" }
            }

            var amplitudeIDs: [Person]
            var day: String

            enum CodingKeys: String, CodingKey {
                case amplitudeIDs = "amplitude_ids"
                case day
            }
        }

        /// Whoever is deleted, with the days of the deletions.
        private static func deletions(_ client: ProjectClient) async throws -> [Int: String] {
            func day(_ days: Double) -> String {
                Date(timeIntervalSinceNow: days * 86_400).formatted(.iso8601.year().month().day())
            }
            let path = "/api/2/deletions/users?start_day=\(day(-30))&end_day=\(day(30))"
            let answer = try await client.ask(path)
            try #require(answer.status == 200, "\(answer.text)")
            let jobs = try JSONDecoder().decode([Job].self, from: answer.body)
            let people = jobs.flatMap { job in job.amplitudeIDs.map { ($0.amplitudeID, job.day) } }
            return Dictionary(people, uniquingKeysWith: { first, _ in first })
        }

        private static func shown(_ client: ProjectClient) async throws -> Int {
            try await client.chart(#"{"event_type":"Visit"}"#, m: "uniques", days: "20240301-20240301").only?.collapsed
                ?? 0
        }

        private static func found(_ user: String, _ client: ProjectClient) async throws -> Bool {
            try await client.ask("/api/2/usersearch?user=\(user)").text.contains("\"match_user_or_device_id\"")
        }

        @Test("after each kill a deletion that was answered holds, one that was not holds as a whole or not at all")
        func kills() async throws {
            print("The kills' moments come from KILL_SEED=\(Faults.seed)")
            var random = SeededRandom(seed: Faults.seed ^ 0xDE1E7E)
            let folder = try TestFolder()
            let keys = try await folder.createProject("deleting")
            var server = try await ServerProcess.start(in: folder)
            var sent = 0
            var answered: Set<String> = []
            for round in 0..<max(3, Faults.kills / 3) {
                let users = (0..<40).map { "round-\(round)-user-\($0)" }
                let events = users.map { SentEvent(userID: $0, eventType: "Visit", time: 1_709_280_000_000) }
                #expect(try await server.client(keys).send(events).status == 200)
                sent += users.count
                // Some questions before, so that columns are there to hide people in.
                if round % 2 == 0 { _ = try await Self.shown(server.client(keys)) }
                let pause = Duration.microseconds(Int.random(in: 1_000...120_000, using: &random))
                let held = try await withThrowingTaskGroup(of: Set<String>.self) { [server] group in
                    group.addTask {
                        var held: Set<String> = []
                        for first in stride(from: 0, to: 30, by: 3) {
                            let ids = users[first..<first + 3].map { "\"\($0)\"" }.joined(separator: ",")
                            let answer = try? await server.client(keys).ask(
                                "/api/2/deletions/users",
                                method: "POST",
                                body: "{\"user_ids\":[\(ids)]}"
                            )
                            guard answer?.status == 200 else { break }
                            held.formUnion(users[first..<first + 3])
                        }
                        return held
                    }
                    group.addTask {
                        try await Task.sleep(for: pause)
                        try await server.killIfRunning()
                        return []
                    }
                    return try await group.reduce(into: Set<String>()) { $0.formUnion($1) }
                }
                answered.formUnion(held)
                if Int.random(in: 0..<3, using: &random) == 0 { try folder.removeColumns(ofProject: keys.id) }
                server = try await ServerProcess.start(in: folder)

                let client = server.client(keys)
                let deletions = try await Self.deletions(client)
                #expect(try await Self.shown(client) == sent - deletions.count)
                // Those of one request are deleted together.
                #expect(deletions.count % 3 == 0 && deletions.count >= answered.count)
                for user in held { #expect(try await !Self.found(user, client), "\(user)") }
                #expect(try await Self.found(users[39], client))
            }
            let client = server.client(keys)
            var left = try await Self.deletions(client)
            for (person, day) in left.prefix(5) {
                let answer = try await client.ask("/api/2/deletions/users/\(person)/\(day)", method: "DELETE")
                #expect(answer.status == 200, "\(answer.text)")
                left[person] = nil
            }
            try await server.kill()
            server = try await ServerProcess.start(in: folder)
            #expect(try await Set(Self.deletions(server.client(keys)).keys) == Set(left.keys))
            #expect(try await Self.shown(server.client(keys)) == sent - left.count)
            try await server.stop()
            print("\(sent) people, \(answered.count) deletions that were answered, \(left.count) in the end")
        }
    }
}
