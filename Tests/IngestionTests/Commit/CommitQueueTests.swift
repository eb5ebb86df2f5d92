import Testing

@testable import Ingestion

private func batch(_ count: Int) throws -> IncomingBatch {
    let event = "{\"user_id\":\"user-1\",\"event_type\":\"A\"}"
    return try decoded(Array(repeating: event, count: count).joined(separator: ","))
}

/// A queue that tests can ask within an expectation.
private final class Commits {
    private var queue: CommitQueue<Int>

    init(capacity: Int) { queue = CommitQueue(capacity: capacity) }

    func add(_ batch: IncomingBatch, _ waiter: Int) -> CommitQueue<Int>.Decision { queue.add(batch, waiter) }
    func next() -> [Int] { queue.next().map(\.waiter) }
}

@Suite struct CommitQueueTests {
    @Test("what arrives during a commit shares the next one")
    func groups() throws {
        let queue = Commits(capacity: 100)
        #expect(try queue.add(batch(1), 1) == .start)
        #expect(queue.next() == [1])
        #expect(try queue.add(batch(1), 2) == .wait)
        #expect(try queue.add(batch(1), 3) == .wait)
        #expect(queue.next() == [2, 3])
        #expect(queue.next().isEmpty, "nothing waits: committing ends")
        #expect(try queue.add(batch(1), 4) == .start, "and the next request starts it again")
    }

    @Test("what waits is bounded, but one large request is always taken")
    func bounded() throws {
        let queue = Commits(capacity: 10)
        #expect(try queue.add(batch(50), 1) == .start)
        #expect(try queue.add(batch(1), 2) == .refuse)
        #expect(queue.next() == [1])
        #expect(try queue.add(batch(6), 3) == .wait)
        #expect(try queue.add(batch(5), 4) == .refuse)
        #expect(try queue.add(batch(4), 5) == .wait)
        #expect(queue.next() == [3, 5])
    }
}
