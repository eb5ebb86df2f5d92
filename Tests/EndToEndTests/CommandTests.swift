import Foundation
import Testing

extension EndToEnd {
    @Suite("Commands")
    struct CommandTests {
        private static let event = SentEvent(userID: "user-1", eventType: "Hello", time: 1_709_294_400_000)

        /// On the event's day and the one after it.
        private static func helloTotals(_ project: ProjectClient) async throws -> [Int]? {
            try await project.chart(#"{"event_type":"Hello"}"#, m: "totals", days: "20240301-20240302").only?.values
        }

        // MARK: Projects

        @Test("a project made beside a running server works at once; list and show tell of it")
        func createBesideServer() async throws {
            let folder = try TestFolder()
            let server = try await ServerProcess.start(in: folder)
            let keys = try await folder.createProject("second", timeZone: "Europe/Berlin")
            #expect(keys.name == "second" && keys.timeZone == "Europe/Berlin")
            let project = server.client(keys)
            #expect(try await project.send([Self.event]).status == 200)
            #expect(try await Self.helloTotals(project) == [1, 0])

            let list = try await folder.antinode("project list --json --data-dir \(folder.data.path)")
            let listed = try JSONDecoder.snakeCase.decode([ProjectKeys].self, from: Data(list.output.utf8))
            #expect(listed.map(\.name) == ["default", "second"] && listed.last == keys)
            for name in ["second", "\(keys.id)"] {
                let show = try await folder.antinode("project show \(name) --data-dir \(folder.data.path)")
                #expect(show.status == 0)
                for part in ["second", "Europe/Berlin", keys.apiKey, keys.secretKey] {
                    #expect(show.output.contains(part), "\(show)")
                }
            }
            try await server.stop()
        }

        @Test("new keys work at once, and the old ones not two seconds longer")
        func rotateKeys() async throws {
            let folder = try TestFolder()
            let first = try await folder.createProject("shop")
            let server = try await ServerProcess.start(in: folder)
            #expect(try await server.client(first).send([Self.event]).status == 200)

            let second = try await Self.rotateKeys(in: folder)
            #expect(second.id == first.id && second.apiKey != first.apiKey && second.secretKey != first.secretKey)
            #expect(try await server.client(second).send([Self.event]).status == 200)
            #expect(try await Self.helloTotals(server.client(second)) == [2, 0])

            // Nobody shows the new keys to the server now, so it must find out by itself.
            let third = try await Self.rotateKeys(in: folder)
            let deadline = ContinuousClock.now + .seconds(2)
            var answer = try await server.client(second).send([])
            while answer.status == 200, ContinuousClock.now < deadline {
                answer = try await server.client(second).send([])
            }
            #expect(answer.status == 400)
            #expect(answer.text.contains("Invalid API key: \(second.apiKey)"), "\(answer.text)")
            for keys in ["\(second.apiKey):\(second.secretKey)", "\(third.apiKey):\(second.secretKey)"] {
                let url = "'\(server.address)/api/2/events/segmentation?e=%7B%22event_type%22:%22Hello%22%7D'"
                let read = try await folder.bash("curl -s -m 10 -o /dev/null -w '%{http_code}' -u \(keys) \(url)")
                #expect(read.output == "401")
            }
            #expect(try await Self.helloTotals(server.client(third)) == [2, 0])
            try await server.stop()
        }

        private static func rotateKeys(in folder: TestFolder) async throws -> ProjectKeys {
            let rotated = try await folder.antinode("project rotate-keys shop --json --data-dir \(folder.data.path)")
            return try JSONDecoder.snakeCase.decode(ProjectKeys.self, from: Data(rotated.output.utf8))
        }

        @Test("what a day of retention is can be changed beside a running server, which notices within two seconds")
        func retentionDays() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("shop")
            let server = try await ServerProcess.start(in: folder)
            let project = server.client(keys)
            // From an hour before midnight to an hour after it.
            for (type, time) in [("Start", 1_709_334_000_000), ("Return", 1_709_341_200_000)] {
                let event = SentEvent(userID: "user-1", eventType: type, time: Int64(time))
                #expect(try await project.send([event]).status == 200)
            }
            // How many came back on day 0 and on day 1.
            func days() async throws -> [Int] {
                let query = "se=%7B%22event_type%22:%22Start%22%7D&re=%7B%22event_type%22:%22Return%22%7D"
                let url = "'\(server.address)/api/2/retention?start=20240301&end=20240301&\(query)'"
                let answer = try await folder.bash("curl -s -m 10 -u \(keys.apiKey):\(keys.secretKey) \(url)")
                return answer.output.matches(of: /"count":(\d+)/).compactMap { Int($0.1) }.dropFirst().prefix(2).map {
                    $0
                }
            }
            #expect(try await days() == [1, 0])
            for (word, wanted) in [("calendar", [0, 1]), ("24h", [1, 0])] {
                let set = try await folder.antinode(
                    "project retention-days shop \(word) --data-dir \(folder.data.path)"
                )
                #expect(set.status == 0, "\(set)")
                let deadline = ContinuousClock.now + .seconds(2)
                var found = try await days()
                while found != wanted, ContinuousClock.now < deadline { found = try await days() }
                #expect(found == wanted)
            }
            try await server.stop()
        }

        @Test(
            "a mistake is named, and changes nothing",
            arguments: [
                ("project create shop", "shop"), ("project create other --time-zone Mars/Base", "Mars/Base"),
                ("project show nobody", "nobody"), ("project rotate-keys nobody", "nobody"),
                ("project retention-days nobody 24h", "nobody"),
                ("project retention-days shop week", "24h or calendar"),
                ("serve --port 70000", "70000"), ("serve --log-level loud", "loud"),
                ("serve --column-memory 0", "megabytes from 1"),
                ("serve --deletion-grace 24", "how long deletions can be cancelled"),
                ("serve --config missing.json", "missing.json"),
            ]
        )
        func mistakes(command: String, named: String) async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("shop")
            let finished = try await folder.antinode("\(command) --data-dir \(folder.data.path)")
            #expect(finished.status != 0 && !finished.wasKilled && finished.output == "", "\(finished)")
            #expect(finished.errors.contains(named) && finished.errors.contains("Error: "), "\(finished)")
            let list = try await folder.antinode("project list --json --data-dir \(folder.data.path)")
            #expect(try JSONDecoder.snakeCase.decode([ProjectKeys].self, from: Data(list.output.utf8)) == [keys])
        }

        // MARK: The server's start and end

        @Test("a second server on the same data folder says where the first one is, and leaves it alone")
        func secondServer() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("shop")
            let server = try await ServerProcess.start(in: folder)
            let second = try await folder.antinode("serve --port 0 --data-dir \(folder.data.path)")
            #expect(second.status != 0 && !second.wasKilled && second.output == "", "\(second)")
            #expect(second.errors.contains("Another antinode is using \(folder.data.path), at \(server.address)."))
            #expect(try await server.client(keys).send([Self.event]).status == 200)
            try await server.stop()
        }

        @Test("a port that is taken is an error")
        func portTaken() async throws {
            let folder = try TestFolder()
            let server = try await ServerProcess.start(in: folder)
            let port = try #require(server.address.split(separator: ":").last)
            let second = try await folder.antinode("serve --port \(port) --data-dir other")
            #expect(second.status != 0 && !second.wasKilled && second.output == "", "\(second)")
            #expect(second.errors.contains("Address already in use"), "\(second)")
            try await server.stop()
        }

        @Test("what was sent is there after Ctrl-C and a new start")
        func restart() async throws {
            let folder = try TestFolder()
            let keys = try await folder.createProject("shop")
            var server = try await ServerProcess.start(in: folder)
            #expect(try await server.client(keys).send([Self.event, Self.event]).status == 200)
            for _ in 1...2 {
                try await server.stop()
                server = try await ServerProcess.start(in: folder)
                #expect(try await Self.helloTotals(server.client(keys)) == [2, 0])
            }
            try await server.stop()
        }

        // MARK: Settings

        /// A port of 0 lets the server start, and any other here is none, so the one that counts shows.
        struct Setting: CustomTestStringConvertible {
            var file: String
            var environment: [String: String] = [:]
            var flag = ""
            /// The port that is refused; `nil` if the server starts.
            var refused: String?

            var testDescription: String { "\(file) \(environment) \(flag)" }
        }

        @Test(
            "the command line is stronger than the environment, and that than the file",
            arguments: [
                Setting(file: #"{"port": 70001}"#, refused: "70001"),
                Setting(file: #"{"port": 0}"#),
                Setting(file: #"{"port": 70001}"#, environment: ["ANTINODE_PORT": "70002"], refused: "70002"),
                Setting(file: #"{"port": 70001}"#, environment: ["ANTINODE_PORT": "0"]),
                Setting(
                    file: #"{"port": 70001}"#,
                    environment: ["ANTINODE_PORT": "70002"],
                    flag: "--port 70003",
                    refused: "70003"
                ),
                Setting(file: #"{"port": 70001}"#, environment: ["ANTINODE_PORT": "70002"], flag: "--port 0"),
            ]
        )
        func port(setting: Setting) async throws {
            let folder = try TestFolder()
            try Data(setting.file.utf8).write(to: folder.url.appending(path: "antinode.json"))
            if let refused = setting.refused {
                let finished = try await folder.antinode("serve \(setting.flag)", environment: setting.environment)
                #expect(finished.status != 0 && finished.errors.contains("it is \(refused)"), "\(finished)")
            } else {
                let server = try await ServerProcess.start(in: folder, setting.flag, environment: setting.environment)
                try await server.stop()
            }
        }

        @Test(
            "queries are limited only if a setting says so",
            arguments: [
                ("", [:], "{}", "200"), ("--query-limits", [:], "{}", "429"),
                ("", [:], #"{"queryLimits": true}"#, "429"), ("", ["ANTINODE_QUERY_LIMITS": "true"], "{}", "429"),
                ("--no-query-limits", ["ANTINODE_QUERY_LIMITS": "true"], #"{"queryLimits": true}"#, "200"),
                ("", ["ANTINODE_QUERY_LIMITS": "false"], #"{"queryLimits": true}"#, "200"),
                ("", ["ANTINODE_QUERY_LIMITS": "some"], "{}", "they are some"),
            ] as [(String, [String: String], String, String)]
        )
        func queryLimits(flag: String, environment: [String: String], file: String, expected: String) async throws {
            let folder = try TestFolder()
            try Data(file.utf8).write(to: folder.url.appending(path: "antinode.json"))
            guard expected.count == 3 else {
                let finished = try await folder.antinode("serve \(flag)", environment: environment)
                #expect(finished.status != 0 && finished.errors.contains(expected), "\(finished)")
                return
            }
            let keys = try await folder.createProject("shop")
            let server = try await ServerProcess.start(in: folder, flag, environment: environment)
            // 365 days × (1 + 4) × 1 = 1825, where 1000 are allowed.
            let query = "start=20230301\\&end=20240228\\&g=country\\&e=%7B%22event_type%22:%22_active%22%7D"
            let url = "\(server.address)/api/2/events/segmentation?\(query)"
            let user = "\(keys.apiKey):\(keys.secretKey)"
            let read = try await folder.bash("curl -s -m 10 -o /dev/null -w '%{http_code}' -u \(user) \(url)")
            #expect(read.output == expected)
            try await server.stop()
        }

        @Test("so it is with the data folder, in every command")
        func dataFolder() async throws {
            let folder = try TestFolder()
            let settings = folder.url.appending(path: "mine.json")
            let steps = [
                ("project create p", [:], "data"),
                ("project create p --config mine.json", [:], "of-file"),
                ("project create p", ["ANTINODE_CONFIG": "mine.json", "ANTINODE_DATA_DIR": "of-env"], "of-env"),
                ("project create p --data-dir of-flag", ["ANTINODE_DATA_DIR": "of-env"], "of-flag"),
            ]
            try Data(#"{"dataDir": "of-file"}"#.utf8).write(to: settings)
            for (command, environment, expected) in steps {
                let made = try await folder.antinode(command, environment: environment)
                #expect(made.status == 0, "\(made)")
                let server = folder.url.appending(path: "\(expected)/server.sqlite")
                #expect(FileManager.default.fileExists(atPath: server.path), "\(command) \(environment)")
            }
        }
    }
}
