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
        let number = project.project.id
        return try await project.withRecord(on: .cohorts) { record in
            let shown = try record.cohorts().filter { $0.isPublished && !$0.isArchived }
                .sorted { (ExactText($0.name), $0.id) < (ExactText($1.name), $1.id) }
            var json = JSONWriter()
            json.raw("{\"cohorts\":")
            json.list(shown) { $0.cohort($1, project: number, tellsSync: tellsSync) }
            json.raw("}")
            return .json(json)
        }
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
        let (number, now) = (project.project.id, project.now())
        return try await project.withRecord(on: .cohorts) { record in
            let (cohort, people) = try record.counted(id, at: now)
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
        let (number, now) = (project.project.id, project.now())
        return try await project.withRecord(on: .cohorts) { record in
            let (cohort, people) = try record.counted(id, at: now)
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
    }

    static let changeCohort = Endpoint(
        .put,
        at: "/api/3/cohorts/{id}",
        "Changes what is said of a cohort: what is not sent stays, and null takes away. Ours alone.",
        parameters: [.cohortID],
        body: Body(
            "What is to be otherwise.",
            example: ["name": "Payers", "description": "All who paid", "published": true, "archived": false]
        ),
        access: .editor
    ) { call in
        let id = call.parameters.part("id")
        let change = try CohortChange(parsing: try await call.bytes(limit: CohortChange.mostBytes))
        let project = try call.project
        let (number, now) = (project.project.id, project.now())
        return try await project.withRecord(on: .cohorts) { record in
            var (cohort, _) = try record.counted(id, at: now, archivedToo: true)
            change.apply(to: &cohort, at: now)
            _ = try record.save(cohort, members: nil)
            var json = JSONWriter()
            json.raw("{\"cohort\":")
            json.cohort(cohort, project: number)
            json.raw("}")
            return .json(json)
        }
    }

    static let deleteCohort = Endpoint(
        .delete,
        at: "/api/3/cohorts/{id}",
        "Removes a cohort; its people stay. Ours alone.",
        parameters: [.cohortID],
        access: .editor
    ) { call in
        let id = call.parameters.part("id")
        return try await call.project.withRecord(on: .cohorts) { record in
            guard try record.removeCohort(id) else { throw Failure.unknownCohort(id) }
            return .json("{\"success\":true}")
        }
    }
}

/// What a body says of a cohort: `nil` is what was not sent, `.some(nil)` takes away.
private struct CohortChange {
    var name: String?
    var description: String??
    var owner: String??
    var isPublished: Bool?
    var isArchived: Bool?

    static let mostBytes = 64 << 10

    init(parsing body: [UInt8]) throws {
        self = try SentObject.read(body, example: "{\"name\":\"Payers\"}") { sent in try CohortChange(sent) }
    }

    private init(_ sent: SentObject) throws(Failure) {
        if let name = try sent.text("name", characters: 1...CohortLimits.nameCharacters, example: "Payers") {
            guard let name else { throw .missing("name", example: "\"name\":\"Payers\"") }
            self.name = name
        }
        description = try sent.text("description", characters: 0...CohortLimits.descriptionCharacters, example: "All")
        owner = try sent.text("owner", characters: 0...CohortLimits.nameCharacters, example: "ann@example.com")
        isPublished = try sent.flag("published")
        isArchived = try sent.flag("archived")
    }

    func apply(to cohort: inout Cohort, at now: Timestamp) {
        if let name { cohort.name = name }
        if let description { cohort.description = description }
        if let owner { cohort.owner = owner }
        cohort.isPublished = isPublished ?? cohort.isPublished
        cohort.isArchived = isArchived ?? cohort.isArchived
        cohort.changedAt = now
    }
}

enum CohortLimits {
    static let nameCharacters = 1024
    static let descriptionCharacters = 10_000
}

extension ProjectRecord {
    /// A cohort whose people are counted now, and who they are.
    ///
    /// - Parameter people: tells who members are; asked of the record if it is not at hand.
    func counted(
        _ id: ExactText,
        at now: Timestamp,
        _ people: CohortPeople? = nil,
        archivedToo: Bool = false
    ) throws -> (cohort: Cohort, people: [UserKey]) {
        guard var cohort = try cohort(id), archivedToo || !cohort.isArchived else { throw Failure.unknownCohort(id) }
        let people = try (people ?? CohortPeople(self)).people(of: members(of: id))
        // To ask often, as downloads are asked for, is not to write often.
        if people.count != cohort.size || now.milliseconds - cohort.countedAt.milliseconds > 60_000 {
            (cohort.size, cohort.countedAt) = (people.count, now)
            _ = try save(cohort, members: nil)
        }
        return (cohort, people)
    }
}

extension Parameter {
    static let cohortID = Parameter(
        "id",
        .text,
        in: .path,
        "The cohort's id, as the list of them gives it.",
        example: "abcd1234"
    )
}

extension Failure {
    static func unknownCohort(_ id: ExactText) -> Failure {
        Failure(
            .notFound,
            "cohort_unknown",
            "There is no cohort \(id.string); GET /api/3/cohorts lists those that there are."
        )
    }
}

extension JSONWriter {
    /// Keys in the order in which Amplitude was recorded to send them. A list of people has no rule.
    mutating func cohort(_ cohort: Cohort, project: Int64, tellsSync: Bool = false) {
        raw("{\"appId\":")
        integer(project)
        flag("archived", cohort.isArchived)
        raw(",\"definition\":{\"version\":3,\"countGroup\":{\"name\":\"User\",\"is_computed\":false},")
        raw("\"cohortType\":\"UNIQUES\",\"andClauses\":[],\"referenceFrameTimeParams\":{},\"orClauses\":[]}")
        member("description", cohort.description)
        flag("finished", true)
        member("id", cohort.id.string)
        member("name", cohort.name)
        flag("published", cohort.isPublished)
        member("type", "redshift")
        seconds("lastMod", cohort.changedAt)
        seconds("createdAt", cohort.createdAt)
        seconds("lastComputed", cohort.countedAt)
        flag("hidden", false)
        for name: StaticString in ["metadata", "view_count", "popularity", "last_viewed", "chart_id", "edit_id"] {
            null(name)
        }
        flag("is_predictive", false)
        flag("is_official_content", false)
        null("location_id")
        raw(",\"shortcut_ids\":[]")
        null("per_app_metadata")
        null("cohort_definition_type")
        member("cohort_output_type", "UNIQUES")
        flag("is_generated_content", false)
        key("owners")
        list([cohort.owner].compactMap(\.self)) { $0.string($1) }
        raw(",\"viewers\":[]")
        key("size")
        integer(cohort.size)
        if tellsSync { raw(",\"syncMetadata\":[]") }
        raw("}")
    }

    private mutating func seconds(_ name: StaticString, _ time: Timestamp) {
        key(name)
        integer(time.milliseconds / 1000)
    }
}
