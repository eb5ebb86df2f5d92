import EventModel
import QueryExecution
import QueryModel

/// The steps of a funnel over made-up events, the most common types first: each step takes some types, no type is in two.
///
/// So no event may be two steps, which SQL and ClickHouse's `windowFunnel` rely on.
struct FunnelSteps {
    static let windowSeconds: Int64 = 30 * 86_400

    let name: String
    /// By step: its types.
    let types: [ClosedRange<Int>]

    /// - Parameter sizes: by step, how many types it takes.
    init(_ name: String, sizes: [Int]) {
        self.name = name
        var next = 1
        types = sizes.map { size in
            defer { next += size }
            return next...next + size - 1
        }
    }

    /// Twelve of a hundred events are one of the steps.
    static let three = FunnelSteps("funnel of 3 steps", sizes: [1, 1, 1])
    /// Nearly half of all events are one of the steps.
    static let threeBusy = FunnelSteps("funnel of 3 busy steps", sizes: [4, 4, 5])
    static let ten = FunnelSteps("funnel of 10 steps", sizes: Array(repeating: 1, count: 10))

    // MARK: Ours

    func query(_ order: FunnelQuery.StepOrder) -> FunnelQuery {
        FunnelQuery(
            steps: selectors,
            order: order,
            window: FunnelQuery.ConversionWindow(seconds: Self.windowSeconds)!,
            range: BenchmarkData.range
        )
    }

    /// Steps of several types are custom events.
    var selectors: [EventSelector] {
        types.map { types in
            EventSelector(
                type: types.count == 1 ? .named(Self.typeName(types.lowerBound)) : .custom(Self.name(of: types))
            )
        }
    }

    /// That knows the custom events.
    var context: QueryContext {
        QueryContext(zone: .utc, now: BenchmarkData.now, customEvents: customEvents)
    }

    private var customEvents: [ExactText: CustomEvent] {
        Dictionary(
            uniqueKeysWithValues: types.filter { $0.count > 1 }.map { types in
                let name = Self.name(of: types)
                let parts = types.map { EventSelector(type: .named(Self.typeName($0))) }
                return (name, CustomEvent(name: name.string, parts: parts))
            }
        )
    }

    private static func typeName(_ type: Int) -> ExactText { ExactText("event \(type)") }
    private static func name(of types: ClosedRange<Int>) -> ExactText {
        ExactText("events \(types.lowerBound) to \(types.upperBound)")
    }

    /// Rows like those of SQL: day, or -1 for the whole range; by step who reached it; then, if asked for, mean and median of
    /// the time to the last step and of each step, in milliseconds.
    static func rows(_ answer: FunnelAnswer, withTimes: Bool = false) -> [String] {
        let series = answer.series[0]
        let days = zip(series.reachedByBucket, series.timesByBucket).enumerated()
            .map { (day: $0.offset, reached: $0.element.0, times: $0.element.1) }
        return (days + [(-1, series.reached, series.times)]).filter { $0.reached[0] > 0 }.map { day, reached, times in
            let times = withTimes ? times.flatMap { [Int($0.mean.rounded()), Int($0.median.rounded())] } : []
            return row([day] + reached + times)
        }
        .sorted()
    }

    // MARK: DuckDB's

    static func rows(_ rows: [[Int64]]) -> [String] {
        rows.filter { $0[1] > 0 }.map { row($0) }.sorted()
    }

    private static func row(_ cells: [some BinaryInteger]) -> String {
        cells.map { "\($0)" }.joined(separator: "/")
    }

    /// The quickest exact statements that were found for steps in order; which of them is quicker depends on how many
    /// events a person has.
    ///
    /// Others gave the same counts, but took longer. In milliseconds for 3 million events (30 million), two threads, 3
    /// steps of one type: joins by step 64 (1,020), chains of ASOF joins 90 (1,730); a window function with a frame that
    /// looks ahead 134 (3,690), or that runs backwards 134 (3,050); a list for each person and step, and `list_filter`
    /// 281 (6,460). With busy steps: joins by step 800 (4,550), ASOF 486 (2,710), windows 929 (6,450) and 1,313 (6,800).
    var orderedSQL: [String] {
        [joinsByStep, asOfJoins].map { ways in
            """
            \(ways)
            , days AS (SELECT "user", \(Self.day("second0")) AS day, max(reached) AS reached FROM ways GROUP BY ALL)
            \(counts)
            """
        }
    }

    /// The same, with how long people took: our answers always have that, the counts of ``orderedSQL`` do not.
    ///
    /// Of a person's ways the one that comes furthest counts, of those the first.
    var orderedSQLWithTimes: [String] {
        let seconds = types.indices.map { "second\($0)" }.joined(separator: ", ")
        let columns = types.indices.map { "way.second\($0)" }.joined(separator: ", ")
        return [joinsByStep, asOfJoins].map { ways in
            """
            \(ways)
            , ranked AS (
                SELECT "user", \(Self.day("second0")) AS day, reached * 10_000_000_000 - second0 AS rank,
                    struct_pack(reached, \(seconds)) AS way FROM ways)
            , best AS (SELECT "user", day, max(rank) AS rank, arg_max(way, rank) AS way FROM ranked GROUP BY ALL)
            , days AS (SELECT day, way.reached AS reached, \(columns) FROM best)
            , people AS (
                SELECT -1 AS day, way.reached AS reached, \(columns)
                FROM (SELECT arg_max(way, rank) AS way FROM best GROUP BY "user"))
            SELECT day, \(reachedCounts), \(times) FROM days GROUP BY day
            UNION ALL SELECT day, \(reachedCounts), \(times) FROM people GROUP BY day
            """
        }
    }

    /// Of each step, over all who came there; first, in the place of step 0, of the whole way.
    private var times: String {
        types.indices.flatMap { step in
            let time = step == 0 ? "second\(types.count - 1) - second0" : "second\(step) - second\(step - 1)"
            let filter = "FILTER (reached >= \(step == 0 ? types.count : step + 1))"
            return [
                "coalesce(round(sum(\(time)) \(filter) * 1000.0::DOUBLE / count(*) \(filter)), -1)::BIGINT",
                "coalesce(round(median(\(time)) \(filter) * 1000), -1)::BIGINT",
            ]
        }
        .joined(separator: ", ")
    }

    /// Who comes to step k from each entry, with the earliest possible event; only those who come there are kept.
    private var joinsByStep: String {
        let steps = types.indices.dropFirst().map { step in
            """
            , way\(step) AS (
                SELECT w.*, min(s.second) AS second\(step) FROM way\(step - 1) w
                JOIN steps s ON s.step = \(step) AND s."user" = w."user"
                    AND s.second BETWEEN w.second\(step - 1) AND w.second0 + \(Self.windowSeconds)
                GROUP BY ALL)
            """
        }
        let ways = types.indices.map { "SELECT *, \($0 + 1) AS reached FROM way\($0)" }
        return """
            WITH steps AS MATERIALIZED (\(events))
            , way0 AS (SELECT "user", second AS second0 FROM steps WHERE step = 0)
            \(steps.joined(separator: "\n"))
            , ways AS (\(ways.joined(separator: " UNION ALL BY NAME ")))
            """
    }

    /// Each entry with the nearest event of each step after the one before.
    private var asOfJoins: String {
        let steps = types.indices.dropFirst().map { step in
            """
            , way\(step) AS (
                SELECT w.*, s.second AS second\(step) FROM way\(step - 1) w
                ASOF LEFT JOIN (SELECT "user", second FROM steps WHERE step = \(step)) s
                ON s."user" = w."user" AND s.second >= w.second\(step - 1))
            """
        }
        let reached = types.indices.dropFirst()
            .map { "coalesce(second\($0) - second0 <= \(Self.windowSeconds), false)::INT" }
        return """
            WITH steps AS MATERIALIZED (\(events))
            , way0 AS (SELECT "user", second AS second0 FROM steps WHERE step = 0)
            \(steps.joined(separator: "\n"))
            , ways AS (SELECT *, 1 + \(reached.joined(separator: " + ")) AS reached FROM way\(types.count - 1))
            """
    }

    /// Three steps in any order, within a window that also has the entry: its own second is anywhere in it.
    var unorderedSQL: String {
        precondition(types.count == 3, "written out for three steps")
        let window = Self.windowSeconds
        return """
            WITH steps AS MATERIALIZED (\(events))
            , entries AS (SELECT "user", second FROM steps WHERE step = 0)
            , seconds AS (SELECT "user", second FROM steps WHERE step = 1)
            , thirds AS (SELECT "user", second FROM steps WHERE step = 2)
            , days AS (
                SELECT e."user", \(Self.day("e.second")) AS day, max(1 + (s.second IS NOT NULL)::INT
                    + (t.second IS NOT NULL AND greatest(e.second, s.second, t.second)
                        - least(e.second, s.second, t.second) <= \(window))::INT) AS reached
                FROM entries e
                LEFT JOIN seconds s ON s."user" = e."user"
                    AND s.second BETWEEN e.second - \(window) AND e.second + \(window)
                LEFT JOIN thirds t ON s.second IS NOT NULL AND t."user" = e."user"
                    AND t.second BETWEEN e.second - \(window) AND e.second + \(window)
                GROUP BY ALL)
            \(counts)
            """
    }

    /// Three steps without another event between. All events of a second are one moment, in which steps may come in either
    /// order; a moment that adds no step breaks the chain.
    var sequentialSQL: String {
        precondition(types.count == 3, "written out for three steps")
        return """
            WITH moments AS (
                SELECT "user", time // 1000 AS second, bit_or(CASE step WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 4 ELSE 0 END)
                    AS bits
                FROM (SELECT "user", time, \(step) AS step FROM events) GROUP BY ALL)
            , chains AS (
                SELECT *, lead(bits, 1, 0) OVER w AS bits1, lead(bits, 2, 0) OVER w AS bits2,
                    coalesce(lead(second, 1) OVER w - second <= \(Self.windowSeconds), false) AS within1,
                    coalesce(lead(second, 2) OVER w - second <= \(Self.windowSeconds), false) AS within2
                FROM moments WINDOW w AS (PARTITION BY "user" ORDER BY second))
            , days AS (
                SELECT "user", \(Self.day("second")) AS day, max(CASE
                    WHEN bits & 7 = 7 OR within1 AND (bits & 3 = 3 AND bits1 & 4 = 4 OR bits1 & 6 = 6)
                        OR within2 AND bits1 & 2 = 2 AND bits2 & 4 = 4 THEN 3
                    WHEN bits & 3 = 3 OR within1 AND bits1 & 2 = 2 THEN 2 ELSE 1 END) AS reached
                FROM chains WHERE bits & 1 = 1 GROUP BY ALL)
            \(counts)
            """
    }

    /// Those that are steps, as person, second, step from 0.
    private var events: String {
        "SELECT \"user\", time // 1000 AS second, \(step) AS step FROM events WHERE type <= \(types.last!.upperBound)"
    }

    private var step: String {
        if types.allSatisfy({ $0.count == 1 }) { return "type - 1" }
        let cases = types.enumerated().map { "WHEN type <= \($0.element.upperBound) THEN \($0.offset)" }
        return "CASE \(cases.joined(separator: " ")) END"
    }

    /// Each person once a day, and once in all, by the furthest step.
    private var counts: String {
        """
        SELECT day, \(reachedCounts) FROM days GROUP BY day
        UNION ALL SELECT -1, \(reachedCounts) FROM (SELECT max(reached) AS reached FROM days GROUP BY "user")
        """
    }

    private var reachedCounts: String {
        types.indices.map { "count(*) FILTER (reached > \($0))" }.joined(separator: ", ")
    }

    private static func day(_ second: String) -> String {
        "(\(second) - \(BenchmarkData.start.milliseconds / 1000)) // 86400"
    }
}
