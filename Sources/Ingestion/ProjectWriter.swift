import Dispatch
public import EventModel
public import Logging
public import Storage
import Synchronization

/// What became of an accepted request.
public struct Receipt: Equatable, Sendable {
    /// Events of the request, duplicates included.
    public var accepted: Int
    public var receivedAt: Timestamp
}

/// The request was not taken. Nothing of it is stored, unless noted.
public enum IngestionError: Error, Equatable {
    /// More waits to be written than may wait; try again.
    case busy
    /// The record could not be written; the log says why.
    case unavailable
}

/// A project's one writer: requests in, one durable transaction for all that wait, then an answer to each.
///
/// Runs on a queue of its own, as its calls block. What decides is in ``CommitQueue`` and ``BatchResolver``.
public final class ProjectWriter: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Receipt, IngestionError>, Never>

    private let record: any ProjectRecord
    private let feeder: StoreFeeder
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let waiting: Mutex<CommitQueue<Waiter>>
    private let queue = DispatchQueue(label: "antinode.writer")
    /// `nil` after a commit that failed: the next one starts from the record again. Touched on `queue` alone.
    private nonisolated(unsafe) var resolver: BatchResolver?

    /// - Parameters:
    ///   - feeder: is told of every committed batch.
    ///   - now: the server's clock.
    ///   - capacity: the most events that may wait for a commit.
    public init(
        record: any ProjectRecord,
        feeder: StoreFeeder,
        logger: Logger,
        capacity: Int = 200_000,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.record = record
        self.feeder = feeder
        self.now = now
        self.logger = logger
        waiting = Mutex(CommitQueue(capacity: capacity))
    }

    /// Stores a request's events. On return they are on disk, and the next query sees them.
    public func write(_ batch: IncomingBatch) async throws(IngestionError) -> Receipt {
        let result = await withCheckedContinuation { (waiter: Waiter) in
            switch waiting.withLock({ $0.add(batch, waiter) }) {
            case .wait: break
            case .start: queue.async { self.commitAll() }
            case .refuse: waiter.resume(returning: .failure(.busy))
            }
        }
        return try result.get()
    }

    /// Returns when all that was taken so far is on disk.
    public func drain() async {
        await withCheckedContinuation { done in queue.async { done.resume() } }
    }

    private func commitAll() {
        while true {
            let entries = waiting.withLock { $0.next() }
            if entries.isEmpty { return }
            let receivedAt = now()
            do {
                let batch = try commit(entries.map(\.batch), receivedAt)
                feeder.feed(batch)
                for entry in entries {
                    entry.waiter.resume(
                        returning: .success(Receipt(accepted: entry.batch.events.count, receivedAt: receivedAt))
                    )
                }
            } catch {
                unsafe resolver = nil
                logger.error("events were refused: the record could not be written", metadata: ["error": "\(error)"])
                for entry in entries { entry.waiter.resume(returning: .failure(.unavailable)) }
            }
        }
    }

    private func commit(_ batches: [IncomingBatch], _ receivedAt: Timestamp) throws(ProjectRecordError) -> JournalBatch
    {
        // Safe: only `queue` runs this, one call at a time.
        var resolver: BatchResolver
        if let remembered = unsafe self.resolver {
            resolver = remembered
        } else {
            resolver = try BatchResolver(record, now: receivedAt)
        }
        unsafe self.resolver = nil
        for batch in batches { try resolver.add(batch, receivedAt: receivedAt) }
        var change = resolver.takeChange(receivedAt: receivedAt)
        change.batch.sequence = try record.commit(change)
        unsafe self.resolver = resolver
        return change.batch
    }
}
