import Dispatch
import EventModel
import Logging
import Storage
import Synchronization

/// Puts what was refused into the record: bodies to be sent again, and the ledger's count of all.
///
/// Has a queue of its own: commits follow each other without a pause while events come in.
final class RefusalLog: Sendable {
    private let record: any Ledger & Rejects
    private let measures: IngestionMeasures
    private let summary: RefusalSummary?
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let queue = DispatchQueue(label: "antinode.refusals")
    /// Events that were refused and are not in the ledger yet.
    private let uncounted = Mutex(0)

    init(
        record: any Ledger & Rejects,
        measures: IngestionMeasures,
        summary: RefusalSummary?,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.record = record
        self.measures = measures
        self.summary = summary
        self.logger = logger
        self.now = now
    }

    /// Keeps a refused request, and counts its events. On return that is on disk.
    ///
    /// - Parameter kind: the reason that alike requests have in common.
    func keep(_ request: RejectedRequest, kind: String) async {
        measures.rejected(request.events)
        summary?.refused(request.events, of: measures.project, because: kind)
        await run { () throws(ProjectRecordError) in try self.record.reject(request) }
    }

    func count(throttled events: Int) async {
        measures.throttled(events)
        summary?.refused(events, of: measures.project, because: "a device or user sent more than it may")
        await count(events)
    }

    func count(silenced events: Int) async {
        measures.silenced(events)
        summary?.refused(events, of: measures.project, because: "the device is silenced")
        await count(events)
    }

    func drain() async {
        await withCheckedContinuation { done in queue.async { done.resume() } }
    }

    /// Counts events as received and rejected. On return that is on disk; whatever comes at once shares a transaction, so
    /// that a flood costs little.
    private func count(_ events: Int) async {
        uncounted.withLock { $0 += events }
        await run { () throws(ProjectRecordError) in
            let events = self.uncounted.withLock { events in
                defer { events = 0 }
                return events
            }
            if events > 0 { try self.record.countRejected(events, at: self.now()) }
        }
    }

    private func run(_ body: @escaping @Sendable () throws(ProjectRecordError) -> Void) async {
        await withCheckedContinuation { done in
            queue.async {
                do throws(ProjectRecordError) {
                    try body()
                } catch {
                    self.logger.error("a refusal could not be recorded", metadata: ["error": "\(error)"])
                }
                done.resume()
            }
        }
    }
}
