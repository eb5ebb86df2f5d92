import EventModel
import JSONTape

/// Finds what no store can hold, or what is too large, in the events of documents that may have it: hardly any.
/// Source: Documentation/events-and-identity.md E14, E15.
struct EventInspector {
    private let dialect: EventDialect
    private let traits: JSONTraits
    /// Whether the document is large enough for an event that is too large.
    private let measures: Bool
    private let names = FieldNames.shared

    /// - Parameter bytes: how many the document has.
    init(_ dialect: EventDialect, _ traits: JSONTraits, bytes: Int) {
        self.dialect = dialect
        self.traits = traits
        measures = bytes > PropertyLimits.largestEvent
    }

    /// Whether there is nothing to look for.
    var isIdle: Bool { traits.isEmpty && !measures }

    /// The event's fields that make it invalid.
    func problems(of event: JSONValue) -> [String] {
        var fields: [String] = []
        if !traits.isEmpty {
            for (key, value) in event.members where isUnstorable(key, value) { fields.append(key.string) }
        }
        if measures, Self.size(of: event) > PropertyLimits.largestEvent {
            let largest = event.members.max { Self.size(of: $0.value) < Self.size(of: $1.value) }
            if let largest { fields.append(largest.key.string) }
        }
        return fields
    }

    private func isUnstorable(_ key: JSONText, _ value: JSONValue) -> Bool {
        let isName = isName(key)
        if traits.mayHaveZeroCharacters {
            if key.hasZeroCharacter || value.hasKeyWithZeroCharacter { return true }
            if isName, Self.hasTextWithZeroCharacter(value) { return true }
        }
        // Whole numbers are names by their digits, however many.
        return traits.hasNumbersBeyondDouble && value.holdsNumberBeyondDouble && !(isName && value.label != nil)
    }

    /// Whether a field's value stands for something by its name, and is not kept for its own sake.
    private func isName(_ key: JSONText) -> Bool {
        switch names(key, dialect) {
        case .userID, .deviceID, .type, .insertID, .groups, .groupType, .groupValue: true
        default: false
        }
    }

    private static func hasTextWithZeroCharacter(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .object: value.members.contains { hasTextWithZeroCharacter($0.value) }
        case .array: value.elements.contains { hasTextWithZeroCharacter($0) }
        default: value.text?.hasZeroCharacter ?? false
        }
    }

    /// Bytes of a value as JSON without spaces.
    private static func size(of value: JSONValue) -> Int {
        var json = JSONWriter()
        json.value(value)
        return json.count
    }
}
