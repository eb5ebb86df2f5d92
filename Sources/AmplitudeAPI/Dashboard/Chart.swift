import HTTPEdge
import QueryExecution
import QueryModel

extension Endpoint {
    /// A chart whose cells can be asked for the people that they are made of: with `drill` it answers with them.
    ///
    /// - Parameter users: lists those of a cell of the answer.
    static func chart<Query: Sendable, Cell: DrilledCell>(
        at path: String,
        _ summary: String,
        parameters: [Parameter],
        parse: @escaping @Sendable (SentParameters) throws(QueryParameterError) -> Query,
        cost: @escaping @Sendable (Query) -> QueryCost,
        users:
            @escaping @Sendable (any Answering) -> (Cell, Query, UserPage, QueryContext) async throws(QueryError) ->
            CellUsers,
        answer: @escaping @Sendable (Query, HostedProject, QueryContext) async throws -> String
    ) -> Endpoint {
        Endpoint(
            QuestionEndpoint(
                at: path,
                summary,
                parameters: parameters + Parameter.drill(Cell.example),
                parse: { (sent) throws(QueryParameterError) in
                    (query: try parse(sent), drill: try DrillDown<Cell>(parsing: sent))
                },
                cost: { cost($0.query) },
                answer: { asked, project, context in
                    guard let drill = asked.drill else { return try await answer(asked.query, project, context) }
                    let page = try await project.page(drill)
                    let users = try await users(project.queries)(drill.cell, asked.query, page, context)
                    return users.json(try await project.people.names(of: users.users.map(\.key)))
                }
            )
        )
    }
}
