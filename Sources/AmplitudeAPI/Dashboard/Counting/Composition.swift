import HTTPEdge
import QueryExecution
import QueryModel

extension Endpoint {
    static let composition = chart(
        at: "/api/2/composition",
        "How many active people had each value of a property.",
        parameters: [
            .start, .end,
            Parameter(
                "p",
                .text,
                "The user property; gp:NAME is one of your own.",
                example: "platform",
                isRequired: true
            ),
        ],
        parse: CompositionQuery.parse,
        cost: { QueryCost(.other, days: $0.query.range.dayCount) },
        users: { answers in
            { (cell: SeriesCell, asked, page, context) throws(QueryError) in
                try await answers.users(of: cell, in: asked.query, page, context)
            }
        },
        answer: { asked, project, context in
            try await project.queries.composition(asked.query, context).json(asked.name)
        }
    )
}

extension CompositionQuery {
    /// - Returns: also the property as it was written, which the answer repeats.
    static func parse(_ query: SentParameters) throws(QueryParameterError) -> (query: CompositionQuery, name: String) {
        let name = try query.required("p", "a user property, such as p=platform or p=gp:plan")
        let parsed = CompositionQuery(
            property: PropertyReference(userProperty: name),
            range: try DateRange(parsing: query, .day)
        )
        return (parsed, name)
    }
}
