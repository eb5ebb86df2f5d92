import EventModel
import HTTPEdge
import Hummingbird
import JSONTape
import NIOCore
import Storage

// The people of a cohort as a file: asked for, looked after, fetched. It is made when it is asked for, so that whoever looks
// finds it done. Source: Documentation/cohorts.md G5.

extension Endpoint {
    static let requestCohort = Endpoint(
        .get,
        at: "/api/5/cohorts/request/{id}",
        "Gathers the people of a cohort.",
        parameters: [
            .cohortID,
            Parameter(
                "props",
                .choice(["0", "1"]),
                "Whether their properties are told: those of propKeys, or all.",
                standard: "0",
                example: "1"
            ),
            Parameter("propKeys", .text, "A property; sent again, a further one.", example: "country", mayRepeat: true),
            Parameter("lastComputed", .integer, "Passed over: they are always gathered anew.", example: "1717200000"),
        ],
        access: .viewer,
        success: 202
    ) { call in
        let id = call.parameters.part("id")
        _ = call.parameters["lastComputed"]
        let names = call.parameters.all("propKeys").filter { !$0.isEmpty }
        let tellsAll = call.parameters["props"] == "1" && names.isEmpty
        let project = try call.project
        let now = project.now()
        let (cohort, people) = try await project.counted(id)
        return try await project.withRecord(on: .cohorts) { record in
            var columns = names
            if tellsAll {
                columns = try record.propertyNames().filter { $0.kind == .user }.map(\.name).sorted().map(\.string)
            }
            let download = CohortDownload(id: .randomID(), cohort: cohort.id, requestedAt: now)
            try record.begin(download, forgettingThoseBefore: now.daysBefore(CohortDownload.days))
            var file = CohortFile(columns: columns, record)
            var parts = 0
            for start in stride(from: 0, through: max(people.count - 1, 0), by: CohortFile.peopleAtOnce) {
                let part = try file.lines(of: Array(people[start...].prefix(CohortFile.peopleAtOnce)))
                try record.append(part, parts, to: download.id)
                parts += 1
            }
            try record.finishDownload(download.id, parts: parts)
            return .json(
                "{\"request_id\":\"\(download.id.string)\",\"cohort_id\":\"\(cohort.id.string)\"}",
                status: .accepted
            )
        }
    }

    static let cohortRequestStatus = Endpoint(
        .get,
        at: "/api/5/cohorts/request-status/{id}",
        "Whether the people of a cohort are gathered.",
        parameters: [.downloadID],
        access: .viewer
    ) { call in
        let id = call.parameters.part("id")
        let project = try call.project
        let now = project.now()
        return try await project.withRecord(on: .cohorts) { record in
            let download = try record.keptDownload(id, at: now)
            return .json(
                """
                {"request_id":"\(download.id.string)","cohort_id":"\(download.cohort.string)",\
                "async_status":"JOB COMPLETED"}
                """
            )
        }
    }

    static let cohortFile = Endpoint(
        .get,
        at: "/api/5/cohorts/request/{id}/file",
        "The people of a cohort as they were when it was asked for, but for those who were deleted since: CSV.",
        parameters: [.downloadID],
        access: .viewer,
        contentTypes: ["text/csv"]
    ) { call in
        let id = call.parameters.part("id")
        let project = try call.project
        let now = project.now()
        let (parts, hidden) = try await project.withRecord(on: .cohorts) { record in
            let parts = try record.keptDownload(id, at: now).parts ?? 0
            return (parts, Set(try record.deletedAmplitudeIDs().map(\.number)))
        }
        let stream = ResponseBody { writer in
            for number in 0..<parts {
                let part = try await project.withRecord(on: .cohorts) { try $0.part(number, of: id) }
                guard let part else { break }
                try await writer.write(ByteBuffer(bytes: CohortDownload.lines(part, without: hidden)))
            }
            try await writer.finish(nil)
        }
        return Reply(contentType: "text/csv; charset=utf-8", body: .stream(stream))
    }
}

/// A table of people, RFC 4180: their Amplitude ID, user id and properties.
private struct CohortFile {
    static let peopleAtOnce = 10_000

    private let columns: [String]
    private let record: any ProjectRecord
    private var isBegun = false
    /// Of sets that many people have.
    private var sets: [PropertySetID: [ExactText: String]] = [:]
    private var contexts: [ContextID: [ExactText: String]] = [:]
    private static let mostKnown = 10_000

    init(columns: [String], _ record: any ProjectRecord) {
        self.columns = columns
        self.record = record
    }

    /// The next lines; the first ones with the names of the columns in front.
    mutating func lines(of people: [UserKey]) throws -> [UInt8] {
        var text = ""
        if !isBegun {
            isBegun = true
            Self.append(["amplitude_id", "user_id"] + columns, to: &text)
        }
        for state in try record.states(of: people) {
            guard let state else { continue }
            var cells = [String(state.amplitudeID.number), state.userID ?? ""]
            if !columns.isEmpty {
                let (own, builtIn) = (try properties(state.properties), try context(state.context))
                for column in columns {
                    // As in questions: gp:NAME is one of a project's own.
                    let name = ExactText(column.hasPrefix("gp:") ? String(column.dropFirst(3)) : column)
                    cells.append(own[name] ?? builtIn[name] ?? "")
                }
            }
            Self.append(cells, to: &text)
        }
        return Array(text.utf8)
    }

    private mutating func properties(_ id: PropertySetID) throws -> [ExactText: String] {
        if let known = sets[id] { return known }
        if sets.count > Self.mostKnown { sets = [:] }
        let values = try Self.values(id == .empty ? nil : record.text(of: id))
        sets[id] = values
        return values
    }

    private mutating func context(_ id: ContextID?) throws -> [ExactText: String] {
        guard let id else { return [:] }
        if let known = contexts[id] { return known }
        if contexts.count > Self.mostKnown { contexts = [:] }
        let values = try Self.values(record.text(of: id))
        contexts[id] = values
        return values
    }

    private static func values(_ json: String?) throws -> [ExactText: String] {
        guard let json else { return [:] }
        return try JSONDocument.withRoot(of: Array(json.utf8)) { root in
            var values: [ExactText: String] = [:]
            for (key, value) in root.members where !value.isNull {
                var json = JSONWriter()
                json.value(value)
                values[ExactText(key.string)] = value.string ?? json.text
            }
            return values
        }
    }

    private static func append(_ cells: [String], to text: inout String) {
        text +=
            cells.map { cell in
                cell.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
                    ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
            }.joined(separator: ",") + "\r\n"
    }
}

extension CohortDownload {
    /// So long it can be fetched.
    fileprivate static let days = 7
}

extension ProjectRecord {
    fileprivate func keptDownload(_ id: ExactText, at now: Timestamp) throws -> CohortDownload {
        guard let download = try download(id), download.parts != nil,
            download.requestedAt >= now.daysBefore(CohortDownload.days)
        else {
            throw Failure(
                .notFound,
                "request_unknown",
                "There is no request \(id.string), or it is over: it can be fetched for \(CohortDownload.days) days."
                    + " GET /api/5/cohorts/request/{cohort id} asks anew."
            )
        }
        return download
    }
}

extension Timestamp {
    fileprivate func daysBefore(_ days: Int) -> Timestamp {
        Timestamp(milliseconds: milliseconds - Int64(days) * 86_400_000)
    }
}

extension Parameter {
    fileprivate static let downloadID = Parameter(
        "id",
        .text,
        in: .path,
        "The request's id, as GET /api/5/cohorts/request/{cohort id} gave it.",
        example: "abcd1234"
    )
}
