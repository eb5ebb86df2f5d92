import EventModel
import HTTPEdge
import QueryExecution

extension Endpoint {
    static let userActivity = Endpoint(
        .get,
        at: "/api/2/useractivity",
        "What is known of a person, and what they did.",
        parameters: [
            Parameter("user", .text, "An Amplitude ID or, if it is no whole number, a user id.", example: "12345")
                .required,
            Parameter("offset", .integer, "How many events to pass over.", standard: "0", example: "100"),
            Parameter("limit", .integer, "The most events, from 1 to 1000.", standard: "1000", example: "100"),
            Parameter(
                "direction",
                .choice(["latest", "earliest"]),
                "Which events come first.",
                standard: "latest",
                example: "earliest"
            ),
        ],
        access: .viewer,
        endsWithClient: true
    ) { call in
        let project = try call.project
        let asked = try UserActivityParameters(parsing: call.parameters)
        return try await project.limits.lookUp {
            let answer = try await project.people.activity(
                of: asked.user,
                newestFirst: asked.newestFirst,
                offset: asked.offset,
                limit: asked.limit,
                zone: project.project.timeZone
            )
            return .json(answer.json(project.project))
        }
    }
}

/// The parameters of `GET /api/2/useractivity`.
struct UserActivityParameters: Equatable {
    /// Whether there is such a person or not.
    var user: PersonName
    var newestFirst: Bool
    var offset: Int
    var limit: Int

    init(parsing query: SentParameters) throws(QueryParameterError) {
        let text = try query.id("user", "an Amplitude ID, such as user=12345, or a user id")
        if let number = Int64(text) {
            guard number >= 0 else {
                throw .malformed("user", "user must be an Amplitude ID, such as user=12345, or a user id")
            }
            user = .amplitudeID(AmplitudeID(number))
        } else {
            user = .userID(text)
        }
        offset = try Self.number("offset", query, standard: 0, 0...1_000_000_000)
        limit = try query.limit("limit", standard: 1_000, most: 1_000)
        switch query["direction"] {
        case nil, "latest": newestFirst = true
        case "earliest": newestFirst = false
        default: throw .malformed("direction", "direction must be latest or earliest")
        }
    }

    private static func number(
        _ name: String,
        _ query: SentParameters,
        standard: Int,
        _ allowed: ClosedRange<Int>
    ) throws(QueryParameterError) -> Int {
        guard let text = query[name] else { return standard }
        guard let number = Int(text), allowed.contains(number) else {
            throw QueryParameterError(
                .outOfRange,
                name,
                "\(name) must be from \(allowed.lowerBound) to \(allowed.upperBound), such as \(name)=\(standard)"
            )
        }
        return number
    }
}
