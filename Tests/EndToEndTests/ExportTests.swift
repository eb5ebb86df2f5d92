import Foundation
import Testing

extension EndToEnd {
    /// The export of a server in a process of its own, fetched and read by other programs.
    @Suite("Export")
    struct ExportTests {
        private static let reader = """
            import gzip, json, sys, zipfile
            rows = []
            with zipfile.ZipFile(sys.argv[1]) as file:
                assert file.testzip() is None
                for name in file.namelist():
                    rows += [json.loads(line) for line in gzip.decompress(file.read(name)).splitlines()]
            assert all(list(row) == sorted(row) and len(row) == 55 for row in rows)
            print(len(rows), len({row["uuid"] for row in rows}), sorted({row["event_type"] for row in rows})[:2])
            """

        @Test("the demo's events are all there, each once")
        func whole() async throws {
            let folder = try TestFolder()
            let server = try await ServerProcess.start(in: folder)
            let demo = try await folder.antinode("demo --users 300 --days 5 --data-dir \(folder.data.path)")
            let stored = try #require(demo.output.firstMatch(of: /(\d+) events of 300 visitors/)?.output.1, "\(demo)")
            let credentials = try await folder.antinode(
                "project show demo --credentials --data-dir \(folder.data.path)"
            )
            try Data(Self.reader.utf8).write(to: folder.url.appending(path: "reader.py"))
            let read = try await folder.bash(
                """
                set -euo pipefail
                hour() { date -u -d "$1" +%Y%m%dT%H; }
                curl -s --fail-with-body -u '\(credentials.output.trimmingCharacters(in: .whitespacesAndNewlines))' \\
                    "\(server.address)/api/2/export?start=$(hour '1 hour ago')&end=$(hour '1 hour')" >export.zip
                python3 reader.py export.zip
                """
            )
            #expect(read.output == "\(stored) \(stored) ['Add to Cart', 'Contact Support']\n", "\(read)")
            try await server.stop()
        }

        @Test("a client that goes ends its export, and gives its place back")
        func gone() async throws {
            let folder = try TestFolder()
            let server = try await ServerProcess.start(in: folder)
            _ = try await folder.antinode("demo --users 3000 --days 20 --data-dir \(folder.data.path)")
            let credentials = try await folder.antinode(
                "project show demo --credentials --data-dir \(folder.data.path)"
            )
            let finished = try await folder.bash(
                """
                set -uo pipefail
                hour() { date -u -d "$1" +%Y%m%dT%H; }
                ask() {
                    curl -s -u '\(credentials.output.trimmingCharacters(in: .whitespacesAndNewlines))' "$@" \\
                        "\(server.address)/api/2/export?start=$(hour '1 hour ago')&end=$(hour '1 hour')"
                }
                for round in 1 2 3; do
                    for n in 1 2 3 4; do ask | head -c 100 >/dev/null & done
                    wait
                done
                for try in $(seq 100); do
                    status=$(ask -o export.zip -w '%{http_code}')
                    [[ $status == 200 ]] && break
                    sleep 0.1
                done
                echo $status
                python3 -c 'import zipfile; print(zipfile.ZipFile("export.zip").testzip())'
                """
            )
            #expect(finished.output == "200\nNone\n", "\(finished)")
            try await server.stop()
        }
    }
}
