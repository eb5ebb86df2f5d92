import EventModel
import JSONTape
public import QueryModel
public import Storage

extension DistinctValue {
    /// The value that one event has of a property: the same as its columns have.
    public init(of property: PropertyReference, in event: ResolvedEvent) {
        switch property.source {
        case .event(let name): self = Self.member(ExactText(name), of: event.event.eventProperties)
        case .dimension(.userProperty(let name)): self = Self.member(name, of: event.userProperties)
        case .dimension(.context(let field)): self.init(text: event.context[field])
        case .dimension(.deviceID): self.init(text: event.deviceID)
        case .dimension(.userID): self.init(text: event.userID)
        case .derived(_, let value): self.init(text: value(event.context))
        case .revenue:
            self = event.event.revenue.map { DistinctValue(PropertyValue.number($0)) } ?? .none
        }
    }

    private init(text: String?) {
        self = text.map { DistinctValue(text: $0) } ?? .none
    }

    private static func member(_ name: ExactText, of object: String) -> DistinctValue {
        let found = try? JSONDocument.withRoot(of: object.utf8Span.span) { root -> PropertyValue? in
            for (key, value) in root.members where !value.isNull && key.count == name.string.utf8.count {
                if ExactText(key.string) == name { return PropertyValue(value) }
            }
            return nil
        }
        return (found ?? nil).map { DistinctValue($0) } ?? .none
    }
}
