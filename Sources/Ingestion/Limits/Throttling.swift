/// What devices and users sent more than they may. Source: Documentation/http.md H16.
public struct Throttling: Equatable, Sendable {
    /// The endpoint's limits.
    public var limits: RateLimits
    /// With the events a second that it would have come to, rounded up.
    public var devices: [ThrottledID] = []
    public var users: [ThrottledID] = []
    /// With the events of 24 hours that it would have come to.
    public var devicesOverQuota: [ThrottledID] = []
    public var usersOverQuota: [ThrottledID] = []
    /// Indexes of the events for which there is no room, ascending. The others would be taken.
    public var events: [Int] = []
}

/// A device or a user, and how many events are too many.
public struct ThrottledID: Equatable, Sendable {
    public var id: String
    public var events: Int
}
