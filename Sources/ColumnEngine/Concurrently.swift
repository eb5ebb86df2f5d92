import Dispatch
import Synchronization

/// Runs `body` for each number below `count`, on several threads at once, and waits for all. Blocks.
///
/// - Returns: what each answered, in order.
/// - Throws: the first error in order.
public func concurrently<Answer: Sendable, Failure: Error>(
    _ count: Int,
    _ body: @Sendable (Int) throws(Failure) -> Answer
) throws(Failure) -> [Answer] {
    if count == 1 { return [try body(0)] }
    let results = Mutex([Result<Answer, Failure>?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { index in
        let result = Result { () throws(Failure) in try body(index) }
        results.withLock { $0[index] = result }
    }
    var answers: [Answer] = []
    for result in results.withLock({ $0 }) {
        guard let result else { preconditionFailure("every iteration is performed") }
        answers.append(try result.get())
    }
    return answers
}
