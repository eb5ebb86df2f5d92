import Metrics
import Storage

/// What the way in counts and times, for the server's figures.
struct IngestionMeasures {
    private let stored: Counter
    private let duplicate: Counter
    private let rejected: Counter
    private let throttled: Counter
    private let silenced: Counter
    private let commits: Timer

    init(project: String) {
        func counter(_ fate: String) -> Counter {
            Counter(label: "antinode_events_total", dimensions: [("project", project), ("fate", fate)])
        }
        stored = counter("stored")
        duplicate = counter("duplicate")
        rejected = counter("rejected")
        throttled = counter("throttled")
        silenced = counter("silenced")
        commits = Timer(label: "antinode_commit", dimensions: [("project", project)])
    }

    func committed(_ counts: LedgerCounts, nanoseconds: Int64) {
        stored.increment(by: counts.stored)
        duplicate.increment(by: counts.duplicate)
        rejected.increment(by: counts.rejected)
        commits.recordNanoseconds(nanoseconds)
    }

    // The ledger counts these three as rejected.

    func rejected(_ events: Int) {
        rejected.increment(by: events)
    }

    func throttled(_ events: Int) {
        throttled.increment(by: events)
    }

    func silenced(_ events: Int) {
        silenced.increment(by: events)
    }
}
