public import EventModel

/// The part of a project's record that knows who was deleted: for ever, so that whatever is rebuilt or restored from it
/// hides them before it answers. Calls block.
public protocol DeletionRecord: Sendable {
    /// Whom no answer may show; kept in memory, so it may be asked for at every query.
    func hiddenPeople() throws(ProjectRecordError) -> HiddenPeople

    /// All Amplitude IDs of those people, also of who is gone from the rest of the record; in no order.
    func deletedAmplitudeIDs() throws(ProjectRecordError) -> [AmplitudeID]

    /// Deletions in a state, or all; in the order in which they were asked for.
    func deletions(in state: Deletion.State?) throws(ProjectRecordError) -> [Deletion]
    /// The deletion that has this key.
    func deletion(of user: UserKey) throws(ProjectRecordError) -> Deletion?
    /// The same by Amplitude ID; looks at all who are deleted.
    func deletion(of id: AmplitudeID) throws(ProjectRecordError) -> Deletion?
    /// The deletion that can still be cancelled of who had this `user_id`; the latest, if there are several.
    func stagedDeletion(ofUserID userID: String) throws(ProjectRecordError) -> Deletion?

    /// Deletes people, in one transaction with a batch of the journal, so that whoever finds an older copy of the record
    /// knows that it is one: they are hidden, and neither `user_id` nor device leads to them any more.
    ///
    /// - Parameters:
    ///   - change: without people; only the writer of the journal may call this.
    ///   - people: with any of their keys. Who is deleted already stays so, and who does not exist is left out.
    /// - Returns: the batch, and the deletions that were made, in the order of `people`, each person once.
    func commit(
        _ change: RecordChange,
        deleting people: [UserKey],
        _ order: DeletionOrder
    ) throws(ProjectRecordError) -> (JournalSequence, [Deletion])

    /// Forgets a deletion, in one transaction with the batch that gives ids and devices back.
    ///
    /// - Throws: `.refused` if it is not `staging`; nothing is changed then.
    func commit(_ change: RecordChange, cancelling deletion: DeletionID) throws(ProjectRecordError) -> JournalSequence

    /// Makes `submitted` of those `staging` ones whose time is over.
    ///
    /// - Parameter time: `nil` takes all.
    /// - Returns: all that are `submitted` now.
    func submitDeletions(dueBy time: Timestamp?) throws(ProjectRecordError) -> [Deletion]

    /// Makes `done` of `submitted` ones, and forgets the texts that were kept for a cancel, and who they were among the
    /// people of cohorts.
    ///
    /// - Parameter receipt: a JSON object that says what was rewritten.
    func finishDeletions(_ deletions: [DeletionID], receipt: String, at time: Timestamp) throws(ProjectRecordError)
}
