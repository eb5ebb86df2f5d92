public import Ingestion

/// What is to be watched of a project: whether events pile up on their way.
public struct ProjectFigures: Sendable {
    /// Its name.
    public var project: String
    /// How far the columns are behind.
    public var lag: FeedLag
    /// Events, and bytes of them, that wait for the next commit.
    public var waitingEvents: Int
    public var waitingBytes: Int
    /// Events that are to leave for their age, and wait for somebody who means it.
    public var heldEvents: Int
}
