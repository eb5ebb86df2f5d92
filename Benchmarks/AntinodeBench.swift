import ArgumentParser
import Foundation

@main
struct AntinodeBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "antinode-bench",
        abstract: "Measures Antinode against other ways to compute the same answers, on the same data in one run.",
        discussion:
            "Each figure is the best of some runs. An answer that differs ends the run: a fast wrong number is none."
    )

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case segmentation, groups, funnels, retention, cohorts, linear, export
        case batches, imports, singles, memory, deletions, compaction
    }

    @Option(name: .long, help: "Measure only this; may be given several times.")
    var only: [Part] = Part.allCases

    @Option(name: .long, help: "How many events the made-up data of the questions has.")
    var events = 3_000_000

    @Option(name: .long, help: "Keeps the made-up data in this file, and uses it again if it is there.")
    var keep: String?

    @Option(name: .long, help: "Runs of each side of a question; the best counts.")
    var runs = 5

    @Option(name: .long, help: "A Python that can import chdb, for ClickHouse's side of funnels.")
    var python = ".venv/bin/python"

    @Option(name: .long, help: "How many batches of 1,000 events are sent to the server.")
    var batches = 400

    @Option(name: .long, help: "How long the server's memory is watched while batches come in; its bar is for 60.")
    var loadSeconds = 15

    @Option(name: .long, help: "The server to measure. (default: antinode beside this program)")
    var server: String?

    func validate() throws {
        guard (1...100_000_000).contains(events), (1...100).contains(runs), (1...2_000).contains(batches),
            (1...600).contains(loadSeconds)
        else { throw ValidationError("A number is out of bounds, such as --batches above 2000.") }
    }

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "antinode-bench-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // A server that ends too early is an error, not this program's end.
        _ = signal(SIGPIPE, SIG_IGN)
        for part in Part.allCases where only.contains(part) {
            switch part {
            case .segmentation:
                try await SegmentationBenchmark(file: questions(in: folder), folder: folder, runs: runs).run()
            case .groups: try await GroupsBenchmark(folder: folder, runs: runs).run()
            case .funnels:
                try await FunnelBenchmark(
                    file: questions(in: folder),
                    runs: runs,
                    clickHouse: ClickHouse(python: python, folder: folder.appending(path: "clickhouse"))
                )
                .run()
            case .retention: try await RetentionBenchmark(file: questions(in: folder), runs: runs).run()
            case .cohorts: try await CohortBenchmark(file: questions(in: folder), runs: runs).run()
            case .linear: try await LinearBenchmark(file: questions(in: folder), folder: folder, runs: runs).run()
            case .export:
                try await ExportBenchmark(file: questions(in: folder), folder: folder, runs: min(runs, 3)).run()
            case .batches: try await ingestion(in: folder).batches(batches)
            case .imports: try await ingestion(in: folder).imports(batches)
            case .singles: try await ingestion(in: folder).singles()
            case .deletions: try await ingestion(in: folder).deletions(people: 1_000_000)
            case .compaction: try await ingestion(in: folder).compaction(besides: .seconds(loadSeconds), of: batches)
            case .memory: try await ingestion(in: folder).memory(seconds: loadSeconds)
            }
        }
    }

    /// What the questions are about.
    private func questions(in folder: URL) throws -> BenchmarkFile {
        let file = BenchmarkFile(
            data: BenchmarkData(events: events),
            url: keep.map { URL(filePath: $0) } ?? folder.appending(path: "events.duckdb")
        )
        try file.prepare()
        return file
    }

    private func ingestion(in folder: URL) throws -> IngestionBenchmark {
        let executable =
            server.map { URL(filePath: $0) }
            ?? Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "antinode")
        guard let executable, FileManager.default.isExecutableFile(atPath: executable.path) else {
            let place = executable?.path ?? "an unknown place"
            throw ValidationError("There is no server at \(place). Build it, or name one with --server.")
        }
        return IngestionBenchmark(server: executable, folder: folder)
    }
}
