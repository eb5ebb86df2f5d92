import EventModel
import HTTPEdge
import JSONTape
import Storage

// Cohorts that others make of lists of people. Source: Documentation/cohorts.md G2.

extension Endpoint {
    static let uploadCohort = Endpoint(
        .post,
        at: "/api/3/cohorts/upload",
        "Makes a cohort of a list of people, or replaces the people of one.",
        body: Body(
            "Who they are.",
            example: [
                "name": "Payers", "app_id": 1, "id_type": "BY_USER_ID", "ids": ["ann@example.com"],
                "owner": "ann@example.com", "published": true,
            ]
        ),
        access: .editor
    ) { call in
        let upload = try SentUpload(parsing: try await call.bytes(limit: CohortBody.mostBytes))
        let project = try call.project
        let now = project.now()
        return try await project.withRecord(on: .cohorts) { record in
            let people = try CohortPeople(record)
            let (users, unknown) = try upload.people.find(in: record, people)
            guard upload.skipsUnknown || unknown.isEmpty else { throw Failure.unknownPeople(unknown) }
            var cohort = try upload.existing.map { id in
                guard let cohort = try record.cohort(id), !cohort.isArchived else { throw Failure.unknownCohort(id) }
                try cohort.checkIsList()
                return cohort
            }
            if !upload.checksAlone {
                var saved =
                    cohort
                    ?? Cohort(
                        id: .randomID(),
                        name: upload.name,
                        isPublished: true,
                        createdAt: now,
                        changedAt: now,
                        countedAt: now
                    )
                (saved.name, saved.owner, saved.isPublished) = (upload.name, upload.owner, upload.isPublished)
                (saved.changedAt, saved.countedAt) = (now, now)
                saved.size = people.people(of: users).count
                guard try record.save(saved, members: users) else { throw Failure.tooManyCohorts }
                cohort = saved
            }
            var json = JSONWriter()
            json.raw("{\"cohortId\":")
            json.string(cohort?.id.string)
            json.raw(",\"metadata\":{\"matched\":")
            json.integer(upload.people.ids.count - unknown.count)
            json.key("totals")
            json.integer(upload.people.ids.count)
            json.key("invalid_ids_sample")
            json.list(unknown.prefix(Failure.sample)) { $0.string($1) }
            json.raw("}}")
            return .json(json)
        }
    }

    static let changeCohortMembers = Endpoint(
        .post,
        at: "/api/3/cohorts/membership",
        "Adds people to a cohort, or takes them out.",
        body: Body(
            "Who, one list after the other.",
            example: [
                "cohort_id": "abcd1234", "count_group": "User", "skip_invalid_ids": true,
                "memberships": [["ids": ["ann@example.com"], "id_type": "BY_NAME", "operation": "ADD"]],
            ]
        ),
        access: .editor
    ) { call in
        let sent = try SentMemberships(parsing: try await call.bytes(limit: CohortBody.mostBytes))
        let project = try call.project
        let now = project.now()
        return try await project.withRecord(on: .cohorts) { record in
            guard let cohort = try record.cohort(sent.cohort), !cohort.isArchived else {
                throw Failure.unknownCohort(sent.cohort)
            }
            try cohort.checkIsList()
            let people = try CohortPeople(record)
            let found = try sent.changes.map { try $0.people.find(in: record, people) }
            let unknown = found.flatMap(\.unknown)
            guard sent.skipsUnknown || unknown.isEmpty else { throw Failure.unknownPeople(unknown) }
            // One after the other, as they were sent: whoever comes last is right.
            let before = try record.members(of: cohort.id)
            var after = before
            for (change, found) in zip(sent.changes, found) {
                if change.isAddition {
                    after.formUnion(found.users)
                } else {
                    after.subtract(people.members(after, whoAre: found.users))
                }
            }
            try record.changeMembers(
                of: cohort.id,
                adding: after.subtracting(before),
                removing: before.subtracting(after),
                at: now
            )
            _ = try record.counted(cohort.id, after, at: now, people)
            var json = JSONWriter()
            json.raw("{\"cohort_id\":")
            json.string(cohort.id.string)
            json.key("memberships_result")
            json.list(zip(sent.changes, found)) { json, result in
                json.raw("{\"skipped_ids\":")
                json.list(result.1.unknown) { $0.string($1) }
                json.member("id_type", result.0.type)
                json.member("operation", result.0.isAddition ? "ADD" : "REMOVE")
                json.raw("}")
            }
            json.raw("}")
            return .json(json)
        }
    }
}

private enum CohortBody {
    static let mostBytes = 16 << 20
}

private struct SentUpload {
    var name: String
    var people: SentPeople
    var owner: String?
    var isPublished: Bool
    var existing: ExactText?
    var checksAlone: Bool
    var skipsUnknown: Bool

    private static let example = "{\"name\":\"Payers\",\"id_type\":\"BY_USER_ID\",\"ids\":[\"ann@example.com\"],…}"

    init(parsing body: [UInt8]) throws {
        self = try SentObject.read(body, example: Self.example) { sent in try SentUpload(sent) }
    }

    private init(_ sent: SentObject) throws(Failure) {
        name = try sent.requiredText("name", characters: 1...CohortChange.nameCharacters, example: "Payers")
        people = try SentPeople(sent)
        owner = try sent.optionalText("owner", characters: 0...CohortChange.nameCharacters, example: "ann@example.com")
        isPublished = try sent.flag("published") ?? true
        if let group = try sent.optionalText("cg", characters: 0...CohortChange.nameCharacters, example: "User"),
            !group.isEmpty, group != "User"
        {
            throw .member("cg", "must be User, or be left out: there are cohorts of users alone.")
        }
        existing = try sent.optionalText("existing_cohort_id", characters: 0...100, example: "abcd1234")
            .flatMap { $0.isEmpty ? nil : ExactText($0) }
        checksAlone = try sent.flag("skip_save") ?? false
        skipsUnknown = try sent.flag("skip_invalid_ids") ?? true
    }
}

private struct SentMemberships {
    struct Change {
        var people: SentPeople
        /// As it was sent.
        var type: String
        var isAddition: Bool

        init(_ sent: SentObject) throws(Failure) {
            people = try SentPeople(sent)
            type = sent.root["id_type"]?.string ?? ""
            switch sent.root["operation"]?.string {
            case "ADD": isAddition = true
            case "REMOVE": isAddition = false
            default: throw .member("operation", "must be ADD or REMOVE.")
            }
        }
    }

    var cohort: ExactText
    var changes: [Change] = []
    var skipsUnknown: Bool

    private static let example =
        "{\"cohort_id\":\"abcd1234\",\"memberships\":[{\"ids\":[\"ann\"],\"id_type\":\"BY_NAME\",\"operation\":\"ADD\"}]}"

    init(parsing body: [UInt8]) throws {
        self = try SentObject.read(body, example: Self.example) { sent in try SentMemberships(sent) }
    }

    private init(_ sent: SentObject) throws(Failure) {
        cohort = ExactText(try sent.requiredText("cohort_id", characters: 1...100, example: "abcd1234"))
        if let group = try sent.optionalText("count_group", characters: 0...100, example: "User"), group != "User" {
            throw .member("count_group", "must be User: there are cohorts of users alone.")
        }
        skipsUnknown = try sent.flag("skip_invalid_ids") ?? true
        var count = 0
        if let list = sent.root["memberships"], list.kind == .array {
            for element in list.elements {
                guard element.kind == .object else { throw Self.noList }
                changes.append(try Change(SentObject(root: element)))
                count += changes[changes.count - 1].people.ids.count
                guard count <= SentPeople.most else {
                    throw .member("memberships", "must have at most \(SentPeople.most) ids in all.")
                }
            }
        }
        if changes.isEmpty { throw Self.noList }
    }

    private static let noList = Failure.member("memberships", "must be a list of changes, such as \(example).")
}

extension Failure {
    fileprivate static let sample = 10

    fileprivate static func unknownPeople(_ ids: [String]) -> Failure {
        let shown = ids.prefix(sample).map { "\"\($0)\"" }.joined(separator: ", ")
        return Failure(
            .malformed,
            "people_unknown",
            "\(ids.count) of the ids are nobody's, such as \(shown); nothing was changed. Leave them out, or send"
                + " \"skip_invalid_ids\":true.",
            field: "ids"
        )
    }
}

extension Cohort {
    fileprivate func checkIsList() throws(Failure) {
        guard definition != nil else { return }
        throw Failure(
            .conflict,
            "cohort_by_rule",
            "The people of the cohort \(id.string) are found by its definition, and are no list; make another cohort."
        )
    }
}
