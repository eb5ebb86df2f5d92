import HTTPEdge
import QueryModel

extension Endpoint {
    static let sessionAverage = sessions("average", "How long sessions are on average, in seconds.", .averageLength)
    static let sessionsPerUser = sessions("peruser", "How many sessions an active person has.", .perPerson)

    private static func sessions(_ name: String, _ summary: String, _ measure: SessionQuery.Measure) -> Endpoint {
        chart(
            at: "/api/2/sessions/\(name)",
            summary,
            parameters: .sessions,
            parse: { (sent) throws(QueryParameterError) in
                AskedChart(.sessions(SessionQuery(measure, range: try DateRange(parsingSessions: sent))))
            }
        )
    }
}

extension [Parameter] {
    static let sessions: [Parameter] = [
        .start, .end,
        Parameter("i", .choice(["1"]), "The width of a bucket: a day.", standard: "1", example: "1"),
    ]
}

extension DateRange {
    /// Sessions are counted by day, for everybody: what would narrow or split them is refused, not passed over.
    init(parsingSessions query: SentParameters) throws(QueryParameterError) {
        for name in ["s", "g"] { try query.refuse(name, "\(name) is not known to sessions; leave it out") }
        _ = try Interval(parsing: query, known: [.day])
        try self.init(parsing: query, .day)
    }
}
