import Synchronization

/// Holds a project's queries to Amplitude's limits, so that what works here works there. Off unless it is switched on:
/// the machine is the team's own.
public final class QueryLimits: Sendable {
    /// `nil`: no limits.
    private let state: Mutex<QueryLimitState?>
    private let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameter rules: `nil` for no limits.
    public init(_ rules: QueryLimitRules?, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        state = Mutex(rules.map { QueryLimitState($0) })
        self.now = now
    }

    /// Runs a query, if its cost is within the limits. It counts as running until `body` has returned or thrown.
    ///
    /// - Throws: ``QueryLimitExceeded``, or what `body` throws.
    public func run<Answer>(_ cost: QueryCost, _ body: () async throws -> Answer) async throws -> Answer {
        try await run(.query(cost), body)
    }

    /// The same for useractivity and usersearch, which have limits of their own.
    public func lookUp<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        try await run(.lookup, body)
    }

    /// The same for the Taxonomy API.
    ///
    /// - Parameter cost: 1 for what reads, 2 for what changes something.
    public func taxonomy<Answer>(cost: Int, _ body: () async throws -> Answer) async throws -> Answer {
        try await run(.taxonomy(cost: cost), body)
    }

    private func run<Answer>(_ work: QueryLimitState.Work, _ body: () async throws -> Answer) async throws -> Answer {
        try state.withLock { try $0?.begin(work, at: now()) }
        defer { state.withLock { $0?.end(work) } }
        return try await body()
    }
}
