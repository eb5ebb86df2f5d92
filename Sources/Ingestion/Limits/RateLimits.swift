/// The doors whose limits differ. Source: Documentation/http.md H15, H16.
public enum IngestionEndpoint: Hashable, Sendable {
    /// `/2/httpapi`, and the older forms of it.
    case httpV2
    case batch
}

/// How many events one device, and one user, may send to an endpoint. Source: Documentation/http.md H16.
public struct RateLimits: Equatable, Sendable {
    /// On average over `windowSeconds`: so many times as many may come at once. `nil` is no limit.
    public var eventsPerSecond: Int?
    public var windowSeconds: Int
    /// In the current hour and the 23 before it. `nil` is no limit.
    public var eventsPerDay: Int?

    public init(eventsPerSecond: Int? = nil, windowSeconds: Int = 30, eventsPerDay: Int? = nil) {
        self.eventsPerSecond = eventsPerSecond
        self.windowSeconds = windowSeconds
        self.eventsPerDay = eventsPerDay
    }

    var isOff: Bool { eventsPerSecond == nil && eventsPerDay == nil }
}
