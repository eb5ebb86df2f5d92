import EventModel
import HTTPEdge
import Storage

extension Envelope {
    /// Of lookup tables. Source: Documentation/lookups.md J1.
    static let lookups = Envelope(
        "LookupTableError",
        schema: [
            "type": "object",
            "required": ["statusCode", "message", "errorCode", "extraParams"],
            "properties": [
                "statusCode": ["type": "integer"], "message": ["type": "string"], "errorCode": ["type": "string"],
                "extraParams": ["type": "object"],
            ],
        ]
    ) { failure in
        var json = JSONWriter()
        json.raw("{\"statusCode\":")
        json.integer(failure.status)
        json.member("message", failure.sentence)
        json.member("errorCode", failure.lookupCode)
        json.key("extraParams")
        json.raw("{")
        if let field = failure.field {
            json.raw("\"field\":")
            json.string(field)
        }
        json.raw("}}")
        return json.text
    }
}

extension Failure {
    /// - Parameter missing: of a table that is not there: Amplitude's two APIs disagree.
    init(_ problem: LookupProblem, missing: Kind) {
        let kind: Kind =
            switch problem.code {
            case .exists: .conflict
            case .fileSize: .tooLarge
            case .missing: missing
            default: .malformed
            }
        self.init(kind, problem.code.rawValue, problem.sentence, field: problem.field)
    }

    /// What has no word of Amplitude's has the server's own.
    fileprivate var lookupCode: String {
        if code.hasPrefix("LOOKUP_TABLE_") { return code }
        return kind == .tooLarge ? LookupProblem.Code.fileSize.rawValue : code.uppercased()
    }
}
