import Foundation
import Testing

extension EndToEnd {
    @Suite("A project is deleted")
    struct ProjectDeletionTests {
        private let folder: TestFolder
        private let keys: ProjectKeys
        private let other: ProjectKeys
        /// What is sent to the project, and stands in its files until it is deleted.
        private static let person = "somebody-who-is-to-be-forgotten"

        init() async throws {
            folder = try TestFolder()
            other = try await folder.createProject("other")
            keys = try await folder.createProject("shop-of-the-past")
        }

        private func antinode(_ arguments: String...) async throws -> FinishedProcess {
            try await folder.antinode(arguments + ["--data-dir", folder.data.path])
        }

        private func delete(_ more: String...) async throws -> FinishedProcess {
            try await folder.antinode(["project", "delete", keys.name] + more + ["--data-dir", folder.data.path])
        }

        /// Two events of two people, and one of another project.
        private func send(to server: ServerProcess) async throws {
            let events = [Self.person, "another-person"].map {
                SentEvent(userID: $0, eventType: "Hello", time: 1_709_334_000_000)
            }
            #expect(try await server.client(keys).send(events).status == 200)
            #expect(try await server.client(other).send([events[1]]).status == 200)
            #expect(try await totals(server.client(keys)) == [2])
            #expect(try await totals(server.client(other)) == [1])
        }

        private func totals(_ client: ProjectClient) async throws -> [Int]? {
            try await client.chart(#"{"event_type":"Hello"}"#, m: "totals", days: "20240301-20240301").only?.values
        }

        /// What a question and an event with these keys are answered with.
        private func answers(_ server: ServerProcess, _ keys: ProjectKeys) async throws -> String {
            try await folder.bash(
                """
                curl -s -m 10 -w ' %{http_code}\\n' -u \(keys.apiKey):\(keys.secretKey) '\(server.address)/api/v1/ledger'
                curl -s -m 10 -w ' %{http_code}\\n' -d '{"api_key":"\(keys.apiKey)","events":[{"user_id":"user-1","event_type":"Hello"}]}' \
                '\(server.address)/2/httpapi'
                """
            ).output.replacing(keys.apiKey, with: "KEY")
        }

        private var files: String { folder.data.appending(path: "projects/\(keys.id)").path }

        /// The project's names, keys and texts that are in some file of a data folder.
        private func traces(in data: URL) throws -> [String] {
            let files = try #require(FileManager.default.enumerator(at: data, includingPropertiesForKeys: nil))
            let contents = files.compactMap { $0 as? URL }.compactMap { try? Data(contentsOf: $0) }
            try #require(contents.count > 1)
            return [keys.name, keys.apiKey, keys.secretKey, Self.person].filter { text in
                contents.contains { $0.range(of: Data(text.utf8)) != nil }
            }
        }

        private func expectGone(_ server: ServerProcess?) async throws {
            #expect(!FileManager.default.fileExists(atPath: files))
            #expect(try traces(in: folder.data) == [])
            let listed = try await antinode("project", "list")
            #expect(listed.output == "id  name   time zone  keeps\n1   other  UTC        everything\n", "\(listed)")
            if let server {
                var nobody = keys
                nobody.apiKey = String(repeating: "0", count: 32)
                #expect(try await answers(server, keys) == answers(server, nobody))
                #expect(try await answers(server, keys).contains("401\n"))
                #expect(try await totals(server.client(other)) == [1])
            }
        }

        // MARK: With and without a server

        @Test("beside a running server, which knows its keys no more and has nothing of it left, nor in its figures")
        func besideServer() async throws {
            var server = try await ServerProcess.start(in: folder)
            try await send(to: server)
            func figures() async throws -> String { try await folder.bash("curl -s \(server.address)/metrics").output }
            #expect(try await figures().contains("project=\"\(keys.name)\""))
            #expect(try traces(in: folder.data).count >= 3)
            let deleted = try await delete("--yes")
            #expect(deleted.status == 0 && deleted.output == "Deleted.\n", "\(deleted)")
            #expect(deleted.errors.contains("2 events of 2 people") && deleted.errors.contains("cannot be undone"))
            try await expectGone(server)
            let after = try await figures()
            #expect(!after.contains(keys.name) && after.contains("project=\"other\""), "\(after)")

            let next = try await folder.createProject("shop-of-the-future")
            #expect(next.id == keys.id + 1)
            #expect(try await server.client(next).send([SentEvent(userID: "user-1", eventType: "Hello")]).status == 200)
            #expect(try await antinode("project", "delete", "shop-of-the-future", "--yes").status == 0)
            try await server.stop()
            server = try await ServerProcess.start(in: folder)
            try await expectGone(server)
            #expect(try await folder.createProject("shop").id == next.id + 1)
            try await server.stop()
        }

        @Test("without a server, also where nothing was ever sent")
        func withoutServer() async throws {
            let unused = try await folder.createProject("unused")
            let server = try await ServerProcess.start(in: folder)
            try await send(to: server)
            try await server.stop()
            let none = try await antinode("project", "delete", "unused", "--yes")
            #expect(none.status == 0 && none.errors.contains("0 events of 0 people"), "\(none)")
            let deleted = try await delete("--yes")
            #expect(deleted.status == 0 && deleted.output == "Deleted.\n", "\(deleted)")
            #expect(deleted.errors.contains("2 events of 2 people"), "\(deleted)")
            try await expectGone(nil)
            let again = try await delete("--yes")
            #expect(again.status == 1 && again.errors.contains("There is no project"), "\(again)")
            #expect(try await folder.createProject("next").id == unused.id + 1)
        }

        @Test("an export that is under way is sent to its end")
        func running() async throws {
            let server = try await ServerProcess.start(in: folder)
            _ = try await antinode("demo", "--users", "3000", "--days", "20")
            let credentials = try await antinode("project", "show", "demo", "--credentials")
            let pair = credentials.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let id = try await JSONDecoder.snakeCase.decode(
                ProjectKeys.self,
                from: Data(antinode("project", "show", "demo", "--json").output.utf8)
            ).id
            // Nobody reads on until the project is deleted; the connection holds less than all.
            async let export = folder.bash(
                """
                set -euo pipefail
                hour() { date -u -d "$1" +%Y%m%dT%H; }
                curl -s --fail-with-body -u '\(pair)' \
                    "\(server.address)/api/2/export?start=$(hour '1 hour ago')&end=$(hour '1 hour')" |
                    (head -c 100; touch begun; while [ ! -e go ]; do sleep 0.1; done; cat) >export.zip
                python3 -c 'import zipfile; assert zipfile.ZipFile("export.zip").testzip() is None; print("whole")'
                """
            )
            try await folder.bash("for n in $(seq 600); do [ -e begun ] && exit; sleep 0.1; done; exit 1")
                .expectSuccess()
            let deleted = try await antinode("project", "delete", "demo", "--yes")
            #expect(deleted.status == 0 && deleted.output.contains("Its files go when"), "\(deleted)")
            let files = folder.data.appending(path: "projects/\(id)").path
            #expect(FileManager.default.fileExists(atPath: files))
            let refused = try await folder.bash(
                "curl -s -m 10 -o /dev/null -w '%{http_code}' -u '\(pair)' '\(server.address)/api/v1/ledger'"
            )
            #expect(refused.output == "401")
            try Data().write(to: folder.url.appending(path: "go"))
            let read = try await export
            #expect(read.output == "whole\n", "\(read)")
            try await folder.bash("for n in $(seq 300); do [ -e '\(files)' ] || exit 0; sleep 0.1; done; exit 1")
                .expectSuccess()
            try await server.stop()
        }

        // MARK: Who is not sure

        @Test("without a terminal or --yes, and with another name, nothing is deleted; with its name it is")
        func confirmation() async throws {
            struct Shown: Decodable {
                var status: Int
                var output: String
            }
            func delete(typing name: String) async throws -> Shown {
                try await folder.client(
                    "on_terminal.py",
                    ["to go on: ", name, Tools.antinode().path, "project", "delete", keys.name]
                        + ["--data-dir", folder.data.path]
                )
            }
            let unattended = try await self.delete()
            #expect(unattended.status == 1 && unattended.errors.contains("Nothing was done"), "\(unattended)")
            for name in ["other", "yes"] {
                let shown = try await delete(typing: name)
                #expect(shown.status != 0 && shown.output.contains("0 events of 0 people"), "\(shown.output)")
                #expect(try await antinode("project", "show", keys.name).status == 0)
            }
            let done = try await delete(typing: keys.name)
            #expect(done.status == 0 && done.output.contains("Deleted."), "\(done.output)")
            try await expectGone(nil)
        }

        // MARK: Killed

        @Test("killed at any moment, the project is whole, or the next command finds nothing of it")
        func killed() async throws {
            let server = try await ServerProcess.start(in: folder)
            try await send(to: server)
            try await server.stop()
            let whole = folder.url.appending(path: "whole")
            try FileManager.default.moveItem(at: folder.data, to: whole)
            for step in 0..<16 {
                try? FileManager.default.removeItem(at: folder.data)
                try FileManager.default.copyItem(at: whole, to: folder.data)
                let process = try ChildProcess(
                    Tools.antinode(),
                    ["project", "delete", keys.name, "--yes", "--data-dir", folder.data.path],
                    in: folder.url
                )
                // The steps come soon after this is said; a quarter is killed before.
                if step >= 4 { _ = await process.errors.text(upTo: "undone.") }
                try await Task.sleep(for: .milliseconds(step < 4 ? 10 * step : 2 * (step - 4)))
                process.send(SIGKILL)
                _ = try await process.finish()
                let isWhole = try await antinode("project", "show", keys.name).status == 0
                if isWhole {
                    let server = try await ServerProcess.start(in: folder)
                    #expect(try await totals(server.client(keys)) == [2])
                    try await server.stop()
                } else {
                    try await expectGone(nil)
                }
            }
        }
    }
}

extension FinishedProcess {
    fileprivate func expectSuccess() { #expect(status == 0, "\(self)") }
}
