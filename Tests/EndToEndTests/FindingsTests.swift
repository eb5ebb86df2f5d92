import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What came against the tracking plan is counted with the events that it came with.
    @Suite("Findings and sudden ends")
    struct FindingsTests {
        private struct Answer: Decodable {
            struct Finding: Decodable {
                var eventType: String
                var finding: String
                var count: Int
            }

            var data: [Finding]
            var notListed: Int
        }

        @Test("after each kill there are as many findings as events, and no more when all comes again")
        func kills() async throws {
            print("The kills' moments come from KILL_SEED=\(Faults.seed)")
            var random = SeededRandom(seed: Faults.seed)
            let folder = try TestFolder()
            let keys = try await folder.createProject("planned")
            var server = try await ServerProcess.start(in: folder)
            // Each event has one finding: those of people lack the one, and identifies add a number to the other.
            for (path, form) in [
                ("event-property", "event_property=never&is_required=true"),
                ("user-property", "user_property=visits&type=string"),
            ] {
                let answer = try await server.client(keys).ask("/api/2/taxonomy/\(path)", method: "POST", body: form)
                #expect(answer.status == 200, "\(answer.text)")
            }
            for round in 0..<max(2, Faults.kills / 10) {
                let load = MixedLoad(name: "Round \(round)", seed: random.next())
                (_, server) = try await SuddenEndTests.killAmid(load, of: server, keys, &random)
                server = try await ServerProcess.start(in: folder)
                try await expectAll(server.client(keys), "after a kill")
                try await load.complete(in: server.client(keys))
                try await expectAll(server.client(keys), "when all has come")
            }
            try await server.stop()
        }

        private func expectAll(_ client: ProjectClient, _ when: String) async throws {
            let answer = try await client.ask("/api/2/taxonomy/findings")
            let found = try JSONDecoder.snakeCase.decode(Answer.self, from: answer.body)
            let ledger = try await client.ledger()
            #expect(
                found.data.allSatisfy { $0.finding == ($0.eventType == "$identify" ? "type" : "missing") }
                    && found.notListed == 0
            )
            #expect(found.data.reduce(0) { $0 + $1.count } == ledger.stored && ledger.stored > 0, "\(when): \(ledger)")
        }
    }
}
