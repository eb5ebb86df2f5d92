public import EventModel

/// The part of a project's record that every accepted batch is in, in order. Written by one writer; calls block.
public protocol Journal: Sendable {
    /// Makes a change durable, all of it or nothing: on return it is on disk (fsync). Returns the batch's sequence.
    func commit(_ change: RecordChange) throws(ProjectRecordError) -> JournalSequence

    /// The sequence of the last committed batch.
    func lastSequence() throws(ProjectRecordError) -> JournalSequence
    /// The batches after `sequence`, oldest first: at least one if there is one, and no more than about `limit` events, or
    /// `bytes` of memory.
    func batches(
        after sequence: JournalSequence,
        limit: Int,
        bytes: Int
    ) throws(ProjectRecordError) -> [JournalBatch]
}

extension Journal {
    /// The same, however large the events are.
    public func batches(after sequence: JournalSequence, limit: Int) throws(ProjectRecordError) -> [JournalBatch] {
        try batches(after: sequence, limit: limit, bytes: .max)
    }
}
