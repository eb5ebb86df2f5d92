import EventExport
import EventModel
import HTTPEdge
import Hummingbird
import NIOCore

extension Endpoint {
    static let export = Endpoint(
        .get,
        at: "/api/2/export",
        "All events that were received in some hours, as Amplitude exports them: a zip of gzip'd JSON lines.",
        parameters: [
            Parameter("start", .text, "The first hour of receipt, in UTC.", example: "20260101T00", isRequired: true),
            Parameter("end", .text, "The last hour, itself included.", example: "20260101T23", isRequired: true),
        ],
        access: .viewer,
        contentTypes: ["application/zip"]
    ) { call in
        let project = try call.project
        let hours = try ExportHours(parsing: call.parameters)
        let export: ZipExport?
        do {
            export = try await project.exports.begin(hours.times)
        } catch EventExports.Refusal.tooMany {
            throw Failure.tooManyExports
        }
        guard let export else { throw Failure.nothingToExport }
        let stream = ResponseBody { writer in
            while let bytes = try await export.next() { try await writer.write(ByteBuffer(bytes: bytes)) }
            try await writer.finish(nil)
        }
        return Reply(contentType: "application/zip", body: .stream(stream))
    }
}

extension Failure {
    /// What Amplitude answers; clients take it for an empty file.
    fileprivate static let nothingToExport = Failure(.notFound, "nothing_received", "Raw data files were not found.")

    fileprivate static let tooManyExports = Failure(
        .tooManyRequests,
        "too_many_exports",
        "\(EventExports.mostAtOnce) exports of this project are under way: ask again when one of them is over.",
        retryAfter: .seconds(10)
    )
}

/// The hours of `GET /api/2/export`, both ends included. Source: Documentation/data.md D1.
struct ExportHours: Equatable {
    /// Since 1970.
    var first: Int64
    var last: Int64

    private static let mostDays: Int64 = 365

    init(parsing query: SentParameters) throws(QueryParameterError) {
        first = try Self.hour("start", query)
        last = try Self.hour("end", query)
        guard last >= first else {
            throw QueryParameterError(.outOfRange, "end", "end must not lie before start; the same hour is one hour")
        }
        guard last - first < Self.mostDays * 24 else {
            throw QueryParameterError(
                .outOfRange,
                "end",
                "an export has at most \(Self.mostDays) days: ask for the rest with another start"
            )
        }
    }

    /// Of receipt.
    var times: Range<Timestamp> {
        Timestamp(milliseconds: first * 3_600_000)..<Timestamp(milliseconds: (last + 1) * 3_600_000)
    }

    /// `20260131T09`.
    private static func hour(_ name: String, _ query: SentParameters) throws(QueryParameterError) -> Int64 {
        let text = try query.required(name, "an hour in UTC, such as \(name)=20260131T09")
        guard let match = text.wholeMatch(of: /([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})/),
            let year = Int(match.1), let month = Int(match.2), let day = Int(match.3), let hour = Int64(match.4),
            let date = CalendarDate(year: year, month: month, day: day), hour < 24
        else {
            throw .malformed(name, "\(name) must be an hour in UTC, such as \(name)=20260131T09")
        }
        return Int64(date.daysSinceEpoch) * 24 + hour
    }
}
