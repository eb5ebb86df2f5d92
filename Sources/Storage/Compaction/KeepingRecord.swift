public import EventModel

/// The part of a project's record that says how long events are kept. Calls block.
public protocol KeepingRecord: Sendable {
    func keeping() throws(ProjectRecordError) -> Keeping
    /// From now on so many days are kept.
    ///
    /// - Parameter confirmed: up to which cut somebody was shown what leaves, and meant it; `nil` if nobody was.
    func keep(_ days: KeptDays?, confirming confirmed: Timestamp?) throws(ProjectRecordError)
    /// Somebody means what leaves up to a cut.
    func confirm(_ cut: Timestamp) throws(ProjectRecordError)
    /// From now on whatever happened before is in no answer. Only while nothing is committed: whoever commits afterwards
    /// asks for it. An earlier one than there is changes nothing.
    func setCut(_ cut: Timestamp) throws(ProjectRecordError)
    /// The files have nothing of before the cut any more.
    func noteCleared(_ cut: Timestamp) throws(ProjectRecordError)
}
