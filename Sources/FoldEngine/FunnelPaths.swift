/// Finds the ways of one person through a funnel where events must be matched to steps: for each event that may enter it,
/// the furthest step reached.
///
/// Time has a resolution of one second: different events in the same second count in either order; the same event type
/// twice in one second counts once, as whatever step any of the two may be. One event fills one step. Source:
/// reference/dashboard.md §5, funnels; decisions.md 18, 19.
struct FunnelPaths: Sendable {
    typealias Order = FunnelFold.Order
    typealias Event = FunnelEvent

    private let order: Order
    private let stepCount: Int
    /// Seconds, inclusive.
    private let window: UInt32

    /// One person's events; those that repeat a type within a second are one.
    private(set) var events: [Event] = []
    /// Index of the first event of each second, and one more.
    private var seconds: [Int32] = []
    /// By second: whether an event that is no step comes between it and the next one.
    private var interruptions: [Bool] = []
    /// Ordered: for step k, at k × steps, the events of the way that begins with the nearest event for step k: its steps
    /// k, k + 1, … ; -1 where there is none.
    private var chains: [Int32]
    private var path: [Int32]
    private var lastBySecondOfStep: [Int32]
    /// Unordered: what the events that may enter may be. The next two are by index of it.
    private var entryKinds: [UInt32] = []
    /// By second, how many first steps the window that ends there has, if it has an entry of the kind.
    private var reachedBySecond: [[Int32]] = []
    /// Seconds that may be the end of the best window of an entry: descending, and each better than those after it.
    private var candidates: [[Int32]] = []
    private var hasSharedEvents = false
    /// While events are matched to steps: by event of the second, the step that it fills.
    private var filled: [Int] = []
    private var visited: [Bool] = []

    /// - Parameters:
    ///   - stepCount: 2 to 32.
    ///   - window: seconds after the first step, inclusive.
    init(_ order: Order, stepCount: Int, window: Int64) {
        self.order = order
        self.stepCount = stepCount
        self.window = UInt32(clamping: window)
        chains = Array(repeating: -1, count: stepCount * stepCount)
        path = Array(repeating: -1, count: stepCount)
        lastBySecondOfStep = path
    }

    /// Calls `found` for every second in which the person may enter, latest first, with the furthest path from there.
    ///
    /// - Parameters:
    ///   - events: ascending by second; within one in order of arrival.
    ///   - found: by each step that was reached, the index of its event; and the events.
    mutating func forEachEntry(_ events: Span<Event>, _ found: (_ path: Span<Int32>, _ events: Span<Event>) -> Void) {
        takeOncePerSecond(events)
        switch order {
        case .ordered: for index in chains.indices { chains[index] = -1 }
        case .sequential: break
        case .unordered: findWindows()
        }
        for second in (0..<seconds.count - 1).reversed() {
            let own = Int(seconds[second])..<Int(seconds[second + 1])
            switch order {
            case .ordered: extendChains(own)
            case .sequential: break
            case .unordered: addCandidate(second)
            }
            guard own.contains(where: { self.events[$0].enters }) else { continue }
            let reached: Int =
                switch order {
                case .ordered: followChain()
                case .sequential: followSeconds(second)
                case .unordered: bestWindow(second)
                }
            if reached > 0 { found(path.span.extracting(first: reached), self.events.span) }
        }
    }

    private mutating func takeOncePerSecond(_ all: Span<Event>) {
        events.removeAll(keepingCapacity: true)
        seconds.removeAll(keepingCapacity: true)
        interruptions.removeAll(keepingCapacity: true)
        hasSharedEvents = false
        var first = 0
        for index in all.indices {
            let event = all[index]
            if events.isEmpty || events[first].second != event.second {
                first = events.count
                seconds.append(Int32(first))
                interruptions.append(event.isInterrupted)
            } else {
                if event.isInterrupted { interruptions[interruptions.count - 1] = true }
                if let same = events[first...].firstIndex(where: { $0.type == event.type }) {
                    events[same].steps |= event.steps
                    if event.enters { events[same].enters = true }
                    if events[same].isShared { hasSharedEvents = true }
                    continue
                }
            }
            events.append(event)
            if event.isShared { hasSharedEvents = true }
        }
        seconds.append(Int32(events.count))
    }

    // MARK: Ordered

    /// Puts the events of one second in front of the chains, of which all others are of later seconds.
    private mutating func extendChains(_ own: Range<Int>) {
        if own.count == 1 {
            let steps = events[own.lowerBound].steps
            // The lowest step first: each chain takes over the next one as it was before this second.
            var rest = steps
            while rest != 0 {
                let step = rest.trailingZeroBitCount
                rest &= rest - 1
                extend(step, by: Int32(own.lowerBound))
            }
            return
        }
        let before = chains
        for step in 0..<stepCount {
            let matched = match(own, from: step)
            if matched.isEmpty { continue }
            for next in step..<stepCount {
                let index = next - step
                let after = step + matched.count
                chains[step * stepCount + next] =
                    index < matched.count ? matched[index] : before[after * stepCount + next]
            }
        }
    }

    /// The chain of `step` now begins with this event, and goes on with the chain of the step after it.
    private mutating func extend(_ step: Int, by first: Int32) {
        chains[step * stepCount + step] = first
        for next in step + 1..<max(step + 1, stepCount) {
            chains[step * stepCount + next] = chains[(step + 1) * stepCount + next]
        }
    }

    /// - Returns: steps reached within the window.
    private mutating func followChain() -> Int {
        guard chains[0] >= 0 else { return 0 }
        let start = events[Int(chains[0])].second
        var reached = 0
        while reached < stepCount, chains[reached] >= 0, events[Int(chains[reached])].second - start <= window {
            path[reached] = chains[reached]
            reached += 1
        }
        return reached
    }

    // MARK: Sequential

    /// Steps must follow on each other second by second; within a second, other events do no harm.
    private mutating func followSeconds(_ second: Int) -> Int {
        // Mostly each second has one event, and there is one way.
        let start = events[Int(seconds[second])].second
        var reached = 0
        while second + reached < seconds.count - 1, reached < stepCount {
            if reached > 0, interruptions[second + reached - 1] { break }
            let event = Int(seconds[second + reached])
            if seconds[second + reached + 1] - seconds[second + reached] > 1 { return followWays(second) }
            guard events[event].steps >> UInt32(reached) & 1 != 0, events[event].second - start <= window else { break }
            path[reached] = Int32(event)
            reached += 1
        }
        return reached
    }

    /// - Returns: of the longest ways, the one that is there the earliest.
    private mutating func followWays(_ first: Int) -> Int {
        let start = events[Int(seconds[first])].second
        var best: [Int32] = []
        // By number of steps done before the second: a way there. A step done earlier is better.
        var ways = [[Int32]?](repeating: nil, count: stepCount + 1)
        ways[0] = []
        for second in first..<seconds.count - 1 where best.count < stepCount {
            if second > first, interruptions[second - 1] { break }
            let own = Int(seconds[second])..<Int(seconds[second + 1])
            guard events[own.lowerBound].second - start <= window else { break }
            var longer = [[Int32]?](repeating: nil, count: stepCount + 1)
            for done in (0..<stepCount).reversed() {
                guard let way = ways[done] else { continue }
                let matched = match(own, from: done)
                for count in matched.indices.map({ $0 + 1 }) where longer[done + count] == nil {
                    longer[done + count] = way + matched.prefix(count)
                }
            }
            guard let longest = longer.last(where: { $0 != nil }) ?? nil else { break }
            if longest.count > best.count { best = longest }
            ways = longer
        }
        for (step, event) in best.enumerated() { path[step] = event }
        return best.count
    }

    // MARK: Unordered

    /// For each second: how many first steps have events within the window that ends there.
    private mutating func findWindows() {
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
    private mutating func findWindowsOfOwnEvents() {
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

    private mutating func findWindowsOfSharedEvents() {
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
    private mutating func addCandidate(_ second: Int) {
        for kind in entryKinds.indices {
            let reached = reachedBySecond[kind][second]
            while let last = candidates[kind].last, reachedBySecond[kind][Int(last)] <= reached {
                candidates[kind].removeLast()
            }
            candidates[kind].append(Int32(second))
        }
    }

    /// The furthest of the windows that an entry in this second lies in; of those, the one that ends first.
    private mutating func bestWindow(_ second: Int) -> Int {
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
    private mutating func takeNearest(_ entry: Int, before last: Int, _ reached: Int) {
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
    private mutating func matchAnyOrder(_ entry: Int, before last: Int, _ reached: Int) {
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

    // MARK: Matching

    /// Events of one second for as many steps from `first` on as possible, a different one for each.
    private mutating func match(_ own: Range<Int>, from first: Int) -> [Int32] {
        if own.count == 1 {
            return first < stepCount && events[own.lowerBound].steps >> UInt32(first) & 1 != 0
                && (first > 0 || events[own.lowerBound].enters) ? [Int32(own.lowerBound)] : []
        }
        filled = Array(repeating: -1, count: own.count)
        var step = first
        while step < stepCount {
            visited = Array(repeating: false, count: own.count)
            guard augment(step, own, from: own.lowerBound) else { break }
            step += 1
        }
        return events(bySteps: step - first, from: first, own)
    }

    /// Finds an event for `step`, moving others to other events where that makes room (Kuhn's augmenting path).
    ///
    /// - Parameter preferred: the first event to be tried; those before it are tried last.
    private mutating func augment(_ step: Int, _ own: Range<Int>, from preferred: Int) -> Bool {
        let offset = preferred - own.lowerBound
        for number in 0..<own.count {
            let index = number + offset < own.count ? number + offset : number + offset - own.count
            let event = events[own.lowerBound + index]
            guard !visited[index], event.steps >> UInt32(step) & 1 != 0, step > 0 || event.enters else { continue }
            visited[index] = true
            if filled[index] < 0 || augment(filled[index], own, from: preferred) {
                filled[index] = step
                return true
            }
        }
        return false
    }

    private func events(bySteps count: Int, from first: Int, _ own: Range<Int>) -> [Int32] {
        var found = [Int32](repeating: -1, count: count)
        for (index, step) in filled.enumerated() where step >= 0 { found[step - first] = Int32(own.lowerBound + index) }
        return found
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
