public import QueryModel

extension Answering {
    /// The answer to any question: that of its own type.
    public func answer(_ question: Question, _ context: QueryContext) async throws(QueryError) -> Answer {
        switch question {
        case .segmentation(let query): .segmentation(try await segmentation(query, context))
        case .funnel(let query): .funnel(try await funnel(query, context))
        case .retention(let query): .retention(try await retention(query, context))
        case .lifetimeValue(let query): .lifetimeValue(try await lifetimeValue(query, context))
        case .revenue(let query): .revenue(try await revenue(query, context))
        case .users(let query): .users(try await activeUsers(query, context))
        case .sessions(let query): .sessions(try await sessions(query, context))
        case .composition(let query): .composition(try await composition(query, context))
        case .lifecycle(let query): .lifecycle(try await lifecycle(query, context))
        case .stickiness(let query): .stickiness(try await stickiness(query, context))
        case .dataTable(let query): .dataTable(try await dataTable(query, context))
        }
    }

    /// The people of whom a cell of the answer to any question is made.
    ///
    /// - Parameter cell: of the kind that answers to the question have; another one is a programming error.
    public func users(
        of cell: AnswerCell,
        in question: Question,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        switch (question, cell) {
        case (.segmentation(let query), .series(let cell)): try await users(of: cell, in: query, page, context)
        case (.funnel(let query), .funnel(let cell)): try await users(of: cell, in: query, page, context)
        case (.retention(let query), .retention(let cell)): try await users(of: cell, in: query, page, context)
        case (.lifetimeValue(let query), .lifetimeValue(let cell)):
            try await users(of: cell, in: query, page, context)
        case (.revenue(let query), .series(let cell)): try await users(of: cell, in: query, page, context)
        case (.users(let query), .series(let cell)): try await users(of: cell, in: query, page, context)
        case (.sessions(let query), .series(let cell)): try await users(of: cell, in: query, page, context)
        case (.composition(let query), .series(let cell)): try await users(of: cell, in: query, page, context)
        case (.lifecycle(let query), .series(let cell)): try await users(of: cell, in: query, page, context)
        case (.stickiness(let query), .series(let cell)): try await users(of: cell, in: query, page, context)
        case (.dataTable(let query), .series(let cell)): try await users(of: cell, in: query, page, context)
        default: preconditionFailure("a cell of another question's answer")
        }
    }
}
