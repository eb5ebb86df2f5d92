/// A request that the gate has let in, and that is to be stored now.
public struct AdmittedBatch: Sendable {
    let batch: IncomingBatch
    let endpoint: IngestionEndpoint
    /// What was counted for it; `nil` where nothing is limited.
    let admission: RateLimiter.Admission?
}

extension ProjectWriter {
    /// Lets a request in, if its devices and users may send it. ``store(_:)-(AdmittedBatch)`` is next.
    ///
    /// - Throws: ``IngestionError/throttled(_:)`` and ``IngestionError/silenced(_:)``: the events are counted as
    ///   rejected, and nothing of the request is kept, as clients send again what may be sent again.
    public func admit(
        _ batch: IncomingBatch,
        from endpoint: IngestionEndpoint
    ) async throws(IngestionError) -> AdmittedBatch {
        switch gate.admit(batch, from: endpoint) {
        case .taken(let admission):
            return AdmittedBatch(batch: batch, endpoint: endpoint, admission: admission)
        case .throttled(let throttling):
            await refusals.count(throttled: batch.events.count)
            throw .throttled(throttling)
        case .silenced(let silencing):
            await refusals.count(silenced: batch.events.count)
            throw .silenced(silencing)
        }
    }

    /// Stores an admitted request's events. On return they are on disk, and the next query sees them. If that fails, they
    /// do not count against what their senders may send.
    public func store(_ admitted: AdmittedBatch) async throws(IngestionError) -> Receipt {
        do throws(IngestionError) {
            return try await store(admitted.batch)
        } catch {
            if let admission = admitted.admission { gate.giveBack(admission, to: admitted.endpoint) }
            throw error
        }
    }
}
