import Storage

extension ProjectWriter {
    /// Takes something out of the record while nothing is committed, and forgets what was remembered of it: so nothing is
    /// handed out any more that is not there.
    public func changeRecord<Value: Sendable>(_ change: @escaping @Sendable () throws -> Value) async throws -> Value {
        let result = await betweenCommits { () -> Result<Value, any Error> in
            let result = Result { try change() }
            self.forgetRecord()
            return result
        }
        return try result.get()
    }
}
