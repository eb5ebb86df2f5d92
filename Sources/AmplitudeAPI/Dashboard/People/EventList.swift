import EventModel
import HTTPEdge
import QueryExecution

extension Endpoint {
    static let eventList = Endpoint(
        .get,
        at: "/api/2/events/list",
        "All event types, and how often each came this week.",
        access: .viewer,
        endsWithClient: true
    ) { call in
        let project = try call.project
        return try await project.limits.run(QueryCost(.other, days: 1)) {
            let types = try await project.people.eventTypes(zone: project.project.timeZone)
            var json = JSONWriter()
            json.raw("{\"data\":")
            json.list(types) { $0.listed($1) }
            json.raw("}")
            return .json(json)
        }
    }
}
