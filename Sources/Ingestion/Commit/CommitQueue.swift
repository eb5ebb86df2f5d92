/// Requests that wait for a commit: the decisions of group commit, without a clock, a thread or a disk.
///
/// While one commit is under way, what arrives gathers; the next commit takes all of it. So one fsync is shared by
/// as many requests as came during the last one, and a lone request does not wait.
struct CommitQueue<Waiter> {
    enum Decision: Equatable {
        /// The request is in; a commit that is under way will be followed by another.
        case wait
        /// The request is in; start committing.
        case start
        /// Too much is waiting already: the request is not in.
        case refuse
    }

    struct Entry {
        var batch: IncomingBatch
        var waiter: Waiter
    }

    private var entries: [Entry] = []
    private(set) var waitingEvents = 0
    private(set) var waitingBytes = 0
    private var isCommitting = false
    /// The most events, and bytes of them, that may wait.
    private let capacity: Int
    private let byteCapacity: Int

    init(capacity: Int, byteCapacity: Int = 64 << 20) {
        self.capacity = capacity
        self.byteCapacity = byteCapacity
    }

    /// A request that alone exceeds the capacity is still taken when nothing else waits.
    mutating func add(_ batch: IncomingBatch, _ waiter: Waiter) -> Decision {
        let fits = waitingEvents + batch.events.count <= capacity && waitingBytes + batch.size <= byteCapacity
        guard entries.isEmpty || fits else { return .refuse }
        entries.append(Entry(batch: batch, waiter: waiter))
        waitingEvents += batch.events.count
        waitingBytes += batch.size
        if isCommitting { return .wait }
        isCommitting = true
        return .start
    }

    /// What the next commit is to take, in order of arrival. Empty: nothing waits, and committing ends.
    mutating func next() -> [Entry] {
        defer {
            entries = []
            waitingEvents = 0
            waitingBytes = 0
        }
        if entries.isEmpty { isCommitting = false }
        return entries
    }
}
