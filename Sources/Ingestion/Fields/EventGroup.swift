public import EventModel
import JSONTape

/// A group that an event belongs to, such as `company: Acme`.
public struct EventGroup: Hashable, Comparable, Sendable {
    public var type: ExactText
    public var value: ExactText

    /// Source: Documentation/events-and-identity.md E11.
    private static let mostTypes = 5
    private static let mostValues = 10

    public init(type: String, value: String) {
        self.type = ExactText(type)
        self.value = ExactText(value)
    }

    public static func < (lhs: EventGroup, rhs: EventGroup) -> Bool {
        (lhs.type, lhs.value) < (rhs.type, rhs.value)
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
            // A group that is null is none.
            for value in values where !value.isNull {
                guard let label = value.label else { return nil }
                groups.append(EventGroup(type: key.string, value: label))
            }
        }
        return groups
    }

    /// Whether a type's value, or one of its values, is null: as good as not sent.
    static func hasNull(_ json: JSONValue) -> Bool {
        json.members.contains { $0.value.isNull || $0.value.elements.contains(where: \.isNull) }
    }

    /// The groups as they are kept with an event: as they were sent, without nulls.
    static func members(of json: JSONValue) -> [PropertyMember] {
        json.members.compactMap { key, value in
            if value.isNull { return nil }
            guard value.elements.contains(where: \.isNull) else {
                return PropertyMember(key: key.string, value: PropertyValue(value))
            }
            let elements = value.elements.filter { !$0.isNull }.map { PropertyValue($0) }
            return elements.isEmpty ? nil : PropertyMember(key: key.string, value: .list(elements))
        }
    }
}
