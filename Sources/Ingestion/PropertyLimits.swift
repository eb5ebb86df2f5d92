import EventModel
import JSONTape

/// How large properties may be. Source: reference/ingest.md §2.
enum PropertyLimits {
    /// Longer texts are cut off, not refused; counted in Unicode scalars.
    static let longestText = 1024
    /// Levels of lists and objects inside one another, the object of properties itself being the first.
    static let deepestNesting = 40
    static let mostKeys = 1024

    /// Whether an object of properties has no more keys and levels than it may.
    static func allow(_ properties: JSONValue) -> Bool {
        properties.members.reduce(0) { count, _ in count + 1 } <= mostKeys && isFlat(properties, levels: deepestNesting)
    }

    private static func isFlat(_ value: JSONValue, levels: Int) -> Bool {
        switch value.kind {
        case .object: levels > 0 && value.members.allSatisfy { isFlat($0.value, levels: levels - 1) }
        case .array: levels > 0 && value.elements.allSatisfy { isFlat($0, levels: levels - 1) }
        default: true
        }
    }

    /// A text as it is stored.
    static func cut(_ text: String) -> String {
        // A text of so few bytes cannot have more scalars, which is nearly always so.
        if text.utf8.count <= longestText { return text }
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(longestText) { kept.append(scalar) }
        return String(kept)
    }

    /// A value as it is stored: its texts cut, also those inside lists and objects.
    static func cut(_ value: PropertyValue) -> PropertyValue {
        switch value {
        case .string(let text): .string(cut(text))
        case .list(let elements): .list(elements.map(cut))
        case .object(let members): .object(members.map { PropertyMember(key: $0.key, value: cut($0.value)) })
        default: value
        }
    }
}

extension JSONWriter {
    /// Writes a value as it is stored: its texts cut, also those inside lists and objects.
    ///
    /// - Parameter leavingOutNulls: members of this object, but not of those inside it, that are null.
    mutating func stored(_ json: JSONValue, leavingOutNulls: Bool = false) {
        switch json.kind {
        case .object:
            var first = true
            raw("{")
            for (key, value) in json.members where !(leavingOutNulls && value.isNull) {
                if !first { raw(",") }
                first = false
                string(key)
                raw(":")
                stored(value)
            }
            raw("}")
        case .array: list(json.elements) { $0.stored($1) }
        case .string:
            guard let text = json.text else { return }
            if text.count <= PropertyLimits.longestText {
                string(text)
            } else {
                string(PropertyLimits.cut(text.string))
            }
        default: value(json)
        }
    }
}
