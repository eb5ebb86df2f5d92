import EventModel
import HTTPEdge
import Ingestion
import Storage

// People who are to be forgotten. Source: Documentation/data.md D9 to D13.
//
//     POST   /api/2/deletions/users                       {"user_ids":["ann"],"requester":"dpo"}
//     GET    /api/2/deletions/users                       ?start_day=2026-01-01&end_day=2026-01-31
//     DELETE /api/2/deletions/users/{amplitude_id}/{day}  takes one back, while it is staging

extension Endpoint {
    static let deletePeople = Endpoint(
        .post,
        at: "/api/2/deletions/users",
        "Deletes people from this project: they are hidden at once, and taken out of the files when they cannot be taken"
            + " back any more.",
        body: Body(
            "At most 100 people, by user id or Amplitude ID, and who asks. With ignore_invalid_id those whom nobody knows"
                + " are left out. All ids that are one person by logins and mappings go together.",
            example: [
                "user_ids": ["ann@example.com"], "amplitude_ids": [356_896_327], "requester": "privacy@example.com",
                "ignore_invalid_id": true,
            ]
        ),
        access: .admin
    ) { call in
        let project = try call.project
        let asked = try AskedDeletion(parsing: try await call.bytes(limit: 512 << 10))
        let people = try await project.withRecord { record in
            try asked.names.map { (name: $0, user: try $0.user(in: record)) }
        }
        let unknown = people.filter { $0.user == nil }.map(\.name)
        if !asked.ignoresUnknown, let first = unknown.first { throw Failure.nobody(first, of: unknown.count) }
        let users = people.compactMap(\.user)
        if !users.isEmpty {
            _ = try await project.writer.delete(users, for: asked.requester, grace: project.deletionGrace)
        }
        // Also those who were deleted before.
        let deletions = try await project.withRecord { record in try users.compactMap { try record.deletion(of: $0) } }
        return .json(DeletionJobs(deletions).json(of: project))
    }

    static let deletions = Endpoint(
        .get,
        at: "/api/2/deletions/users",
        "Who is deleted, and how far that has come.",
        parameters: [
            Parameter(
                "start_day",
                .text,
                "The first day (UTC). Deletions count whose days, from the request to that on which they can be cancelled"
                    + " for the last time, are not all before it.",
                example: "2026-01-01",
                isRequired: true
            ),
            Parameter(
                "end_day",
                .text,
                "The last day (UTC), six months after the first one at most.",
                example: "2026-01-31",
                isRequired: true
            ),
        ],
        access: .admin
    ) { call in
        let project = try call.project
        let first = try call.parameters.day("start_day")
        let last = try call.parameters.day("end_day")
        guard first <= last, last.daysSinceEpoch - first.daysSinceEpoch <= 184 else {
            throw QueryParameterError(
                .outOfRange,
                "end_day",
                "end_day must not lie before start_day, nor more than six months after it; the same day is one day"
            )
        }
        let deletions = try await project.withRecord { record in try record.deletions(in: nil) }
        let meant = deletions.filter { $0.requestedOnDay <= last && $0.day >= first }
        return .json(DeletionJobs(meant).json(of: project))
    }

    static let cancelDeletion = Endpoint(
        .delete,
        at: "/api/2/deletions/users/{amplitude_id}/{day}",
        "Takes back that somebody is deleted, as long as that is staging.",
        parameters: [
            Parameter(
                "amplitude_id",
                .integer,
                in: .path,
                "Of the person, as the list of deletions has it.",
                example: "356896327"
            ),
            Parameter("day", .text, in: .path, "Of the deletion, as the list has it.", example: "2026-01-31"),
        ],
        access: .admin
    ) { call in
        let project = try call.project
        let number = call.parameters.part("amplitude_id").string
        let day = call.parameters.part("day").string
        let found = try await project.withRecord { record in
            try Int64(number).flatMap { try record.deletion(of: AmplitudeID($0)) }
        }
        guard let deletion = found, deletion.day.iso == day else { throw Failure.noDeletion(number, day) }
        guard try await project.writer.cancel(deletion) else { throw Failure.tooLate(deletion) }
        var json = JSONWriter()
        json.raw("{")
        json.deletion(deletion)
        json.raw("}")
        return .json(json)
    }
}

/// Deletions as Amplitude tells of them: those of one day and one state are one job.
private struct DeletionJobs {
    private struct Job: Hashable {
        var day: CalendarDate
        var state: Deletion.State
        var doneOn: CalendarDate?
    }

    private let jobs: [(job: Job, deletions: [Deletion])]

    /// - Parameter deletions: may have one of them several times.
    init(_ deletions: [Deletion]) {
        var seen: Set<DeletionID> = []
        var jobs: [Job: [Deletion]] = [:]
        for deletion in deletions where seen.insert(deletion.id).inserted {
            let doneOn = deletion.doneAt.map { ProjectTimeZone.utc.date(of: $0) }
            jobs[Job(day: deletion.day, state: deletion.state, doneOn: doneOn), default: []].append(deletion)
        }
        self.jobs = jobs.map { ($0.key, $0.value.sorted { $0.id < $1.id }) }
            .sorted { a, b in (a.job.day, a.deletions[0].id) < (b.job.day, b.deletions[0].id) }
    }

    func json(of project: HostedProject) -> JSONWriter {
        var json = JSONWriter()
        json.list(jobs) { json, job in
            json.raw("{\"active_scrub_done_date\":")
            json.string(job.job.doneOn?.iso)
            json.key("amplitude_ids")
            json.list(job.deletions) { json, deletion in
                json.raw("{")
                json.deletion(deletion)
                if let receipt = deletion.receipt {
                    json.key("receipt")
                    json.raw(receipt)
                }
                json.raw("}")
            }
            json.member("app", "\(project.project.id)")
            json.member("day", job.job.day.iso)
            json.member("status", job.job.state.rawValue)
            json.raw("}")
        }
        return json
    }
}

extension JSONWriter {
    fileprivate mutating func deletion(_ deletion: Deletion) {
        raw("\"amplitude_id\":")
        integer(deletion.amplitudeID.number)
        member("requested_on_day", deletion.requestedOnDay.iso)
        member("requester", deletion.requester)
    }
}

extension Deletion {
    fileprivate var requestedOnDay: CalendarDate { ProjectTimeZone.utc.date(of: requestedAt) }
    /// On which it can be cancelled for the last time.
    fileprivate var day: CalendarDate { ProjectTimeZone.utc.date(of: dueAt) }
}

extension SentParameters {
    /// `2026-01-31`.
    fileprivate func day(_ name: String) throws(QueryParameterError) -> CalendarDate {
        let text = try required(name, "a day, such as \(name)=2026-01-31")
        guard let day = CalendarDate(iso: text) else {
            throw QueryParameterError(.malformed, name, "\(name) must be a day, such as \(name)=2026-01-31")
        }
        return day
    }
}

extension Failure {
    fileprivate static func nobody(_ name: AskedDeletion.Name, of count: Int) -> Failure {
        let others = count > 1 ? ", nor \(count - 1) other\(count > 2 ? "s" : "") of them" : ""
        return Failure(
            .malformed,
            "person_unknown",
            "Nobody has the \(name.sentence)\(others), so nobody was deleted. Leave it out, or send"
                + " \"ignore_invalid_id\":true.",
            field: name.field
        )
    }

    fileprivate static func noDeletion(_ number: String, _ day: String) -> Failure {
        Failure(
            .notFound,
            "deletion_unknown",
            "There is no deletion of \(number.shown()) on \(day.shown()). GET /api/2/deletions/users lists those that"
                + " there are."
        )
    }

    fileprivate static func tooLate(_ deletion: Deletion) -> Failure {
        Failure(
            .malformed,
            "deletion_submitted",
            "The deletion of \(deletion.amplitudeID.number) cannot be cancelled any more: that can be done for a time"
                + " (--deletion-grace) after the request.",
            field: "amplitude_id"
        )
    }
}
