public import EventModel
import JSONTape

/// A group that an event belongs to, such as `company: Acme`.
public struct EventGroup: Hashable, Sendable {
    public var type: ExactText
    public var value: ExactText

    /// Source: Documentation/events-and-identity.md E11.
    private static let mostTypes = 5
    private static let mostValues = 10

    public init(type: String, value: String) {
        self.type = ExactText(type)
        self.value = ExactText(value)
    }

    /// Reads `{"type": "value", "other": ["several", "values"]}`; `nil` if it is something else, or too much.
    static func all(in json: JSONValue) -> [EventGroup]? {
        guard json.kind == .object else { return nil }
        var groups: [EventGroup] = []
        var types = 0
        for (key, value) in json.members {
            types += 1
            let values = value.kind == .array ? Array(value.elements) : [value]
            guard types <= mostTypes, values.count <= mostValues else { return nil }
            for value in values {
                guard let label = PropertyValue(value).label else { return nil }
                groups.append(EventGroup(type: key.string, value: label))
            }
        }
        return groups
    }
}
