import EventModel
import HTTPEdge
import Ingestion

extension Envelope {
    /// Of what takes events as JSON: every client reads `code` from it. Source: Documentation/http.md H6.
    static let ingestion = Envelope(
        "IngestionError",
        schema: [
            "type": "object",
            "required": ["code", "error"],
            "properties": [
                "code": ["type": "integer", "description": "The HTTP status."],
                "error": ["type": "string"],
                "missing_field": ["type": "string"],
                "events_with_invalid_fields": .eventsByField,
                "events_with_missing_fields": .eventsByField,
                "events_with_invalid_id_lengths": .eventsByField,
                "throttled_devices": ["type": "object", "additionalProperties": ["type": "integer"]],
                "throttled_users": ["type": "object", "additionalProperties": ["type": "integer"]],
                "throttled_events": ["type": "array", "items": ["type": "integer"]],
            ],
        ]
    ) { failure in
        switch failure.details {
        case .throttling(let throttling): return throttling.json
        case .silencing(let silencing): return silencing.json
        case .none, .nothingSent, .allowed, .refusal, .queryLimit: break
        }
        var json = JSONWriter()
        json.raw("{\"code\":")
        json.integer(failure.status)
        json.member("error", failure.kind == .tooLarge ? "Payload too large" : failure.sentence)
        // Clients halve a request that is too large, whatever is in it.
        if case .refusal(let refusal) = failure.details, !refusal.isTooLarge {
            if let field = refusal.missingField { json.member("missing_field", field) }
            json.indexes("events_with_invalid_fields", refusal.invalidFields)
            json.indexes("events_with_missing_fields", refusal.missingFields)
            json.indexes("events_with_invalid_id_lengths", refusal.invalidIDLengths)
        }
        json.raw("}")
        return json.text
    }

    /// Of what takes forms: a word, or where Amplitude has none a sentence. Source: Documentation/http.md H7.
    static let plainText = Envelope("FormError", contentType: "text/plain", schema: ["type": "string"]) { failure in
        switch failure.details {
        case .refusal(let refusal) where !refusal.isTooLarge:
            let fields = Set(refusal.invalidFields.keys).union(refusal.missingFields.keys).sorted()
            return fields.isEmpty
                ? "missing_event" : "invalid_event_field. Invalid fields [\(fields.joined(separator: ", "))]."
        case .silencing: return failure.sentence
        case .none, .nothingSent, .allowed, .refusal, .throttling, .queryLimit: break
        }
        return switch failure.kind {
        case .malformed, .tooManyRequests: failure.code
        case .tooLarge: "Payload too large"
        case .unavailable: "request_db_write_failed"
        default: failure.sentence
        }
    }
}

extension JSONNode {
    fileprivate static let eventsByField: JSONNode = [
        "type": "object", "description": "By field: the places of the events in the request, from 0.",
        "additionalProperties": ["type": "array", "items": ["type": "integer"]],
    ]
}

extension JSONWriter {
    /// `,"name":{"field":[1,2]}`, with sorted fields; nothing if there are none.
    fileprivate mutating func indexes(_ name: StaticString, _ fields: [String: [Int]]) {
        if fields.isEmpty { return }
        key(name)
        raw("{")
        for (position, (field, indexes)) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
            if position > 0 { raw(",") }
            string(field)
            raw(":")
            list(indexes) { $0.integer($1) }
        }
        raw("}")
    }
}
