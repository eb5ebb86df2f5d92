import Foundation
import Testing

extension EndToEnd {
    @Suite("The log")
    struct LogTests {
        private let folder: TestFolder
        private let keys: ProjectKeys

        init() async throws {
            folder = try TestFolder()
            keys = try await folder.createProject("watched")
        }

        private static let good = SentEvent(userID: "user-1", eventType: "Hello", time: 1_709_294_400_000)

        private func start(_ options: String = "") async throws -> ServerProcess {
            try await ServerProcess.start(in: folder, "--port 0 --data-dir \(folder.data.path) \(options)")
        }

        /// Sends a body as it is, and throws its answer away.
        private func post(_ body: String, to server: ServerProcess, _ path: String = "/2/httpapi") async throws {
            _ = try await folder.bash("curl -s -m 10 -d '\(body)' \(server.address)\(path)")
        }

        private static func lines(_ text: String, with parts: String...) -> [Substring] {
            text.split(separator: "\n").filter { line in parts.allSatisfy { line.contains($0) } }
        }

        @Test("what was refused is said once a project and reason, with how many and which field")
        func refusals() async throws {
            let server = try await start()
            for _ in 0..<3 {
                try await post(
                    #"{"api_key":"\#(keys.apiKey)","events":[{"user_id":"user-1"},{"user_id":"user-2"}]}"#,
                    to: server
                )
            }
            try await post(
                #"{"api_key":"\#(keys.apiKey)","events":[{"user_id":"user-1","event_type":"a","time":"yesterday"}]}"#,
                to: server
            )
            let errors = try await server.stop().errors
            let missing = Self.lines(errors, with: "warning", "events were refused", "project=watched", "event_type")
            #expect(missing.count == 1, "\(errors)")
            #expect(missing.first?.contains("events=6") == true && missing.first?.contains("requests=3") == true)
            #expect(missing.first?.contains("Request missing required field: event_type is missing") == true)
            let invalid = Self.lines(errors, with: "events were refused", "time is invalid", "events=1")
            #expect(invalid.count == 1, "\(errors)")
        }

        @Test("devices that are held to limits, or silenced, are said as well")
        func gate() async throws {
            let silence = try await folder.antinode(
                ["project", "silence", "watched", "quiet", "--data-dir", folder.data.path]
            )
            #expect(silence.status == 0)
            let server = try await start("--events-per-second 1 --rate-window 1")
            func events(_ device: String, _ count: Int) -> String {
                let event = #"{"device_id":"\#(device)","event_type":"a"}"#
                let list = Array(repeating: event, count: count).joined(separator: ",")
                return #"{"api_key":"\#(keys.apiKey)","events":[\#(list)]}"#
            }
            try await post(events("loud-device", 5), to: server)
            try await post(events("quiet", 1), to: server)
            let errors = try await server.stop().errors
            #expect(Self.lines(errors, with: "project=watched", "sent more than it may", "events=5").count == 1)
            #expect(Self.lines(errors, with: "project=watched", "is silenced", "events=1").count == 1, "\(errors)")
        }

        @Test("keys that nobody has are said together, with their beginnings alone")
        func unknownKeys() async throws {
            let server = try await start()
            let key = "abcdef0123456789abcdef0123456789"
            for _ in 0..<2 {
                try await post(#"{"api_key":"\#(key)","events":[{"user_id":"u","event_type":"a"}]}"#, to: server)
            }
            try await post("api_key=\(key)&event=%7B%7D", to: server, "/httpapi")
            _ = try await folder.bash("curl -s -m 10 -u 987654fedcba:hush-hush \(server.address)/api/2/events/list")
            let finished = try await server.stop()
            let lines = Self.lines(finished.errors, with: "unknown API key", "abcdef… (3)", "987654… (1)", "requests=4")
            #expect(lines.count == 1, "\(finished)")
            for part in [key, "987654f", "hush-hush"] {
                #expect(!finished.errors.contains(part) && !finished.output.contains(part), "\(finished)")
            }
        }

        @Test("keys that were replaced are said while they are used")
        func oldKeys() async throws {
            let server = try await start()
            let rotate = ["project", "rotate-keys", "watched", "--keep-old", "1d", "--data-dir", folder.data.path]
            #expect(try await folder.antinode(rotate).status == 0)
            try await Task.sleep(for: .seconds(1.2))
            #expect(try await server.client(keys).send([Self.good]).status == 200)
            let errors = try await server.stop().errors
            #expect(
                Self.lines(errors, with: "key that was replaced", "project=watched", "key=api").count == 1,
                "\(errors)"
            )
        }

        @Test("answers that are the server's fault are logged always, those that are the sender's at debug")
        func answers() async throws {
            for level in ["info", "debug"] {
                let server = try await start("--log-level \(level)")
                _ = try await folder.bash("curl -s -m 10 '\(server.address)/nothing/here?key=hidden'")
                let errors = try await server.stop().errors
                let lines = Self.lines(errors, with: "debug", "/nothing/here", "404", "hb.request.id=")
                #expect(lines.count == (level == "debug" ? 1 : 0), "\(errors)")
                #expect(!errors.contains("hidden"), "\(errors)")
            }
        }

        @Test(
            "as JSON, every line is an object",
            arguments: [
                ("--log-format json", [:], "{}"), ("", ["ANTINODE_LOG_FORMAT": "json"], "{}"),
                ("", [:], #"{"logFormat": "json"}"#),
            ] as [(String, [String: String], String)]
        )
        func json(options: String, environment: [String: String], file: String) async throws {
            struct Line: Decodable {
                var time: String
                var level: String
                var message: String
                var project: String?
            }
            try Data(file.utf8).write(to: folder.url.appending(path: "antinode.json"))
            let server = try await ServerProcess.start(
                in: folder,
                "--port 0 --log-level trace --data-dir \(folder.data.path) \(options)",
                environment: environment
            )
            #expect(try await server.client(keys).send([Self.good]).status == 200)
            try await post(#"{"api_key":"\#(keys.apiKey)","events":[{}]}"#, to: server)
            let errors = try await server.stop().errors
            let lines = try errors.split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            #expect(lines.contains { $0.message == "events were refused" && $0.project == "watched" }, "\(errors)")
            #expect(lines.allSatisfy { $0.time.wholeMatch(of: /\d{4}-\d\d-\d\dT[\d:.]+Z/) != nil })
        }

        @Test("a format that is none is refused")
        func format() async throws {
            let finished = try await folder.antinode("serve --port 0 --log-format xml")
            #expect(finished.status == 64 && finished.errors.contains("must be text or json; it is xml"), "\(finished)")
        }
    }
}
