import Foundation
import Testing

extension EndToEnd {
    /// `antinode import`: what was exported comes back as it was, beside a server and alone.
    @Suite("The command import")
    struct ImportCommandTests {
        private struct Comparison: Decodable {
            var lines: Int
            var same: Bool
            var first: String
        }

        private struct Loaded: Decodable {
            var accepted: Int
        }

        private static func run(
            _ folder: TestFolder,
            _ arguments: [String],
            status: Int32 = 0
        ) async throws -> FinishedProcess {
            let finished = try await folder.antinode(arguments + ["--data-dir", folder.data.path])
            #expect(finished.status == status, "\(arguments): \(finished)")
            return finished
        }

        private static func expectSame(
            _ folder: TestFolder,
            _ a: String,
            _ b: String,
            _ options: String...
        ) async throws {
            let found: Comparison = try await folder.client(
                "compare_exports.py",
                [folder.url.appending(path: a).path, folder.url.appending(path: b).path] + options
            )
            #expect(found.same, "\(a), \(b): \(found.lines) lines, \(found.first)")
        }

        @Test("a made-up shop goes out and in, with merges: the same lines in the same order, also the second time")
        func demo() async throws {
            let folder = try TestFolder()
            _ = try await Self.run(folder, ["demo", "--users", "300", "--days", "5"])
            _ = try await Self.run(folder, ["export", "demo"])
            for name in ["copy", "copy2"] { _ = try await folder.createProject(name) }
            let files = ["demo.jsonl.merged-ids.jsonl", "demo.jsonl"]
            let server = try await ServerProcess.start(in: folder)
            let first = try await Self.run(folder, ["import", "copy"] + files)
            #expect(first.output.contains(" events stored") && !first.output.contains("rejected"), "\(first)")
            let again = try await Self.run(folder, ["import", "copy"] + files)
            #expect(again.output.contains(": 0 events stored"), "\(again)")
            _ = try await Self.run(folder, ["export", "copy"])
            try await server.stop()
            _ = try await Self.run(folder, ["import", "copy2", "copy.jsonl", "copy.jsonl.merged-ids.jsonl"])
            _ = try await Self.run(folder, ["export", "copy2"])
            for name in ["copy", "copy2"] {
                try await Self.expectSame(folder, "demo.jsonl", "\(name).jsonl")
                try await Self.expectSame(folder, "demo.jsonl.merged-ids.jsonl", "\(name).jsonl.merged-ids.jsonl")
            }
        }

        @Test("a real shop's half year comes back from a zip as it was, and charts count the same")
        func shop() async throws {
            let folder = try TestFolder()
            let (shop, copy) = (try await folder.createProject("shop"), try await folder.createProject("copy"))
            let server = try await ServerProcess.start(in: folder)
            let loaded: Loaded = try await folder.client(
                "load_shop.py",
                server.address,
                shop.apiKey,
                Tools.shopFile(),
                "0"
            )
            let day = Date.ISO8601FormatStyle().year().month().day().dateSeparator(.omitted)
            func fetch(_ keys: ProjectKeys, _ name: String) async throws {
                let (first, last) = (Date.now.addingTimeInterval(-86_400), Date.now.addingTimeInterval(86_400))
                let fetched = try await folder.bash(
                    """
                    curl -sf -u \(keys.apiKey):\(keys.secretKey) -o \(name) \\
                        '\(server.address)/api/2/export?start=\(first.formatted(day))T00&end=\(last.formatted(day))T23'
                    """
                )
                #expect(fetched.status == 0, "\(fetched)")
            }
            try await fetch(shop, "shop.zip")
            let imported = try await Self.run(folder, ["import", "copy", "shop.zip"])
            #expect(imported.output.contains(" \(loaded.accepted) events stored."), "\(imported)")
            try await fetch(copy, "copy.zip")
            try await Self.expectSame(folder, "shop.zip", "copy.zip", "--any-order")
            for question in [
                #"{"event_type":"_active"}"#, #"{"event_type":"_all","group_by":[{"type":"user","value":"platform"}]}"#,
            ] {
                for metric in ["uniques", "totals"] {
                    let a = try await server.client(shop).chart(question, m: metric, days: "20240101-20240702")
                    let b = try await server.client(copy).chart(question, m: metric, days: "20240101-20240702")
                    #expect(a.series.count == b.series.count && a.series.count > 0)
                    for (one, other) in zip(a.series, b.series) {
                        #expect(one.label == other.label && one.series.values == other.series.values)
                    }
                }
            }
            try await server.stop()
        }

        @Test("killed in the midst, client or server, and run again: nothing is lost, and nothing is there twice")
        func kills() async throws {
            let folder = try TestFolder()
            _ = try await Self.run(folder, ["demo", "--users", "2500", "--days", "10"])
            _ = try await Self.run(folder, ["export", "demo"])
            let keys = try await folder.createProject("copy")
            var server = try await ServerProcess.start(in: folder)
            for round in 0..<4 {
                // Until something more than before is there.
                let killed = try await folder.bash(
                    """
                    '\(try Tools.antinode().path)' import copy demo.jsonl demo.jsonl.merged-ids.jsonl \\
                        --data-dir '\(folder.data.path)' >/dev/null 2>&1 & import=$!
                    rows=0
                    while [[ $rows -le \(4_000 * round) ]] && kill -0 $import; do
                        sleep 0.02
                        rows=$(curl -s -o /dev/null -D - -u \(keys.apiKey):\(keys.secretKey) \\
                            '\(server.address)/api/v1/export?cursor=100000000' | tr -d '\\r' \\
                            | sed -n 's/^[Xx]-[Ee]xport-[Ee]nd: //p')
                    done
                    kill -9 $import; wait
                    echo "$rows"
                    """
                )
                let rows = Int(killed.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
                #expect(rows > 4_000 * round, "\(killed)")
                if round.isMultiple(of: 2) {
                    try await server.kill()
                    server = try await ServerProcess.start(in: folder)
                }
            }
            let resumed = try await Self.run(folder, ["import", "copy", "demo.jsonl", "demo.jsonl.merged-ids.jsonl"])
            #expect(resumed.output.contains(" were there already"), "\(resumed)")
            _ = try await Self.run(folder, ["export", "copy"])
            try await Self.expectSame(folder, "demo.jsonl", "copy.jsonl", "--any-order")
            try await Self.expectSame(folder, "demo.jsonl", "copy.jsonl")
            try await server.stop()
        }

        @Test("zip files and folders as others make them, and files that nobody should have made")
        func files() async throws {
            let folder = try TestFolder()
            _ = try await Self.run(folder, ["demo", "--users", "60", "--days", "3"])
            _ = try await Self.run(folder, ["export", "demo"])
            let script = Tools.sources.appending(path: "Clients/make_imports.py").path
            let made = try await folder.bash("'\(try Tools.python().path)' '\(script)' demo.jsonl .")
            #expect(made.status == 0, "\(made)")
            for (name, files) in [("zip", "deflated.zip"), ("folder", "halves")] {
                _ = try await folder.createProject(name)
                let imported = try await Self.run(folder, ["import", name, files])
                #expect(imported.output.contains(" of 2 files: "), "\(imported)")
                _ = try await Self.run(folder, ["export", name])
                try await Self.expectSame(folder, "demo.jsonl", "\(name).jsonl", "--any-order")
            }
            _ = try await folder.createProject("odd")
            for (file, part) in [
                ("cut.json.gz", "the file ends in the middle of what is packed"),
                ("wrong.json.gz", "the file is damaged"), ("zeros.json.gz", "which no export does"),
                ("long.jsonl", "the line has more than 8 MB"), ("odd.jsonl", "the line is no JSON object"),
                ("odd.jsonl", "the line is not JSON"), ("odd.jsonl", "event_time must be a time"),
            ] {
                let imported = try await Self.run(folder, ["import", "odd", file], status: 2)
                #expect(imported.output.contains("rejected: see odd.import-rejects.jsonl."), "\(imported)")
                let told = try String(
                    contentsOf: folder.url.appending(path: "odd.import-rejects.jsonl"),
                    encoding: .utf8
                )
                #expect(told.contains(part), "\(file): \(told.prefix(2_000))")
            }
            for (file, part) in [("bomb.zip", "its members overlap"), ("nowhere.zip", "is not there")] {
                let refused = try await Self.run(folder, ["import", "odd", file], status: 1)
                #expect(refused.errors.contains("The file \(file) ") && refused.errors.contains(part), "\(refused)")
            }
            let left = try await folder.bash("ls -A .. | grep -c 7_2026; ls -A / | grep -c 7_2026")
            #expect(left.output == "0\n0\n", "names are no paths: \(left)")
        }
    }
}
