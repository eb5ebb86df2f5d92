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
        let user = try call.parameters.required(
            "user",
            "an Amplitude ID, a device id, or the beginning of a user id, such as user=ann"
        )
        return try await project.limits.lookUp {
            .json(try await project.people.search(user, zone: project.project.timeZone).json)
        }
    }
}
