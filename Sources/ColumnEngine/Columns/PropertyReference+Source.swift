import EventModel
import QueryModel
import Storage

/// Where a property's values are read from.
enum PropertySource {
    /// The events' own properties, by name.
    case event(String)
    /// Numbers on the events that stand for values.
    case dimension(EventDimension)
    /// Worked out from these context fields, once per distinct context.
    case derived([ContextField], @Sendable (EventContext) -> String?)
    /// The events' revenue.
    case revenue
}

extension PropertySource {
    /// The column of numbers that the events have for it, if they do.
    var column: NumberColumn? {
        switch self {
        case .event, .revenue: nil
        case .dimension(let dimension): dimension.column
        case .derived: .context
        }
    }
}

extension PropertyReference {
    var source: PropertySource {
        switch self {
        case .event(let name): .event(name.string)
        case .user(let name), .userOrEvent(let name): .dimension(.userProperty(name))
        case .builtIn(let property): property.source
        case .context(let field): .dimension(.context(field))
        case .eventType: preconditionFailure("the types of events are in every block")
        case .revenue: .revenue
        }
    }
}

extension BuiltInProperty {
    fileprivate var source: PropertySource {
        switch self {
        case .version: .dimension(.context(.version))
        case .country: .dimension(.context(.country))
        case .city: .dimension(.context(.city))
        case .region: .dimension(.context(.region))
        case .dma: .dimension(.context(.dma))
        case .language: .dimension(.context(.language))
        case .platform: .dimension(.context(.platform))
        case .os: .derived([.osName, .osVersion]) { $0.os }
        case .device, .deviceFamily: .derived(Self.deviceFields) { $0.deviceFamily }
        case .deviceType: .derived(Self.deviceFields) { $0.deviceType }
        case .carrier: .dimension(.context(.carrier))
        case .library: .dimension(.context(.library))
        case .startVersion: .dimension(.context(.startVersion))
        case .paying: .dimension(.context(.paying))
        case .userID: .dimension(.userID)
        case .deviceID: .dimension(.deviceID)
        }
    }

    private static let deviceFields: [ContextField] = [.deviceBrand, .deviceManufacturer, .deviceModel]
}
