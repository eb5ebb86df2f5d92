import ColumnEngine
import DuckDB
import DuckDBStore
import EventModel
import Foundation
import QueryExecution
import QueryModel
import Storage

/// Daily uniques: our columns and fold against DuckDB's SQL on the same file, with as many threads each.
struct SegmentationBenchmark {
    let file: BenchmarkFile
    /// For a copy of the file that may change.
    let folder: URL
    let runs: Int

    private var data: BenchmarkData { file.data }

    func run() async throws {
        let bandwidth = await MemoryBandwidth.measure()
        print(String(format: "memory is read at %.1f GB/s by %d threads", bandwidth / 1e9, BenchmarkFile.threads))
        let theirs = (
            warm: try await warmRival(), cold: try await cold { try await Self.ask($0, file.rival(), runs: 1) }
        )
        let cold = try await cold { question in
            let engine = QueryEngine(columns: ColumnStore(try file.open())) { () throws(EventStoreError) in }
            return try await measured(question.query, engine, runs: 1)
        }

        let store = try file.open()
        for (index, question) in Self.questions.enumerated() {
            let warm = try await WarmColumns(store)
            // Loads what the question needs beyond persons, times and types.
            _ = try await measured(question.query, warm.engine, runs: 1)
            let bytes = Double(await warm.columns.residentBytes)
            let ours = try await measured(question.query, warm.engine, runs: runs)
            for (state, ours, theirs, bar) in [
                ("warm", ours, theirs.warm[index], question.bar), ("cold", cold[index], theirs.cold[index], 1),
            ] {
                if ours.answer != theirs.answer {
                    throw AnswersDiffer(question: question.name, ours: ours.answer, theirs: theirs.answer)
                }
                report("\(question.name), columns \(state)", ours: ours, theirs: theirs, rival: "DuckDB SQL", bar: bar)
            }
            print(
                String(
                    format: "    warm: %.2f ns an event, %.1f GB/s of its columns, %.0f %% of the memory's speed",
                    ours.seconds / Double(data.events) * 1e9,
                    bytes / ours.seconds / 1e9,
                    bytes / ours.seconds / bandwidth * 100
                )
            )
        }
        try await memory(store)
        try await refresh()
        reportLoad()
    }

    /// A question after some new events, with all columns resident.
    private func refresh() async throws {
        let copy = folder.appending(path: "refreshed.duckdb")
        try FileManager.default.copyItem(at: file.url, to: copy)
        let store = try DuckDBEventStore(path: copy.path)
        let columns = ColumnStore(store)
        let needed: Set<PropertyReference> = [.builtIn(.country), .event(ExactText("page"))]
        _ = try await columns.view(of: needed)
        for count in [1, 1_000, 0] {
            var seconds = Double.infinity
            for _ in 0..<runs {
                let sequence = store.progress().sequence.number + 1
                if count > 0 { try store.append([data.batch(sequence, count)]) }
                seconds = min(seconds, try await best(of: 1) { _ = try await columns.view(of: needed) }.seconds)
            }
            print(String(format: "a view after %d new events: %.2f ms", count, seconds * 1000))
        }
    }

    /// What an event takes while columns are resident, with two text properties.
    private func memory(_ store: DuckDBEventStore) async throws {
        let columns = ColumnStore(store)
        _ = try await columns.view(of: [])
        let base = await columns.residentBytes
        let load = try await best(of: 1) { _ = try await columns.view(of: [.event(ExactText("page"))]) }
        _ = try await columns.view(of: [.builtIn(.country), .event(ExactText("page"))])
        let both = await columns.residentBytes
        let (basic, whole) = (Double(base) / Double(data.events), Double(both) / Double(data.events))
        reportBar(
            "resident bytes an event",
            String(format: "%.2f for user, time, type; %.2f with country and an event property", basic, whole),
            bar: "at most 16",
            holds: whole <= 16
        )
        print(String(format: "an event property loaded in %.0f ms", load.seconds * 1000))
    }

    struct Question {
        var name: String
        /// Rows: group (or empty), day from 0, people.
        var sql: String
        var event: EventSelector
        /// How many times faster it has to be once columns are loaded.
        var bar: Double?

        var query: SegmentationQuery { SegmentationQuery(events: [event], range: BenchmarkData.range, limit: 1000) }
    }

    private static let day = "(time - \(BenchmarkData.start.milliseconds)) // 86400000"
    static let questions = [
        Question(
            name: "daily uniques, any event",
            sql: "SELECT '', \(day), count(DISTINCT \"user\") FROM events GROUP BY ALL",
            event: EventSelector(type: .anyActive),
            bar: 15
        ),
        Question(
            name: "daily uniques of one event",
            sql: "SELECT '', \(day), count(DISTINCT \"user\") FROM events WHERE type = 1 GROUP BY ALL",
            event: EventSelector(type: .named(ExactText("event 1")))
        ),
        Question(
            name: "daily uniques of one event by country",
            sql: """
                SELECT country, \(day), count(DISTINCT "user") FROM events JOIN contexts ON contexts.id = events.context
                WHERE type = 1 GROUP BY ALL
                """,
            event: EventSelector(type: .named(ExactText("event 1")), groupBy: [.builtIn(.country)]),
            bar: 6
        ),
    ]

    /// - Parameter runs: of each of which, by our engine, the shortest counts.
    private func measured(
        _ query: SegmentationQuery,
        _ engine: QueryEngine,
        runs: Int
    ) async throws -> Measured<[String]> {
        let context = QueryContext(zone: .utc, now: BenchmarkData.now)
        return try await best(of: runs) { try await engine.segmentation(query, context) }.mapAnswer { answer in
            answer.series.flatMap { series in
                series.values.enumerated().filter { $0.element > 0 }.map {
                    "\(series.group.first ?? "")/\($0.offset)/\(Int($0.element))"
                }
            }
            .sorted()
        }
    }

    /// Each question, asked again and again on one connection.
    private func warmRival() async throws -> [Measured<[String]>] {
        let connection = try file.rival()
        var results: [Measured<[String]>] = []
        for question in Self.questions { results.append(try await Self.ask(question, connection, runs: runs)) }
        return results
    }

    /// Each question, asked first after the file was opened.
    private func cold(_ ask: (Question) async throws -> Measured<[String]>) async throws -> [Measured<[String]>] {
        var results: [Measured<[String]>] = []
        for question in Self.questions {
            var quickest = try await ask(question)
            for _ in 1..<max(1, min(runs, 5)) {
                let one = try await ask(question)
                if one.seconds < quickest.seconds { quickest = one }
            }
            results.append(quickest)
        }
        return results
    }

    private static func ask(
        _ question: Question,
        _ connection: Connection,
        runs: Int
    ) async throws -> Measured<[String]> {
        let result = try await best(of: runs) {
            var rows: [(group: String, day: Int64, people: Int64)] = []
            try connection.query(question.sql) { chunk throws(DatabaseError) in
                for row in 0..<chunk.count {
                    let day = chunk.value(1, row, as: Int64.self) ?? -1
                    let people = chunk.value(2, row, as: Int64.self) ?? -1
                    rows.append((chunk.string(0, row) ?? "", day, people))
                }
                return true
            }
            return rows
        }
        return result.mapAnswer { $0.map { "\($0.group)/\($0.day)/\($0.people)" }.sorted() }
    }
}
