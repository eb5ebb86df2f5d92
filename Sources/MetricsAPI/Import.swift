import EventModel
import HTTPEdge
import Hummingbird
import Ingestion
import NIOCore
import Storage

// Events that another server had received before, as lines of JSON, some at a time. Amplitude has no such path, so it is
// ours; the command `antinode import` asks it. Source: Documentation/data.md D25 to D29.
//
//     POST /api/v1/import?form=rows&file=4f0c…&line=1     lines → {"received":2,"stored":1,"duplicate":0,"rejected":[…]}

extension Endpoint {
    static let importLines = Endpoint(
        .post,
        at: "/api/v1/import",
        "Stores events that another server had received before, as they were: with their times, people and properties. The"
            + " same again is not stored twice. A line that cannot be stored is told, and costs no other.",
        parameters: [
            Parameter(
                "form",
                .choice(ImportForm.allCases.map(\.rawValue)),
                "What the lines are: rows of an export, events as /2/httpapi takes them, or merged Amplitude IDs.",
                standard: ImportForm.rows.rawValue,
                example: "events"
            ),
            Parameter(
                "file",
                .text,
                "Stands for the file that the lines are of, such as a hash of it: a line without an id of its own is known"
                    + " by it and its number.",
                example: "4f0c2a"
            ).required,
            Parameter("line", .integer, "The number of the first line in its file.", standard: "1", example: "5001"),
            Parameter(
                "after",
                .integer,
                "The first line of the piece of the file behind which this one is to be stored, if that one may still be on"
                    + " its way.",
                example: "1"
            ),
        ],
        body: Body(
            "Lines of JSON, each an object, at most \(mostBytes >> 20) MB of them; gzip is taken, too.",
            contentType: "application/x-ndjson",
            example: ["user_id": "ann@example.com", "event_type": "Play", "time": 1_767_225_600_000]
        ),
        access: .admin
    ) { call in
        let project = try call.project
        let decoder = try ImportDecoder(parsing: call.parameters)
        let body = try await call.content(limit: mostBytes)
        let outcome = try await project.writer.store(
            imported: Array(buffer: body),
            decoder,
            after: try call.parameters.line("after")
        )
        return .json(outcome.json)
    }

    /// Bytes of a body, as sent and unpacked.
    private static let mostBytes = 32 << 20
}

extension ImportDecoder {
    fileprivate init(parsing sent: SentParameters) throws(QueryParameterError) {
        let form = sent.nonEmpty("form").map { ImportForm(rawValue: $0) } ?? .rows
        guard let form else {
            let forms = ImportForm.allCases.map(\.rawValue).joined(separator: ", ")
            throw .malformed("form", "form must be one of \(forms), such as form=rows")
        }
        guard let file = sent.nonEmpty("file") else {
            throw QueryParameterError(
                .missing,
                "file",
                "file must say which file the lines are of, such as a hash of it: file=4f0c2a"
            )
        }
        self.init(form, file: file, firstLine: try sent.line("line") ?? 1)
    }
}

extension SentParameters {
    fileprivate func line(_ name: String) throws(QueryParameterError) -> Int? {
        guard let text = nonEmpty(name) else { return nil }
        guard let number = Int(text), number >= 1, number < 1 << 53 else {
            throw .malformed(name, "\(name) must be the number of the first line of a piece, such as \(name)=1")
        }
        return number
    }
}

extension ImportOutcome {
    /// The body of a 200.
    fileprivate var json: String {
        var json = JSONWriter()
        json.raw("{\"received\":")
        json.integer(lines)
        json.key("stored")
        json.integer(counts.stored - counts.expired)
        json.key("expired")
        json.integer(counts.expired)
        json.key("duplicate")
        json.integer(counts.duplicate)
        json.key("dropped")
        json.integer(counts.rejected - rejections.count)
        json.key("rejected")
        json.list(rejections) { json, rejection in
            json.raw("{\"line\":")
            json.integer(rejection.line)
            json.member("reason", rejection.reason)
            json.raw("}")
        }
        json.raw("}")
        return json.text
    }
}
