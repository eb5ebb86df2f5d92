extension Endpoint {
    /// A question is asked with GET by whoever may read, and ends when the client goes away.
    public init<Query>(_ question: QuestionEndpoint<Query>) {
        let asked = AnyQuestion(question)
        self.init(
            .get,
            at: question.path,
            question.summary,
            parameters: question.parameters,
            access: .viewer,
            contentTypes: question.contentTypes,
            endsWithClient: true
        ) { call in try await asked.answer(call.parameters, call.project) }
        self.question = asked
    }
}
