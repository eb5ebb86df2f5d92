import ColumnEngine
import DuckDB
import DuckDBStore
import EventModel
import Foundation
import QueryExecution
import QueryModel
import Storage

/// Daily uniques: our columns and fold against DuckDB's SQL on the same file, with two threads each.
struct SegmentationBenchmark {
    let data: BenchmarkData
    let file: URL
    let runs: Int

    func run() async throws {
        let loaded = try await best(of: 1) {
            let store = try DuckDBEventStore(path: file.path)
            try data.forEachBatch { try store.append([$0]) }
        }
        print(String(format: "stored in %.1f s", loaded.seconds))
        let theirs = try await rival()

        let store = try DuckDBEventStore(path: file.path)
        let engine = QueryEngine(columns: ColumnStore(store)) { () throws(EventStoreError) in }
        for (question, sql) in zip(Self.questions, theirs) {
            let cold = try await best(of: 1) {
                try await answer(
                    question.query(data),
                    QueryEngine(columns: ColumnStore(store)) { () throws(EventStoreError) in }
                )
            }
            let ours = try await best(of: runs) { try await answer(question.query(data), engine) }
            guard ours.answer == sql.answer, cold.answer == sql.answer else {
                throw AnswersDiffer(question: question.name, ours: ours.answer, theirs: sql.answer)
            }
            report(question.name + ", columns warm", ours: ours.seconds, theirs: sql.seconds, rival: "DuckDB SQL")
            report(question.name + ", columns cold", ours: cold.seconds, theirs: sql.seconds, rival: "DuckDB SQL")
        }
    }

    private struct Question {
        var name: String
        /// Rows: group (or empty), day from 0, people.
        var sql: String
        var event: EventSelector

        func query(_ data: BenchmarkData) -> SegmentationQuery {
            let last = BenchmarkData.firstDay.adding(days: BenchmarkData.days - 1)
            return SegmentationQuery(
                event: event,
                metric: .uniques,
                range: DateRange(first: BenchmarkData.firstDay, last: last)!,
                limit: 1000
            )
        }
    }

    private static let day = "(time - \(BenchmarkData.start.milliseconds)) // 86400000"
    private static let questions = [
        Question(
            name: "daily uniques, any event",
            sql: "SELECT '', \(day), count(DISTINCT \"user\") FROM events GROUP BY ALL",
            event: EventSelector(type: .anyActive)
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
            event: EventSelector(type: .named(ExactText("event 1")), groupBy: .builtIn(.country))
        ),
    ]

    private func answer(_ query: SegmentationQuery, _ engine: QueryEngine) async throws -> [String] {
        let answer = try await engine.segmentation(query, zone: .utc)
        return answer.series.flatMap { series in
            series.values.enumerated().filter { $0.element > 0 }.map {
                "\(series.group ?? "")/\($0.offset)/\($0.element)"
            }
        }.sorted()
    }

    private func rival() async throws -> [(seconds: Double, answer: [String])] {
        let connection = try Connection(Database(.file(file.path), options: ["threads": "2"]))
        var results: [(seconds: Double, answer: [String])] = []
        for question in Self.questions {
            let result = try await best(of: runs) {
                var rows: [String] = []
                try connection.query(question.sql) { chunk throws(DatabaseError) in
                    for row in 0..<chunk.count {
                        let day = chunk.value(1, row, as: Int64.self) ?? -1
                        let people = chunk.value(2, row, as: Int64.self) ?? -1
                        rows.append("\(chunk.string(0, row) ?? "")/\(day)/\(people)")
                    }
                    return true
                }
                return rows.sorted()
            }
            results.append(result)
        }
        return results
    }
}
