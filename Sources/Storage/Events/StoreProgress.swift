public import EventModel

/// How far a store has come.
public struct StoreProgress: Equatable, Sendable {
    public var sequence: JournalSequence
    public var rows: Int

    public init(sequence: JournalSequence, rows: Int) {
        self.sequence = sequence
        self.rows = rows
    }
}
