import Dispatch

/// Runs calls that block one after another on a thread of their own, so that they hold none of those that serve requests.
public struct BlockingQueue: Sendable {
    private let queue: DispatchQueue

    /// - Parameter label: names the queue in a debugger.
    public init(label: String) {
        queue = DispatchQueue(label: label)
    }

    public func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await withCheckedContinuation { (done: CheckedContinuation<Result<Value, Failure>, Never>) in
            queue.async { done.resume(returning: Result { () throws(Failure) in try body() }) }
        }.get()
    }
}

extension BlockingQueue {
    /// For settings that people change by hand: seldom, and each a wait for the disk.
    public static let settings = BlockingQueue(label: "antinode.settings")
    /// For lookup tables, which may be large: one is worked on at a time.
    public static let lookups = BlockingQueue(label: "antinode.lookups")
    /// For cohorts, which may be large.
    public static let cohorts = BlockingQueue(label: "antinode.cohorts")
}
