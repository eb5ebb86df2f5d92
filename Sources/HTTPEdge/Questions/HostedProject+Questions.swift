public import EventModel
public import QueryExecution
public import QueryModel

/// A document that was asked: what it asked at that moment, and the answer.
public struct AnsweredDocument: Sendable {
    public var question: Question
    public var answer: Answer
    public var context: QueryContext
}

extension HostedProject {
    /// Asks a document, within the project's limits.
    public func answer(_ document: QuestionDocument) async throws -> AnsweredDocument {
        try await asking(document) { question, context in
            AnsweredDocument(
                question: question,
                answer: try await queries.answer(question, context),
                context: context
            )
        }
    }

    /// Works something out of what a document asks at this moment, within the project's limits.
    public func asking<Value: Sendable>(
        _ document: QuestionDocument,
        _ body: @escaping @Sendable (Question, QueryContext) async throws -> Value
    ) async throws -> Value {
        try await queries.threads.run {
            let context = try queryContext()
            let earliest = document.range.looksAtFirstEvent ? try await queries.earliest(context) : nil
            let question = try document.question(at: context.now, in: context.zone, earliest: earliest)
            return try await limits.run(QueryCost(question)) { try await body(question, context) }
        }
    }

    /// The page of users that is asked for.
    ///
    /// - Parameters:
    ///   - after: whoever was the last one on the page before; `nil` for the first page.
    ///   - parameter: the one that says so, for errors.
    public func page(after: AmplitudeID?, limit: Int, _ parameter: String) async throws -> UserPage {
        guard let after else { return UserPage(after: nil, limit: limit) }
        guard let user = try await people.user(after) else {
            throw QueryParameterError(
                .unknown,
                parameter,
                "\(parameter) must be next of the page before: nobody has the Amplitude ID \(after.number)"
            )
        }
        return UserPage(after: user, limit: limit)
    }
}
