public import QueryExecution
public import QueryModel

/// A question to a project's events: its parameters become a typed query, the query has a cost, and an answer.
public struct QuestionEndpoint<Query: Sendable>: Sendable {
    public var path: String
    /// What is asked, in a sentence.
    public var summary: String
    public var parameters: [Parameter]
    public var contentTypes: [String]
    public var parse: @Sendable (SentParameters) throws(QueryParameterError) -> Query
    public var cost: @Sendable (Query) -> QueryCost
    /// The query as a question that can be kept; `nil` if it is none.
    public var question: @Sendable (Query) -> Question?
    public var answer: @Sendable (Query, HostedProject, QueryContext) async throws -> Reply

    public init(
        at path: String,
        _ summary: String,
        parameters: [Parameter],
        contentTypes: [String] = ["application/json"],
        parse: @escaping @Sendable (SentParameters) throws(QueryParameterError) -> Query,
        cost: @escaping @Sendable (Query) -> QueryCost,
        question: @escaping @Sendable (Query) -> Question? = { _ in nil },
        answer: @escaping @Sendable (Query, HostedProject, QueryContext) async throws -> Reply
    ) {
        self.path = path
        self.summary = summary
        self.parameters = parameters
        self.contentTypes = contentTypes
        self.parse = parse
        self.cost = cost
        self.question = question
        self.answer = answer
    }
}

/// A question whose query's type is not known: what it takes to keep one, and to ask it without a request.
public struct AnyQuestion: Sendable {
    /// What the parameters ask.
    ///
    /// - Returns: `nil` where nothing that can be kept is asked.
    public var question: @Sendable (SentParameters) throws(QueryParameterError) -> Question?
    /// The answer, within the project's limits.
    public var answer: @Sendable (SentParameters, HostedProject) async throws -> Reply

    init<Query>(_ endpoint: QuestionEndpoint<Query>) {
        question = { (parameters) throws(QueryParameterError) in
            try parameters.checkSentOnce(endpoint.parameters)
            return endpoint.question(try endpoint.parse(parameters))
        }
        answer = { parameters, project in
            let query = try endpoint.parse(parameters)
            return try await project.limits.run(endpoint.cost(query)) {
                try await project.queries.threads.run {
                    try await endpoint.answer(query, project, project.queryContext())
                }
            }
        }
    }
}
