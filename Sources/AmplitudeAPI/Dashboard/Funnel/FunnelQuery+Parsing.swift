import EventModel
import HTTPEdge
import QueryModel

extension FunnelQuery {
    /// The most steps of a funnel.
    static let mostSteps = 32

    /// Reads the parameters of `GET /api/2/funnels`. Source: Documentation/funnels.md F11 to F13.
    init(parsing query: SentParameters) throws(QueryParameterError) {
        let steps = try Self.steps(query)
        guard (2...Self.mostSteps).contains(steps.count) else {
            throw QueryParameterError(
                steps.isEmpty ? .missing : .outOfRange,
                "e",
                "a funnel has 2 to \(Self.mostSteps) steps: send e once for each, such as e={\"event_type\":\"Sign Up\"}"
            )
        }
        let interval = try Interval(parsing: query)
        self.init(
            steps: steps,
            order: try query.choice("mode", standard: .ordered),
            window: try ConversionWindow(parsing: query),
            isOfNewPeople: query.nonEmpty("n") == "new",
            segments: try Segment.all(query),
            groupBy: try PropertyReference.groupBy(query, most: 2),
            range: try DateRange(parsing: query, interval),
            interval: interval,
            limit: try query.limit()
        )
        try check()
        try checkOneSegment()
    }

    private func check() throws(QueryParameterError) {
        if steps.contains(where: { $0.type == .firstEver }) {
            throw .malformed("e", "\"_new\" in e is only known to retention; use n=new")
        }
        if steps.reduce(groupBys.count, { $0 + $1.groupBy.count }) > 2 {
            throw .malformed(
                "g",
                "a funnel can be split by two properties at most: g, g2 and every \"group_by\" in e together"
            )
        }
    }

    /// Those of `e`, which may be repeated, and behind them `e2`, `e3` and so on, by their numbers, wherever they stand.
    private static func steps(_ query: SentParameters) throws(QueryParameterError) -> [EventSelector] {
        var steps: [EventSelector] = []
        for name in ["e"] + (2...mostSteps).map({ "e\($0)" }) {
            for text in query.all(name) where !text.isEmpty { steps.append(try EventSelector(parsing: text, name)) }
        }
        return steps
    }
}

extension FunnelQuery.ConversionWindow {
    /// Thirty days.
    private static let usual: Int64 = 2_592_000
    /// Ten years.
    private static let longest: Int64 = 315_360_000

    /// Reads `cs`, in seconds, or `n`, where it is a number of days; anything else in `n` says who is meant.
    fileprivate init(parsing query: SentParameters) throws(QueryParameterError) {
        if let days = query.nonEmpty("n"), days != "active", days != "new" {
            guard let number = Int64(days), (1...Self.longest / 86_400).contains(number),
                let window = Self(seconds: number * 86_400)
            else {
                throw .malformed(
                    "n",
                    "n must be active or new, or whole days from 1 to \(Self.longest / 86_400) in which to convert, such as"
                        + " n=30"
                )
            }
            guard query.nonEmpty("cs") == nil else {
                throw .malformed("cs", "cs and a number in n both say how long people have; send one of them")
            }
            self = window
            return
        }
        let text = query.nonEmpty("cs") ?? String(Self.usual)
        guard let seconds = Int64(text), seconds <= Self.longest, let window = Self(seconds: seconds) else {
            throw .malformed("cs", "cs must be whole seconds from 1 to \(Self.longest), such as cs=86400")
        }
        self = window
    }
}
