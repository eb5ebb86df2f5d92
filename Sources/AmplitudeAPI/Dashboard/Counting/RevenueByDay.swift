public import HTTPEdge
public import QueryModel

extension Endpoint {
    static let revenueByDay = chart(
        at: "/api/2/revenue/day",
        "How much people paid.",
        parameters: [
            .start, .end,
            Parameter(
                "m",
                .choice(["total", "paying", "arpu", "arppu"]),
                "What to count: money, those who paid, money by active person, or by paying one.",
                standard: "total",
                example: "paying"
            ), .calendarInterval, .segments, .groupBy, .groupBy2,
        ],
        parse: { (sent) throws(QueryParameterError) in AskedChart(.revenue(try RevenueQuery(parsing: sent))) }
    )
}

extension RevenueQuery {
    init(parsing query: SentParameters) throws(QueryParameterError) {
        let interval = try Interval(parsing: query, known: Interval.calendar)
        self.init(
            metric: try query.choice("m", standard: .total),
            segments: try Segment.all(query),
            groupBy: try PropertyReference.groupBy(query, most: 2),
            range: try DateRange(parsing: query, interval),
            interval: interval
        )
        try checkOneSegment()
    }
}

/// The `m` parameter of `GET /api/2/revenue/day`.
extension RevenueQuery.Metric: RequestNamed {
    public static var requestNames: KeyValuePairs<String, Self> {
        ["total": .total, "paying": .paying, "arpu": .perActivePerson, "arppu": .perPayingPerson]
    }
}
