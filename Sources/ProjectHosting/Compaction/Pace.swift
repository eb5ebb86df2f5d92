import Storage

/// Lets work in the background rest while others work: a fifth of a core is its own then, and all of one when it is alone.
struct Pace {
    /// So many times as long as it worked it rests.
    static let rest = 4.0
    private let isBusy: @Sendable () -> Bool

    /// - Parameter isBusy: whether anything was done for others since it was asked the last time.
    init(isBusy: @escaping @Sendable () -> Bool) {
        self.isBusy = isBusy
    }

    /// Does a step, and rests.
    ///
    /// - Throws: what the step throws, or `CancellationError`.
    func step<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        try Task.checkCancellation()
        let start = ContinuousClock.now
        let value = try await body()
        if isBusy() { try await Task.sleep(for: start.duration(to: .now) * Self.rest) }
        return value
    }
}
