import EventExport
import EventModel
import HTTPEdge
import Hummingbird
import NIOCore
import QueryExecution

// A project's events, and its merges, page by page in the order of arrival. Amplitude has no such path, so it is ours; the
// command `antinode export` asks it. Source: Documentation/data.md D5.
//
//     GET /api/v1/export?cursor=0     lines of JSON; X-Export-Next is the next page's cursor, up to X-Export-End

extension Endpoint {
    static let export = Endpoint(
        .get,
        at: "/api/v1/export",
        "Some of the events in the order of arrival, as lines of JSON. X-Export-Next is the cursor of the next page; the"
            + " last page is the one in which it is as far as X-Export-End. X-Export-Count says how many lines there are.",
        parameters: [
            .exportCursor,
            Parameter(
                "end",
                .integer,
                "X-Export-End of the first page, so that all pages are of the events that were there then; all events that"
                    + " are there if left out.",
                example: "1000"
            ),
            Parameter(
                "from",
                .text,
                "The first day or hour of the events' time, in the project's time zone.",
                example: "20260101"
            ),
            Parameter("to", .text, "The last day or hour, itself included.", example: "20260131T09"),
            Parameter(
                "events",
                .text,
                "Only events of these types, with commas between.",
                example: "Sign Up,Purchase"
            ),
            Parameter(
                "where",
                .text,
                "Only events for which these conditions hold. A property is a built-in one by its name, gp:NAME of users, or"
                    + " else the event's own.",
                example: "country in Germany,Austria and price > 5"
            ),
        ],
        access: .viewer,
        contentTypes: [linesOfJSON]
    ) { call in
        let project = try call.project
        let selection = try ExportSelection(parsing: call.parameters, in: project.project.timeZone)
        let (cursor, end) = (try call.parameters.row("cursor") ?? 0, try call.parameters.row("end"))
        do {
            return .page(try await project.exports.page(selection, from: cursor, to: end))
        } catch QueryError.userProperty(let name) {
            throw QueryParameterError(
                .unknown,
                "where",
                "\(name.shown()) is a property of users: write gp:\(name.shown())"
            )
        } catch QueryError.eventProperty(let name, _) {
            throw QueryParameterError(
                .unknown,
                "where",
                "\(name.shown()) is a property of events: write event:\(name.shown())"
            )
        }
    }

    static let exportMergedIDs = Endpoint(
        .get,
        at: "/api/v1/export/merged-ids",
        "Which Amplitude IDs are another one's person since when, as lines of JSON in the order in which that became known;"
            + " page by page, with the same headers as /api/v1/export.",
        parameters: [.exportCursor],
        access: .viewer,
        contentTypes: [linesOfJSON]
    ) { call in
        .page(try await call.project.exports.merges(from: try call.parameters.row("cursor") ?? 0))
    }

    private static let linesOfJSON = "application/x-ndjson"
}

extension Parameter {
    fileprivate static let exportCursor = Parameter(
        "cursor",
        .integer,
        "X-Export-Next of the page before.",
        standard: "0",
        example: "0"
    )
}

extension Reply {
    fileprivate static func page(_ page: ExportPage) -> Reply {
        var headers: HTTPFields = [:]
        headers[.exportNext] = "\(page.next)"
        headers[.exportEnd] = "\(page.end)"
        headers[.exportCount] = "\(page.count)"
        return Reply(
            headers: headers,
            contentType: "application/x-ndjson",
            body: .bytes(ByteBuffer(bytes: page.lines))
        )
    }
}

extension HTTPFields.Element.Name {
    static var exportNext: Self { Self("X-Export-Next")! }
    static var exportEnd: Self { Self("X-Export-End")! }
    static var exportCount: Self { Self("X-Export-Count")! }
}

extension SentParameters {
    /// A number of rows.
    fileprivate func row(_ name: String) throws(QueryParameterError) -> Int? {
        guard let text = nonEmpty(name) else { return nil }
        guard let row = Int(text), row >= 0 else {
            throw .malformed(name, "\(name) must be a number of rows that a page's headers gave, such as \(name)=0")
        }
        return row
    }
}
