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

    @Option(name: .long, help: "How many events the made-up data has.")
    var events = 3_000_000

    @Option(name: .long, help: "Runs of each side; the best counts.")
    var runs = 5

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "antinode-bench-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = BenchmarkData(events: events)
        print(
            "\(events) events, \(data.users) users, \(BenchmarkData.days) days, \(BenchmarkData.types) event types,"
                + " \(BenchmarkData.countries) countries, seed \(data.seed)"
        )
        try await SegmentationBenchmark(data: data, file: folder.appendingPathComponent("events.duckdb"), runs: runs)
            .run()
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
