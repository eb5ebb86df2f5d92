import Foundation
import Testing

extension EndToEnd {
    @Suite("The first minute")
    struct WelcomeTests {
        @Test("the two commands that the console shows work as pasted")
        func curlLines() async throws {
            let folder = try TestFolder()
            let server = try await ServerProcess.start(in: folder, "--port 0")
            try await expectCommandsWork(server, in: folder)
            try await server.stop()
            // Also at a later start, in a folder whose name a shell would take apart.
            let renamed = folder.url.appending(path: "my data")
            try FileManager.default.moveItem(at: folder.data, to: renamed)
            let environment = ["ANTINODE_DATA_DIR": renamed.path]
            let again = try await ServerProcess.start(in: folder, "--port 0", environment: environment)
            try await expectCommandsWork(again, in: folder)
            try await again.stop()
        }

        private func expectCommandsWork(_ server: ServerProcess, in folder: TestFolder) async throws {
            let commands = Self.curlCommands(in: server.welcome)
            try #require(commands.count == 2, "\(server.welcome)")
            let sent = try await folder.bash(commands[0])
            let receipt = try JSONDecoder.snakeCase.decode(Receipt.self, from: Data(sent.output.utf8))
            #expect(receipt.code == 200 && receipt.eventsIngested == 1, "\(sent)")

            let asked = try await folder.bash(commands[1])
            let chart = try HTTPAnswer(status: 200, body: Data(asked.output.utf8)).chart()
            #expect(chart.days.count == 7)
            #expect(chart.only?.values.reduce(0, +) == 1, "\(asked)")
        }

        @Test("the secret key is shown to a person at the first start alone, and never where output is kept")
        func secret() async throws {
            struct Shown: Decodable {
                var status: Int
                var output: String
            }
            let folder = try TestFolder()
            func start() async throws -> String {
                let shown: Shown = try await folder.client(
                    "on_terminal.py",
                    ["Ctrl-C.", "", Tools.antinode().path, "serve", "--port", "0"]
                )
                #expect(shown.status == 0 && shown.output.contains("Stopped."), "\(shown.output)")
                return shown.output
            }
            let first = try await start()
            let show = try await folder.antinode("project show default --json")
            let keys = try JSONDecoder.snakeCase.decode(ProjectKeys.self, from: Data(show.output.utf8))
            #expect(first.contains(keys.apiKey) && first.contains(keys.secretKey), "\(first)")
            let second = try await start()
            #expect(second.contains(keys.apiKey) && !second.contains(keys.secretKey), "\(second)")

            let kept = try TestFolder()
            let server = try await ServerProcess.start(in: kept, "--port 0 --log-level trace")
            let json = try await kept.antinode("project show default --json").output
            let secret = try JSONDecoder.snakeCase.decode(ProjectKeys.self, from: Data(json.utf8)).secretKey
            let finished = try await server.stop()
            #expect(!finished.output.contains(secret) && !finished.errors.contains(secret), "\(finished)")
        }

        @Test("the way to something to look at works as pasted: here, and on this data")
        func demo() async throws {
            let folder = try TestFolder()
            let server = try await ServerProcess.start(in: folder, "--port 0")
            let command = try #require(server.welcome.firstMatch(of: /`([^`]+ demo [^`]*)`/)?.output.1)
            let filled = try await folder.bash("cd / && \(command) --users 20 --days 2")
            #expect(filled.status == 0, "\(filled)")
            let list = try await folder.antinode("project list")
            #expect(list.output.contains("demo"), "\(list)")
            try await server.stop()
        }

        private struct Receipt: Decodable {
            var code: Int
            var eventsIngested: Int
        }

        /// The text from each `curl` up to the first line without a backslash at its end.
        private static func curlCommands(in text: String) -> [String] {
            text.matches(of: /(?m)^ *(curl (?:.*\\\n)*.*)$/).map { String($0.output.1) }
        }
    }
}
