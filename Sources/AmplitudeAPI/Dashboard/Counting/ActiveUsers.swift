public import HTTPEdge
public import QueryModel

extension Endpoint {
    static let activeUsers = chart(
        at: "/api/2/users",
        "How many people were active, or new.",
        parameters: [
            .start, .end,
            Parameter(
                "m",
                .choice(["active", "new"]),
                "Whom to count.",
                standard: "active",
                example: "new"
            ), .calendarInterval, .segments, .groupBy, .groupBy2,
        ],
        parse: { (sent) throws(QueryParameterError) in AskedChart(.users(try ActiveUsersQuery(parsing: sent))) }
    )
}

extension ActiveUsersQuery {
    init(parsing query: SentParameters) throws(QueryParameterError) {
        let interval = try Interval(parsing: query, known: Interval.calendar)
        self.init(
            metric: try query.choice("m", standard: .active),
            segments: try Segment.all(query),
            groupBy: try PropertyReference.groupBy(query, most: 2),
            range: try DateRange(parsing: query, interval),
            interval: interval
        )
        try checkOneSegment()
    }
}

/// The `m` parameter of `GET /api/2/users`.
extension ActiveUsersQuery.Metric: RequestNamed {
    public static var requestNames: KeyValuePairs<String, Self> { ["active": .active, "new": .new] }
}
