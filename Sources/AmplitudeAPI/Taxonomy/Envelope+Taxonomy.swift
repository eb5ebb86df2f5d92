import EventModel
import HTTPEdge

extension Envelope {
    /// Of the Taxonomy API. Source: Documentation/taxonomy.md X1.
    static let taxonomy = Envelope(
        "TaxonomyError",
        schema: [
            "type": "object",
            "required": ["success", "errors"],
            "properties": [
                "success": ["type": "boolean"],
                "errors": [
                    "type": "array",
                    "items": ["type": "object", "properties": ["message": ["type": "string"]]],
                ],
            ],
        ]
    ) { failure in
        var json = JSONWriter()
        json.raw("{\"success\":false,\"errors\":[{\"message\":")
        if case .queryLimit(let exceeded) = failure.details {
            json.string("Too many requests \(exceeded.isOfMoment ? "at a time" : "an hour"). Try again later.")
        } else {
            json.string(failure.sentence)
        }
        json.raw("}]}")
        return json.text
    }
}

extension TaxonomyError: FailureCause {
    var failure: Failure {
        switch self {
        case .malformed(let sentence): Failure(.malformed, "malformed", sentence)
        case .conflict(let sentence): Failure(.conflict, "conflict", sentence)
        }
    }
}
