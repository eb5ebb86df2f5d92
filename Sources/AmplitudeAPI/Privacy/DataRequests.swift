import EventExport
import EventModel
import HTTPEdge
import Hummingbird
import JSONTape
import NIOCore
import QueryExecution
import Storage

// All that is known of a person, as the law lets people ask for it. Source: Documentation/data.md D4.
//
//     POST /api/2/dsar/requests                     {"userId":"ann","startDate":"2026-01-01","endDate":"2026-12-31"} → 202
//     GET  /api/2/dsar/requests/{id}                whether it is done, and where its output is
//     GET  /api/2/dsar/requests/{id}/outputs/{n}    a gzip file of lines like those of an export
//
// Amplitude takes days to gather it. Here it is read when it is fetched, so a request is done at once.

extension Endpoint {
    static let requestData = Endpoint(
        .post,
        at: "/api/2/dsar/requests",
        "Asks for all that is known of a person.",
        body: Body(
            "Who, by user id or Amplitude ID, and the first and last day (UTC) of the events.",
            example: ["userId": "ann@example.com", "startDate": "2026-01-01", "endDate": "2026-12-31"]
        ),
        access: .admin,
        success: 202
    ) { call in
        let project = try call.project
        let asked = try AskedPerson(parsing: try await call.bytes(limit: 64 << 10))
        guard let user = try await project.people.person(asked.name) else { throw Failure.nobody(asked.name) }
        let request = DataRequest(
            id: 0,
            user: user,
            userID: asked.userID,
            days: asked.days,
            requestedAt: project.now()
        )
        let id = try await project.withRecord { record in try record.add(request) }
        return .json("{\"requestId\":\(id)}", status: .accepted)
    }

    static let dataRequest = Endpoint(
        .get,
        at: "/api/2/dsar/requests/{id}",
        "Whether all that is known of a person is gathered, and where it is.",
        parameters: [.dataRequestID],
        access: .admin
    ) { call in
        let request = try await call.dataRequest()
        let isThere = try request.isThere(at: call.project.now())
        let scheme = call.isSecure ? "https" : "http"
        let host = call.request.head.authority ?? "127.0.0.1"
        var json = JSONWriter()
        json.raw("{\"requestId\":")
        json.integer(request.id)
        json.member("userId", request.userID)
        json.key("amplitudeId")
        json.integer(try await call.project.people.names(of: [request.user])[0].amplitudeID.number)
        json.member("startDate", request.days.lowerBound.iso)
        json.member("endDate", request.days.upperBound.iso)
        json.member("status", "done")
        json.null("failReason")
        json.key("urls")
        json.list(isThere ? ["\(scheme)://\(host)/api/2/dsar/requests/\(request.id)/outputs/0"] : []) { $0.string($1) }
        json.member("expires", request.lastDay.iso)
        json.raw("}")
        return .json(json)
    }

    static let dataOutput = Endpoint(
        .get,
        at: "/api/2/dsar/requests/{id}/outputs/{number}",
        "All that is known of a person: a gzip file of lines of JSON, like those of an export.",
        parameters: [
            .dataRequestID,
            Parameter("number", .integer, in: .path, "As the list of urls gives it: there is one.", example: "0"),
        ],
        access: .admin,
        contentTypes: ["application/gzip"]
    ) { call in
        let number = call.parameters.part("number")
        let request = try await call.dataRequest()
        guard number.string == "0" else {
            throw Failure(.notFound, "output_unknown", "A request has one output: /outputs/0.")
        }
        let project = try call.project
        guard request.isThere(at: project.now()) else {
            throw Failure(
                .notFound,
                "output_expired",
                "The output could be fetched until \(request.lastDay.iso): ask again with POST /api/2/dsar/requests."
            )
        }
        let rows = try await project.people.rows(of: request.user)
        let stream = ResponseBody { writer in
            // Gzip files one behind another are one. The last may be empty, so that there is always one.
            for start in stride(from: 0, through: rows.count, by: Self.rowsAtOnce) {
                let events = try await project.people.events(at: Array(rows[start...].prefix(Self.rowsAtOnce)))
                let lines = ExportPart(project: project.project.id)
                for event in events where request.times.contains(event.event.time) { lines.add(event) }
                try await writer.write(ByteBuffer(bytes: lines.file()))
            }
            try await writer.finish(nil)
        }
        return Reply(contentType: "application/gzip", body: .stream(stream))
    }

    /// Each may have a megabyte, and its person a quarter of one.
    private static let rowsAtOnce = 100
}

extension Call {
    fileprivate func dataRequest() async throws -> DataRequest {
        let text = parameters.part("id").string
        let project = try project
        var found: DataRequest?
        if let id = Int64(text) { found = try await project.withRecord { record in try record.dataRequest(id) } }
        guard let request = found else {
            throw Failure(
                .notFound,
                "request_unknown",
                "There is no request \(text); POST /api/2/dsar/requests makes one."
            )
        }
        if try await project.withRecord({ record in try record.hiddenPeople().contains(request.user) }) {
            throw Failure(.notFound, "person_deleted", "The person of request \(request.id) was deleted.")
        }
        return request
    }
}

extension DataRequest {
    /// The last day (UTC) on which the output can be fetched.
    fileprivate var lastDay: CalendarDate { ProjectTimeZone.utc.date(of: requestedAt).adding(days: 2) }

    fileprivate func isThere(at now: Timestamp) -> Bool { ProjectTimeZone.utc.date(of: now) <= lastDay }

    fileprivate var times: Range<Timestamp> {
        ProjectTimeZone.utc.start(of: days.lowerBound)..<ProjectTimeZone.utc.start(of: days.upperBound.adding(days: 1))
    }
}

extension Parameter {
    fileprivate static let dataRequestID = Parameter(
        "id",
        .integer,
        in: .path,
        "As POST /api/2/dsar/requests gave it.",
        example: "1"
    )
}

extension Failure {
    fileprivate static func nobody(_ name: PersonName) -> Failure {
        let (field, value) =
            switch name {
            case .userID(let id): ("userId", id)
            case .amplitudeID(let id): ("amplitudeId", "\(id.number)")
            }
        return Failure(
            .notFound,
            "person_unknown",
            "Nobody has the \(field) \(value); GET /api/2/usersearch finds people by user id, device id or Amplitude ID.",
            field: field
        )
    }

    fileprivate static func malformed(_ field: String, _ sentence: String) -> Failure {
        Failure(.malformed, "parameter_malformed", sentence, field: field)
    }
}

/// The body of `POST /api/2/dsar/requests`.
private struct AskedPerson {
    var name: PersonName
    var userID: String? {
        if case .userID(let id) = name { id } else { nil }
    }

    var days: ClosedRange<CalendarDate>

    init(parsing body: [UInt8]) throws {
        do {
            self = try JSONDocument.withRoot(of: body) { root in try AskedPerson(root) }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure.malformed("userId", "The body must be a JSON object, such as {\"userId\":\"ann\",…}.")
        }
    }

    private init(_ root: JSONValue) throws(Failure) {
        if let id = root["userId"]?.string, !id.isEmpty {
            name = .userID(id)
        } else if let number = root["amplitudeId"]?.integer {
            name = .amplitudeID(AmplitudeID(number))
        } else {
            throw .malformed("userId", "userId must be a text, such as \"ann\", or amplitudeId a whole number.")
        }
        let (first, last) = (try Self.day("startDate", root), try Self.day("endDate", root))
        guard first <= last else { throw .malformed("endDate", "endDate must not lie before startDate.") }
        days = first...last
    }

    private static func day(_ name: StaticString, _ root: JSONValue) throws(Failure) -> CalendarDate {
        guard let day = (root[name]?.string).flatMap(CalendarDate.init(iso:)) else {
            throw .malformed("\(name)", "\(name) must be a day, such as \"2026-01-31\".")
        }
        return day
    }
}
