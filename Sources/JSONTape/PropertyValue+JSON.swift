public import EventModel

extension PropertyValue {
    /// Copies a value out of a document. Whole numbers beyond 64 bits become doubles.
    public init(_ json: JSONValue) {
        switch json.kind {
        case .null: self = .null
        case .bool: self = .bool(json.bool ?? false)
        case .integer: self = .integer(json.integer ?? 0)
        case .unsignedInteger, .double: self = .number(json.double ?? 0)
        case .string: self = .string(json.string ?? "")
        case .array: self = .list(json.elements.map { PropertyValue($0) })
        case .object:
            self = .object(json.members.map { PropertyMember(key: $0.key.string, value: PropertyValue($0.value)) })
        }
    }
}

extension JSONWriter {
    /// Writes a document's value without making a tree of it.
    public mutating func value(_ json: JSONValue) {
        switch json.kind {
        case .object:
            var first = true
            raw("{")
            for (key, value) in json.members {
                if !first { raw(",") }
                first = false
                string(key)
                raw(":")
                self.value(value)
            }
            raw("}")
        case .array: list(json.elements) { $0.value($1) }
        case .string:
            if let text = json.text { string(text) }
        default: value(PropertyValue(json))
        }
    }

    /// A document's string.
    public mutating func string(_ text: JSONText) {
        text.withBytes { string(utf8: $0) }
    }
}
