/// Events of devices that were silenced: nothing of theirs is taken. Source: Documentation/http.md H17.
public struct Silencing: Equatable, Sendable {
    /// The endpoint's limits.
    public var limits: RateLimits
    /// In order of their first event.
    public var devices: [String] = []
    /// Indexes of their events, ascending.
    public var events: [Int] = []
}
