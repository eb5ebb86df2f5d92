import EventModel
import HTTPEdge
import Hummingbird
import Storage

// Cohorts of people by rule, as under `/api/3/cohorts`. Source: Documentation/cohorts.md G10.

extension Endpoint {
    static let cohorts = Endpoint(
        .get,
        at: "/api/v1/cohorts",
        "All published cohorts, by name.",
        access: .viewer
    ) { call in
        let project = try call.project
        let cohorts = try await project.publishedCohorts()
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.list(cohorts) { $0.cohort($1, project: project.project.id) }
        json.raw("}")
        return .json(json)
    }

    static let cohort = Endpoint(
        .get,
        at: "/api/v1/cohorts/{id}",
        "A cohort, and how many people are in it now.",
        parameters: [.cohortID],
        access: .viewer
    ) { call in
        let project = try call.project
        return .cohort(try await project.counted(call.parameters.part("id")).cohort, project)
    }

    static let createCohort = Endpoint(
        .post,
        at: "/api/v1/cohorts",
        "Makes a cohort of all for whom a rule holds, whenever it is asked.",
        body: Body("Its name, and the rule.", example: CohortChange.example),
        access: .editor,
        success: 201
    ) { call in
        let change = try CohortChange(parsing: try await call.bytes(limit: CohortChange.mostBytes), isNew: true)
        let project = try call.project
        return .cohort(try await project.makeCohort(change), project, status: .created)
    }

    static let changeCohort = Endpoint(
        .put,
        at: "/api/v1/cohorts/{id}",
        "Changes what is said of a cohort: what is not sent stays, and null takes away; a rule takes the place of a list.",
        parameters: [.cohortID],
        body: Body("What is to be otherwise.", example: CohortChange.example),
        access: .editor
    ) { call in
        let id = call.parameters.part("id")
        let change = try CohortChange(parsing: try await call.bytes(limit: CohortChange.mostBytes))
        let project = try call.project
        return .cohort(try await project.changeCohort(id, change), project)
    }

    static let deleteCohort = Endpoint(
        .delete,
        at: "/api/v1/cohorts/{id}",
        "Removes a cohort; its people stay.",
        parameters: [.cohortID],
        access: .editor,
        success: 204
    ) { call in
        try await call.project.removeCohort(call.parameters.part("id"))
        return .noContent
    }
}

extension Reply {
    fileprivate static func cohort(
        _ cohort: Cohort,
        _ project: HostedProject,
        status: HTTPResponse.Status = .ok
    ) -> Reply {
        var json = JSONWriter()
        json.raw("{\"data\":")
        json.cohort(cohort, project: project.project.id)
        json.raw("}")
        return .json(json, status: status)
    }
}
