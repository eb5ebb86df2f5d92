import EventModel
public import HTTPEdge
public import QueryModel

extension Endpoint {
    static let funnels = chart(
        at: "/api/2/funnels",
        "How many people did one event after another, and how long it took them.",
        parameters: [
            .event("e", "A step: an event, with filters and groups. Send one for each step.", mayRepeat: true).required
        ] + (2...FunnelQuery.mostSteps).map { .event("e\($0)", "Step \($0), for clients that number them.") } + [
            .start, .end,
            Parameter(
                "mode",
                .choice(["ordered", "unordered", "sequential"]),
                "Whether other events may come between the steps, and whether their order counts.",
                standard: "ordered",
                example: "unordered"
            ),
            Parameter(
                "n",
                .text,
                "active or new: who is meant, everybody or those who are new in the bucket. Or days in which to convert.",
                standard: "active",
                example: "new"
            ),
            Parameter(
                "cs",
                .integer,
                "Seconds from the first step within which the others must come.",
                standard: "2592000",
                example: "86400"
            ), .interval, .segments, .groupBy, .groupBy2, .limit,
        ],
        cell: FunnelCell.self,
        parse: { (sent) throws(QueryParameterError) in AskedChart(.funnel(try FunnelQuery(parsing: sent))) }
    )
}

/// The `mode` parameter of `GET /api/2/funnels`.
extension FunnelQuery.StepOrder: RequestNamed {
    public static var requestNames: KeyValuePairs<String, Self> {
        ["ordered": .ordered, "unordered": .unordered, "sequential": .sequential]
    }
}
