import Dispatch
public import EventModel
public import Logging
import Metrics
import Synchronization

/// Tells the log what was refused: not request by request, which a client in a loop could flood it with, but what there
/// was, a minute after the first of it, and at the end. Shared by all projects.
public final class RefusalSummary: Sendable {
    private let tally = Mutex(RefusalTally())
    private let logger: Logger
    private let pause: DispatchTimeInterval
    private let queue = DispatchQueue(label: "antinode.refusal-summary")
    private let unknownKeys = Counter(label: "antinode_unknown_key_requests_total")

    /// - Parameter pauseMs: how long refusals are gathered.
    public init(_ logger: Logger, pauseMs: Int = 60_000) {
        self.logger = logger
        pause = .milliseconds(pauseMs)
    }

    /// - Parameter reason: one that alike requests have in common.
    public func refused(_ events: Int, of project: String, because reason: String) {
        note { $0.refused(events, of: project, because: reason) }
    }

    /// A request brought a key that no project has.
    public func unknown(key: String) {
        unknownKeys.increment()
        note { $0.unknown(key: key) }
    }

    /// A request brought a key that was replaced and still works.
    public func old(key kind: OldKey.Kind, of project: String) {
        Counter(
            label: "antinode_old_key_uses_total",
            dimensions: [("project", project), ("kind", kind.rawValue)]
        ).increment()
        note { $0.old(key: kind.rawValue, of: project) }
    }

    /// Says at once what was gathered, as at the end.
    public func flush() {
        for line in tally.withLock({ $0.take() }) {
            logger.warning(
                "\(line.message)",
                metadata: Dictionary(uniqueKeysWithValues: line.details.map { ($0.name, "\($0.value)") })
            )
        }
    }

    private func note(_ change: (inout RefusalTally) -> Void) {
        let isFirst = tally.withLock { tally in
            defer { change(&tally) }
            return tally.isEmpty
        }
        if isFirst { queue.asyncAfter(deadline: .now() + pause) { [weak self] in self?.flush() } }
    }
}
