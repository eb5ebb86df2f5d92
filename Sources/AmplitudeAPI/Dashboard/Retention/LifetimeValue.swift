import EventModel
public import HTTPEdge
public import QueryModel

extension Endpoint {
    static let lifetimeValue = chart(
        at: "/api/2/revenue/ltv",
        "What new people have paid since their first event.",
        parameters: [
            .start, .end,
            Parameter(
                "m",
                .choice(["0", "1", "2", "3"]),
                "0 is money by person, 1 money by paying person, 2 money, 3 paying people.",
                standard: "0",
                example: "2"
            ), .calendarInterval, .segments, .groupBy,
        ],
        cell: LifetimeValueCell.self,
        parse: { (sent) throws(QueryParameterError) in
            AskedChart(.lifetimeValue(try LifetimeValueQuery(parsing: sent)))
        }
    )
}

extension LifetimeValueQuery {
    /// Reads the parameters of `GET /api/2/revenue/ltv`. Source: Documentation/revenue.md M6 to M8.
    init(parsing query: SentParameters) throws(QueryParameterError) {
        let interval = try Interval(parsing: query, known: Interval.calendar)
        let text = query.nonEmpty("m") ?? "0"
        guard let metric = Metric(requestName: text) else {
            throw .malformed("m", "m must be 0 (ARPU), 1 (ARPPU), 2 (total revenue) or 3 (paying users)")
        }
        self.init(
            metric: metric,
            range: try DateRange(parsing: query, interval),
            interval: interval,
            segments: try Segment.all(query),
            groupBy: try PropertyReference.groupBy(query, most: 1).first
        )
        try checkOneSegment()
    }
}

/// The `m` parameter of `GET /api/2/revenue/ltv`.
extension LifetimeValueQuery.Metric: RequestNamed {
    public static var requestNames: KeyValuePairs<String, Self> {
        ["0": .perPerson, "1": .perPayer, "2": .total, "3": .payers]
    }
}
