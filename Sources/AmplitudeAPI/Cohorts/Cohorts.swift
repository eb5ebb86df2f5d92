import EventModel
import HTTPEdge
import Storage

// Cohorts: all of them, one with its people, what is said of one. Source: Documentation/cohorts.md G1 to G4.

extension Endpoint {
    static let cohorts = Endpoint(
        .get,
        at: "/api/3/cohorts",
        "All published cohorts, by name.",
        parameters: [
            Parameter(
                "includeSyncInfo",
                .flag,
                "Whether each tells where it is sent to: nowhere.",
                standard: "false",
                example: "true"
            )
        ],
        access: .viewer
    ) { call in
        let tellsSync = call.parameters.isTrue("includeSyncInfo")
        let project = try call.project
        let cohorts = try await project.publishedCohorts()
        var json = JSONWriter()
        json.raw("{\"cohorts\":")
        json.list(cohorts) { $0.cohort($1, project: project.project.id, tellsSync: tellsSync) }
        json.raw("}")
        return .json(json)
    }

    static let cohort = Endpoint(
        .get,
        at: "/api/3/cohorts/{id}",
        "A cohort with its people.",
        parameters: [
            .cohortID,
            Parameter("props", .text, "Passed over: properties come with a download.", example: "1"),
            Parameter("propKeys", .text, "As props.", example: "country", mayRepeat: true),
        ],
        access: .viewer
    ) { call in
        let id = call.parameters.part("id")
        _ = (call.parameters["props"], call.parameters.all("propKeys"))
        let project = try call.project
        let number = project.project.id
        let (cohort, people) = try await project.counted(id)
        return try await project.withRecord(on: .cohorts) { record in
            let states = try record.states(of: people).compactMap(\.self)
            var json = JSONWriter()
            json.raw("{\"cohort\":")
            json.cohort(cohort, project: number)
            json.raw(",\"amplitude_ids\":")
            json.list(states) { $0.integer($1.amplitudeID.number) }
            json.raw(",\"user_ids\":")
            json.list(states.compactMap(\.userID)) { $0.string($1) }
            json.raw("}")
            return .json(json)
        }
    }

    static let cohortInfo = Endpoint(
        .get,
        at: "/api/3/cohorts/info/{id}",
        "What a cohort is, and how large.",
        parameters: [.cohortID],
        access: .viewer
    ) { call in
        let id = call.parameters.part("id")
        let project = try call.project
        let number = project.project.id
        let (cohort, people) = try await project.counted(id)
        var json = JSONWriter()
        json.raw("{\"cohort_id\":")
        json.string(cohort.id.string)
        json.key("app_id")
        json.integer(number)
        json.key("org_id")
        json.integer(number)
        json.member("name", cohort.name)
        json.key("size")
        json.integer(people.count)
        json.member("description", cohort.description)
        json.key("last_computed")
        json.integer(cohort.countedAt.milliseconds / 1000)
        json.raw("}")
        return .json(json)
    }

    static let createCohort = Endpoint(
        .post,
        at: "/api/3/cohorts",
        "Makes a cohort of all for whom a rule holds, whenever it is asked. Ours alone.",
        body: Body("Its name, and the rule.", example: CohortChange.example),
        access: .editor
    ) { call in
        let change = try CohortChange(parsing: try await call.bytes(limit: CohortChange.mostBytes), isNew: true)
        let project = try call.project
        return .cohort(try await project.makeCohort(change), project)
    }

    static let changeCohort = Endpoint(
        .put,
        at: "/api/3/cohorts/{id}",
        "Changes what is said of a cohort: what is not sent stays, and null takes away; a rule takes the place of a list. Ours alone.",
        parameters: [.cohortID],
        body: Body(
            "What is to be otherwise.",
            example: CohortChange.example
        ),
        access: .editor
    ) { call in
        let id = call.parameters.part("id")
        let change = try CohortChange(parsing: try await call.bytes(limit: CohortChange.mostBytes))
        let project = try call.project
        return .cohort(try await project.changeCohort(id, change), project)
    }

    static let deleteCohort = Endpoint(
        .delete,
        at: "/api/3/cohorts/{id}",
        "Removes a cohort; its people stay. Ours alone.",
        parameters: [.cohortID],
        access: .editor
    ) { call in
        try await call.project.removeCohort(call.parameters.part("id"))
        return .json("{\"success\":true}")
    }
}

extension Reply {
    fileprivate static func cohort(_ cohort: Cohort, _ project: HostedProject) -> Reply {
        var json = JSONWriter()
        json.raw("{\"cohort\":")
        json.cohort(cohort, project: project.project.id)
        json.raw("}")
        return .json(json)
    }
}
