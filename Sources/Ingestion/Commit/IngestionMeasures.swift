import Metrics
import Storage
import Synchronization

/// What the way in counts and times, for the server's figures.
final class IngestionMeasures: Sendable {
    private struct Measures {
        let project: String
        let stored: Counter
        let expired: Counter
        let duplicate: Counter
        let rejected: Counter
        let throttled: Counter
        let silenced: Counter
        let findings: Counter
        let commits: Timer

        init(project: String) {
            func counter(_ fate: String) -> Counter {
                Counter(label: "antinode_events_total", dimensions: [("project", project), ("fate", fate)])
            }
            self.project = project
            stored = counter("stored")
            expired = counter("expired")
            duplicate = counter("duplicate")
            rejected = counter("rejected")
            throttled = counter("throttled")
            silenced = counter("silenced")
            findings = Counter(label: "antinode_plan_findings_total", dimensions: [("project", project)])
            commits = Timer(label: "antinode_commit", dimensions: [("project", project)])
        }
    }

    private let measures: Mutex<Measures>

    init(project: String) {
        measures = Mutex(Measures(project: project))
    }

    /// The name under which it is measured.
    var project: String { measures.withLock { $0.project } }

    /// From now on measures under another name.
    func rename(to project: String) {
        measures.withLock { if $0.project != project { $0 = Measures(project: project) } }
    }

    func committed(_ counts: LedgerCounts, nanoseconds: Int64) {
        let measures = measures.withLock { $0 }
        measures.stored.increment(by: counts.stored - counts.expired)
        measures.expired.increment(by: counts.expired)
        measures.duplicate.increment(by: counts.duplicate)
        measures.rejected.increment(by: counts.rejected)
        measures.commits.recordNanoseconds(nanoseconds)
    }

    /// Values of stored events that are not as the tracking plan says.
    func found(_ findings: Int) {
        if findings > 0 { measures.withLock { $0.findings }.increment(by: findings) }
    }

    // The ledger counts these three as rejected.

    func rejected(_ events: Int) {
        measures.withLock { $0.rejected }.increment(by: events)
    }

    func throttled(_ events: Int) {
        measures.withLock { $0.throttled }.increment(by: events)
    }

    func silenced(_ events: Int) {
        measures.withLock { $0.silenced }.increment(by: events)
    }
}
