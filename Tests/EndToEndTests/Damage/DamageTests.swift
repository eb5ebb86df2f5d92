import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What a person, a backup or a disk may do to the data folder, and what clients hear then: never that a right key is
    /// wrong, and never less than the whole truth.
    @Suite("Damaged and missing files")
    struct DamageTests {
        private let folder: TestFolder

        init() throws {
            folder = try TestFolder()
        }

        private static let before = SentEvent(
            userID: "user-1",
            eventType: "Before",
            insertID: "a",
            time: 1_709_294_400_000
        )
        private static let after = SentEvent(
            userID: "user-1",
            eventType: "After",
            insertID: "b",
            time: 1_709_294_400_000
        )

        /// Projects that each have an event, of a server that was stopped in good order.
        private func projects(_ names: String...) async throws -> [ProjectKeys] {
            var projects: [ProjectKeys] = []
            for name in names { projects.append(try await folder.createProject(name)) }
            let server = try await ServerProcess.start(in: folder)
            for keys in projects {
                #expect(try await server.client(keys).send([Self.before]).status == 200)
                #expect(try await server.client(keys).knows("Before"))
            }
            try await server.stop()
            return projects
        }

        private func file(_ name: String) -> URL { folder.data.appending(path: name) }

        private func move(_ names: [String], from: URL, to: URL) throws {
            try FileManager.default.createDirectory(at: to, withIntermediateDirectories: true)
            for name in names {
                try FileManager.default.moveItem(at: from.appending(path: name), to: to.appending(path: name))
            }
        }

        private func expectUnavailable(_ answer: Heard, _ what: String) {
            #expect(answer.status == 503 && answer.retryAfter != nil, "\(what): \(answer)")
        }

        /// The server does not start.
        private func refusal() async throws -> String {
            let finished = try await folder.antinode("serve --port 0 --data-dir \(folder.data.path)")
            #expect(finished.status != 0 && !finished.wasKilled && finished.output == "", "\(finished)")
            return finished.errors
        }

        // MARK: The list of projects

        @Test("a list that goes away under the server: known keys go on, of others it cannot tell, and it says so")
        func listAway() async throws {
            let keys = try await projects("shop")[0]
            let server = try await ServerProcess.start(in: folder)
            let away = folder.url.appending(path: "away")
            try move(["server.sqlite"], from: folder.data, to: away)
            try FileManager.default.createDirectory(at: file("server.sqlite"), withIntermediateDirectories: false)
            #expect(try await server.client(keys).send([Self.after]).status == 200)
            #expect(try await server.client(keys).knows("After"))
            expectUnavailable(try await server.hears(of: "not a key", in: folder), "a key that is not known")
            expectUnavailable(try await server.asked(with: "not:known", in: folder), "a question")
            expectUnavailable(try await server.get("/health", in: folder, anyway: true), "/health")
            #expect(try await server.get("/readyz", in: folder).status == 503)
            #expect(try await server.get("/healthz", in: folder).status == 200)
            try FileManager.default.removeItem(at: file("server.sqlite"))
            try move(["server.sqlite"], from: away, to: folder.data)
            #expect(try await server.hears(of: "not a key", in: folder).status == 400)
            #expect(try await server.get("/health", in: folder).status == 200)
            try await server.stop()
        }

        @Test("a data folder that is moved away: it says so, puts nothing where it was, and has all once it is back")
        func dataFolderMoved() async throws {
            let keys = try await projects("shop")[0]
            var server = try await ServerProcess.start(in: folder)
            let unused = try await folder.createProject("unused")
            let away = folder.url.appending(path: "away")
            try FileManager.default.moveItem(at: folder.data, to: away)
            expectUnavailable(try await server.hears(of: "not a key", in: folder), "a key that is not known")
            expectUnavailable(try await server.hears(of: unused.apiKey, in: folder), "a project that was not used yet")
            #expect(try await server.get("/health", in: folder).status == 503)
            let known = try await server.hears(of: keys.apiKey, in: folder)
            #expect(known.status == 200 || known.status == 503 && known.retryAfter != nil, "\(known)")
            #expect(!FileManager.default.fileExists(atPath: folder.data.path))
            try FileManager.default.moveItem(at: away, to: folder.data)
            let later = try await server.hears(of: unused.apiKey, in: folder)
            #expect(later.status == 200 || later.status == 503 && later.retryAfter != nil, "\(later)")
            try await server.stop()

            server = try await ServerProcess.start(in: folder)
            #expect(try await server.client(keys).knows("Before"))
            let stored = known.status == 200 ? 2 : 1
            #expect(try await server.client(keys).ledger() == Ledger(received: stored, stored: stored))
            #expect(try await server.get("/health", in: folder).status == 200)
            try await server.stop()
        }

        @Test("a list that is lost: no start, no new project in an old one's folder, and all is there once it is back")
        func listLost() async throws {
            let keys = try await projects("shop")[0]
            try move(["server.sqlite"], from: folder.data, to: folder.url.appending(path: "away"))
            #expect(try await refusal().contains("server.sqlite, the list of projects and keys, is lost"))
            for command in ["project create zeta", "project list", "demo"] {
                let finished = try await folder.antinode("\(command) --data-dir \(folder.data.path)")
                #expect(finished.status != 0 && finished.errors.contains("Restore it from a backup"), "\(finished)")
            }
            #expect(!FileManager.default.fileExists(atPath: file("server.sqlite").path))
            try move(["server.sqlite"], from: folder.url.appending(path: "away"), to: folder.data)
            try await expectEverything(of: [keys])
        }

        @Test("a list without its write-ahead log after a kill has all projects and keys")
        func listWithoutLog() async throws {
            var keys = try await projects("shop")
            let server = try await ServerProcess.start(in: folder)
            keys.append(try await folder.createProject("added"))
            #expect(try await server.client(keys[1]).send([Self.before]).status == 200)
            keys.append(try await folder.createProject("unused"))
            try await server.kill()
            try move(
                ["server.sqlite-wal", "server.sqlite-shm"],
                from: folder.data,
                to: folder.url.appending(path: "away")
            )
            let again = try await ServerProcess.start(in: folder)
            for keys in keys { #expect(try await again.client(keys).send([Self.after]).status == 200) }
            try await again.stop()
        }

        @Test("a list that is an older copy: no start, and no new project in an old one's folder")
        func listOlder() async throws {
            let keys = try await projects("shop")
            let older = folder.url.appending(path: "older")
            try FileManager.default.copyItem(at: file("server.sqlite"), to: older)
            let added = try await projects("added")
            try FileManager.default.removeItem(at: file("server.sqlite"))
            try FileManager.default.copyItem(at: older, to: file("server.sqlite"))
            #expect(try await refusal().contains("projects/2: no project has that folder"))
            let created = try await folder.antinode("project create zeta --data-dir \(folder.data.path)")
            #expect(created.status != 0 && created.errors.contains("Restore it from the newest backup"), "\(created)")
            #expect(keys[0].id == 1 && added[0].id == 2)
        }

        @Test("a list of a newer version is refused with a sentence")
        func newerList() async throws {
            _ = try await projects("shop")
            try await folder.sql("INSERT INTO grdb_migrations VALUES ('v99-future')", in: file("server.sqlite"))
            #expect(try await refusal().contains("server.sqlite was written by a newer version of Antinode."))
        }

        // MARK: Single projects

        @Test(
            "projects that cannot be opened are answered with 503, others go on, and repaired ones are back by themselves"
        )
        func projects() async throws {
            let keys = try await projects("first", "file", "cut", "newer", "neighbour")
            let whole = folder.url.appending(path: "whole")
            try FileManager.default.copyItem(at: file("projects"), to: whole)
            try FileManager.default.removeItem(at: file("projects/2"))
            try Data().write(to: file("projects/2"))
            let record = try Data(contentsOf: file("projects/3/project.sqlite"))
            try record.prefix(record.count / 2).write(to: file("projects/3/project.sqlite"))
            try await folder.sql("INSERT INTO grdb_migrations VALUES ('v99')", in: file("projects/4/project.sqlite"))
            let columns = try Data(contentsOf: file("projects/3/events.duckdb"))

            let server = try await ServerProcess.start(in: folder)
            let health = try await server.get("/health", in: folder)
            for project in 2...4 { #expect(health.text.contains("Project \(project) "), "before anybody asks for it") }
            for harmed in keys[1...3] {
                expectUnavailable(try await server.hears(of: harmed.apiKey, in: folder), harmed.name)
                let asked = try await server.asked(with: "\(harmed.apiKey):\(harmed.secretKey)", in: folder)
                expectUnavailable(asked, harmed.name)
            }
            for well in [keys[0], keys[4]] {
                #expect(try await server.client(well).send([Self.after]).status == 200)
                #expect(try await server.client(well).knows("After"))
            }
            #expect(try await server.get("/health", in: folder).status == 503)
            #expect(server.log.contains("project.sqlite was written by a newer version of Antinode"))
            #expect(try Data(contentsOf: file("projects/3/events.duckdb")) == columns)

            for harmed in keys[1...3] {
                try FileManager.default.removeItem(at: file("projects/\(harmed.id)"))
                try FileManager.default.moveItem(
                    at: whole.appending(path: "\(harmed.id)"),
                    to: file("projects/\(harmed.id)")
                )
            }
            let isWell = try await within(.seconds(30), "the server's recovery") {
                while try await server.get("/health", in: folder).status != 200 {
                    try await Task.sleep(for: .milliseconds(200))
                }
                return true
            }
            #expect(isWell)
            for harmed in keys[1...3] { #expect(try await server.client(harmed).knows("Before")) }
            try await server.stop()
        }

        @Test("a record that is gone: the columns are the last copy and stay; all is there once it is back")
        func recordGone() async throws {
            let keys = try await projects("shop")
            let columns = try Data(contentsOf: file("projects/1/events.duckdb"))
            let away = folder.url.appending(path: "away")
            try move(["project.sqlite"], from: file("projects/1"), to: away)
            #expect(try await refusal().contains("project.sqlite is not the record that was here: it is not there."))
            #expect(!FileManager.default.fileExists(atPath: file("projects/1/project.sqlite").path))
            #expect(try Data(contentsOf: file("projects/1/events.duckdb")) == columns)
            try move(["project.sqlite"], from: away, to: file("projects/1"))
            try await expectEverything(of: keys)
        }

        @Test("columns that cannot be read are put aside and made anew")
        func columnsDamaged() async throws {
            let keys = try await projects("shop")
            try Data("no database".utf8).write(to: file("projects/1/events.duckdb"))
            try await expectEverything(of: keys)
            let names = try FileManager.default.contentsOfDirectory(atPath: file("projects/1").path)
            let aside = try #require(names.first { $0.hasPrefix("events.duckdb.aside-") })
            #expect(try Data(contentsOf: file("projects/1/\(aside)")) == Data("no database".utf8))
        }

        private func expectEverything(of projects: [ProjectKeys]) async throws {
            let server = try await ServerProcess.start(in: folder)
            for keys in projects {
                #expect(try await server.client(keys).knows("Before"))
                #expect(try await server.client(keys).ledger() == Ledger(received: 1, stored: 1))
            }
            try await server.stop()
        }

        // MARK: Copies, and who may read

        @Test("after a clean stop the databases alone are a whole copy")
        func copy() async throws {
            let keys = try await projects("shop", "blog")
            let copy = try TestFolder()
            let names =
                ["server.sqlite"]
                + keys.flatMap { id in
                    ["project.sqlite", "events.duckdb"].map { "projects/\(id.id)/\($0)" }
                }
            for name in names {
                let target = copy.data.appending(path: name)
                try FileManager.default.createDirectory(
                    at: target.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try FileManager.default.copyItem(at: file(name), to: target)
            }
            let server = try await ServerProcess.start(in: copy)
            for keys in keys {
                #expect(try await server.client(keys).knows("Before"))
                #expect(try await server.client(keys).ledger() == Ledger(received: 1, stored: 1))
            }
            try await server.stop()
        }

        @Test(
            "whatever the umask, and whatever was there before, nobody else may read anything",
            arguments: [false, true]
        )
        func modes(wasOpen: Bool) async throws {
            if wasOpen {
                _ = try await projects("shop")
                _ = try await folder.bash("chmod -R a+rX '\(folder.data.path)'")
            }
            let server = try await ServerProcess.start(in: folder, limits: "umask 022")
            let show = try await folder.antinode("project list --json --data-dir \(folder.data.path)")
            let keys = try #require(
                try JSONDecoder.snakeCase.decode([ProjectKeys].self, from: Data(show.output.utf8)).first
            )
            #expect(try await server.client(keys).send([Self.after]).status == 200)
            #expect(try await server.client(keys).knows("After"))
            let files = try await folder.bash("find '\(folder.data.path)' -type f -not -perm 600").output
            #expect(files == "")
            let folders = try await folder.bash("find '\(folder.data.path)' -mindepth 1 -type d -not -perm 700").output
            #expect(folders == "")
            if !wasOpen {
                #expect(try await folder.bash("stat -c %a '\(folder.data.path)'").output == "700\n")
            }
            try await server.stop()
        }
    }
}

/// What a client hears, with the header that tells it when to try again.
struct Heard: CustomStringConvertible {
    var status: Int
    var retryAfter: String?
    var text: String

    var description: String { "\(status), Retry-After \(retryAfter ?? "none"): \(text)" }
}

extension ServerProcess {
    func get(_ path: String, in folder: TestFolder, anyway: Bool = false) async throws -> Heard {
        var heard = try await curl("'\(address)\(path)'", in: folder)
        // Whoever looks at health looks again by himself.
        if anyway, heard.retryAfter == nil { heard.retryAfter = "any time" }
        return heard
    }

    /// What a client hears that sends an event with that key.
    func hears(of apiKey: String, in folder: TestFolder) async throws -> Heard {
        let body = #"{"api_key":"\#(apiKey)","events":[{"user_id":"user-1","event_type":"Later"}]}"#
        return try await curl("-H 'Content-Type: application/json' -d '\(body)' '\(address)/2/httpapi'", in: folder)
    }

    /// What somebody hears who asks a question with those keys.
    func asked(
        _ question: String = "/api/2/events/list",
        with keys: String,
        in folder: TestFolder
    ) async throws -> Heard {
        try await curl("-u '\(keys)' '\(address)\(question)'", in: folder)
    }

    private func curl(_ arguments: String, in folder: TestFolder) async throws -> Heard {
        let output = try await folder.bash("curl -s -m 20 -D - \(arguments)").output
        let lines = output.split(whereSeparator: \.isNewline).map(String.init)
        let header = lines.first { $0.lowercased().hasPrefix("retry-after:") }
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return Heard(
            status: try #require(status, "\(output)"),
            retryAfter: header.map { String($0.dropFirst(12)) },
            text: lines.last ?? ""
        )
    }
}

extension TestFolder {
    /// Changes a database as no server would.
    func sql(_ statement: String, in database: URL) async throws {
        let script =
            "import sqlite3; c=sqlite3.connect('\(database.path)'); c.execute(\\\"\(statement)\\\"); c.commit(); c.close()"
        let finished = try await bash("python3 -c \"\(script)\"")
        try #require(finished.status == 0, "\(finished)")
    }
}
