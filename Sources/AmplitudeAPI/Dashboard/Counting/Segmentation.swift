public import HTTPEdge
public import QueryModel

extension Endpoint {
    static let segmentation = chart(
        at: "/api/2/events/segmentation",
        "How often events happened, by how many people, or what a formula makes of that.",
        parameters: [
            .event(
                "e",
                "The event, with filters and groups. Some clients send it twice instead of e2.",
                mayRepeat: true
            )
            .required,
            .event("e2", "A second event."), .start, .end,
            Parameter(
                "m",
                .choice([
                    "uniques", "totals", "pct_dau", "average", "histogram", "sums", "value_avg", "formula",
                ]),
                "What to count.",
                standard: "uniques",
                example: "totals"
            ),
            Parameter(
                "formula",
                .text,
                "Arithmetic over the events A and B, for m=formula.",
                example: "UNIQUES(A)/UNIQUES(B)"
            ),
            Parameter(
                "n",
                .choice(["any", "active", "new"]),
                "Whose events count: everybody's, or those of people who are active, or new, in the bucket.",
                standard: "any",
                example: "active"
            ), .interval, .segments, .groupBy, .groupBy2, .limit,
            Parameter("rollingWindow", .integer, "Count over so many buckets up to each.", example: "7"),
            Parameter("rollingAverage", .integer, "Average over so many buckets up to each.", example: "7"),
        ],
        parse: { (sent) throws(QueryParameterError) in
            AskedChart(.segmentation(try SegmentationQuery(parsing: sent)))
        }
    )
}

/// The `n` parameter of `GET /api/2/events/segmentation`.
extension SegmentationQuery.Population: RequestNamed {
    public static var requestNames: KeyValuePairs<String, Self> { ["any": .any, "active": .active, "new": .new] }
}
