public import EventModel

extension PropertyValue {
    /// Copies a value out of a document. Whole numbers beyond 64 bits become doubles, and what is beyond those the text of
    /// its digits.
    public init(_ json: JSONValue) {
        switch json.kind {
        case .null: self = .null
        case .bool: self = .bool(json.bool ?? false)
        case .integer: self = .integer(json.integer ?? 0)
        case .unsignedInteger, .double: self = .number(json.double ?? 0)
        case .largeNumber:
            let number = json.largeNumber
            self = number?.double.map { .number($0) } ?? .string(number?.text ?? "")
        case .string: self = .string(json.string ?? "")
        case .array: self = .list(json.elements.map { PropertyValue($0) })
        case .object:
            self = .object(json.members.map { PropertyMember(key: $0.key.string, value: PropertyValue($0.value)) })
        }
    }
}

extension JSONWriter {
    /// Writes a document's value without making a tree of it.
    ///
    /// - Parameter longestText: Unicode scalars of which no text is to have more, also inside lists and objects.
    public mutating func value(_ json: JSONValue, longestText: Int = .max) {
        switch json.kind {
        case .object:
            var first = true
            byte(UInt8(ascii: "{"))
            for (key, value) in json.members {
                if !first { byte(UInt8(ascii: ",")) }
                first = false
                string(key)
                byte(UInt8(ascii: ":"))
                self.value(value, longestText: longestText)
            }
            byte(UInt8(ascii: "}"))
        case .array:
            var first = true
            byte(UInt8(ascii: "["))
            for element in json.elements {
                if !first { byte(UInt8(ascii: ",")) }
                first = false
                value(element, longestText: longestText)
            }
            byte(UInt8(ascii: "]"))
        case .string:
            guard let text = json.text else { return }
            // A text of so few bytes cannot have more scalars, which is nearly always so.
            if text.count <= longestText {
                string(text)
            } else {
                var kept = String.UnicodeScalarView()
                for scalar in text.string.unicodeScalars.prefix(longestText) { kept.append(scalar) }
                string(String(kept))
            }
        case .integer: integer(json.integer ?? 0)
        case .unsignedInteger, .double: number(json.double ?? 0)
        case .largeNumber: value(PropertyValue(json))
        case .bool: bool(json.bool ?? false)
        case .null: raw("null")
        }
    }

    /// A document's string.
    public mutating func string(_ text: JSONText) {
        text.withBytes { string(utf8: $0) }
    }
}
