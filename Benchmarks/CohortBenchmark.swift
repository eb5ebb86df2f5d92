import EventModel
import Foundation
import QueryExecution
import QueryModel
import Storage

/// Cohorts: to find the people of a rule, against a funnel over the same events; and what it costs a question to be about the
/// people of a large one.
struct CohortBenchmark {
    let file: BenchmarkFile
    let runs: Int

    func run() async throws {
        let sql = try await quickest([Self.sql], runs: min(runs, 2), file.rival()) { rows in rows.map { "\($0[0])" } }
        let warm = try await WarmColumns(file.open())
        let context = FunnelSteps.three.context
        let funnel = try await best(of: runs) {
            try await warm.engine.funnel(FunnelSteps.three.query(.ordered), context)
        }
        let people = try await best(of: runs) {
            // An engine that has found nobody yet.
            let engine = QueryEngine(columns: warm.columns) { () throws(EventStoreError) in }
            return try await engine.people(by: Self.rule, among: nil, context)
        }
        let found = ["\(people.answer.count)"]
        guard found == sql.answer else { throw AnswersDiffer(question: "cohort", ours: found, theirs: sql.answer) }
        report("cohort of 3 clauses", ours: people, theirs: sql, rival: "DuckDB SQL")
        compare("a cohort of 3 clauses against a funnel of 3 steps", people, with: funnel, most: 3)
        _ = try await warm.engine.people(by: Self.rule, among: nil, context)
        let again = try await best(of: runs) { try await warm.engine.people(by: Self.rule, among: nil, context) }
        print(String(format: "the same cohort again, nothing new: %.2f ms", again.seconds * 1000))
        try await questions(warm)
        reportLoad()
    }

    /// A million keys, of which as many as there are people are somebody's.
    private func questions(_ warm: WarmColumns) async throws {
        let members = UserKeySet((0..<1_000_000).lazy.map { UserKey(Int32($0 * 2 + 1)) })
        var context = FunnelSteps.three.context
        context.cohort = { _ in .list(members) }
        let segment = Segment([.cohort(ids: ["million"], isMember: true)])
        for event in [EventSelector.EventType.anyActive, .named(ExactText("event 1"))] {
            var query = SegmentationQuery(events: [EventSelector(type: event)], range: BenchmarkData.range)
            let plain = try await best(of: runs) { try await warm.engine.segmentation(query, context) }
            query.segments = [segment]
            let segmented = try await best(of: runs) { try await warm.engine.segmentation(query, context) }
            compare("daily uniques of \(event) in a cohort of a million", segmented, with: plain, most: 1.3)
        }
        var funnel = FunnelSteps.three.query(.ordered)
        let plain = try await best(of: runs) { try await warm.engine.funnel(funnel, context) }
        funnel.segments = [segment]
        let segmented = try await best(of: runs) { try await warm.engine.funnel(funnel, context) }
        compare("a funnel in a cohort of a million", segmented, with: plain, most: 1.3)
        var retention = RetentionBenchmark.questions[0].query
        let whole = try await best(of: runs) { try await warm.engine.retention(retention, context) }
        retention.segments = [segment]
        let part = try await best(of: runs) { try await warm.engine.retention(retention, context) }
        compare("retention in a cohort of a million", part, with: whole, most: 1.3)
    }

    private func compare<A, B>(_ name: String, _ ours: Measured<A>, with other: Measured<B>, most: Double) {
        let ratio = ours.seconds / other.seconds
        let figures = String(
            format: "%.1f ms, %.1f ms: %.2fx (by CPU %.2fx)",
            ours.seconds * 1000,
            other.seconds * 1000,
            ratio,
            ours.cpuSeconds / other.cpuSeconds
        )
        reportBar(name, figures, bar: String(format: "at most %gx", most), holds: ratio <= most)
    }

    /// Event 1 three times in thirty days, event 2 in sixty, and not event 3 twice in the last seven.
    private static let rule = PeopleRule([
        PeopleRule.Group([did(1, 3, days: 30)]), PeopleRule.Group([did(2, 1, days: 60)]),
        PeopleRule.Group([did(3, 2, days: 7)], isExclusion: true),
    ])

    private static func did(_ type: Int, _ times: Double, days: Int) -> PeopleRule.Clause {
        .did(
            EventSelector(type: .named(ExactText("event \(type)"))),
            .count(NumberTest(.greaterOrEqual, times)),
            .lastDays(days, before: 0)
        )
    }

    private static var sql: String {
        func did(_ type: Int, _ times: Int, days: Int) -> String {
            let start = BenchmarkData.start.milliseconds + Int64(BenchmarkData.days - days) * 86_400_000
            return "count(*) FILTER (type = \(type) AND time >= \(start)) >= \(times)"
        }
        return """
            SELECT count(*) FROM (SELECT "user" FROM events WHERE type IN (1, 2, 3) GROUP BY "user"
            HAVING \(did(1, 3, days: 30)) AND \(did(2, 1, days: 60)) AND NOT \(did(3, 2, days: 7)))
            """
    }
}
