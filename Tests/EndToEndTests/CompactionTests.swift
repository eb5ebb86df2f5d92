import Foundation
import FoundationNetworking
import TestSupport
import Testing

extension EndToEnd {
    /// People who are deleted leave the files, whatever ends the server meanwhile.
    @Suite("A compaction")
    struct CompactionTests {
        private struct Ledger: Decodable {
            struct Answer: Decodable {
                var data: Parts
            }
            struct Parts: Decodable {
                var total: Ledger
            }

            var stored: Int
            var present: Int
            var deleted: Int
            var expired: Int
        }

        private static func start(_ folder: TestFolder) async throws -> ServerProcess {
            try await ServerProcess.start(in: folder, "\(ServerProcess.standard(folder)) --deletion-grace 0s")
        }

        private static func ask(
            _ server: ServerProcess,
            _ keys: ProjectKeys,
            _ path: String,
            post body: String? = nil
        ) async throws -> Data {
            var request = URLRequest(url: try #require(URL(string: server.address + path)), timeoutInterval: 60)
            let credentials = Data("\(keys.apiKey):\(keys.secretKey)".utf8).base64EncodedString()
            request.setValue("Basic \(credentials)", forHTTPHeaderField: "Authorization")
            if let body {
                request.httpMethod = "POST"
                request.setValue("application/json", forHTTPHeaderField: "Content-Type")
                request.httpBody = Data(body.utf8)
            }
            let (data, response) = try await URLSession.shared.data(for: request)
            let status = (response as? HTTPURLResponse)?.statusCode ?? 0
            try #require(200..<300 ~= status, "\(path): \(status) \(String(decoding: data, as: UTF8.self))")
            return data
        }

        /// Some people's events in one request.
        private static func send(_ people: [String], _ server: ServerProcess, _ keys: ProjectKeys) async throws {
            let events = people.flatMap { person in
                (0..<20).map { number in
                    #"{"user_id":"\#(person)","event_type":"Play","insert_id":"\#(person) \#(number)","#
                        + #""user_properties":{"is":"\#(person)"},"event_properties":{"by":"\#(person)"}}"#
                }
            }
            let body = #"{"api_key":"\#(keys.apiKey)","events":[\#(events.joined(separator: ","))]}"#
            _ = try await ask(server, keys, "/2/httpapi", post: body)
        }

        private static func ledger(_ server: ServerProcess, _ keys: ProjectKeys) async throws -> Ledger {
            let data = try await ask(server, keys, "/api/v1/ledger")
            return try JSONDecoder().decode(Ledger.Answer.self, from: data).data.total
        }

        @Test("killed at any moment, it is ended by the next server: nothing is lost, and nobody comes back")
        func kills() async throws {
            print("The kills' moments come from KILL_SEED=\(Faults.seed)")
            var random = SeededRandom(seed: Faults.seed)
            let folder = try TestFolder()
            let keys = try await folder.createProject("compacted")
            var server = try await Self.start(folder)
            for ten in 0..<10 { try await Self.send((0..<10).map { "stays-\(10 * ten + $0)" }, server, keys) }
            let rounds = max(4, Faults.kills / 2)
            for round in 0..<rounds {
                let people = (0..<5).map { "goes-\(round)-\($0)" }
                try await Self.send(people + ["stays-too-\(round)"], server, keys)
                let ids = people.map { "\"\($0)\"" }.joined(separator: ",")
                let order = #"{"user_ids":[\#(ids)],"requester":"test"}"#
                _ = try await Self.ask(server, keys, "/api/2/deletions/users", post: order)
                _ = try await Self.ask(server, keys, "/api/v1/compaction", post: "")
                try await Task.sleep(for: .microseconds(Int.random(in: 0...400_000, using: &random)))
                try await server.kill()
                server = try await Self.start(folder)
                // What was acknowledged is there, and who was deleted is in no answer, however far it has come.
                let ledger = try await Self.ledger(server, keys)
                #expect(ledger.stored == 20 * (100 + 6 * (round + 1)))
                #expect(
                    ledger.present == ledger.stored - ledger.deleted && ledger.deleted % 20 == 0 && ledger.expired == 0
                )
            }
            let finished = try await folder.antinode("compact compacted --data-dir \(folder.data.path)")
            #expect(finished.status == 0 && finished.output.hasPrefix("compacted: "), "\(finished)")
            let ledger = try await Self.ledger(server, keys)
            #expect(ledger.deleted == 100 * rounds && ledger.present == 20 * (100 + rounds))
            try await server.stop()
            // Without a server it says that there is nothing to do.
            let again = try await folder.antinode("compact --data-dir \(folder.data.path)")
            #expect(again.status == 0 && again.output == "compacted: nothing was to leave.\n", "\(again)")

            let files = folder.data.appending(path: "projects/\(keys.id)")
            let traces = try FileTraces(of: ["goes-", "stays-1", "stays-too-0"], in: files)
            #expect(!traces.has("goes-") && traces.has("stays-1") && traces.has("stays-too-0"), "\(traces.found)")
            #expect(traces.dirtyPages.isEmpty)
            let stored = try StoredEvents(in: folder, project: keys.id).insertIDs()
            #expect(stored.count == ledger.present && Set(stored).count == stored.count)
            #expect(stored.allSatisfy { $0.hasPrefix("stays-") })
        }
    }
}
