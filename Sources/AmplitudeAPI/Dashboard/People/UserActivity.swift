import EventModel
import HTTPEdge
import Hummingbird
import QueryExecution
import Storage

/// The Dashboard API's endpoints about single people, and its list of event types.
/// Source: Documentation/people.md P1 to P7, Documentation/taxonomy.md X8.
struct PeopleRoutes: Sendable {
    let host: any ProjectHost

    func add(to router: Router<some RequestContext>) {
        router.get("/api/2/usersearch") { request, context in
            await host.answer(request, context) { project, parameters in
                let user = try parameters.user(
                    "an Amplitude ID, a device id, or the beginning of a user id, such as user=ann"
                )
                return try await project.limits.lookUp {
                    try await project.people.search(user, zone: project.project.timeZone).json
                }
            }
        }
        router.get("/api/2/useractivity") { request, context in
            await host.answer(request, context) { project, parameters in
                let query = try UserActivityParameters(parsing: parameters)
                return try await project.limits.lookUp { try await activity(query, project) }
            }
        }
        router.get("/api/2/events/list") { request, context in
            await host.answer(request, context) { project, _ in
                try await project.limits.run(QueryCost(.other, days: 1)) { try await eventTypes(project) }
            }
        }
    }

    private func activity(_ query: UserActivityParameters, _ project: HostedProject) async throws -> String {
        try await project.people.activity(
            of: query.user,
            newestFirst: query.newestFirst,
            offset: query.offset,
            limit: query.limit,
            zone: project.project.timeZone
        ).json(asked: query.user, project: project.project)
    }

    private func eventTypes(_ project: HostedProject) async throws -> String {
        let types = try await project.people.eventTypes(zone: project.project.timeZone)
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.list(types) { $0.listed($1) }
        json.raw("}")
        return json.text
    }
}

extension FormFields {
    /// The parameter `user`.
    fileprivate func user(_ meaning: String) throws(QueryParameterError) -> String {
        guard let text = self["user"], !text.isEmpty else {
            throw QueryParameterError(.missing, "user", "user is required: \(meaning)")
        }
        return text
    }
}

/// The parameters of `GET /api/2/useractivity`.
struct UserActivityParameters: Equatable {
    /// An Amplitude ID, whether it exists or not.
    var user: Int64
    var newestFirst: Bool
    var offset: Int
    var limit: Int

    init(parsing query: FormFields) throws(QueryParameterError) {
        let text = try query.user("an Amplitude ID, such as user=12345")
        guard let number = Int64(text) else {
            throw .malformed(
                "user",
                "user must be an Amplitude ID, such as user=12345; GET /api/2/usersearch finds it by user or device id"
            )
        }
        user = number
        offset = try Self.number("offset", query, standard: 0, 0...1_000_000_000)
        limit = try Self.number("limit", query, standard: 1_000, 1...1_000)
        switch query["direction"] {
        case nil, "latest": newestFirst = true
        case "earliest": newestFirst = false
        default: throw .malformed("direction", "direction must be latest or earliest")
        }
    }

    private static func number(
        _ name: String,
        _ query: FormFields,
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
