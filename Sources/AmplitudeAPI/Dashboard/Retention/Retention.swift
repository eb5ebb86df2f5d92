import EventModel
import HTTPEdge
import QueryModel

extension Endpoint {
    static let retention = chart(
        at: "/api/2/retention",
        "How many of those who did an event came back to do another, and when.",
        parameters: [
            Parameter("se", .json, "The event that starts.", example: "{\"event_type\":\"_new\"}", isRequired: true),
            .event("re", "The event to come back for.").required, .start, .end,
            Parameter(
                "rm",
                .choice(["n-day", "rolling", "bracket"]),
                "Whether to count who came back in the n-th interval, in it or later, or in brackets of days.",
                standard: "n-day",
                example: "bracket"
            ),
            Parameter(
                "rb",
                .json,
                "For rm=bracket: the days of each bracket, from one to the day after its last.",
                example: "[[0,5],[5,10]]"
            ), .calendarInterval, .segments, .groupBy,
        ],
        cell: RetentionCell.self,
        parse: { (sent) throws(QueryParameterError) in AskedChart(.retention(try RetentionQuery(parsing: sent))) }
    )
}
