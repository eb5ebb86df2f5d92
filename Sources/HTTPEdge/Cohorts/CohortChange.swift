public import EventModel
import JSONTape
public import QueryModel
public import Storage

/// What a body says of a cohort: `nil` is what was not sent, `.some(nil)` takes away. Source: Documentation/cohorts.md G1, G6.
public struct CohortChange: Sendable {
    public var name: String?
    public var description: String??
    public var owner: String??
    public var rule: PeopleRule?
    public var isPublished: Bool?
    public var isArchived: Bool?

    public static let mostBytes = 256 << 10
    public static let nameCharacters = 1024
    private static let descriptionCharacters = 10_000

    public static let example: JSONNode = [
        "name": "Payers", "description": "All who paid in 30 days", "published": true,
        "definition": [
            "andClauses": [
                [
                    "negated": false,
                    "orClauses": [
                        [
                            "type": "event", "type_value": "Purchase", "operator": ">=", "operator_value": 1,
                            "time_type": "rolling", "time_value": 30,
                        ]
                    ],
                ]
            ]
        ],
    ]

    /// - Parameter isNew: whether it is of a cohort that is to be made: then it must have a name and a definition.
    public init(parsing body: [UInt8], isNew: Bool = false) throws {
        self = try SentObject.read(body, example: "{\"name\":\"Payers\"}") { sent in
            let change = try CohortChange(sent)
            if isNew, change.name == nil { throw Failure.missing("name", example: "\"name\":\"Payers\"") }
            if isNew, change.rule == nil {
                throw Failure(
                    .malformed,
                    "parameter_missing",
                    "definition is required, such as {\"andClauses\":[…]}; POST /api/3/cohorts/upload takes lists of people.",
                    field: "definition"
                )
            }
            return change
        }
    }

    private init(_ sent: SentObject) throws {
        if let name = try sent.text("name", characters: 1...Self.nameCharacters, example: "Payers") {
            guard let name else { throw Failure.missing("name", example: "\"name\":\"Payers\"") }
            self.name = name
        }
        description = try sent.text("description", characters: 0...Self.descriptionCharacters, example: "All")
        owner = try sent.text("owner", characters: 0...Self.nameCharacters, example: "ann@example.com")
        if let definition = sent.root["definition"] { rule = try PeopleRule(definition: definition) }
        isPublished = try sent.flag("published")
        isArchived = try sent.flag("archived")
    }

    /// - Returns: what it makes of a cohort. Its people are yet to be counted.
    public func applied(to cohort: Cohort, at now: Timestamp) -> Cohort {
        var cohort = cohort
        if let name { cohort.name = name }
        if let description { cohort.description = description }
        if let owner { cohort.owner = owner }
        if let rule {
            var json = JSONWriter()
            json.definition(rule)
            cohort.definition = ExactText(json.text)
        }
        cohort.isPublished = isPublished ?? cohort.isPublished
        cohort.isArchived = isArchived ?? cohort.isArchived
        cohort.changedAt = now
        return cohort
    }
}

extension Parameter {
    public static let cohortID = Parameter(
        "id",
        .text,
        in: .path,
        "The cohort's id, as the list of them gives it.",
        example: "abcd1234"
    )
}
