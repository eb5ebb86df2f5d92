import EventModel

/// The ways in which clients write an event: which keys mean what (``FieldName``), and what must be there.
enum EventDialect: Sendable {
    /// An element of `events` of `/2/httpapi` and `/batch`, and of `event` of `/httpapi`.
    /// Source: Documentation/events-and-identity.md E9.
    case httpV2
    /// An element of `identification` of `/identify`: no event type, but properties of the person.
    /// Source: Documentation/events-and-identity.md E31.
    case identification
    /// An element of `identification` of `/groupidentify`: one group and operations on its properties.
    /// Source: Documentation/events-and-identity.md E11.
    case groupIdentification
    /// An element of `e` of the first SDKs. Source: Documentation/events-and-identity.md E1.
    case legacy

    /// The event type, where it is not for the sender to say.
    var impliedType: String? {
        switch self {
        case .httpV2, .legacy: nil
        case .identification: EventNames.identify
        case .groupIdentification: EventNames.groupIdentify
        }
    }
}
