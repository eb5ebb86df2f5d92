public import EventModel

/// The part of a project's record that accounts for every event. Calls block.
public protocol Ledger: Sendable {
    /// Received, stored, duplicate and rejected events since the beginning.
    func ledgerTotals() throws(ProjectRecordError) -> LedgerCounts
    /// The same for each minute in which something was received, oldest first.
    func ledger(_ minutes: Range<LedgerMinute>) throws(ProjectRecordError) -> [Numbered<LedgerMinute, LedgerCounts>]
    /// Of the stored events those that are gone: all others are there.
    func departed() throws(ProjectRecordError) -> DepartedCounts
    /// Counts events as received and rejected, and keeps nothing else of them.
    func countRejected(_ events: Int, at time: Timestamp) throws(ProjectRecordError)
}
