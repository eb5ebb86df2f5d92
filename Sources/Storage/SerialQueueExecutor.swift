import Dispatch

/// Runs an actor's jobs one after another on a dispatch queue, so that calls which block (SQLite, DuckDB) hold no thread
/// of the cooperative pool.
public final class SerialQueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// - Parameter label: names the queue in a debugger.
    public init(label: String) {
        queue = DispatchQueue(label: label)
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        // Safe: the runtime hands each job over once, and the queue runs it once, while it keeps the executor alive.
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
