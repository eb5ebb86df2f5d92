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
        case segmentation, batches, singles, memory
    }

    @Option(name: .long, help: "Measure only this; may be given several times.")
    var only: [Part] = Part.allCases

    @Option(name: .long, help: "How many events the made-up data of the questions has.")
    var events = 3_000_000

    @Option(name: .long, help: "Keeps the made-up data in this file, and uses it again if it is there.")
    var keep: String?

    @Option(name: .long, help: "Runs of each side of a question; the best counts.")
    var runs = 5

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
            case .segmentation: try await segmentation(in: folder)
            case .batches: try await ingestion(in: folder).batches(batches)
            case .singles: try await ingestion(in: folder).singles()
            case .memory: try await ingestion(in: folder).memory(seconds: loadSeconds)
            }
        }
    }

    private func segmentation(in folder: URL) async throws {
        let data = BenchmarkData(events: events)
        print(
            "\(events) events, \(data.users) users, \(BenchmarkData.days) days, \(BenchmarkData.types) event types,"
                + " \(BenchmarkData.countries) countries, seed \(data.seed)"
        )
        try await SegmentationBenchmark(
            data: data,
            file: keep.map { URL(filePath: $0) } ?? folder.appendingPathComponent("events.duckdb"),
            runs: runs,
            isKept: keep != nil
        )
        .run()
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

/// The shortest of some runs, in seconds, with what the last one answered.
func best<Answer>(of runs: Int, _ body: () async throws -> Answer) async rethrows -> (seconds: Double, answer: Answer) {
    var shortest = Double.infinity
    var answer: Answer?
    for _ in 0..<max(1, runs) {
        let start = ContinuousClock.now
        answer = try await body()
        shortest = min(shortest, start.duration(to: .now) / .seconds(1))
    }
    return (shortest, answer!)
}

/// Two sides gave different answers.
struct AnswersDiffer: Error, CustomStringConvertible {
    var question: String
    var ours: [String]
    var theirs: [String]

    var description: String {
        "\(question): the answers differ. Ours begins \(ours.prefix(5)), theirs \(theirs.prefix(5))."
    }
}

/// Prints a row: ours, theirs, and how many times faster ours is.
func report(_ question: String, ours: Double, theirs: Double, rival: String) {
    func milliseconds(_ seconds: Double) -> String { String(format: "%9.1f ms", seconds * 1000) }
    let padded = question.padding(toLength: 46, withPad: " ", startingAt: 0)
    print(
        "\(padded) ours \(milliseconds(ours))   \(rival) \(milliseconds(theirs))   \(String(format: "%6.1fx", theirs / ours))"
    )
}
