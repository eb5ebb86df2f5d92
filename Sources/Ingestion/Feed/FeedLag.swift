/// How far the event store is behind the journal.
public struct FeedLag: Equatable, Sendable {
    /// Committed batches that are not in the store.
    public var batches: Int64 = 0
    /// Events, and bytes of them, that are kept in memory for the store; the rest of the batches is read from the journal.
    public var waitingEvents = 0
    public var waitingBytes = 0
    /// Seconds since the store last had everything, or last got nearer to it; 0 when it has everything. Some is as it
    /// should be, as events gather for a moment; it grows when the store takes none.
    public var seconds = 0.0
}
