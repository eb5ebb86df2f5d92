public import EventModel

/// What a request for a deletion says, but for the people.
public struct DeletionOrder: Equatable, Sendable {
    /// Who asks, in the caller's words.
    public var requester: String
    public var requestedAt: Timestamp
    /// Until then it can be cancelled.
    public var dueAt: Timestamp

    public init(requester: String, requestedAt: Timestamp, dueAt: Timestamp) {
        self.requester = requester
        self.requestedAt = requestedAt
        self.dueAt = dueAt
    }
}
