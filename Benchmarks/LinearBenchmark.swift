import EventModel
import Foundation
import QueryExecution
import QueryModel

/// Whether an event costs the same among ten times as many: our questions over a tenth of the events, and over all.
struct LinearBenchmark {
    let file: BenchmarkFile
    /// For the tenth.
    let folder: URL
    let runs: Int

    func run() async throws {
        let tenth = BenchmarkFile(
            data: BenchmarkData(events: file.data.events / 10),
            url: folder.appending(path: "tenth.duckdb")
        )
        try tenth.prepare()
        let few = try await nanosecondsAnEvent(tenth)
        let many = try await nanosecondsAnEvent(file)
        for (few, many) in zip(few, many) {
            let ratio = many.nanoseconds / few.nanoseconds
            reportBar(
                "\(many.name), ten times the events",
                String(format: "%.2f ns an event, then %.2f: %.2fx", few.nanoseconds, many.nanoseconds, ratio),
                bar: "at most 1.5x",
                holds: ratio <= 1.5
            )
        }
        reportLoad()
    }

    private func nanosecondsAnEvent(_ file: BenchmarkFile) async throws -> [(name: String, nanoseconds: Double)] {
        let engine = try await WarmColumns(file.open()).engine
        let context = QueryContext(zone: .utc, now: BenchmarkData.now)
        var results: [(name: String, nanoseconds: Double)] = []
        func measure(_ name: String, _ body: () async throws -> Void) async throws {
            let seconds = try await best(of: runs, body).seconds
            results.append((name, seconds / Double(file.data.events) * 1e9))
        }
        for question in SegmentationBenchmark.questions {
            try await measure(question.name) { _ = try await engine.segmentation(question.query, context) }
        }
        for steps in [FunnelSteps.three, .threeBusy] {
            try await measure(steps.name) { _ = try await engine.funnel(steps.query(.ordered), steps.context) }
        }
        for question in RetentionBenchmark.questions {
            try await measure(question.name) { _ = try await engine.retention(question.query, question.steps.context) }
        }
        return results
    }
}
