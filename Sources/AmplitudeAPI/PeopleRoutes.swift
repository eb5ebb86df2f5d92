import EventModel
import Hummingbird
import QueryExecution
import Storage

/// The Dashboard API's endpoints about single people, and its list of event types. Source: reference/dashboard.md §5.
struct PeopleRoutes: Sendable {
    let host: any ProjectHost

    func add(to router: Router<some RequestContext>) {
        router.get("/api/2/usersearch") { request, _ in
            await answering("application/json") { () throws(APIError) in try await search(request) }
        }
        router.get("/api/2/useractivity") { request, _ in
            await answering("application/json") { () throws(APIError) in try await activity(request) }
        }
        router.get("/api/2/events/list") { request, _ in
            await answering("application/json") { () throws(APIError) in try await eventTypes(request) }
        }
    }

    private func search(_ request: Request) async throws(APIError) -> String {
        let (project, query) = try await open(request)
        guard let user = query["user"], !user.isEmpty else {
            throw APIError(
                QueryParameterError(
                    .missing,
                    "user",
                    "user is required: an Amplitude ID, a device id, or the beginning of a user id, such as user=ann"
                )
            )
        }
        do throws(QueryError) {
            return try await project.people.search(user, zone: project.project.timeZone).json
        } catch {
            throw APIError(error)
        }
    }

    private func activity(_ request: Request) async throws(APIError) -> String {
        let (project, query) = try await open(request)
        let parameters: UserActivityParameters
        do throws(QueryParameterError) {
            parameters = try UserActivityParameters(parsing: query)
        } catch {
            throw APIError(error)
        }
        do throws(QueryError) {
            return try await project.people.activity(
                of: parameters.user,
                newestFirst: parameters.newestFirst,
                offset: parameters.offset,
                limit: parameters.limit,
                zone: project.project.timeZone
            ).json(asked: parameters.user, project: project.project)
        } catch {
            throw APIError(error)
        }
    }

    private func eventTypes(_ request: Request) async throws(APIError) -> String {
        let (project, _) = try await open(request)
        do throws(QueryError) {
            let types = try await project.people.eventTypes(zone: project.project.timeZone)
            var json = JSONWriter()
            json.raw("{\"data\":")
            json.list(types) { $0.listed($1) }
            json.raw("}")
            return json.text
        } catch {
            throw APIError(error)
        }
    }

    private func open(_ request: Request) async throws(APIError) -> (HostedProject, FormFields) {
        guard let project = await host.project(authorizedBy: request) else { throw .unauthorized }
        return (project, FormFields(urlEncoded: request.uri.query ?? ""))
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
        guard let text = query["user"], !text.isEmpty else {
            throw QueryParameterError(.missing, "user", "user is required: an Amplitude ID, such as user=12345")
        }
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
