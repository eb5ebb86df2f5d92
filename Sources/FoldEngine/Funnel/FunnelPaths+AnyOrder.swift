/// Steps in any order, within a window that also has the entry.
extension FunnelPaths {
    /// For each second: how many first steps have events within the window that ends there.
    mutating func findWindows() {
        entryKinds.removeAll(keepingCapacity: true)
        for event in events where event.enters && !entryKinds.contains(event.steps) { entryKinds.append(event.steps) }
        // Emptied, not made anew, so that they are allocated once.
        while reachedBySecond.count < entryKinds.count {
            reachedBySecond.append([])
            candidates.append([])
        }
        for kind in entryKinds.indices {
            reachedBySecond[kind].removeAll(keepingCapacity: true)
            candidates[kind].removeAll(keepingCapacity: true)
        }
        if hasSharedEvents { findWindowsOfSharedEvents() } else if !entryKinds.isEmpty { findWindowsOfOwnEvents() }
    }

    /// Where no event may be two steps, each step can take any of its own.
    mutating func findWindowsOfOwnEvents() {
        for step in 0..<stepCount { lastBySecondOfStep[step] = -1 }
        for second in 0..<seconds.count - 1 {
            for event in Int(seconds[second])..<Int(seconds[second + 1]) {
                lastBySecondOfStep[events[event].steps.trailingZeroBitCount] = Int32(event)
            }
            let end = events[Int(seconds[second])].second
            // The first step is the entry's, wherever in the window it lies.
            var reached: Int32 = 1
            while Int(reached) < stepCount {
                let last = lastBySecondOfStep[Int(reached)]
                if last < 0 || end - events[Int(last)].second > window { break }
                reached += 1
            }
            reachedBySecond[0].append(reached)
        }
    }

    mutating func findWindowsOfSharedEvents() {
        // By what they may be: the events in the window.
        var counts: [UInt32: Int] = [:]
        var first = 0
        for second in 0..<seconds.count - 1 {
            let own = Int(seconds[second])..<Int(seconds[second + 1])
            for event in own { counts[events[event].steps, default: 0] += 1 }
            while events[own.lowerBound].second - events[first].second > window {
                counts[events[first].steps, default: 0] -= 1
                first += 1
            }
            for (index, kind) in entryKinds.enumerated() {
                var others = counts
                others[kind, default: 0] -= 1
                var matching = StepMatching(others)
                var reached = 1
                while reached < stepCount, matching.add(reached) { reached += 1 }
                reachedBySecond[index].append(Int32(reached))
            }
        }
    }

    /// Windows that end in this second are better than later ones that reach no further.
    mutating func addCandidate(_ second: Int) {
        for kind in entryKinds.indices {
            let reached = reachedBySecond[kind][second]
            while let last = candidates[kind].last, reachedBySecond[kind][Int(last)] <= reached {
                candidates[kind].removeLast()
            }
            candidates[kind].append(Int32(second))
        }
    }

    /// The furthest of the windows that an entry in this second lies in; of those, the one that ends first.
    mutating func bestWindow(_ second: Int) -> Int {
        let time = events[Int(seconds[second])].second
        var (reached, end, entry) = (0, 0, 0)
        for event in Int(seconds[second])..<Int(seconds[second + 1]) where events[event].enters {
            guard let kind = entryKinds.firstIndex(of: events[event].steps) else { continue }
            // Ends lie in front, the furthest the latest.
            var first = 0
            while events[Int(seconds[Int(candidates[kind][first])])].second - time > window { first += 1 }
            candidates[kind].removeFirst(first)
            let own = Int(candidates[kind][0])
            let ownReached = Int(reachedBySecond[kind][own])
            if ownReached > reached || ownReached == reached && own < end {
                (reached, end, entry) = (ownReached, own, event)
            }
        }
        let last = Int(seconds[end + 1])
        if hasSharedEvents {
            matchAnyOrder(entry, before: last, reached)
        } else {
            takeNearest(entry, before: last, reached)
        }
        return reached
    }

    /// For each other step, the first event from the entry on; without one, the last one before.
    mutating func takeNearest(_ entry: Int, before last: Int, _ reached: Int) {
        path[0] = Int32(entry)
        var missing = (UInt64(1) << UInt64(reached)) - 2
        func take(_ event: Int) {
            let steps = UInt64(events[event].steps) & missing
            if steps != 0 {
                path[steps.trailingZeroBitCount] = Int32(event)
                missing &= ~steps
            }
        }
        // Of the entry's own second, all.
        let first = events[..<entry].lastIndex { $0.second < events[entry].second }.map { $0 + 1 } ?? 0
        var event = first
        while missing != 0, event < last {
            take(event)
            event += 1
        }
        event = first - 1
        while missing != 0, event >= 0 {
            take(event)
            event -= 1
        }
    }

    /// A different event for each step, of those in the window, which is known to have them.
    mutating func matchAnyOrder(_ entry: Int, before last: Int, _ reached: Int) {
        let end = events[last - 1].second
        let first = events[..<entry].lastIndex { end - $0.second > window }.map { $0 + 1 } ?? 0
        let own = first..<last
        filled = Array(repeating: -1, count: own.count)
        filled[entry - first] = 0
        path[0] = Int32(entry)
        for step in 1..<max(1, reached) {
            visited = Array(repeating: false, count: own.count)
            // The entry is not moved.
            visited[entry - first] = true
            _ = augment(step, own, from: entry)
        }
        for (step, event) in events(bySteps: reached, from: 0, own).enumerated() { path[step] = event }
    }
}

/// Shares out events among steps: kinds of events, of each a number, each event to one step.
private struct StepMatching {
    /// By kind: what its events may be, how many there are, and the steps that have one.
    private var kinds: [(steps: UInt32, count: Int, taken: [Int])]
    private var visited: [Bool] = []

    init(_ counts: [UInt32: Int]) {
        kinds = counts.map { ($0.key, $0.value, []) }
    }

    /// - Returns: false if there are not events for this step and all that were added before.
    mutating func add(_ step: Int) -> Bool {
        visited = Array(repeating: false, count: kinds.count)
        return place(step)
    }

    private mutating func place(_ step: Int) -> Bool {
        for kind in kinds.indices where !visited[kind] && kinds[kind].steps >> UInt32(step) & 1 != 0 {
            visited[kind] = true
            if kinds[kind].taken.count < kinds[kind].count {
                kinds[kind].taken.append(step)
                return true
            }
            for index in kinds[kind].taken.indices where place(kinds[kind].taken[index]) {
                kinds[kind].taken[index] = step
                return true
            }
        }
        return false
    }
}
