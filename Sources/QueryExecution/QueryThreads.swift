import ColumnEngine
import Dispatch
import Foundation
import Synchronization

/// The threads on which a project's questions are worked out, as many as there are cores.
///
/// A question may take seconds of a core without ever waiting. On the threads that all tasks share, a few such questions
/// would hold up health checks, the way in and other projects; on their own ones they hold up only each other, and the
/// system shares the cores out among all.
public final class QueryThreads: TaskExecutor {
    private let work: QueryWork

    public init() {
        work = QueryWork(most: max(1, ProcessorCount.active))
    }

    deinit { work.end() }

    public func enqueue(_ job: consuming ExecutorJob) {
        // Safe: the runtime hands each job over once, and one thread runs it once, while the closure keeps the executor
        // alive.
        let job = UnownedJob(job)
        work.add { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Works something out on these threads, with all that it begins.
    public nonisolated(nonsending) func run<Answer: Sendable>(
        _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await withTaskExecutorPreference(self) { try await body() }
    }
}

/// What is to be done, in order, and the threads that do it: begun when there is more to do than threads that wait.
private final class QueryWork: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var next = 0
        var threads = 0
        var waiting = 0
        var isOver = false
    }

    private let most: Int
    private let state = Mutex(State())
    private let something = DispatchSemaphore(value: 0)

    init(most: Int) {
        self.most = most
    }

    func add(_ job: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            state.jobs.append(job)
            guard state.jobs.count - state.next > state.waiting, state.threads < most else { return false }
            state.threads += 1
            return true
        }
        if needsThread { begin() }
        something.signal()
    }

    /// Lets the threads go when nothing is left to do.
    func end() {
        let threads = state.withLock { state in
            state.isOver = true
            return state.threads
        }
        for _ in 0..<threads { something.signal() }
    }

    private func begin() {
        let thread = Thread { [self] in
            while let job = take() { job() }
        }
        thread.name = "antinode.query"
        // As much as the first thread has: the parts of a question nest.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Waits for the next job; `nil` if there will be none.
    private func take() -> (@Sendable () -> Void)? {
        state.withLock { $0.waiting += 1 }
        something.wait()
        return state.withLock { state in
            state.waiting -= 1
            guard state.next < state.jobs.count else { return nil }
            let job = state.jobs[state.next]
            state.next += 1
            if state.next == state.jobs.count {
                state.jobs.removeAll(keepingCapacity: true)
                state.next = 0
            }
            return job
        }
    }
}
