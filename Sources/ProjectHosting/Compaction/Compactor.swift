import ColumnEngine
import EventModel
import Foundation
import HTTPEdge
import Ingestion
import Logging
import ProjectStore
public import Storage
import Synchronization

/// Takes deleted people, and days that are not kept, out of an open project's files, beside a server that goes on: the journal
/// piece by piece, then the columns, which are made anew in a file beside the old one.
///
/// Whatever it was stopped in, the next run ends it. Source: Documentation/data.md D15, D16, D18 to D21.
public final class Compactor: Compacting {
    struct State {
        var status = CompactionStatus()
        var task: Task<Void, Never>?
        var isClosed = false
        var zone: ProjectTimeZone
    }

    let state: Mutex<State>
    private let project: Project
    private let folder: URL
    let record: ProjectDatabase
    let writer: ProjectWriter
    let feeder: StoreFeeder
    let inUse: StoreInUse
    private let columns: ColumnStore
    let settings: HostingSettings
    private let queue = BlockingQueue(label: "antinode.compaction")

    /// So many events are put into new columns at a time.
    private static let eventsPerStep = 40_000
    private static let bytesPerStep = 16 << 20
    /// How long it is waited until nobody reads from the write-ahead log.
    private static let patience = Duration.seconds(30)

    init(
        _ project: Project,
        _ record: ProjectDatabase,
        _ writer: ProjectWriter,
        _ feeder: StoreFeeder,
        _ inUse: StoreInUse,
        _ columns: ColumnStore,
        folder: URL,
        settings: HostingSettings
    ) {
        state = Mutex(State(zone: project.timeZone))
        self.project = project
        self.folder = folder
        self.record = record
        self.writer = writer
        self.feeder = feeder
        self.inUse = inUse
        self.columns = columns
        self.settings = settings
    }

    public var status: CompactionStatus { state.withLock { $0.status } }

    public func begin(endingGraces endsGraces: Bool, meaningIt isMeant: Bool) {
        state.withLock { state in
            if state.status.step != nil || state.isClosed { return }
            state.status.step = .looking
            (state.status.done, state.status.total) = (0, 0)
            state.task = Task { [self] in
                let outcome = await outcome(endsGraces, isMeant)
                self.state.withLock { state in
                    state.status.step = nil
                    state.status.runs += 1
                    state.status.outcome = outcome
                    state.task = nil
                }
            }
        }
    }

    /// Lets a run end where it is, and begins none any more.
    func stop() async {
        let task = state.withLock { state in
            state.isClosed = true
            return state.task
        }
        task?.cancel()
        await task?.value
    }

    /// Whether something is there to be done now, without that somebody asks.
    func isDue(at now: Timestamp) throws -> Bool {
        if try record.isCompactionDue(at: now) { return true }
        return try areDaysDue(at: now)
    }

    // MARK: A run

    private func outcome(_ endsGraces: Bool, _ isMeant: Bool) async -> CompactionStatus.Outcome {
        do {
            let receipt = try await run(endsGraces, isMeant)
            if receipt != CompactionReceipt() {
                settings.logger.notice(
                    "what was to leave the project is gone from its files",
                    metadata: ["project": "\(writer.project)", "what": "\(receipt.json)"]
                )
            }
            return .done(receipt)
        } catch {
            if !(error is CancellationError) {
                settings.logger.error(
                    "a compaction failed: it is tried again",
                    metadata: ["project": "\(writer.project)", "error": "\(error)"]
                )
            }
            return .failed(error is CancellationError ? "The project was closed meanwhile." : "\(error)")
        }
    }

    private func run(_ endsGraces: Bool, _ isMeant: Bool) async throws -> CompactionReceipt {
        let pace = pace
        let deletions = try await blocking { record, now in try record.submitDeletions(dueBy: endsGraces ? nil : now) }
        var departure = Departure(deletions)
        departure.before = try await cutToTake(isMeant)
        var receipt = CompactionReceipt()
        let compaction = RecordCompaction(departure, in: record)
        if !departure.isEmpty {
            try await takeOut(compaction, departure.before, pace)
            receipt = compaction.receipt
        }
        if try await blocking({ record, _ in try record.columnsAreDue() }) {
            receipt.columns = try await renewColumns(pace)
        }
        if !departure.isEmpty {
            try await wipe(compaction, pace)
            receipt.wipedBytes = compaction.receipt.wipedBytes
        }
        receipt.people = deletions.count
        if !deletions.isEmpty {
            let json = receipt.json
            try await blocking { record, now in
                try record.finishDeletions(deletions.map(\.id), receipt: json, at: now)
            }
            // What was kept for a cancel was the last of them.
            try await wipe(compaction, pace)
        }
        return receipt
    }

    private func takeOut(_ compaction: RecordCompaction, _ cut: Timestamp?, _ pace: Pace) async throws {
        let last = try await blocking { record, _ in try record.lastSequence() }
        note(.looking, total: last)
        while try await pace.step({ try await queue.run { () throws(any Error) in try compaction.look() } }) {
            note(done: compaction.progress.looked)
        }
        let record = record
        let forget = { @Sendable in
            // From here on, whatever is there still: no answer has these days, and nothing of them is stored any more.
            if let cut { try record.setCut(cut) }
            return try compaction.forget()
        }
        while try await pace.step({ try await writer.changeRecord(forget) }) {}
        while try await pace.step({ try await queue.run { () throws(any Error) in try compaction.forgetRefused() } }) {}
        note(.rewriting, total: last)
        while try await pace.step({ try await queue.run { () throws(any Error) in try compaction.rewrite() } }) {
            note(done: compaction.progress.rewritten)
        }
        if let cut { try await blocking { record, _ in try record.noteCleared(cut) } }
    }

    private func wipe(_ compaction: RecordCompaction, _ pace: Pace) async throws {
        note(.wiping, total: .none)
        let deadline = ContinuousClock.now + Self.patience
        while try await pace.step({ try await queue.run { () throws(any Error) in try compaction.wipe() } }) {
            // Whoever reads from the log has done so before long; what is left in it then, the next checkpoint overwrites.
            if ContinuousClock.now > deadline, !compaction.hasMoreToWipe { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Makes columns from the journal as it is now, and puts them in the place of those that are in use.
    ///
    /// - Returns: how many events they have.
    private func renewColumns(_ pace: Pace) async throws -> Int {
        guard let openNext = settings.openNextStore else {
            throw EventStoreError(.unavailable, "columns cannot be made anew here")
        }
        let (rewritings, last) = try await blocking { record, _ in
            (try record.journalRewritings(), try record.lastSequence())
        }
        note(.columns, total: last)
        let (project, folder, inUse) = (project, folder, inUse)
        let next = try await queue.run { () throws(any Error) in try openNext(project, folder, inUse.store) }
        do {
            while try await pace.step({ try await fill(next.store) }) {
                note(done: try next.store.progress().sequence)
            }
            try await feeder.replaceStore(by: next.store) {
                try next.take()
                inUse.replace(by: next)
            }
        } catch {
            await queue.run { next.discard() }
            throw error
        }
        await columns.letGo()
        try await blocking { record, _ in try record.noteColumns(after: rewritings) }
        return try next.store.progress().rows
    }

    /// - Returns: false once little is missing: that is for whoever feeds the store.
    private func fill(_ store: any EventStore) async throws -> Bool {
        let record = record
        return try await queue.run { () throws(any Error) in
            let batches = try record.batches(
                after: store.progress().sequence,
                limit: Self.eventsPerStep,
                bytes: Self.bytesPerStep
            )
            let isLast =
                batches.reduce(0) { $0 + $1.events.count } < Self.eventsPerStep / 2
                && batches.reduce(0) { $0 + $1.size } < Self.bytesPerStep / 2
            try store.append(batches)
            return !isLast
        }
    }

    // MARK: Parts

    private var pace: Pace {
        let seen = Mutex(Int64(0))
        return Pace { [record, writer] in
            let last = (try? record.lastSequence().number) ?? 0
            return seen.withLock { seen in
                defer { seen = last }
                return writer.waiting.events > 0 || last != seen
            }
        }
    }

    func blocking<Value: Sendable>(
        _ body: @escaping @Sendable (ProjectDatabase, Timestamp) throws -> Value
    ) async throws -> Value {
        let (record, now) = (record, settings.now())
        return try await queue.run { () throws(any Error) in try body(record, now) }
    }

    private func note(_ step: CompactionStatus.Step, total: JournalSequence) {
        state.withLock { state in
            state.status.step = step
            (state.status.done, state.status.total) = (0, Int(total.number))
        }
    }

    private func note(done: JournalSequence) {
        state.withLock { $0.status.done = Int(done.number) }
    }
}

extension Departure {
    fileprivate init(_ deletions: [Deletion]) {
        self.init(people: Set(deletions.flatMap(\.keys)))
        for deletion in deletions {
            userIDs.formUnion(deletion.users.compactMap(\.userID))
            for device in deletion.devices { deviceIDs[device.key] = device.deviceID }
        }
    }
}
