import EventModel
import JSONTape

/// How large events and their properties may be. Source: Documentation/events-and-identity.md E12.
enum PropertyLimits {
    /// Longer texts are cut off, not refused; counted in Unicode scalars.
    static let longestText = 1024
    /// Levels of lists and objects inside one another, the object of properties itself being the first.
    static let deepestNesting = 40
    static let mostKeys = 1024
    /// Elements of a list that is a person's or a group's property.
    static let mostElements = 1_000
    /// Bytes of the JSON of all properties of a person, or of a group.
    static let largestProperties = 256 << 10
    /// Bytes of an event's JSON, its properties included.
    static let largestEvent = 1 << 20
    /// The beginning of 2101: times from here on were meant in another unit than milliseconds.
    static let endOfTimes = Timestamp(milliseconds: 4_133_980_800_000)

    /// Whether an object of properties has no more keys and levels than it may.
    static func allow(_ properties: JSONValue) -> Bool {
        var count = 0
        for (_, value) in properties.members {
            count += 1
            // Few properties are lists or objects.
            if value.kind == .object || value.kind == .array, !isFlat(value, levels: deepestNesting - 1) {
                return false
            }
        }
        return count <= mostKeys
    }

    /// An object's members as they are stored: null is as good as missing, and long texts are cut.
    static func members(of object: JSONValue) -> [PropertyMember] {
        object.members.compactMap { member in
            if member.value.isNull { return nil }
            return PropertyMember(key: member.key.string, value: cut(PropertyValue(member.value)))
        }
    }

    /// The same of an object in JSON that this process has written.
    static func members(ofJSON json: ArraySlice<UInt8>) -> [PropertyMember] {
        let read = try? JSONDocument.withRoot(of: json.span) { root in members(of: root) }
        guard let read else { preconditionFailure("what was written as JSON can be read as JSON") }
        return read
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
