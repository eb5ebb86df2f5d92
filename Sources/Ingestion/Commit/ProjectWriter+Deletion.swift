public import EventModel
import Logging
public import Storage

/// People are deleted between two commits: what was accepted before is theirs, what comes after is somebody new's.
/// Source: Documentation/data.md D9 to D11.
extension ProjectWriter {
    /// Deletes people. On return that is on disk, and no answer that begins then shows them.
    ///
    /// - Parameters:
    ///   - people: with any of their keys. Who is deleted already is left out, and who does not exist.
    ///   - requester: who asks, in the caller's words.
    ///   - grace: so long it can be cancelled.
    /// - Returns: the deletions that were made, each person once.
    public func delete(
        _ people: [UserKey],
        for requester: String,
        grace: Duration
    ) async throws(ProjectRecordError) -> [Deletion] {
        let result = await betweenCommits { () -> Result<[Deletion], ProjectRecordError> in
            do throws(ProjectRecordError) {
                return .success(try self.deleteNow(people, requester, grace))
            } catch {
                self.log(error)
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Takes a deletion back: on return the person is there again. Who has come with one of their ids meanwhile is the same
    /// person from now on, as after a login.
    ///
    /// - Returns: false if it is too late, or somebody else has cancelled it.
    public func cancel(_ deletion: Deletion) async throws(ProjectRecordError) -> Bool {
        let result = await betweenCommits { () -> Result<Bool, ProjectRecordError> in
            do throws(ProjectRecordError) {
                return .success(try self.cancelNow(deletion))
            } catch {
                // It was submitted a moment ago.
                if error.code == .refused { return .success(false) }
                self.log(error)
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func deleteNow(
        _ people: [UserKey],
        _ requester: String,
        _ grace: Duration
    ) throws(ProjectRecordError) -> [Deletion] {
        let time = now()
        let dueAt = Timestamp(milliseconds: time.milliseconds + Int64(grace / .milliseconds(1)))
        let order = DeletionOrder(requester: requester, requestedAt: time, dueAt: dueAt)
        let (batch, deletions) = try withResolver(at: time) { resolver throws(ProjectRecordError) in
            var change = try resolver.takeChange(receivedAt: time)
            let (sequence, deletions) = try record.commit(change, deleting: people, order)
            change.batch.sequence = sequence
            for deletion in deletions { resolver.forget(deletion) }
            return (change.batch, deletions)
        }
        feeder.feed(batch)
        return deletions
    }

    private func cancelNow(_ deletion: Deletion) throws(ProjectRecordError) -> Bool {
        let time = now()
        // It may have changed since the caller saw it.
        guard let deletion = try record.deletion(of: deletion.person), deletion.state == .staging, time < deletion.dueAt
        else { return false }
        let batch = try withResolver(at: time) { resolver throws(ProjectRecordError) in
            try resolver.restore(deletion, at: time)
            var change = try resolver.takeChange(receivedAt: time)
            change.batch.sequence = try record.commit(change, cancelling: deletion.id)
            return change.batch
        }
        feeder.feed(batch)
        return true
    }

    private func log(_ error: ProjectRecordError) {
        logger.error("a deletion was refused: the record could not be written", metadata: ["error": "\(error)"])
    }
}
