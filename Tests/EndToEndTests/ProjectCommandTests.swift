import Foundation
import Testing

extension EndToEnd {
    @Suite("Projects: keys, names, zones")
    struct ProjectCommandTests {
        private let folder: TestFolder
        private let keys: ProjectKeys

        init() async throws {
            folder = try TestFolder()
            keys = try await folder.createProject("shop")
        }

        /// Events at 23:00 UTC on the first of March 2024.
        private static let event = SentEvent(userID: "user-1", eventType: "Hello", time: 1_709_334_000_000)

        private func antinode(_ arguments: String...) async throws -> FinishedProcess {
            try await folder.antinode(arguments + ["--data-dir", folder.data.path])
        }

        /// What `project … --json` prints.
        private func project(_ arguments: String...) async throws -> ProjectKeys {
            let finished = try await folder.antinode(
                ["project"] + arguments + ["--json", "--data-dir", folder.data.path]
            )
            try #require(finished.status == 0, "\(finished)")
            return try JSONDecoder.snakeCase.decode(ProjectKeys.self, from: Data(finished.output.utf8))
        }

        /// The status of a question with these keys.
        private func asked(_ server: ServerProcess, _ apiKey: String, _ secretKey: String) async throws -> String {
            let url = "\(server.address)/api/v1/ledger"
            return try await folder.bash(
                "curl -s -m 10 -o /dev/null -w '%{http_code}' -u \(apiKey):\(secretKey) \(url)"
            ).output
        }

        private func sent(_ server: ServerProcess, with keys: ProjectKeys) async throws -> Int {
            try await server.client(keys).send([Self.event]).status
        }

        /// Asks until the answer is the wanted one, no longer than a server may believe what was before.
        private func soon<Answer: Equatable>(_ wanted: Answer, _ ask: () async throws -> Answer) async throws {
            let deadline = ContinuousClock.now + .seconds(3)
            var answer = try await ask()
            while answer != wanted, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(100))
                answer = try await ask()
            }
            #expect(answer == wanted)
        }

        // MARK: Keys

        @Test("the secret key changes alone: who sends goes on, who reads with the old one is refused")
        func secretOnly() async throws {
            let server = try await ServerProcess.start(in: folder)
            #expect(try await asked(server, keys.apiKey, keys.secretKey) == "200")
            let rotated = try await project("rotate-keys", "shop", "--secret-only")
            #expect(rotated.apiKey == keys.apiKey && rotated.secretKey != keys.secretKey)
            #expect(try await sent(server, with: keys) == 200)
            try await soon("401") { try await asked(server, keys.apiKey, keys.secretKey) }
            #expect(try await asked(server, rotated.apiKey, rotated.secretKey) == "200")
            try await server.stop()
        }

        @Test("old keys work beside the new ones as long as was said, and no longer than they are wanted")
        func keepOld() async throws {
            let server = try await ServerProcess.start(in: folder)
            #expect(try await sent(server, with: keys) == 200)
            let rotated = try await project("rotate-keys", "shop", "--keep-old", "30d")
            #expect(rotated.apiKey != keys.apiKey && rotated.secretKey != keys.secretKey)
            #expect(try await sent(server, with: rotated) == 200)
            #expect(try await sent(server, with: keys) == 200)
            #expect(try await asked(server, keys.apiKey, keys.secretKey) == "200")
            let shown = try await antinode("project", "show", "shop")
            #expect(shown.output.contains("old API key     \(keys.apiKey) until 20"), "\(shown)")
            let figures = try await folder.bash("curl -s \(server.address)/metrics").output
            for kind in ["api", "secret"] {
                let line = "antinode_old_key_uses_total{project=\"shop\",kind=\"\(kind)\"}"
                #expect(figures.contains(line), "\(figures)")
            }

            let ended = try await project("rotate-keys", "shop", "--end-old")
            #expect(ended.apiKey == rotated.apiKey && ended.secretKey == rotated.secretKey)
            try await soon(400) { try await sent(server, with: keys) }
            #expect(try await asked(server, rotated.apiKey, keys.secretKey) == "401")
            #expect(try await sent(server, with: rotated) == 200)
            try await server.stop()
        }

        @Test("at a terminal the project's name is asked for before apps are cut off; --yes needs no question")
        func confirmation() async throws {
            struct Shown: Decodable {
                var status: Int
                var output: String
            }
            func rotate(typing name: String, _ more: String...) async throws -> Shown {
                try await folder.client(
                    "on_terminal.py",
                    ["to go on: ", name, Tools.antinode().path, "project", "rotate-keys", "shop"] + more
                        + ["--data-dir", folder.data.path]
                )
            }
            let refused = try await rotate(typing: "shoe")
            #expect(refused.status == 1 && refused.output.contains("Nothing was done."), "\(refused.output)")
            #expect(try await project("show", "shop") == keys)
            let done = try await rotate(typing: "shop")
            #expect(done.status == 0, "\(done.output)")
            let second = try await project("show", "shop")
            #expect(second.apiKey != keys.apiKey)
            for options in [["--yes"], ["--keep-old", "1d"], ["--secret-only"]] {
                let before = try await project("show", "shop")
                let shown: Shown = try await folder.client(
                    "on_terminal.py",
                    ["to go on: ", "x", Tools.antinode().path, "project", "rotate-keys", "shop"] + options
                        + ["--data-dir", folder.data.path]
                )
                #expect(shown.status == 0 && !shown.output.contains("to go on"), "\(shown.output)")
                #expect(try await project("show", "shop").secretKey != before.secretKey)
            }
        }

        // MARK: Names

        @Test("a project is renamed; its keys and id stay, and a running server goes on")
        func rename() async throws {
            let server = try await ServerProcess.start(in: folder)
            let renamed = try await project("rename", "shop", "Web shop")
            var expected = keys
            expected.name = "Web shop"
            #expect(renamed == expected)
            #expect(try await project("show", "Web shop") == expected)
            #expect(try await antinode("project", "show", "shop").status != 0)
            #expect(try await sent(server, with: keys) == 200)
            #expect(try await antinode("project", "rename", "Web shop", "7").status != 0)
            #expect(try await project("show", "\(keys.id)") == expected)
            try await server.stop()
        }

        @Test(
            "a name that cannot be shown, or is taken for an id, is refused",
            arguments: ["", "   ", "a\nb", "a\tb", "\u{1b}[31m", "2", "0", String(repeating: "x", count: 201)]
        )
        func names(name: String) async throws {
            let refused = try await antinode("project", "create", name)
            #expect(refused.status == 1 && refused.output == "", "\(refused)")
            #expect(refused.errors.contains("1 to 200 printable characters"), "\(refused)")
            #expect(!refused.errors.contains("\u{1b}"))
            let listed = try await antinode("project", "list")
            #expect(listed.output == "id  name  time zone  keeps\n1   shop  UTC        everything\n", "\(listed)")
        }

        @Test("the longest name is one line of the list, with what is in it")
        func longName() async throws {
            let name = String(repeating: "ü", count: 199) + "7"
            #expect(try await antinode("project", "create", name).status == 0)
            let listed = try await antinode("project", "list")
            #expect(listed.output.split(separator: "\n").count == 3 && listed.output.contains(name))
        }

        @Test("the keys alone, for a shell and for curl")
        func shell() async throws {
            let program = try Tools.antinode().path
            let script = """
                eval "$('\(program)' project show shop --shell --data-dir '\(folder.data.path)')"
                echo "$KEY $SECRET"
                '\(program)' project show shop --credentials --data-dir '\(folder.data.path)'
                """
            let shown = try await folder.bash(script)
            let pair = "\(keys.apiKey) \(keys.secretKey)"
            #expect(shown.output == "\(pair)\n\(pair.replacing(" ", with: ":"))\n", "\(shown)")
            #expect(try await antinode("project", "show", "shop", "--shell", "--json").status == 64)
        }

        // MARK: Time zones

        @Test("a project's days move with its zone, also those of events that came earlier; a running server notices")
        func timeZone() async throws {
            let server = try await ServerProcess.start(in: folder)
            #expect(try await sent(server, with: keys) == 200)
            func days() async throws -> [Int]? {
                let chart = try await server.client(keys).chart(
                    #"{"event_type":"Hello"}"#,
                    m: "totals",
                    days: "20240301-20240302"
                )
                return chart.only?.values
            }
            #expect(try await days() == [1, 0])
            let moved = try await project("time-zone", "shop", "Europe/Berlin")
            #expect(moved.timeZone == "Europe/Berlin" && moved.apiKey == keys.apiKey)
            try await soon([0, 1]) { try await days() }
            let refused = try await antinode("project", "time-zone", "shop", "Europe/Berlim")
            #expect(refused.status == 64 && refused.errors.contains("There is no time zone Europe/Berlim"))
            #expect(try await days() == [0, 1])
            try await server.stop()
        }

        @Test(
            "the first project is made in the zone that serve is told, by each way",
            arguments: [
                ("--time-zone Asia/Tokyo", [:]), ("", ["ANTINODE_TIME_ZONE": "Asia/Tokyo"]),
                ("--config zone.json", [:]),
            ] as [(String, [String: String])]
        )
        func firstZone(options: String, environment: [String: String]) async throws {
            let folder = try TestFolder()
            try Data(#"{"timeZone": "Asia/Tokyo"}"#.utf8).write(to: folder.url.appending(path: "zone.json"))
            let server = try await ServerProcess.start(in: folder, "--port 0 \(options)", environment: environment)
            #expect(server.welcome.contains("default (Asia/Tokyo)"), "\(server.welcome)")
            try await server.stop()
            // It is for the first start alone.
            let again = try await ServerProcess.start(in: folder, "--port 0 --time-zone Europe/Berlin")
            #expect(again.welcome.contains("default (Asia/Tokyo)"), "\(again.welcome)")
            try await again.stop()
        }
    }
}
