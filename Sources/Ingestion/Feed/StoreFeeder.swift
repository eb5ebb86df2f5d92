import Dispatch
import EventModel
public import Logging
public import Storage
import Synchronization

/// Brings committed batches into the event store, in order, and tells queries when it is done.
///
/// The journal is the truth: whatever is missing in the store, after a crash or because too much waited, is read from
/// there. Runs on a queue of its own, as its calls block.
public final class StoreFeeder: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Void, EventStoreError>, Never>

    private struct State {
        var store: any EventStore
        var queue: FeedQueue
        /// When the store last had everything, or got nearer to it.
        var advancedAt = ContinuousClock.now
        var waiters: [(sequence: JournalSequence, waiter: Waiter)] = []
        /// Why the last step failed; `nil` once one has not.
        var problem: String?
    }

    private let journal: any Journal
    private let logger: Logger
    private let project: String
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "antinode.feeder")
    private static let eventsPerRead = 50_000
    /// The most that is kept in memory for the store, and half of it of what is read from the journal at a time.
    private static let bytesKept = 72 << 20
    /// DuckDB's group of rows: what is so large goes to its file at once, and compressed, without a detour over its
    /// write-ahead log.
    public static let eventsPerAppend = 122_880
    private let moment: DispatchTimeInterval

    /// Starts to bring the store up to the journal at once.
    ///
    /// - Parameters:
    ///   - project: names the project in the log.
    ///   - moment: how long a few events wait for more, and how long it is until a step that failed is tried again.
    public init(
        store: any EventStore,
        journal: any Journal,
        logger: Logger,
        project: String = "",
        eventsPerAppend: Int = StoreFeeder.eventsPerAppend,
        moment: Duration = .seconds(5)
    ) throws {
        self.journal = journal
        self.logger = logger
        self.project = project
        self.moment = .milliseconds(Int(moment / .milliseconds(1)))
        let queue = FeedQueue(
            stored: try store.progress().sequence,
            committed: try journal.lastSequence(),
            capacity: FeedQueue.Size(events: 2 * eventsPerAppend, bytes: Self.bytesKept),
            target: eventsPerAppend
        )
        state = Mutex(State(store: store, queue: queue))
        if state.withLock({ $0.queue.start() }) { self.queue.async { self.run() } }
    }

    /// Hands over a committed batch.
    public func feed(_ batch: JournalBatch) {
        let wish = state.withLock { state in
            if state.queue.isComplete { state.advancedAt = .now }
            return state.queue.add(batch)
        }
        switch wish {
        case .nothing: break
        case .start: queue.async { self.run() }
        case .timer: setTimer()
        }
    }

    /// How far the store is behind now.
    public var lag: FeedLag {
        state.withLock { state in
            let (queue, kept) = (state.queue, state.queue.kept)
            return FeedLag(
                batches: max(0, queue.committed.number - queue.stored.number),
                waitingEvents: kept.events,
                waitingBytes: kept.bytes,
                seconds: queue.isComplete ? 0 : state.advancedAt.duration(to: .now) / .seconds(1)
            )
        }
    }

    /// Why the store does not get what is committed, for the log; `nil` if it does. It is tried again all the time.
    public var problem: String? { state.withLock { $0.problem } }

    /// Returns when the store has everything that is committed now.
    public func waitUntilComplete() async throws(EventStoreError) {
        let isOpen = store.isOpen
        let result = await withCheckedContinuation { (waiter: Waiter) in
            let (isComplete, mustStart) = state.withLock { state in
                if !isOpen { state.queue.lost() }
                if state.queue.isComplete { return (true, false) }
                state.waiters.append((state.queue.committed, waiter))
                return (false, state.queue.start())
            }
            if isComplete { waiter.resume(returning: .success(())) }
            if mustStart { queue.async { self.run() } }
        }
        try result.get()
    }

    private var store: any EventStore { state.withLock { $0.store } }

    // MARK: Another store

    /// Feeds another store from now on. It first gets what it lacks, while nothing is stored elsewhere, so it should not be
    /// much: then everything is in it that is in the one before.
    ///
    /// - Parameter take: puts it where it is asked for its events. If it throws, all stays as it was.
    public func replaceStore(
        by next: any EventStore,
        _ take: @escaping @Sendable () throws -> Void
    ) async throws {
        try await withCheckedThrowingContinuation { done in
            queue.async {
                let result = Result { try self.replaceNow(by: next, take) }
                done.resume(with: result)
                // What waits now may be more than was asked for.
                if self.state.withLock({ $0.queue.start() }) { self.run() }
            }
        }
    }

    private func replaceNow(by next: any EventStore, _ take: () throws -> Void) throws {
        while try next.progress().sequence < journal.lastSequence() {
            try next.append(
                journal.batches(
                    after: next.progress().sequence,
                    limit: Self.eventsPerRead,
                    bytes: Self.bytesKept / 2
                )
            )
        }
        let progress = try next.progress()
        try take()
        let ready = state.withLock { state in
            state.store = next
            state.queue.reopened(at: progress.sequence)
            state.advancedAt = .now
            let ready = state.waiters.filter { $0.sequence <= progress.sequence }
            state.waiters.removeAll { $0.sequence <= progress.sequence }
            return ready
        }
        for (_, waiter) in ready { waiter.resume(returning: .success(())) }
    }

    private func setTimer() {
        // Weak: a project that was closed meanwhile has let go of its store, and the journal has what waits.
        queue.asyncAfter(deadline: .now() + moment) { [weak self] in
            guard let self, state.withLock({ $0.queue.timerFired() }) else { return }
            run()
        }
    }

    private func run() {
        while true {
            do {
                if !store.isOpen { state.withLock { $0.queue.lost() } }
                switch state.withLock({ $0.queue.next() }) {
                case .idle: return succeeded()
                case .pause:
                    succeeded()
                    return setTimer()
                case .reopen:
                    let progress = try store.reopen()
                    state.withLock { $0.queue.reopened(at: progress.sequence) }
                case .store(let batches): try storeAll(batches)
                case .readJournal(let sequence):
                    try storeAll(journal.batches(after: sequence, limit: Self.eventsPerRead, bytes: Self.bytesKept / 2))
                }
            } catch {
                return fail(error)
            }
        }
    }

    private func storeAll(_ batches: consuming [JournalBatch]) throws {
        guard let last = batches.last?.sequence else {
            throw EventStoreError(.outOfSequence, "the journal lacks batches that were committed")
        }
        try store.append(batches)
        let ready = state.withLock { state in
            state.queue.stored(upTo: last)
            state.advancedAt = .now
            let ready = state.waiters.filter { $0.sequence <= last }
            state.waiters.removeAll { $0.sequence <= last }
            return ready
        }
        for (_, waiter) in ready { waiter.resume(returning: .success(())) }
    }

    /// Nothing is lost: the next batch or query, or a moment, starts again from the journal.
    private func fail(_ error: any Error) {
        let reason = (error as? EventStoreError)?.message ?? "\(error)"
        let (waiters, isNew, mustSetTimer) = state.withLock { state in
            defer {
                state.waiters = []
                state.problem = reason
            }
            return (state.waiters, state.problem != reason, state.queue.failed())
        }
        // Said once, though it is tried again every few seconds.
        logger.log(
            level: isNew ? .error : .debug,
            "committed events are not visible to queries yet; this is tried again",
            metadata: ["project": "\(project)", "error": "\(reason)"]
        )
        for (_, waiter) in waiters { waiter.resume(returning: .failure(EventStoreError(.unavailable, reason))) }
        if mustSetTimer { setTimer() }
    }

    private func succeeded() {
        let hadProblem = state.withLock { state in
            defer { state.problem = nil }
            return state.problem != nil
        }
        if hadProblem {
            logger.notice("all committed events are visible to queries again", metadata: ["project": "\(project)"])
        }
    }
}
