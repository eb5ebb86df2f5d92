import EventModel
import Storage
import Testing

@testable import Ingestion

/// A queue that tests can ask within an expectation, with its steps as text.
private final class Feeds {
    var queue: FeedQueue

    init(_ queue: FeedQueue) { self.queue = queue }

    func add(_ batch: JournalBatch) -> FeedQueue.Wish { queue.add(batch) }
    func timerFired() -> Bool { queue.timerFired() }
    func start() -> Bool { queue.start() }
    func failed() -> Bool { queue.failed() }

    func next() -> String {
        switch queue.next() {
        case .store(let batches): "store \(batches.map(\.sequence.number))"
        case .readJournal(let after): "read after \(after.number)"
        case .reopen: "reopen"
        case .idle: "idle"
        case .pause: "pause"
        }
    }
}

@Suite struct FeedQueueTests {
    private func journal(_ sequence: Int64, events: Int = 1) -> JournalBatch {
        var journal = JournalBatch(sequence: JournalSequence(sequence), receivedAt: Timestamp(milliseconds: 0))
        journal.events = StoredEvents(
            repeating: StoredEvent(
                user: UserKey(1),
                device: DeviceKey(1),
                carriesUserID: false,
                type: EventTypeID(1),
                time: journal.receivedAt,
                clientTime: journal.receivedAt,
                uploadTime: journal.receivedAt,
                context: ContextID(1)
            ),
            count: events
        )
        return journal
    }

    private func queue(
        stored: Int64 = 0,
        committed: Int64 = 0,
        capacity: Int = 100,
        bytes: Int = 1 << 20,
        target: Int = 1
    ) -> Feeds {
        Feeds(
            FeedQueue(
                stored: JournalSequence(stored),
                committed: JournalSequence(committed),
                capacity: FeedQueue.Size(events: capacity, bytes: bytes),
                target: target
            )
        )
    }

    @Test("few events gather, until they are many, a moment has passed or somebody waits")
    func gathering() {
        let queue = queue(target: 3)
        #expect(queue.add(journal(1)) == .timer)
        #expect(queue.add(journal(2)) == .nothing, "the timer is set")
        #expect(queue.add(journal(3)) == .start)
        #expect(queue.next() == "store [1, 2, 3]")
        #expect(queue.add(journal(4)) == .nothing, "somebody is at it already")
        queue.queue.stored(upTo: JournalSequence(3))
        #expect(queue.next() == "idle", "the timer that was set goes on")
        #expect(queue.timerFired())
        #expect(queue.next() == "store [4]")
        #expect(queue.add(journal(5)) == .nothing)
        queue.queue.stored(upTo: JournalSequence(4))
        #expect(queue.next() == "pause")
        #expect(queue.start(), "somebody waits")
        #expect(queue.next() == "store [5]")
        #expect(queue.add(journal(6)) == .nothing)
        #expect(!queue.start(), "somebody waits, and somebody is at it")
        queue.queue.stored(upTo: JournalSequence(5))
        #expect(queue.next() == "store [6]")
        queue.queue.stored(upTo: JournalSequence(6))
        #expect(queue.next() == "idle")
        #expect(!queue.timerFired(), "nothing is left to do")
    }

    @Test("more bytes than fit in memory are read from the journal, at once")
    func bytes() {
        let size = journal(1).events.size
        let queue = queue(bytes: 4 * size, target: 100)
        #expect(queue.add(journal(1)) == .timer)
        #expect(queue.add(journal(2)) == .start, "half of the memory is for what arrives meanwhile")
        #expect(queue.add(journal(3)) == .nothing)
        #expect(queue.next() == "store [1, 2, 3]")
        #expect(queue.add(journal(4)) == .nothing)
        #expect(queue.add(journal(5)) == .nothing, "what is being stored is in memory too: no room for this")
        queue.queue.stored(upTo: JournalSequence(3))
        #expect(queue.next() == "store [4]")
        queue.queue.stored(upTo: JournalSequence(4))
        #expect(queue.next() == "read after 4")
        #expect(queue.add(journal(6)) == .nothing)
        queue.queue.stored(upTo: JournalSequence(5))
        #expect(queue.next() == "store [6]", "there was room again")
        queue.queue.stored(upTo: JournalSequence(6))
        #expect(queue.next() == "idle")
    }

    @Test("a batch for which there is no room at all is stored while nothing else is in memory")
    func largeBatch() {
        let queue = queue(capacity: 3, target: 2)
        #expect(queue.add(journal(1, events: 5)) == .start)
        #expect(queue.next() == "store [1]")
        #expect(queue.add(journal(2, events: 5)) == .nothing)
        #expect(queue.failed())
        #expect(queue.add(journal(3, events: 5)) == .start)
        #expect(queue.next() == "read after 0")
    }

    @Test("batches are stored in order, several at once")
    func inOrder() {
        let queue = queue()
        #expect(queue.queue.isComplete)
        #expect(!queue.start())
        #expect(queue.add(journal(1)) == .start)
        #expect(queue.add(journal(2)) == .nothing, "somebody is at it already")
        #expect(queue.next() == "store [1, 2]")
        #expect(!queue.queue.isComplete, "taken is not stored")
        queue.queue.stored(upTo: JournalSequence(2))
        #expect(queue.queue.isComplete)
        #expect(queue.next() == "idle")
        #expect(queue.add(journal(3)) == .start)
    }

    @Test("after a crash the store is brought up from the journal")
    func behind() {
        let queue = queue(stored: 4, committed: 9)
        #expect(queue.start())
        #expect(queue.next() == "read after 4")
        queue.queue.stored(upTo: JournalSequence(7))
        #expect(queue.add(journal(10)) == .nothing)
        #expect(queue.next() == "read after 7", "10 does not follow on from 7")
        queue.queue.stored(upTo: JournalSequence(10))
        #expect(queue.next() == "idle")
    }

    @Test("more than fits in memory is read from the journal")
    func overflow() {
        let queue = queue(capacity: 10)
        for sequence in 1...4 { _ = queue.add(journal(Int64(sequence), events: 4)) }
        #expect(queue.next() == "store [1, 2]")
        queue.queue.stored(upTo: JournalSequence(2))
        #expect(queue.next() == "read after 2")
        queue.queue.stored(upTo: JournalSequence(4))
        #expect(queue.next() == "idle")
    }

    @Test("after a failure the next batch starts again, or a moment")
    func failure() {
        let queue = queue(capacity: 10)
        _ = queue.add(journal(1))
        _ = queue.next()
        #expect(queue.failed())
        #expect(queue.start())
        #expect(queue.next() == "read after 0")
        #expect(!queue.failed(), "the timer is set")
        #expect(queue.timerFired())
        #expect(queue.next() == "read after 0")
        queue.queue.stored(upTo: JournalSequence(1))
        #expect(queue.next() == "idle")
    }

    @Test("a store that lost its file is opened first, and gets what it lacks from the journal", arguments: [0, 2, 5])
    func lost(left: Int64) {
        let queue = queue(stored: 5, committed: 5)
        #expect(queue.queue.isComplete)
        queue.queue.lost()
        #expect(!queue.queue.isComplete && queue.start())
        #expect(queue.next() == "reopen")
        #expect(queue.add(journal(6)) == .nothing)
        #expect(queue.failed() && queue.next() == "reopen", "as long as it must be")
        queue.queue.reopened(at: JournalSequence(left))
        #expect(queue.next() == (left == 5 ? "store [6]" : "read after \(left)"))
        queue.queue.stored(upTo: JournalSequence(6))
        #expect(queue.queue.isComplete)
    }

    @Test("a store without anything that lost its file is opened again, too")
    func lostWhenEmpty() {
        let queue = queue()
        queue.queue.lost()
        #expect(queue.start())
        #expect(queue.next() == "reopen")
        queue.queue.reopened(at: .none)
        #expect(queue.next() == "idle")
    }
}
