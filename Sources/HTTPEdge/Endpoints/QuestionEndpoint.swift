public import QueryExecution

/// A question to a project's events: its parameters become a typed query, the query has a cost, and an answer as JSON.
public struct QuestionEndpoint<Query: Sendable>: Sendable {
    public var path: String
    /// What is asked, in a sentence.
    public var summary: String
    public var parameters: [Parameter]
    public var parse: @Sendable (SentParameters) throws(QueryParameterError) -> Query
    public var cost: @Sendable (Query) -> QueryCost
    public var answer: @Sendable (Query, HostedProject, QueryContext) async throws -> String

    public init(
        at path: String,
        _ summary: String,
        parameters: [Parameter],
        parse: @escaping @Sendable (SentParameters) throws(QueryParameterError) -> Query,
        cost: @escaping @Sendable (Query) -> QueryCost,
        answer: @escaping @Sendable (Query, HostedProject, QueryContext) async throws -> String
    ) {
        self.path = path
        self.summary = summary
        self.parameters = parameters
        self.parse = parse
        self.cost = cost
        self.answer = answer
    }
}

/// A question whose query's type is not known: what it takes to keep one, and to ask it without a request.
public struct AnyQuestion: Sendable {
    /// The parameters as the typed query that they mean.
    public var parse: @Sendable (SentParameters) throws(QueryParameterError) -> any Sendable
    /// The answer, within the project's limits.
    public var answer: @Sendable (SentParameters, HostedProject) async throws -> Reply

    init<Query>(_ question: QuestionEndpoint<Query>) {
        parse = { (parameters) throws(QueryParameterError) in
            try parameters.checkSentOnce(question.parameters)
            return try question.parse(parameters)
        }
        answer = { parameters, project in
            let query = try question.parse(parameters)
            return try await project.limits.run(question.cost(query)) {
                try await project.queries.threads.run {
                    .json(try await question.answer(query, project, project.queryContext()))
                }
            }
        }
    }
}
