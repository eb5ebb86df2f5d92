import HTTPEdge
import QueryExecution
import QueryModel

extension Endpoint {
    static let realtime = Endpoint(
        QuestionEndpoint(
            at: "/api/2/realtime",
            "How many people were active in every five minutes of today and of yesterday.",
            parameters: [
                Parameter("i", .choice(["5"]), "The width of a bucket: five minutes.", standard: "5", example: "5")
            ],
            parse: { (sent) throws(QueryParameterError) in
                for name in ["s", "g"] { try sent.refuse(name, "\(name) is not known to realtime; leave it out") }
                try sent.refuse("drill", "drill is not known to realtime; ask /api/2/users for people by day")
                return try RealtimeQuery(parsing: sent)
            },
            cost: { _ in QueryCost(.other, days: 2) },
            answer: { _, project, context in .json(try await project.queries.realtime(context).json) }
        )
    )
}

/// `realtime` has nothing to choose.
struct RealtimeQuery: Sendable {
    init(parsing query: SentParameters) throws(QueryParameterError) {
        guard query.nonEmpty("i") ?? "5" == "5" else { throw .malformed("i", "i must be 5: minutes") }
    }
}
