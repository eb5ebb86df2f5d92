import Testing

@testable import HTTPEdge

/// Documentation/http.md H22.
@Suite struct WorkQueueTests {
    @Test("the lightest goes first, and of equals the one that came first")
    func order() {
        var queue = WorkQueue<String>(capacity: 10)
        let entered = [queue.enter(8), queue.enter(3), queue.enter(2)]
        #expect(entered == [true, false, true])
        for (name, weight) in [("heavy", 9), ("middle", 4), ("light", 1), ("middle too", 4), ("light too", 1)] {
            _ = queue.wait(weight, name)
        }
        #expect(queue.leave(2) == ["light", "light too"])
        #expect(queue.leave(8) == ["middle", "middle too"])
        #expect(queue.leave(8) == [])
        #expect(queue.leave(1) == ["heavy"])
        #expect(queue.leave(1) == [])
        #expect(queue.leave(9) == [])
        #expect(queue.weight == 0)
    }

    @Test("what is too heavy for all is let in alone")
    func alone() {
        var queue = WorkQueue<String>(capacity: 10)
        let entered = [queue.enter(1), queue.enter(100)]
        #expect(entered == [true, false])
        _ = queue.wait(100, "heavy")
        #expect(queue.leave(1) == ["heavy"])
        #expect(queue.enter(1) == false)
    }

    @Test("who gives up is not called")
    func givingUp() {
        var queue = WorkQueue<String>(capacity: 10)
        #expect(queue.enter(10) == true)
        let first = queue.wait(5, "first")
        _ = queue.wait(5, "second")
        #expect(queue.giveUp(first) == "first")
        #expect(queue.giveUp(first) == nil)
        #expect(queue.leave(10) == ["second"])
    }
}
