public import EventModel

/// The forms in which older endpoints take events. Source: Documentation/events-and-identity.md E1.
public enum EventForm: Sendable {
    /// The field `event` of `/httpapi`.
    case event
    /// The field `identification` of `/identify`.
    case identification
    /// The field `identification` of `/groupidentify`.
    case groupIdentification
    /// The field `e` that the first SDKs send.
    case legacy

    /// The endpoint that takes it.
    public var door: EventDoor {
        switch self {
        case .event: .httpV1
        case .identification: .identify
        case .groupIdentification: .groupIdentify
        case .legacy: .first
        }
    }

    var dialect: EventDialect {
        switch self {
        case .event: .httpV2
        case .identification: .identification
        case .groupIdentification: .groupIdentification
        case .legacy: .legacy
        }
    }
}
