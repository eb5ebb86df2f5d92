import Dispatch
public import EventModel
public import Foundation
public import Logging
import Metrics
public import Storage
import Synchronization

/// What became of an accepted request.
public struct Receipt: Equatable, Sendable {
    /// Events of the request, duplicates included.
    public var accepted: Int
    public var receivedAt: Timestamp
    /// What became of them.
    public var counts = LedgerCounts()
}

/// The request was not taken. Nothing of it is stored, unless noted.
public enum IngestionError: Error, Equatable {
    /// More waits to be written than may wait; try again.
    case busy
    /// The record could not be written; the log says why.
    case unavailable
    /// So little room is left on the disk that nothing more is taken.
    case diskFull
    /// Devices or users sent more than they may.
    case throttled(Throttling)
    /// The project takes nothing from some of the devices.
    case silenced(Silencing)
    /// Some of the events are more than their person may have. The request is not kept, unless its caller has that done.
    case refused(RequestRefusal)
}

extension RequestRefusal {
    /// What is wrong with a request, whether that was seen in it or against what is known of its people; `nil` for other
    /// errors, after which the same request may be taken.
    public init?(of error: any Error) {
        switch error {
        case let refusal as RequestRefusal: self = refusal
        case IngestionError.refused(let refusal): self = refusal
        default: return nil
        }
    }
}

/// A project's one writer: requests in, one durable transaction for all that wait, then an answer to each.
///
/// Runs on a queue of its own, as its calls block. What decides is in ``CommitQueue`` and ``BatchResolver``.
public final class ProjectWriter: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Receipt, IngestionError>, Never>

    let record: any ProjectRecord
    let feeder: StoreFeeder
    let now: @Sendable () -> Timestamp
    private let isDiskFull: @Sendable () -> Bool
    private let measures: IngestionMeasures
    let gate: EventGate
    let refusals: RefusalLog
    let importTurns = ImportTurns()
    let logger: Logger
    private let folder: URL
    /// What is to be done between two commits, in order.
    private let errands = Mutex<[@Sendable () -> Void]>([])
    private let commits: Mutex<CommitQueue<Waiter>>
    private let queue = DispatchQueue(label: "antinode.writer")
    /// `nil` after a commit that failed: the next one starts from the record again. Touched on `queue` alone.
    private nonisolated(unsafe) var resolver: BatchResolver?

    /// - Parameters:
    ///   - feeder: is told of every committed batch.
    ///   - now: the server's clock.
    ///   - project: names the project among the server's figures.
    ///   - gate: says whose events are taken; everybody's if left out.
    ///   - capacity: the most events that may wait for a commit.
    ///   - refusals: says now and then what was refused; nobody does if left out.
    ///   - folder: where files may be put that end with the process; a few hundred megabytes, on a disk.
    ///   - isDiskFull: whether so little room is left that nothing more may be taken. Asked before each commit.
    public init(
        record: any ProjectRecord,
        feeder: StoreFeeder,
        logger: Logger,
        project: String = "",
        gate: EventGate = EventGate(),
        capacity: Int = 50_000,
        refusals summary: RefusalSummary? = nil,
        folder: URL = FileManager.default.temporaryDirectory,
        isDiskFull: @escaping @Sendable () -> Bool = { false },
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.record = record
        self.feeder = feeder
        self.now = now
        self.isDiskFull = isDiskFull
        measures = IngestionMeasures(project: project)
        self.gate = gate
        refusals = RefusalLog(
            record: record,
            measures: measures,
            summary: summary,
            logger: logger,
            now: now
        )
        self.logger = logger
        self.folder = folder
        commits = Mutex(CommitQueue(capacity: capacity))
    }

    /// Events, and bytes of them, that wait for the next commit.
    public var waiting: (events: Int, bytes: Int) {
        commits.withLock { ($0.waitingEvents, $0.waitingBytes) }
    }

    /// What the project is called in the log and among the figures.
    public var project: String { measures.project }

    /// From now on the project is called otherwise in the log and among the figures.
    public func rename(to project: String) {
        measures.rename(to: project)
    }

    /// Stores a request's events, whoever sent them. On return they are on disk, and the next query sees them.
    public func store(_ batch: IncomingBatch) async throws(IngestionError) -> Receipt {
        try await store(batch) {}
    }

    /// - Parameter isQueued: is called when all that is stored from then on comes after these events.
    func store(_ batch: IncomingBatch, isQueued: () -> Void) async throws(IngestionError) -> Receipt {
        let result = await withCheckedContinuation { (waiter: Waiter) in
            switch commits.withLock({ $0.add(batch, waiter) }) {
            case .wait: isQueued()
            case .start:
                isQueued()
                queue.async { self.commitAll() }
            case .refuse: waiter.resume(returning: .failure(.busy))
            }
        }
        return try result.get()
    }

    /// Returns when every commit that had begun before this was called is over: what is received from now on has a later
    /// time. What was taken is visible to whoever asks the store then.
    public func settle() async {
        // It waits its turn as a request without events. Where too much waits for it to be taken, that is soon over.
        while true {
            do {
                _ = try await store(IncomingBatch())
                return
            } catch IngestionError.busy {
                try? await Task.sleep(for: .milliseconds(20))
                if Task.isCancelled { return }
            } catch {
                return
            }
        }
    }

    /// Keeps a request that was refused, and counts its events as rejected. On return that is on disk.
    ///
    /// - Parameters:
    ///   - path: the endpoint, with a query string if it needs one.
    ///   - reason: what the sender is told.
    ///   - refusal: which fields of which events it is about.
    ///   - events: how many events the request has.
    ///   - contentType: the body's; `nil` if the sender does not say.
    public func reject(
        path: String,
        reason: String,
        because refusal: RequestRefusal? = nil,
        events: Int,
        contentType: String?,
        body: [UInt8]
    ) async {
        await refusals.keep(
            RejectedRequest(
                receivedAt: now(),
                path: path,
                reason: reason,
                details: refusal?.details ?? "",
                events: events,
                contentType: contentType,
                body: body
            ),
            kind: [reason, refusal?.fields ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
        )
    }

    /// Returns when all that was taken so far is on disk.
    public func drain() async {
        await withCheckedContinuation { done in queue.async { done.resume() } }
        await refusals.drain()
    }

    /// Does something while no commit is under way, however many wait; then returns what came of it.
    func betweenCommits<Value: Sendable>(_ errand: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { done in
            errands.withLock { $0.append { done.resume(returning: errand()) } }
            queue.async { self.runErrands() }
        }
    }

    private func runErrands() {
        let errands = errands.withLock { errands in
            defer { errands = [] }
            return errands
        }
        for errand in errands { errand() }
    }

    private func commitAll() {
        while true {
            runErrands()
            let all = commits.withLock { $0.next() }
            if all.isEmpty { return }
            // Whoever only waits for what was before has nothing to be stored. The others stay in their order.
            for entry in all where entry.batch.isEmpty {
                entry.waiter.resume(returning: .success(Receipt(accepted: 0, receivedAt: now())))
            }
            let entries = all.filter { !$0.batch.isEmpty }
            if entries.isEmpty { continue }
            if isDiskFull() {
                for entry in entries { entry.waiter.resume(returning: .failure(.diskFull)) }
                continue
            }
            commit(entries)
        }
    }

    /// Commits requests together, or where they need too much memory, some after the others. If that fails, each is tried
    /// alone, so that one that cannot be stored costs no other.
    private func commit(_ entries: [CommitQueue<Waiter>.Entry]) {
        let receivedAt = now()
        do throws(ProjectRecordError) {
            let (batch, outcomes) = try commit(entries.map(\.batch), receivedAt)
            if let batch { feeder.feed(batch) }
            for (entry, outcome) in zip(entries, outcomes) {
                let counts = outcome.map { counts in
                    Receipt(accepted: entry.batch.events.count, receivedAt: receivedAt, counts: counts)
                }
                entry.waiter.resume(returning: counts.mapError { .refused($0) })
            }
            if outcomes.count < entries.count { commit(Array(entries[outcomes.count...])) }
        } catch {
            // Where nothing can be written, that is no request's fault.
            if entries.count > 1, error.code != .unavailable {
                for entry in entries { commit([entry]) }
                return
            }
            logger.error("events were refused: the record could not be written", metadata: ["error": "\(error)"])
            for entry in entries { entry.waiter.resume(returning: .failure(.unavailable)) }
        }
    }

    /// - Returns: what was committed, `nil` if nothing of any request; and what became of a request's events, or why
    ///   nothing of it was, for those that were looked at: all, or the first ones, if there is too much of them for one
    ///   commit.
    private func commit(
        _ batches: [IncomingBatch],
        _ receivedAt: Timestamp
    ) throws(ProjectRecordError) -> (JournalBatch?, [Result<LedgerCounts, RequestRefusal>]) {
        try withResolver(at: receivedAt) { resolver throws(ProjectRecordError) in
            let dropped = try record.droppedNames()
            resolver.drop(dropped.types)
            resolver.check(try record.declaredProperties())
            resolver.cut(at: try record.hiddenPeople().cut)
            resolver.reserve(for: batches)
            var outcomes: [Result<LedgerCounts, RequestRefusal>] = []
            for batch in batches where outcomes.isEmpty || !resolver.isFull {
                let refusal = try resolver.add(batch.without(dropped), receivedAt: receivedAt)
                outcomes.append(refusal.map { .failure($0) } ?? .success(resolver.added))
            }
            guard outcomes.contains(where: { (try? $0.get()) != nil }) else { return (nil, outcomes) }
            var change = try resolver.takeChange(receivedAt: receivedAt)
            let start = DispatchTime.now().uptimeNanoseconds
            change.batch.sequence = try record.commit(change)
            measures.found(change.planFindings.total)
            measures.committed(change.ledger, nanoseconds: Int64(DispatchTime.now().uptimeNanoseconds - start))
            return (change.batch, outcomes)
        }
    }

    /// To be called on `queue`.
    func forgetRecord() {
        // Safe: only `queue` runs this, one call at a time.
        guard var known = unsafe resolver else { return }
        unsafe resolver = nil
        // Where that cannot be, the next commit begins from nothing, and says so.
        guard (try? known.forgetRecord()) != nil else { return }
        unsafe resolver = known
    }

    /// To be called on `queue`. After an error what was remembered is forgotten.
    func withResolver<Value>(
        at time: Timestamp,
        _ body: (inout BatchResolver) throws(ProjectRecordError) -> Value
    ) throws(ProjectRecordError) -> Value {
        // Safe: only `queue` runs this, one call at a time.
        var resolver: BatchResolver
        if let remembered = unsafe self.resolver {
            resolver = remembered
        } else {
            resolver = try BatchResolver(record, folder: folder, now: time)
        }
        unsafe self.resolver = nil
        let value = try body(&resolver)
        unsafe self.resolver = resolver
        return value
    }
}
