import Foundation
import Testing

extension EndToEnd {
    @Suite("The command line")
    struct CommandLineTests {
        private let folder: TestFolder

        init() throws {
            folder = try TestFolder()
        }

        // MARK: Typing errors

        @Test(
            "who only looks or changes makes no folder: a data folder that is none was mistyped",
            arguments: [
                "project list", "project show 1", "project rename a b", "project time-zone a UTC",
                "project rotate-keys a", "project silence a b", "project silenced a", "rejects list", "rejects show 1",
                "rejects replay",
            ]
        )
        func mistypedFolder(command: String) async throws {
            let finished = try await folder.antinode("\(command) --data-dir TYPO")
            #expect(finished.status == 1 && finished.output == "", "\(finished)")
            #expect(finished.errors.contains("There is no Antinode data in \(folder.url.path)/TYPO."), "\(finished)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [])
        }

        @Test("who looks at a project that has no events yet makes no record")
        func noRecord() async throws {
            _ = try await folder.createProject("shop")
            for command in ["rejects list --project shop", "rejects replay --project shop"] {
                let finished = try await folder.antinode("\(command) --data-dir \(folder.data.path)")
                #expect(finished.status == 0 && finished.output == "Nothing was refused.\n", "\(finished)")
            }
            #expect(try await folder.antinode("project silenced shop --data-dir \(folder.data.path)").status == 0)
            #expect(!FileManager.default.fileExists(atPath: folder.data.appending(path: "projects").path))
        }

        @Test(
            "a setting that is none is refused, with the one that was meant",
            arguments: ["serve --port 0", "project list", "demo", "rejects list"]
        )
        func mistypedSetting(command: String) async throws {
            _ = try await folder.createProject("shop")
            try Data(#"{"prot": 9}"#.utf8).write(to: folder.url.appending(path: "antinode.json"))
            let finished = try await folder.antinode(command)
            #expect(finished.status == 1 && finished.output == "", "\(finished)")
            #expect(finished.errors.contains("has the setting prot") && finished.errors.contains("mean port?"))
        }

        @Test(
            "a command that is none is named, with those that there are",
            arguments: [
                ("project frobnicate x --data-dir D", "`antinode project frobnicate`", "antinode project <subcommand>"),
                ("projects list", "Did you mean `antinode project`", "antinode <subcommand>"),
                ("rejects shwo 1", "Did you mean `antinode rejects show`", "antinode rejects <subcommand>"),
            ]
        )
        func mistypedCommand(command: String, named: String, usage: String) async throws {
            let finished = try await folder.antinode(command)
            #expect(finished.status == 64 && finished.output == "", "\(finished)")
            #expect(finished.errors.contains(named) && finished.errors.contains("Usage: \(usage)"), "\(finished)")
        }

        @Test(
            "a mistake is shown with the usage of its command",
            arguments: [
                ("serve --log-level foo", "serve"), ("serve --port 70000", "serve"),
                ("project time-zone a Mars/Base", "project time-zone <project> <time-zone>"),
                ("project rotate-keys a --keep-old 30", "project rotate-keys <project>"),
                ("project rotate-keys a --end-old --secret-only", "project rotate-keys <project>"),
                ("demo --users 0", "demo"),
            ]
        )
        func usage(command: String, usage: String) async throws {
            let finished = try await folder.antinode(command)
            #expect(finished.status == 64 && finished.errors.contains("Usage: antinode \(usage) "), "\(finished)")
        }

        // MARK: Faults, in words

        @Test(
            "what the system refuses is said in a sentence, with the path",
            arguments: [
                ("serve --port 0 --data-dir /proc/x", "/proc/x"), ("serve --port 0 --data-dir file", "/file"),
                ("serve --port 0 --data-dir file/below", "/file/below"), ("project create a --data-dir file", "/file"),
                ("demo --data-dir /proc/x", "/proc/x"), ("serve --port 0 --config cut.json", "cut.json"),
                ("serve --port 0 --config folder", "folder"), ("project list --config cut.json", "cut.json"),
                ("serve --port 0 --data-dir damaged", "damaged/server.sqlite"),
                ("project list --data-dir damaged", "damaged/server.sqlite"),
                ("serve --host nowhere.invalid --port 0", "nowhere.invalid"),
                ("serve --host 192.0.2.1 --port 0", "192.0.2.1"),
                ("serve --port 0 --geoip missing.mmdb", "missing.mmdb"),
                ("serve --port 0 --geoip file", "file"),
                ("rejects replay 1 --body missing.json --data-dir data", "There is no refused request 1"),
            ]
        )
        func faults(command: String, path: String) async throws {
            _ = try await folder.createProject("default")
            let files = FileManager.default
            try Data("no data folder".utf8).write(to: folder.url.appending(path: "file"))
            try Data(#"{"port": 9,"#.utf8).write(to: folder.url.appending(path: "cut.json"))
            try files.createDirectory(at: folder.url.appending(path: "folder"), withIntermediateDirectories: true)
            try files.createDirectory(at: folder.url.appending(path: "damaged"), withIntermediateDirectories: true)
            try Data(repeating: 7, count: 8_192).write(to: folder.url.appending(path: "damaged/server.sqlite"))
            let finished = try await folder.antinode(command)
            #expect(finished.status != 0 && !finished.wasKilled && finished.output == "", "\(finished)")
            let error = try #require(finished.errors.split(separator: "\n").last { $0.hasPrefix("Error: ") })
            #expect(error.contains(path) && error.hasSuffix("."), "\(finished)")
            for technical in ["Domain", "UserInfo", "Error(", "errno"] {
                #expect(!finished.errors.contains(technical), "\(finished)")
            }
        }

        // MARK: Which one it is

        @Test("the version is three numbers, as a command and as an option", arguments: ["version", "--version"])
        func version(command: String) async throws {
            let finished = try await folder.antinode(command)
            #expect(finished.status == 0 && finished.errors == "", "\(finished)")
            #expect(finished.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil, "\(finished)")
        }

        @Test("how it was built, and with which DuckDB, is said to whoever asks")
        func build() async throws {
            let finished = try await folder.antinode("version --verbose")
            #expect(finished.output.contains(/\nbuilt +(debug|release)\n/), "\(finished)")
            #expect(finished.output.contains(/\nDuckDB +v\d+\.\d+\.\d+\n/), "\(finished)")
        }

        @Test(
            "help has no stray characters",
            arguments: [
                "--help", "serve --help", "demo --help", "version --help", "rejects list --help", "rejects show --help",
                "rejects replay --help", "project create --help", "project list --help", "project show --help",
                "project rename --help", "project time-zone --help", "project retention-days --help",
                "project rotate-keys --help", "project silence --help", "project unsilence --help",
                "project silenced --help", "help project",
            ]
        )
        func help(command: String) async throws {
            let finished = try await folder.antinode(command)
            #expect(finished.status == 0 && finished.errors == "", "\(finished)")
            #expect(finished.output.contains("OVERVIEW: ") && finished.output.contains("USAGE: antinode "))
            #expect(!finished.output.contains("\\"), "\(finished)")
        }
    }
}
