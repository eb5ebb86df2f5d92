/// Counts by key over the last steps of time: what was added in the current step and in the `steps - 1` before it.
///
/// Exact to the step, in memory bounded by `capacity`: a key costs nothing once its steps have passed. Where there would
/// be more, the oldest step is forgotten early, so that counts get smaller but never larger than they should be.
struct SlidingCount<Key: Hashable & Sendable>: Sendable {
    let stepMs: Int64
    let steps: Int
    /// The most (key, step) pairs that are remembered.
    let capacity: Int
    private(set) var pairs = 0
    private var totals: [Key: Int] = [:]
    /// By step, modulo `steps`; `totals` is their sum.
    private var ring: [[Key: Int]]
    private var current: Int64 = 0

    init(stepMs: Int64, steps: Int, capacity: Int) {
        self.stepMs = stepMs
        self.steps = steps
        self.capacity = capacity
        ring = Array(repeating: [:], count: steps)
    }

    /// Forgets what has passed. To be called before the counts are asked for or changed.
    ///
    /// - Parameter time: milliseconds on a clock that starts at 0 or later. A time before the last one changes nothing.
    mutating func advance(to time: Int64) {
        let step = time / stepMs
        guard step > current else { return }
        for passed in 0..<min(step - current, Int64(steps)) { forget(slot(of: step - passed)) }
        current = step
    }

    subscript(key: Key) -> Int { totals[key] ?? 0 }

    mutating func add(_ count: Int, to key: Key) {
        let slot = slot(of: current)
        if ring[slot][key] == nil {
            guard makeRoom() else { return }
            pairs += 1
        }
        ring[slot][key, default: 0] += count
        totals[key, default: 0] += count
    }

    /// Takes back what was added at `time`, as far as it is remembered.
    mutating func remove(_ count: Int, from key: Key, addedAt time: Int64) {
        let step = time / stepMs
        guard step > current - Int64(steps), step <= current, let added = ring[slot(of: step)][key] else { return }
        let removed = min(added, count)
        ring[slot(of: step)][key] = added == removed ? nil : added - removed
        if added == removed { pairs -= 1 }
        lower(key, by: removed)
    }

    private func slot(of step: Int64) -> Int { Int(step % Int64(steps)) }

    /// - Returns: false if the current step alone takes all the room.
    private mutating func makeRoom() -> Bool {
        guard pairs >= capacity else { return true }
        // The slots behind the current one come round again first, so they are the oldest.
        for distance in 1..<Int64(steps) {
            let slot = slot(of: current + distance)
            if ring[slot].isEmpty { continue }
            forget(slot)
            return true
        }
        return false
    }

    private mutating func forget(_ slot: Int) {
        for (key, count) in ring[slot] { lower(key, by: count) }
        pairs -= ring[slot].count
        ring[slot] = [:]
    }

    private mutating func lower(_ key: Key, by count: Int) {
        let rest = (totals[key] ?? 0) - count
        totals[key] = rest > 0 ? rest : nil
    }
}
