public import EventModel

/// A property that events have through the number of something that many of them share.
public enum EventDimension: Hashable, Sendable {
    case context(ContextField)
    case userProperty(ExactText)
    case deviceID
    case userID

    /// True if ``EventStore/facts(of:after:)`` gives JSON text, false if plain text.
    public var valuesAreJSON: Bool {
        if case .userProperty = self { true } else { false }
    }

    /// The column that holds the numbers.
    public var column: NumberColumn {
        switch self {
        case .context: .context
        case .userProperty: .userProperties
        case .deviceID: .device
        case .userID: .namedUser
        }
    }
}
