import EventModel

/// The ways in which clients write an event: which keys mean what, and what must be there.
enum EventDialect {
    /// An element of `events` of `/2/httpapi` and `/batch`, and of `event` of `/httpapi`. Source: reference/ingest.md §3.
    case httpV2
    /// An element of `identification` of `/identify`: no event type, but properties of the person. Source: §7.
    case identification
    /// An element of `identification` of `/groupidentify`: one group and operations on its properties. Source: §7.
    case groupIdentification
    /// An element of `e` of the first SDKs. Source: §1.
    case legacy

    /// Keys that stand for another one's.
    var aliases: [String: String] {
        switch self {
        case .httpV2, .identification, .groupIdentification: [:]
        case .legacy: ["timestamp": "time", "uuid": "insert_id", "sequence_number": "event_id"]
        }
    }

    /// The event type, where it is not for the sender to say.
    var impliedType: String? {
        switch self {
        case .httpV2, .legacy: nil
        case .identification: EventNames.identify
        case .groupIdentification: EventNames.groupIdentify
        }
    }

    /// The built-in user properties that an event can set, by the key.
    var contextFields: [String: ContextField] {
        self == .identification ? Self.identificationFields : Self.eventFields
    }

    /// `app_version` is `version_name` in SDKs.
    private static let eventFields: [String: ContextField] = [
        "app_version": .version, "version_name": .version, "platform": .platform, "os_name": .osName,
        "os_version": .osVersion, "device_brand": .deviceBrand, "device_manufacturer": .deviceManufacturer,
        "device_model": .deviceModel, "carrier": .carrier, "country": .country, "region": .region, "city": .city,
        "dma": .dma, "language": .language, "library": .library,
    ]

    private static let identificationFields = eventFields.merging(
        ["paying": .paying, "start_version": .startVersion],
        uniquingKeysWith: { first, _ in first }
    )
}
