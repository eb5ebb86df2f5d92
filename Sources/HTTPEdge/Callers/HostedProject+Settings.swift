public import Storage

extension HostedProject {
    /// Runs what blocks on the record away from the threads that serve requests.
    public func withRecord<Value: Sendable>(
        on queue: BlockingQueue = .settings,
        _ body: @escaping @Sendable (any ProjectRecord) throws -> Value
    ) async throws -> Value {
        let record = record
        return try await queue.run { () throws(any Error) in try body(record) }
    }

    /// Changes what the project says about its events, for good once this returns.
    ///
    /// - Parameter change: if it throws, nothing has changed.
    public func changeSettings<Value: Sendable>(
        _ change: @escaping @Sendable (inout EventSettings) throws -> Value
    ) async throws -> Value {
        try await withRecord { record in
            try record.changeEventSettings { settings in
                Result { () throws(any Error) in
                    var changed = settings
                    let value = try change(&changed)
                    settings = changed
                    return value
                }
            }.get()
        }
    }
}
