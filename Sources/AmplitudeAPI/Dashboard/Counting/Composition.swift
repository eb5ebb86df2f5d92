import HTTPEdge
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
                "The user property; gp:NAME is one of your own. Sent again, the values of two properties together.",
                example: "platform",
                isRequired: true,
                mayRepeat: true
            ), .segment,
        ],
        parse: { (sent) throws(QueryParameterError) in
            let (query, name) = try CompositionQuery.parse(sent)
            return AskedChart(.composition(query), property: name)
        }
    )
}

extension CompositionQuery {
    /// - Returns: also the properties as they were written, which the answer repeats.
    static func parse(_ query: SentParameters) throws(QueryParameterError) -> (query: CompositionQuery, name: String) {
        _ = try query.required("p", "a user property, such as p=platform or p=gp:plan")
        let names = query.all("p").filter { !$0.isEmpty }
        guard names.count <= 2 else {
            throw .malformed("p", "composition takes two properties at most; send p once or twice")
        }
        let segments = try Segment.all(query)
        guard segments.count == 1 else {
            throw .malformed("s", "composition is of one segment; send one s, with all its conditions")
        }
        let parsed = CompositionQuery(
            properties: names.map { PropertyReference(grouping: $0) },
            of: segments[0],
            range: .days(try DateRange(parsing: query, .day))
        )
        return (parsed, names.joined(separator: "; "))
    }
}
