import EventModel
import HTTPEdge
import QueryModel

extension FunnelQuery {
    /// The most steps of a funnel.
    private static let mostSteps = 32

    /// Reads the parameters of `GET /api/2/funnels`. Source: Documentation/funnels.md F11 to F13.
    init(parsing query: SentParameters) throws(QueryParameterError) {
        var steps: [EventSelector] = []
        for text in query.all("e") where !text.isEmpty { steps.append(try EventSelector(parsing: text, "e")) }
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
            isOfNewPeople: try Self.isOfNewPeople(query),
            segments: try Segment.all(query),
            groupBy: try PropertyReference.groupBy(query, most: 1).first,
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
        let splitting = steps.reduce(0) { $0 + $1.groupBy.count } + (groupBy == nil ? 0 : 1)
        if splitting > 1 {
            throw .malformed("g", "a funnel can be split by one property: g, or one \"group_by\" in one e")
        }
    }

    private static func isOfNewPeople(_ query: SentParameters) throws(QueryParameterError) -> Bool {
        switch query.nonEmpty("n") {
        case nil, "active": false
        case "new": true
        default: throw .malformed("n", "n must be active or new")
        }
    }
}

extension FunnelQuery.ConversionWindow {
    /// Thirty days.
    private static let usual: Int64 = 2_592_000
    /// Ten years.
    private static let longest: Int64 = 315_360_000

    fileprivate init(parsing query: SentParameters) throws(QueryParameterError) {
        let text = query.nonEmpty("cs") ?? String(Self.usual)
        guard let seconds = Int64(text), seconds <= Self.longest, let window = Self(seconds: seconds) else {
            throw .malformed("cs", "cs must be whole seconds from 1 to \(Self.longest), such as cs=86400")
        }
        self = window
    }
}
