import Foundation
import Testing

extension EndToEnd {
    @Suite("The first minute")
    struct WelcomeTests {
        @Test("the two commands that the console shows work as pasted")
        func curlLines() async throws {
            let folder = try TestFolder()
            let server = try await ServerProcess.start(in: folder, "--port 0")
            #expect(server.welcome.contains(folder.data.path))

            let commands = Self.curlCommands(in: server.welcome)
            try #require(commands.count == 2, "\(server.welcome)")
            let sent = try await folder.bash(commands[0])
            let receipt = try JSONDecoder.snakeCase.decode(Receipt.self, from: Data(sent.output.utf8))
            #expect(receipt.code == 200 && receipt.eventsIngested == 1, "\(sent)")

            let asked = try await folder.bash(commands[1])
            let chart = try HTTPAnswer(status: 200, body: Data(asked.output.utf8)).chart()
            #expect(chart.days.count == 7)
            #expect(chart.only?.values.reduce(0, +) == 1, "\(asked)")
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
