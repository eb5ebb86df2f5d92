import Metrics
import Storage

/// What the way in counts and times, for the server's figures.
struct IngestionMeasures {
    private let stored: Counter
    private let duplicate: Counter
    private let rejected: Counter
    private let commits: Timer

    init(project: String) {
        func counter(_ fate: String) -> Counter {
            Counter(label: "antinode_events_total", dimensions: [("project", project), ("fate", fate)])
        }
        stored = counter("stored")
        duplicate = counter("duplicate")
        rejected = counter("rejected")
        commits = Timer(label: "antinode_commit", dimensions: [("project", project)])
    }

    func committed(_ counts: LedgerCounts, nanoseconds: Int64) {
        stored.increment(by: counts.stored)
        duplicate.increment(by: counts.duplicate)
        commits.recordNanoseconds(nanoseconds)
    }

    func rejected(_ events: Int) {
        rejected.increment(by: events)
    }
}
