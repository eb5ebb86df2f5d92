import Foundation
import Testing

extension EndToEnd {
    /// README's commands, as somebody pastes them who has just built the server.
    @Suite("README, from top to bottom")
    struct ReadmeTests {
        private struct Block {
            var language: String
            var code: String
        }

        private static func page(_ name: String) throws -> String {
            try String(contentsOf: Tools.package.appending(path: name), encoding: .utf8)
        }

        private static func blocks(_ page: String) -> [Block] {
            page.matches(of: /(?ms)^```(\w+)\n(.*?)^```$/).map { Block(language: String($0.1), code: String($0.2)) }
        }

        /// A folder as `make run` leaves it behind when the server is built, with this Makefile.
        private static func builtFolder() throws -> TestFolder {
            let folder = try TestFolder()
            let files = FileManager.default
            for path in [".build/release", "tools"] {
                try files.createDirectory(at: folder.url.appending(path: path), withIntermediateDirectories: true)
            }
            try files.copyItem(
                at: Tools.package.appending(path: "Makefile"),
                to: folder.url.appending(path: "Makefile")
            )
            let release = folder.url.appending(path: ".build/release")
            try files.createSymbolicLink(at: release.appending(path: "antinode"), withDestinationURL: Tools.antinode())
            try Data().write(to: release.appending(path: "antinode.built"))
            for tool in ["setup", "check-swift"] {
                let file = folder.url.appending(path: "tools/\(tool)")
                try Data("#!/bin/sh\n".utf8).write(to: file)
                try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
            }
            return folder
        }

        @Test("every block runs, in this order, and does what the page says")
        func run() async throws {
            let folder = try Self.builtFolder()
            var blocks = Self.blocks(try Self.page("README.md"))
            #expect(blocks.filter { $0.language == "sh" }.count > 6)

            // The first starts the server in a terminal of its own.
            let first = blocks.removeFirst()
            #expect(first.code == "make run\n")
            let recipe = try await folder.bash("make --no-print-directory -n run | tail -n 1")
            #expect(recipe.output.trimmingCharacters(in: .whitespacesAndNewlines) == ".build/release/antinode serve")
            let server = try await ServerProcess.start(in: folder, "--port 0")

            var script = """
                set -euo pipefail
                # What is not answered with success ends the script.
                curl() { command curl --fail-with-body --max-time 120 "$@"; echo; }

                """
            for block in blocks {
                #expect(["sh", "python", "json"].contains(block.language))
                #expect(!block.code.contains(/<[^>\n]+>/), "nothing is to be filled in: \(block.code)")
                switch block.language {
                case "sh": script += block.code
                case "python": script += "'\(try Tools.python().path)' <<'PYTHON'\n\(block.code)PYTHON\n"
                default: break
                }
                script += "echo '=== done'\n"
            }
            script += "echo \"$KEY $SECRET\" >keys\n"
            script = script.replacing("http://127.0.0.1:8080", with: server.address)
            let finished = try await folder.bash(script)
            #expect(finished.status == 0, "\(finished)\n\(script)")

            let parts = finished.output.components(separatedBy: "=== done\n")
            func output(_ command: String) throws -> String {
                let place = try #require(blocks.firstIndex { $0.code.contains(command) })
                try #require(place < parts.count, "the script ended before \(command): \(finished)")
                return parts[place]
            }
            #expect(
                try output("make demo").contains(/\d+ events of 2000 visitors over 90 days are in the project demo/)
            )
            #expect(try output("/2/httpapi").contains(#""events_ingested":1"#))
            let purchases = try HTTPAnswer(status: 200, body: Data(output("m=totals").utf8)).chart()
            #expect(purchases.days.count == 30 && purchases.series.count > 3)
            #expect(try output("drill=").contains(/"count":[1-9]/))
            #expect(try output("/health").contains("# TYPE process_resident_memory_bytes gauge"))
            #expect(try output("antinode export demo").contains(/^[1-9]\d* events, .+, are in purchases.csv;/))
            #expect(try output("rejects list") == "Nothing was refused.\n")
            #expect(try output("project list").contains(/Web shop +Europe\/Berlin/))

            // By curl and by the client.
            let keys = try String(contentsOf: folder.url.appending(path: "keys"), encoding: .utf8).split(separator: " ")
            let project = server.client(
                ProjectKeys(
                    id: 2,
                    name: "demo",
                    timeZone: "UTC",
                    apiKey: String(keys[0]),
                    secretKey: String(keys[1].dropLast())
                )
            )
            let day = Date.ISO8601FormatStyle().year().month().day().dateSeparator(.omitted)
            let days = "\(Date.now.addingTimeInterval(-86_400).formatted(day))-\(Date.now.formatted(day))"
            let songs = try await project.chart(#"{"event_type":"Play Song"}"#, m: "totals", days: days)
            #expect(songs.only?.collapsed == 2)
            try await server.stop()
        }

        @Test(
            "every make target, command and option that the pages name is there",
            arguments: ["README.md", "CONTRIBUTING.md"]
        )
        func names(page: String) async throws {
            let text = try Self.page(page)
            let makefile = try Self.page("Makefile")
            let targets = Set(makefile.matches(of: /(?m)^([a-z][a-z-]*):/).map { String($0.1) })
            let asked = Set(text.matches(of: /\bmake ([a-z][a-z-]*)\b(?=[`\s;"])/).map { String($0.1) })
            let words = Set(["up", "room", "sure"])
            #expect(asked.subtracting(words).subtracting(targets) == [], "\(page)")
            #expect(!asked.isDisjoint(with: targets))

            let folder = try TestFolder()
            var help = ""
            for command in [
                "serve", "demo", "project create", "project list", "project show", "project rotate-keys",
                "export", "import", "rejects list",
                "rejects show", "rejects replay",
            ] {
                help += try await folder.antinode("\(command) --help").output
            }
            // Those of curl and of the benchmarks are others'.
            let others: Set = ["--data-urlencode", "--help", "--only", "--events", "--runs", "--keep", "--filter"]
            for option in Set(text.matches(of: /(?:^|[^\w-])(--[a-z][a-z-]+)/).map { String($0.1) }).subtracting(others)
            {
                #expect(help.contains(option), "\(page) names \(option)")
            }
            // In prose an antinode is a thing; a command stands in code.
            for command in Set(text.matches(of: /(?m)(?:`|^)antinode((?: [a-z][a-z-]*)+)/).map { String($0.1) }) {
                let words = command.split(separator: " ").prefix(
                    command.hasPrefix(" project") || command.hasPrefix(" rejects") ? 2 : 1
                )
                let finished = try await folder.antinode(words.joined(separator: " ") + " --help")
                #expect(finished.status == 0, "\(page) names antinode\(command)")
            }
        }
    }
}
