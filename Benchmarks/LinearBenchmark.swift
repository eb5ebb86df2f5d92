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
        let few = try await costs(tenth)
        let many = try await costs(file)
        for (few, many) in zip(few, many) {
            let ratio = many.seconds / few.seconds
            reportBar(
                "\(many.name), ten times the events",
                String(
                    format: "%.2f ns an event, then %.2f: %.2fx (by CPU %.2fx)",
                    few.seconds * 1e9,
                    many.seconds * 1e9,
                    ratio,
                    many.cpuSeconds / few.cpuSeconds
                ),
                bar: "at most 1.5x",
                holds: ratio <= 1.5
            )
        }
        reportLoad()
    }

    /// By question: what an event takes.
    private struct Cost {
        var name: String
        var seconds: Double
        var cpuSeconds: Double
    }

    private func costs(_ file: BenchmarkFile) async throws -> [Cost] {
        let engine = try await WarmColumns(file.open()).engine
        let context = QueryContext(zone: .utc, now: BenchmarkData.now)
        let events = Double(file.data.events)
        var costs: [Cost] = []
        func measure(_ name: String, _ body: () async throws -> Void) async throws {
            let measured = try await best(of: runs, body)
            costs.append(
                Cost(name: name, seconds: measured.seconds / events, cpuSeconds: measured.cpuSeconds / events)
            )
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
        return costs
    }
}
