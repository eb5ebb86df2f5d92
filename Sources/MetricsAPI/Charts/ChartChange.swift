import EventModel
import HTTPEdge
import JSONTape
import QueryModel
import Storage

/// What a body says of a chart: `nil` is what was not sent, `.some(nil)` takes away.
struct ChartChange: Sendable {
    static let nameCharacters = 1024
    static let descriptionCharacters = 10_000
    /// The name of a chart that got none.
    static let nameOfNone = "Untitled"

    private var name: String?
    private var description: String??
    /// A document's JSON.
    private(set) var question: String?
    /// The request that says the question, as JSON; `nil` if a document does.
    private var request: String?
    private var isArchived: Bool?

    private static let members = ["name", "description", "question", "path", "params", "archived"]

    /// - Parameters:
    ///   - questions: those that can be asked, by path.
    ///   - check: sees the question, and refuses one that cannot be asked.
    init(
        parsing body: [UInt8],
        _ questions: [String: AnyQuestion],
        _ check: (QuestionDocument) throws -> Void
    ) throws {
        let example = "{\"name\":\"Buyers\",\"question\":{\"version\":1,…}}"
        self = try SentObject.read(body, example: example) { sent in try ChartChange(sent, questions, check) }
    }

    private init(
        _ sent: SentObject,
        _ questions: [String: AnyQuestion],
        _ check: (QuestionDocument) throws -> Void
    ) throws {
        for member in sent.root.members where !Self.members.contains(member.key.string) {
            throw QueryParameterError(
                .unknown,
                member.key.string,
                "\"\(member.key.string)\" is not known here; a chart takes \(Self.members.joined(separator: ", "))"
            )
        }
        if let sentName = try sent.text("name", characters: 0...Self.nameCharacters, example: "Buyers") {
            let name = (sentName ?? "").trimmingSpaces
            guard !name.isEmpty else {
                throw Failure.member("name", "must have 1 to \(Self.nameCharacters) characters, such as \"Buyers\".")
            }
            self.name = name
        }
        description = try sent.text(
            "description",
            characters: 0...Self.descriptionCharacters,
            example: "All who paid"
        )
        isArchived = try sent.flag("archived")
        let document = sent.root["question"].flatMap { $0.isNull ? nil : $0 }
        let path = try sent.optionalText("path", characters: 1...1024, example: "/api/2/funnels")
        switch (document, path) {
        case (nil, nil):
            if sent.root["params"] != nil { throw Failure.missing("path", example: "\"path\":\"/api/2/funnels\"") }
        case (_?, _?):
            throw Failure.member("question", "and path say what is asked in two ways; send one of them.")
        case (let document?, nil):
            let document = try QuestionDocument(json: document.json)
            try check(document)
            question = document.json
        case (nil, let path?):
            let request = try KeptRequest(path, sent.root["params"])
            guard let asked = try questions[path]?.question(request.parameters) else {
                let paths = questions.keys.filter { $0 != "/api/2/realtime" }.sorted().joined(separator: ", ")
                throw Failure.member("path", "must be one of \(paths).")
            }
            for name in KeptRequest.momentary where request.parameters.nonEmpty(name) != nil {
                throw Failure(
                    .malformed,
                    "parameter_unsupported",
                    "\(name) cannot be kept: a chart is a question, and is asked for a table by another path.",
                    field: name
                )
            }
            let document = QuestionDocument(asked)
            try check(document)
            question = document.json
            self.request = request.json
        }
    }

    func apply(to chart: inout SavedChart) {
        if let name { chart.name = name }
        if let description { chart.description = description }
        chart.isArchived = isArchived ?? chart.isArchived
        if let question { (chart.question, chart.request) = (question, request) }
    }
}

extension Call {
    func chartChange() async throws -> ChartChange {
        let project = try project
        return try ChartChange(parsing: try await bytes(limit: DocumentLimits.mostBytes), questions) { document in
            let now = project.now()
            // What moves with the first event can begin today at the latest.
            _ = try document.question(at: now, in: project.project.timeZone, earliest: now)
        }
    }
}
