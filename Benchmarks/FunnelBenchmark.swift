import EventModel
import Foundation
import QueryExecution
import QueryModel

/// Funnels with a window of 30 days, counted by day of the entry: our columns and fold against DuckDB's SQL on the same
/// file, and ClickHouse's `windowFunnel` if it is there; and our own kinds of funnels against each other.
struct FunnelBenchmark {
    let file: BenchmarkFile
    let runs: Int
    let clickHouse: ClickHouse

    func run() async throws {
        let (three, busy, ten) = (FunnelSteps.three, FunnelSteps.threeBusy, FunnelSteps.ten)
        // What is timed, and what only gives the answers to compare with.
        let threeSQL = try await rival(three.orderedSQL, runs: runs)
        let busySQL = try await rival(busy.orderedSQL, runs: min(runs, 2))
        let threeTimesSQL = try await rival(three.orderedSQLWithTimes, runs: runs)
        let busyTimesSQL = try await rival(busy.orderedSQLWithTimes, runs: min(runs, 2))
        let tenSQL = try await rival([ten.orderedSQL[0]], runs: 1)
        let unorderedSQL = try await rival([three.unorderedSQL], runs: 1)
        let sequentialSQL = try await rival([three.sequentialSQL], runs: 1)

        let warm = try await WarmColumns(file.open())
        let ordered = try await ours(three, .ordered, warm, equals: threeSQL.answer)
        report(three.name + " by day", ours: ordered, theirs: threeSQL, rival: "DuckDB SQL", bar: 50)
        let busyOrdered = try await ours(busy, .ordered, warm, equals: busySQL.answer)
        report(busy.name + " by day", ours: busyOrdered, theirs: busySQL, rival: "DuckDB SQL", bar: 50)
        for (steps, ours, theirs) in [(three, ordered, threeTimesSQL), (busy, busyOrdered, busyTimesSQL)] {
            let rows = FunnelSteps.rows(ours.answer, withTimes: true)
            guard rows == theirs.answer else {
                throw AnswersDiffer(question: "\(steps.name), times", ours: rows, theirs: theirs.answer)
            }
            report(steps.name + " by day, with times", ours: ours, theirs: theirs, rival: "DuckDB SQL", bar: 50)
        }
        let tenOrdered = try await ours(ten, .ordered, warm, equals: tenSQL.answer)
        report(ten.name + " by day", ours: tenOrdered, theirs: tenSQL, rival: "DuckDB SQL")
        let sequential = try await ours(three, .sequential, warm, equals: sequentialSQL.answer)
        report(three.name + " by day, sequential", ours: sequential, theirs: sequentialSQL, rival: "DuckDB SQL")
        let unordered = try await ours(three, .unordered, warm, equals: unorderedSQL.answer)
        report(three.name + " by day, unordered", ours: unordered, theirs: unorderedSQL, rival: "DuckDB SQL")

        compare("sequential", sequential, with: ordered, "ordered", most: 2)
        compare("unordered", unordered, with: ordered, "ordered", most: 2)
        let busySequential = try await measured(busy, .sequential, warm)
        let busyUnordered = try await measured(busy, .unordered, warm)
        compare("sequential, busy", busySequential, with: busyOrdered, "ordered", most: 2)
        compare("unordered, busy", busyUnordered, with: busyOrdered, "ordered", most: 2)
        compare("10 steps", tenOrdered, with: ordered, "3 steps", most: 4)

        guard try clickHouse.isThere() else {
            print(ClickHouse.howToGetIt)
            return
        }
        let theirs = try clickHouse.windowFunnels([three, busy], of: file, runs: runs)
        for ((steps, ours), theirs) in zip([(three, ordered), (busy, busyOrdered)], theirs) {
            let overall = "\(ours.answer.series[0].reached)"
            guard overall == theirs.answer else {
                throw AnswersDiffer(question: steps.name, ours: [overall], theirs: [theirs.answer])
            }
            // Theirs knows no days: ours answers more.
            report(steps.name + ", overall", ours: ours, theirs: theirs, rival: "windowFunnel", bar: 5)
        }
        reportLoad()
    }

    private func rival(_ statements: [String], runs: Int) async throws -> Measured<[String]> {
        try await quickest(statements, runs: runs, file.rival()) { FunnelSteps.rows($0) }
    }

    private func ours(
        _ steps: FunnelSteps,
        _ order: FunnelQuery.StepOrder,
        _ warm: WarmColumns,
        equals theirs: [String]
    ) async throws -> Measured<FunnelAnswer> {
        let ours = try await measured(steps, order, warm)
        let rows = FunnelSteps.rows(ours.answer)
        guard rows == theirs else {
            throw AnswersDiffer(question: "\(steps.name), \(order)", ours: rows, theirs: theirs)
        }
        return ours
    }

    private func measured(
        _ steps: FunnelSteps,
        _ order: FunnelQuery.StepOrder,
        _ warm: WarmColumns
    ) async throws -> Measured<FunnelAnswer> {
        let (query, context) = (steps.query(order), steps.context)
        return try await best(of: runs) { try await warm.engine.funnel(query, context) }
    }

    private func compare(
        _ name: String,
        _ ours: Measured<FunnelAnswer>,
        with other: Measured<FunnelAnswer>,
        _ otherName: String,
        most: Double
    ) {
        let ratio = ours.seconds / other.seconds
        reportBar(
            "\(name) against \(otherName)",
            String(
                format: "%.1f ms, %.1f ms: %.2fx (by CPU %.2fx)",
                ours.seconds * 1000,
                other.seconds * 1000,
                ratio,
                ours.cpuSeconds / other.cpuSeconds
            ),
            bar: String(format: "at most %gx", most),
            holds: ratio <= most
        )
    }
}
