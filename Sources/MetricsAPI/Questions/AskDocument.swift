import AnswerTables
import EventModel
import HTTPEdge
import QueryExecution
import QueryModel

// A question that is written as a document, asked. Source: Documentation/asking.md Q1 to Q5.
//
//     POST /api/v1/query    {"data":{"rows":[{"date":"2026-11-30","value":3,…}],"whole":[…]},"meta":{…}}

extension Endpoint {
    static let askDocument = Endpoint(
        .post,
        at: "/api/v1/query",
        "Asks a question that is written as a document.",
        body: Body(
            "The question.",
            example: ["version": 1, "type": "users", "range": ["last": "30d"]]
        ),
        access: .viewer,
        contentTypes: ["application/json", "text/csv"],
        endsWithClient: true
    ) { call in
        let document = try await call.document()
        let prefersCSV = call.prefersCSV
        let answered = try await call.project.answer(document)
        let table = answered.answer.table(of: answered.question, at: answered.context.now)
        if prefersCSV { return .text(table.csv, contentType: "text/csv; charset=utf-8") }
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.data(of: answered, table)
        json.raw(",\"meta\":")
        json.meta(of: answered, document)
        json.raw("}")
        return .json(json)
    }
}

enum DocumentLimits {
    static let mostBytes = 256 << 10
}

extension Call {
    /// The body as a question.
    func document() async throws -> QuestionDocument {
        let bytes = try await bytes(limit: DocumentLimits.mostBytes)
        return try QuestionDocument(json: String(decoding: bytes, as: UTF8.self))
    }
}

extension JSONWriter {
    fileprivate mutating func data(of answered: AnsweredDocument, _ table: AnswerTable) {
        if case (.dataTable(let answer), .dataTable(let query)) = (answered.answer, answered.question) {
            dataTable(answer, query)
            return
        }
        raw("{\"rows\":")
        rows(of: table)
        key("whole")
        if let whole = answered.answer.wholeTable(of: answered.question) { rows(of: whole) } else { raw("null") }
        raw("}")
    }

    fileprivate mutating func meta(of answered: AnsweredDocument, _ document: QuestionDocument) {
        raw("{")
        asOf(answered.context, incomplete: answered.answer.incompleteBuckets(at: answered.context.now))
        key("query")
        raw(document.json)
        raw("}")
    }
}
