import EventModel
import Storage

/// Which committed batches the event store still lacks: the decisions of ``StoreFeeder``, without a thread or a disk.
struct FeedQueue {
    enum Step {
        /// Store these, which follow on from what is stored.
        case store([JournalBatch])
        /// Batches were left out to save memory: read what follows this sequence from the journal.
        case readJournal(after: JournalSequence)
        case idle
    }

    /// The last batch that is stored, and the last that is committed.
    private(set) var stored: JournalSequence
    private(set) var committed: JournalSequence
    private var pending: [JournalBatch] = []
    private var pendingEvents = 0
    private var isRunning = false
    /// The most events that are kept in memory for the store.
    let capacity: Int

    init(stored: JournalSequence, committed: JournalSequence, capacity: Int) {
        self.stored = stored
        self.committed = committed
        self.capacity = capacity
    }

    var isComplete: Bool { stored >= committed }

    /// Takes in a batch that was committed. True if somebody must start to take steps.
    mutating func add(_ batch: JournalBatch) -> Bool {
        committed = max(committed, batch.sequence)
        if pendingEvents + batch.events.count <= capacity || pending.isEmpty {
            pending.append(batch)
            pendingEvents += batch.events.count
        }
        return start()
    }

    /// True if somebody must start to take steps.
    mutating func start() -> Bool {
        if isRunning || isComplete { return false }
        isRunning = true
        return true
    }

    /// What to do next; on `idle`, or after a failure, the one who takes steps stops.
    mutating func next() -> Step {
        let ready = pending.filter { $0.sequence > stored }
        pending = []
        pendingEvents = 0
        if isComplete {
            isRunning = false
            return .idle
        }
        // Batches come in order, so the front part without a gap can be stored at once.
        var last = stored.number
        let run = ready.prefix { batch in
            defer { last += 1 }
            return batch.sequence.number == last + 1
        }
        return run.isEmpty ? .readJournal(after: stored) : .store(Array(run))
    }

    mutating func stored(upTo sequence: JournalSequence) {
        stored = max(stored, sequence)
    }

    mutating func failed() {
        isRunning = false
    }
}
