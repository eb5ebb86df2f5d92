/// The part of a project's record that keeps refused requests, so that they can be sent again after a fix. Calls block.
public protocol Rejects: Sendable {
    /// Keeps a refused request, and its events in the ledger. The oldest ones go when there are too many.
    func reject(_ request: RejectedRequest) throws(ProjectRecordError)
    /// Refused requests, newest first, without their bodies.
    func rejectedRequests(limit: Int) throws(ProjectRecordError) -> [RejectedRequest]
    func rejectedRequest(_ id: Int64) throws(ProjectRecordError) -> RejectedRequest?
    /// Forgets a refused request, as when it was sent again and taken.
    func forgetRejectedRequest(_ id: Int64) throws(ProjectRecordError)
}
