import EventModel
import HTTPEdge
import QueryExecution

extension Endpoint {
    static let userSearch = Endpoint(
        .get,
        at: "/api/2/usersearch",
        "Finds people.",
        parameters: [
            Parameter(
                "user",
                .text,
                "An Amplitude ID, a device id, or the beginning of a user id.",
                example: "ann",
                isRequired: true
            )
        ],
        access: .viewer,
        endsWithClient: true
    ) { call in
        let project = try call.project
        let user = try call.parameters.id(
            "user",
            "an Amplitude ID, a device id, or the beginning of a user id, such as user=ann"
        )
        return try await project.limits.lookUp {
            .json(try await project.people.search(user, zone: project.project.timeZone).json)
        }
    }
}

extension SentParameters {
    /// An id as the way in keeps it: without blanks around it. Source: Documentation/people.md P1.
    ///
    /// - Parameter example: ends the sentence `name is required: `.
    func id(_ name: String, _ example: String) throws(QueryParameterError) -> String {
        let id = try required(name, example).trimmingSpaces
        guard !id.isEmpty else { throw QueryParameterError(.missing, name, "\(name) is required: \(example)") }
        return id
    }
}
