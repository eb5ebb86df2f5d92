import EventModel
import Storage

/// Which committed batches the event store still lacks: the decisions of ``StoreFeeder``, without a clock, a thread or a
/// disk.
///
/// Batches gather until there are as many events as the store takes best at a time, unless somebody waits for them or a
/// moment has passed. Until then they are in the journal, so nothing hangs on it.
struct FeedQueue {
    enum Step {
        /// Store these, which follow on from what is stored.
        case store([JournalBatch])
        /// Batches were left out to save memory: read what follows this sequence from the journal.
        case readJournal(after: JournalSequence)
        /// The store has lost its file: open that again, and say what it has with ``reopened(at:)``.
        case reopen
        case idle
        /// Stop too, but call ``timerFired()`` in a moment: some batches gather.
        case pause
    }

    enum Wish {
        case nothing
        /// Somebody must start to take steps.
        case start
        /// ``timerFired()`` is to be called in a moment.
        case timer
    }

    /// The last batch that is stored, and the last that is committed.
    private(set) var stored: JournalSequence
    private(set) var committed: JournalSequence
    private var pending: [JournalBatch] = []
    private var pendingSize = Size()
    /// What was handed out and is not stored yet: it is in memory too.
    private var handedOut = Size()
    /// Up to here everything is stored, handed out, or pending: what comes after it was left out.
    private var reached: JournalSequence
    private var isRunning = false
    private var isTimerSet = false
    /// Whether the store has lost its file: then nobody knows what it has.
    private var isLost = false
    /// Whether what is pending is to be stored however little it is.
    private var isDue: Bool
    /// The most that is kept in memory for the store, whether it waits or is being stored.
    private let capacity: Size
    /// How many events the store takes best at a time.
    private let target: Int

    struct Size {
        var events = 0
        var bytes = 0

        static func += (sum: inout Size, batch: JournalBatch) {
            sum.events += batch.events.count
            sum.bytes += batch.size
        }
    }

    init(stored: JournalSequence, committed: JournalSequence, capacity: Size, target: Int) {
        self.stored = stored
        self.committed = committed
        self.capacity = capacity
        self.target = target
        reached = stored
        isDue = stored < committed
    }

    var isComplete: Bool { !isLost && stored >= committed }

    /// What is kept in memory for the store, whether it waits or is being stored.
    var kept: Size {
        Size(events: pendingSize.events + handedOut.events, bytes: pendingSize.bytes + handedOut.bytes)
    }

    /// Takes in a batch that was committed.
    mutating func add(_ batch: JournalBatch) -> Wish {
        committed = max(committed, batch.sequence)
        if fits(batch) || pending.isEmpty && handedOut.events == 0 {
            pending.append(batch)
            pendingSize += batch
            if batch.sequence.number == reached.number + 1 { reached = batch.sequence }
        }
        if isRunning { return .nothing }
        if isDue || isEnough || reached < committed { return start() ? .start : .nothing }
        if isTimerSet { return .nothing }
        isTimerSet = true
        return .timer
    }

    private func fits(_ batch: JournalBatch) -> Bool {
        handedOut.events + pendingSize.events + batch.events.count <= capacity.events
            && handedOut.bytes + pendingSize.bytes + batch.size <= capacity.bytes
    }

    /// Whether the store is to begin. With large events before there are as many as it takes best: half of the memory is
    /// for what arrives meanwhile.
    private var isEnough: Bool { pendingSize.events >= target || pendingSize.bytes >= capacity.bytes / 2 }

    /// True if somebody must start to take steps: all that is committed is wanted now.
    mutating func start() -> Bool {
        if isComplete { return false }
        isDue = true
        if isRunning { return false }
        isRunning = true
        return true
    }

    /// A moment has passed. True if somebody must start to take steps.
    mutating func timerFired() -> Bool {
        isTimerSet = false
        return start()
    }

    /// What to do next; on `idle`, `pause`, or after a failure, the one who takes steps stops.
    mutating func next() -> Step {
        if isLost { return .reopen }
        if isComplete {
            take()
            isDue = false
            isRunning = false
            return .idle
        }
        if !isDue, !isEnough, reached == committed {
            isRunning = false
            if isTimerSet { return .idle }
            isTimerSet = true
            return .pause
        }
        isDue = false
        let ready = take().filter { $0.sequence > stored }
        // Batches come in order, so the front part without a gap can be stored at once.
        var last = stored.number
        let run = ready.prefix { batch in
            defer { last += 1 }
            return batch.sequence.number == last + 1
        }
        reached = run.last?.sequence ?? stored
        for batch in run { handedOut += batch }
        return run.isEmpty ? .readJournal(after: stored) : .store(Array(run))
    }

    mutating func stored(upTo sequence: JournalSequence) {
        stored = max(stored, sequence)
        reached = max(reached, stored)
        handedOut = Size()
    }

    /// A step failed: whoever takes steps stops, and begins again in a moment.
    ///
    /// - Returns: true if ``timerFired()`` is to be called in a moment.
    mutating func failed() -> Bool {
        isRunning = false
        handedOut = Size()
        // What was handed out is not stored: it is read from the journal.
        reached = stored
        if isTimerSet { return false }
        isTimerSet = true
        return true
    }

    /// The store has lost its file.
    mutating func lost() {
        isLost = true
    }

    /// The store has a file again, with all up to there; the rest is read from the journal.
    mutating func reopened(at sequence: JournalSequence) {
        isLost = false
        stored = sequence
        reached = sequence
        handedOut = Size()
        isDue = stored < committed
    }

    @discardableResult
    private mutating func take() -> [JournalBatch] {
        defer {
            pending = []
            pendingSize = Size()
        }
        return pending
    }
}
