/// Who works on how much at a time, and who waits. The lightest goes first: whoever sends little does not wait behind
/// those who send much.
struct WorkQueue<Waiter> {
    private struct Entry {
        var id: Int
        var weight: Int
        var waiter: Waiter
    }

    let capacity: Int
    /// Of all that is being worked on.
    private(set) var weight = 0
    /// The lightest first, and of equals the one that came first.
    private var waiting: [Entry] = []
    private var lastID = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// - Returns: whether work may begin. What alone is too heavy may begin when nothing else is at work.
    mutating func enter(_ weight: Int) -> Bool {
        guard fits(weight) else { return false }
        self.weight += weight
        return true
    }

    /// - Returns: the name under which it may give up.
    mutating func wait(_ weight: Int, _ waiter: Waiter) -> Int {
        lastID += 1
        let place = waiting.firstIndex { $0.weight > weight } ?? waiting.endIndex
        waiting.insert(Entry(id: lastID, weight: weight, waiter: waiter), at: place)
        return lastID
    }

    /// - Returns: those that may begin now.
    mutating func leave(_ weight: Int) -> [Waiter] {
        self.weight -= weight
        var next: [Waiter] = []
        while let first = waiting.first, enter(first.weight) { next.append(waiting.removeFirst().waiter) }
        return next
    }

    /// - Returns: `nil` if it waits no more.
    mutating func giveUp(_ id: Int) -> Waiter? {
        waiting.firstIndex { $0.id == id }.map { waiting.remove(at: $0).waiter }
    }

    private func fits(_ weight: Int) -> Bool { self.weight == 0 || self.weight + weight <= capacity }
}
