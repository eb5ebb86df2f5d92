import AnswerTables
import EventModel
import HTTPEdge
import JSONTape
import QueryExecution
import QueryModel

// The people of whom a cell of a document's answer is made. Source: Documentation/asking.md Q9.
//
//     POST /api/v1/query/users    {"data":{"count":12,"users":[{"amplitude_id":7,"user_id":"ann","value":1}],"next":7}}

extension Endpoint {
    static let askUsers = Endpoint(
        .post,
        at: "/api/v1/query/users",
        "Who is in a cell of the answer to a question.",
        body: Body(
            "The question, the cell by its place in the answer, the most people to answer with, and who was the last one on"
                + " the page before.",
            example: [
                "question": ["version": 1, "type": "users", "range": ["last": "30d"]],
                "cell": ["series": 0, "index": 3], "limit": 1000, "after": 12345,
            ]
        ),
        access: .viewer,
        contentTypes: ["application/json", "text/csv"],
        endsWithClient: true
    ) { call in
        let sent = try SentUsersQuestion(parsing: try await call.bytes(limit: DocumentLimits.mostBytes))
        let prefersCSV = call.prefersCSV
        let project = try call.project
        return try await project.asking(sent.document) { question, context in
            let cell = try sent.cell(of: question)
            let page = try await project.page(after: sent.after, limit: sent.limit, "after")
            let users: CellUsers
            do {
                users = try await project.queries.users(of: cell, in: question, page, context)
            } catch QueryError.noSuchCell(let part, let valid) {
                throw part.missing("cell", valid)
            }
            let names = try await project.people.names(of: users.users.map(\.key))
            if prefersCSV {
                let table = users.table(names.map { ($0.amplitudeID.number, $0.userID) })
                return .text(table.csv, contentType: "text/csv; charset=utf-8")
            }
            return .json(users.json(names))
        }
    }
}

private struct SentUsersQuestion: Sendable {
    private static let mostUsers = 10_000

    var document: QuestionDocument
    /// JSON: what it may be is for the question to say.
    private var cellText: String
    var limit = UserPage.first.limit
    var after: AmplitudeID?

    init(parsing body: [UInt8]) throws {
        let example = "{\"question\":{\"version\":1,…},\"cell\":{\"series\":0,\"index\":3}}"
        self = try SentObject.read(body, example: example) { sent in try SentUsersQuestion(sent) }
    }

    private init(_ sent: SentObject) throws {
        let known = ["question", "cell", "limit", "after"]
        for member in sent.root.members where !known.contains(member.key.string) {
            throw QueryParameterError(
                .unknown,
                member.key.string,
                "\"\(member.key.string)\" is not known here; the body takes \(known.joined(separator: ", "))"
            )
        }
        guard let question = sent.root["question"], !question.isNull else {
            throw Failure.missing(
                "question",
                example: "\"question\":{\"version\":1,\"type\":\"users\",\"range\":{\"last\":\"30d\"}}"
            )
        }
        document = try QuestionDocument(json: question.json)
        guard let cell = sent.root["cell"], !cell.isNull else {
            throw Failure.missing("cell", example: "\"cell\":{\"series\":0,\"index\":3}")
        }
        cellText = cell.json
        if let value = sent.root["limit"], !value.isNull {
            guard let number = value.integer, number >= 1 else {
                throw Failure.member("limit", "must be a whole number from 1 to \(Self.mostUsers), such as 1000.")
            }
            limit = Int(min(number, Int64(Self.mostUsers)))
        }
        if let value = sent.root["after"], !value.isNull {
            guard let number = value.integer, number >= 0 else {
                throw Failure.member("after", "must be next of the page before, such as 12345.")
            }
            after = AmplitudeID(number)
        }
    }

    func cell(of question: Question) throws(QueryParameterError) -> AnswerCell {
        try withJSON(cellText, "cell", question.cellType.shape) { (json) throws(QueryParameterError) in
            try AnswerCell(json, of: question, "cell")
        }
    }
}

extension JSONValue {
    /// The value as it is read: without space, and with what was mended.
    var json: String {
        var json = JSONWriter()
        json.value(self)
        return json.text
    }
}
