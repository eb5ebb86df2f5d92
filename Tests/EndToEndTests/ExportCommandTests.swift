import Foundation
import Testing

extension EndToEnd {
    /// `antinode export`, beside a server and alone, read by other programs.
    @Suite("The command export")
    struct ExportCommandTests {
        private struct Report: Decodable {
            var events: Int
            var different: Int
            var types: [String]
            var countries: [String]
            var columns: [String: String]
        }

        private static func demo(_ folder: TestFolder, users: Int, days: Int) async throws -> Int {
            let demo = try await folder.antinode(
                "demo --users \(users) --days \(days) --data-dir \(folder.data.path)"
            )
            let count = demo.output.firstMatch(of: /(\d+) events of \d+ visitors/).flatMap { Int($0.1) }
            return try #require(count, "\(demo)")
        }

        private static func export(
            _ folder: TestFolder,
            types: [String] = [],
            _ options: String...
        ) async throws -> FinishedProcess {
            let finished = try await folder.antinode(
                ["export", "demo", "--data-dir", folder.data.path] + types + options
            )
            #expect(finished.status == 0, "\(finished)")
            return finished
        }

        @Test("the three formats say the same, with and without a server")
        func formats() async throws {
            let folder = try TestFolder()
            let stored = try await Self.demo(folder, users: 300, days: 5)
            let server = try await ServerProcess.start(in: folder)
            for format in ["jsonl", "csv", "parquet"] {
                let finished = try await Self.export(folder, "--format", format)
                let name = "demo.\(format)"
                #expect(
                    finished.output.hasPrefix("\(stored) events, ")
                        && finished.output.contains(", are in \(name); ")
                        && finished.output.hasSuffix(" merged IDs in \(name).merged-ids.jsonl.\n"),
                    "\(finished)"
                )
            }
            let report: Report = try await folder.client("read_exports.py", folder.url.path, "demo")
            #expect(report.events == stored && report.different == stored)
            #expect(report.types.count > 5 && !report.types.contains("$identify"))
            #expect(report.columns["event_time"] == "timestamp[us]" && report.columns["amplitude_id"] == "int64")
            #expect(report.columns["location_lat"] == "double" && report.columns["paying"] == "bool")
            #expect(report.columns["event_properties"] == "string")

            // Logins have merged people, and who they are is told.
            let merged = try await folder.bash(
                """
                python3 -c '
                import json
                rows = [json.loads(line) for line in open("demo.jsonl")]
                ids = {row["amplitude_id"] for row in rows}
                merges = [json.loads(line) for line in open("demo.jsonl.merged-ids.jsonl")]
                assert merges and all(m["scope"] == rows[0]["app"] and m["amplitude_id"] in ids for m in merges)
                print(len(merges))
                '; ls -A
                """
            )
            #expect(merged.status == 0 && !merged.output.contains(".part"), "\(merged)")
            try await server.stop()

            _ = try await Self.export(folder, "--format", "jsonl", "--output", "alone.jsonl")
            _ = try await Self.export(folder, "--format", "csv", "--output", "alone.csv")
            _ = try await Self.export(folder, "--format", "parquet", "--output", "alone.parquet")
            let same = try await folder.bash(
                """
                set -e
                cmp demo.jsonl alone.jsonl; cmp demo.csv alone.csv
                cmp demo.jsonl.merged-ids.jsonl alone.jsonl.merged-ids.jsonl
                for format in jsonl csv parquet; do
                    '\(try Tools.antinode().path)' export demo --data-dir '\(folder.data.path)' --format $format \\
                        --output - >out.$format
                done
                cmp out.jsonl demo.jsonl; cmp out.csv demo.csv
                """
            )
            #expect(same.status == 0, "\(same)")
            for name in ["alone", "out"] {
                let report: Report = try await folder.client("read_exports.py", folder.url.path, name)
                #expect(report.events == stored)
            }
        }

        @Test("what --from, --to, --events and --where leave is what a chart counts")
        func counts() async throws {
            let folder = try TestFolder()
            _ = try await Self.demo(folder, users: 300, days: 5)
            let server = try await ServerProcess.start(in: folder)
            let shown = try await folder.antinode("project show demo --json --data-dir \(folder.data.path)")
            let keys = try JSONDecoder.snakeCase.decode(ProjectKeys.self, from: Data(shown.output.utf8))
            let day = Date.ISO8601FormatStyle().year().month().day().dateSeparator(.omitted)
            let (first, last) = (Date.now.addingTimeInterval(-3 * 86_400), Date.now.addingTimeInterval(-86_400))
            let questions: [(type: String, text: String, json: String)] = [
                (
                    "View Product", "country in Germany,Austria",
                    #"{"subprop_type":"user","subprop_key":"country","subprop_op":"is","subprop_value":["Germany","Austria"]}"#
                ),
                (
                    "_all", "country is not Germany and platform is set",
                    #"{"subprop_type":"user","subprop_key":"country","subprop_op":"is not","subprop_value":["Germany"]},"#
                        + #"{"subprop_type":"user","subprop_key":"platform","subprop_op":"is not","subprop_value":["(none)"]}"#
                ),
            ]
            for (index, question) in questions.enumerated() {
                let chart = try await server.client(keys).chart(
                    #"{"event_type":"\#(question.type)","filters":[\#(question.json)]}"#,
                    m: "totals",
                    days: "\(first.formatted(day))-\(last.formatted(day))"
                )
                let types = question.type == "_all" ? [] : ["--events", question.type]
                let finished = try await Self.export(
                    folder,
                    types: types,
                    "--from",
                    first.formatted(day),
                    "--to",
                    last.formatted(day),
                    "--where",
                    question.text,
                    "--output",
                    "\(index).jsonl"
                )
                let count = try #require(chart.only?.collapsed)
                #expect(count > 3 && finished.output.hasPrefix("\(count) events"), "\(count): \(finished)")
            }
            try await server.stop()
        }

        @Test(
            "killed in the midst and run again, it is whole, and nothing is there twice",
            arguments: ["jsonl", "csv", "parquet"]
        )
        func resumed(format: String) async throws {
            let folder = try TestFolder()
            let stored = try await Self.demo(folder, users: 1_200, days: 8)
            let server = try await ServerProcess.start(in: folder)
            let killed = try await folder.bash(
                """
                '\(try Tools.antinode().path)' export demo --data-dir '\(folder.data.path)' --format \(format) \\
                    --output some.\(format) >/dev/null 2>&1 &
                until [[ -e some.\(format).part.json ]]; do sleep 0.01; done
                kill -9 $!; wait
                ls
                """
            )
            let files = killed.output.split(separator: "\n").map(String.init)
            #expect(files.contains("some.\(format).part") && !files.contains("some.\(format)"), "\(killed)")
            let state = try String(contentsOf: folder.url.appending(path: "some.\(format).part.json"), encoding: .utf8)
            let before = try #require(state.firstMatch(of: /"events":(\d+)/).flatMap { Int($0.1) })
            #expect(before > 0 && before < stored, "\(state)")

            let other = try await folder.antinode(
                "export demo --data-dir \(folder.data.path) --format \(format) --output some.\(format) --from 20200101"
            )
            #expect(other.status != 0 && other.errors.contains("is of an export with other options"), "\(other)")

            // Half a line that came after the last state goes.
            if format != "parquet" { _ = try await folder.bash("printf '{\"half' >>some.\(format).part") }
            let resumed = try await Self.export(folder, "--format", format, "--output", "some.\(format)")
            #expect(resumed.output.hasPrefix("\(stored) events"), "\(resumed)")
            _ = try await Self.export(folder, "--format", format, "--output", "whole.\(format)")
            let same =
                format == "parquet"
                ? try await folder.bash(
                    """
                    '\(try Tools.python().path)' -c '
                    from pyarrow.parquet import read_table
                    assert read_table("some.parquet").equals(read_table("whole.parquet"))'; ls
                    """
                )
                : try await folder.bash("cmp some.\(format) whole.\(format); ls")
            #expect(same.status == 0 && same.errors.isEmpty && !same.output.contains(".part"), "\(same)")

            let again = try await folder.antinode(
                "export demo --data-dir \(folder.data.path) --format \(format) --output some.\(format)"
            )
            #expect(again.status != 0 && again.errors.contains("is there already"), "\(again)")
            try await server.stop()
        }

        @Test("mistakes are told, and leave nothing behind")
        func mistakes() async throws {
            let folder = try TestFolder()
            _ = try await Self.demo(folder, users: 20, days: 2)
            for (options, part) in [
                (["--where", "country DE"], "Behind country in where must come what is asked of it"),
                (["--where", "contry is DE"], "had the property \"contry\""),
                (["--events", "Purchas"], "Did you mean \"Purchase\""), (["--from", "2026"], "From must be a day"),
                (["--from", "20260102", "--to", "20260101"], "To must not lie before from"),
                (["--format", "xml"], "jsonl"), (["--output", "no/such/folder.jsonl"], "cannot be written"),
            ] {
                let finished = try await folder.antinode(
                    ["export", "demo", "--data-dir", folder.data.path] + options
                )
                #expect(finished.status != 0 && finished.errors.contains(part), "\(options): \(finished)")
            }
            let left = try await folder.bash("ls -A")
            #expect(left.output == "data\n", "\(left)")
        }
    }
}
