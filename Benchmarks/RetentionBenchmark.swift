import EventModel
import Foundation
import QueryExecution
import QueryModel

/// The retention table of 90 days, by day, n-day: our columns and fold against DuckDB's SQL on the same file.
struct RetentionBenchmark {
    let file: BenchmarkFile
    let runs: Int

    func run() async throws {
        var theirs: [Measured<[String]>] = []
        do {
            let connection = try file.rival()
            for question in Self.questions {
                theirs.append(
                    try await quickest(question.sql, runs: runs, connection) { rows in
                        rows.map { "\($0[0])/\($0[1])/\($0[2])" }.sorted()
                    }
                )
            }
        }
        let warm = try await WarmColumns(file.open())
        for (question, sql) in zip(Self.questions, theirs) {
            let context = question.steps.context
            let ours = try await best(of: runs) { try await warm.engine.retention(question.query, context) }
            let cells = Self.cells(ours.answer)
            guard cells == sql.answer else {
                throw AnswersDiffer(question: question.name, ours: cells, theirs: sql.answer)
            }
            report(question.name, ours: ours, theirs: sql, rival: "DuckDB SQL", bar: 15)
        }
        reportLoad()
    }

    /// Starts and returns are of the types of two steps of a funnel.
    struct Question {
        var name: String
        var steps: FunnelSteps

        var query: RetentionQuery {
            RetentionQuery(start: steps.selectors[0], return: steps.selectors[1], range: BenchmarkData.range)
        }

        /// Two exact statements, of which one is quicker where people have few such events, the other where they have many.
        ///
        /// Others gave the same answers. In milliseconds for 3 million events (30 million), two threads, one type each: the
        /// first 39 (534), the second 40 (573); distinct hours of each person before the join 48 (575); person, day and
        /// interval packed into one number 41 (580); a list of hours for each person 62 (1,072). With busy events 175 and
        /// 148; packed 156; the first and last hour of each day, joined by day, 164 without DISTINCT and 233 with it.
        var sql: [String] {
            let counts = ["count(DISTINCT \"user\")", "count(*)"]
            return zip(["ALL", "DISTINCT"], counts).map { selection, count in
                """
                WITH starts AS (SELECT "user", \(Self.hour) AS hour FROM events WHERE \(Self.isOf(steps.types[0])))
                , returns AS (SELECT "user", \(Self.hour) AS hour FROM events WHERE \(Self.isOf(steps.types[1])))
                , cells AS (
                    SELECT \(selection == "ALL" ? "" : selection) s."user", s.hour // 24 AS day,
                        (r.hour - s.hour) // 24 AS interval
                    FROM starts s JOIN returns r ON r."user" = s."user" AND r.hour >= s.hour)
                SELECT day::BIGINT, interval::BIGINT, \(count) FROM cells GROUP BY ALL
                UNION ALL SELECT hour // 24 AS day, -1, count(DISTINCT "user") FROM starts GROUP BY day
                """
            }
        }

        /// Whole hours since the first day began: a return counts from the start's own hour on.
        private static let hour = "((time // 1000 - \(BenchmarkData.start.milliseconds / 1000)) // 3600)::INTEGER"

        private static func isOf(_ types: ClosedRange<Int>) -> String {
            "type BETWEEN \(types.lowerBound) AND \(types.upperBound)"
        }
    }

    static let questions = [
        Question(name: "retention of 90 days", steps: .three),
        Question(name: "retention of 90 days, busy events", steps: .threeBusy),
    ]

    /// Cells with somebody in them, like rows of SQL: day, interval (-1 for the whole cohort), people.
    private static func cells(_ answer: RetentionAnswer) -> [String] {
        answer.series[0].rows.enumerated().flatMap { day, row in
            row.enumerated().filter { $0.element.count > 0 }.map { "\(day)/\($0.offset - 1)/\($0.element.count)" }
        }
        .sorted()
    }
}
