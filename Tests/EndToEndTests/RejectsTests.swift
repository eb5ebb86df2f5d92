import Foundation
import Testing

extension EndToEnd {
    @Suite("Refused requests, sent again")
    struct RejectsTests {
        private let folder: TestFolder
        private let keys: ProjectKeys
        private static let list = "rejects list --project shop"

        init() async throws {
            folder = try TestFolder()
            keys = try await folder.createProject("shop")
        }

        private func antinode(_ command: String) async throws -> FinishedProcess {
            try await folder.antinode("\(command) --data-dir \(folder.data.path)")
        }

        private func post(_ options: String, to server: ServerProcess, _ path: String) async throws -> String {
            try await folder.bash("curl -s -m 10 \(options) '\(server.address)\(path)'").output
        }

        private func plans(_ server: ServerProcess) async throws -> [String: Int] {
            let e = #"{"event_type":"Play","group_by":[{"type":"user","value":"gp:plan"}]}"#
            return try await server.client(keys).chart(e, m: "totals", days: "20240301-20240301").collapsedGroups
        }

        @Test(
            "forms are kept, and taken when they are mended, beside a server and without one",
            arguments: [true, false]
        )
        func forms(besideServer: Bool) async throws {
            var server = try await ServerProcess.start(in: folder)
            let query = "/identify?api_key=\(keys.apiKey)&identification="
            #expect(try await post("-g", to: server, query + #"{"user_id":"bob"}"#).hasPrefix("invalid_event_field"))
            let multipart = #"-F api_key=\#(keys.apiKey) -F 'event={"event_type":"Play","time":1709294400000}'"#
            #expect(try await post(multipart, to: server, "/httpapi").hasPrefix("invalid_event_field"))
            if !besideServer { try await server.stop() }

            let list = try await antinode(Self.list)
            let lines = list.output.split(separator: "\n").map { $0.split(separator: "\t") }
            #expect(lines.map { $0[2] } == ["/httpapi", "/identify"], "\(list)")
            #expect(lines.allSatisfy { $0[3] == "1 events" })
            let mended = folder.url.appending(path: "mended")
            for (id, change) in [
                (1, (#"{"user_id":"bob"}"#, #"{"user_id":"user-1","user_properties":{"plan":"pro"}}"#)),
                (2, (#"{"event_type""#, #"{"user_id":"user-1","event_type""#)),
            ] {
                let again = try await antinode("rejects replay \(id) --project shop")
                #expect(again.output.contains("still refused: invalid_event_field"), "\(again)")
                let newest = try await antinode("\(Self.list) --limit 1").output.split(separator: "\t")[0]
                #expect(newest == "\(id + 2)", "kept again")
                let shown = try await antinode("rejects show \(newest) --project shop").output
                #expect(shown.contains(change.0))
                try Data(shown.dropLast().replacing(change.0, with: change.1).utf8).write(to: mended)
                let taken = try await antinode("rejects replay \(newest) --project shop --body \(mended.path)")
                #expect(taken.output == "\(newest)\ttaken: 1 events\n", "\(taken)")
            }
            #expect(try await antinode(Self.list).output == "Nothing was refused.\n")
            if !besideServer { server = try await ServerProcess.start(in: folder) }
            #expect(try await plans(server) == ["pro": 1])
            try await server.stop()
        }

        @Test("a request that is refused for another reason than before is not lost", arguments: [true, false])
        func rotatedKeys(besideServer: Bool) async throws {
            let server = try await ServerProcess.start(in: folder)
            #expect(try await server.client(keys).send([SentEvent(userID: "bob", eventType: "Play")]).status == 400)
            if !besideServer { try await server.stop() }
            _ = try await antinode("project rotate-keys shop")
            // A server may believe the old keys for a moment.
            try await Task.sleep(for: .seconds(besideServer ? 1.5 : 0))
            let again = try await antinode("rejects replay --project shop")
            #expect(again.output.contains("still refused: {\"code\":400,\"error\":\"Invalid API key: "), "\(again)")
            #expect(try await antinode(Self.list).output.hasPrefix("1\t"))
            if besideServer { try await server.stop() }
        }
    }
}
