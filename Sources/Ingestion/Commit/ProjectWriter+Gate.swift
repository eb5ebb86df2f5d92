extension ProjectWriter {
    /// Stores a request's events, if its devices and users may send them. On return they are on disk, and the next query
    /// sees them.
    ///
    /// - Throws: also ``IngestionError/throttled(_:)`` and ``IngestionError/silenced(_:)``: the events are counted as
    ///   rejected, and nothing of the request is kept, as clients send again what may be sent again.
    public func write(
        _ batch: IncomingBatch,
        from endpoint: IngestionEndpoint
    ) async throws(IngestionError) -> Receipt {
        switch gate.admit(batch, from: endpoint) {
        case .taken(nil):
            return try await write(batch)
        case .taken(let admission?):
            do throws(IngestionError) {
                return try await write(batch)
            } catch {
                gate.giveBack(admission, to: endpoint)
                throw error
            }
        case .throttled(let throttling):
            await refusals.count(throttled: batch.events.count)
            throw .throttled(throttling)
        case .silenced(let silencing):
            await refusals.count(silenced: batch.events.count)
            throw .silenced(silencing)
        }
    }
}
