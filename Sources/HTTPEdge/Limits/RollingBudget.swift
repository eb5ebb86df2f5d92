/// What was spent within the span of time that ends now, and may not exceed a limit.
struct RollingBudget {
    typealias Instant = ContinuousClock.Instant

    let limit: Int
    let span: Duration
    /// Oldest first; never more than `limit`, as each is at least 1.
    private var spendings: [(time: Instant, amount: Int)] = []
    /// As of the last look at it.
    private(set) var spent = 0

    init(limit: Int, span: Duration) {
        self.limit = limit
        self.span = span
    }

    /// How long from `now` until there is room for `amount`: zero if there is, `nil` if there never will be.
    mutating func wait(for amount: Int, at now: Instant) -> Duration? {
        forget(before: now - span)
        guard amount <= limit else { return nil }
        var excess = spent + amount - limit
        if excess <= 0 { return .zero }
        for spending in spendings {
            excess -= spending.amount
            if excess <= 0 { return now.duration(to: spending.time + span) }
        }
        preconditionFailure("without anything spent there is room for whatever the limit allows")
    }

    /// - Parameter now: not before earlier ones.
    mutating func spend(_ amount: Int, at now: Instant) {
        precondition(amount > 0, "everything costs something")
        spendings.append((now, amount))
        spent += amount
    }

    /// What was spent exactly one span ago counts no more.
    private mutating func forget(before time: Instant) {
        let old = spendings.prefix { $0.time <= time }
        spent -= old.reduce(0) { $0 + $1.amount }
        spendings.removeFirst(old.count)
    }
}
