public import EventModel

/// How far a store has come.
public struct StoreProgress: Equatable, Sendable {
    public var sequence: JournalSequence
    public var rows: Int
    /// Events that had arrived by then, also those that have left since: the number of the next one.
    public var arrivals: Int

    /// - Parameter arrivals: as many as there are rows if left out.
    public init(sequence: JournalSequence, rows: Int, arrivals: Int? = nil) {
        self.sequence = sequence
        self.rows = rows
        self.arrivals = arrivals ?? rows
    }

    /// Goes on by a batch.
    public mutating func add(_ batch: JournalBatch) {
        sequence = batch.sequence
        rows += batch.events.count
        arrivals += batch.committedEvents
    }
}
