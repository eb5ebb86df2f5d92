/// Counts of events. `received == stored + duplicate + rejected`, always. Rejected are those of refused requests, and
/// those of event types that the project has deleted or blocked, which are dropped while their request is accepted.
public struct LedgerCounts: Equatable, Sendable {
    public var received = 0
    public var stored = 0
    public var duplicate = 0
    public var rejected = 0
    /// Of the stored ones those that were too old when they came, and are nowhere. Not told by the minute: see
    /// ``DepartedCounts``.
    public var expired = 0

    public init() {}

    public static func += (lhs: inout LedgerCounts, rhs: LedgerCounts) {
        lhs.received += rhs.received
        lhs.stored += rhs.stored
        lhs.duplicate += rhs.duplicate
        lhs.rejected += rhs.rejected
        lhs.expired += rhs.expired
    }

    public static func - (lhs: LedgerCounts, rhs: LedgerCounts) -> LedgerCounts {
        var difference = LedgerCounts()
        difference.received = lhs.received - rhs.received
        difference.stored = lhs.stored - rhs.stored
        difference.duplicate = lhs.duplicate - rhs.duplicate
        difference.rejected = lhs.rejected - rhs.rejected
        difference.expired = lhs.expired - rhs.expired
        return difference
    }

    public var balances: Bool { received == stored + duplicate + rejected }
}
