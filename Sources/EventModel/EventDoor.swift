/// The endpoint through which an event came. Raw value, less than 8: how it is stored.
public enum EventDoor: UInt8, BitwiseCopyable, Sendable {
    /// Of events from before it was noted, and those that came through none.
    case unknown = 0
    case httpV2, batch, identify, groupIdentify, httpV1, first
    /// Events that another server had received before. Source: Documentation/data.md D25.
    case imported

    /// As requests have it; `nil` if it is not known.
    public var path: String? {
        switch self {
        case .unknown, .imported: nil
        case .httpV2: "/2/httpapi"
        case .batch: "/batch"
        case .identify: "/identify"
        case .groupIdentify: "/groupidentify"
        case .httpV1: "/httpapi"
        case .first: "/"
        }
    }
}
