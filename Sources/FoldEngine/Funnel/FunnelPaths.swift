/// Finds the ways of one person through a funnel where events must be matched to steps: for each event that may enter it,
/// the furthest step reached.
///
/// Time has a resolution of one second: different events in the same second count in either order; the same event type
/// twice in one second counts once, as whatever step any of the two may be. One event fills one step. Source:
/// Documentation/funnels.md F4 to F8.
struct FunnelPaths: Sendable {
    typealias Event = FunnelEvent

    let order: FunnelOrder
    let stepCount: Int
    /// Seconds, inclusive.
    let window: UInt32

    /// One person's events; those that repeat a type within a second are one.
    var events: [Event] = []
    /// Index of the first event of each second, and one more.
    var seconds: [Int32] = []
    /// By second: whether an event that is no step comes between it and the next one.
    var interruptions: [Bool] = []
    /// By second: whether steps may follow on each other past it.
    var passes: [Bool] = []
    /// Ordered: for step k, at k × steps, the events of the way that begins with the nearest event for step k: its steps
    /// k, k + 1, … ; -1 where there is none.
    var chains: [Int32]
    /// Sequential: the ways of the seconds that were looked at.
    var direct: DirectWays
    var path: [Int32]
    var lastBySecondOfStep: [Int32]
    /// Unordered: what the events that may enter may be. The next two are by index of it.
    var entryKinds: [UInt32] = []
    /// By second, how many first steps the window that ends there has, if it has an entry of the kind.
    var reachedBySecond: [[Int32]] = []
    /// Seconds that may be the end of the best window of an entry: descending, and each better than those after it.
    var candidates: [[Int32]] = []
    var hasSharedEvents = false
    /// While events are matched to steps: by event of the second, the step that it fills.
    var filled: [Int] = []
    var visited: [Bool] = []

    /// - Parameters:
    ///   - stepCount: 2 to 32.
    ///   - window: seconds after the first step, inclusive.
    init(_ order: FunnelOrder, stepCount: Int, window: Int64) {
        self.order = order
        self.stepCount = stepCount
        self.window = UInt32(clamping: window)
        chains = Array(repeating: -1, count: stepCount * stepCount)
        direct = DirectWays(stepCount: order == .sequential ? stepCount : 0)
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
        case .sequential: direct.removeAll()
        case .unordered: findWindows()
        }
        for second in (0..<seconds.count - 1).reversed() {
            let own = Int(seconds[second])..<Int(seconds[second + 1])
            switch order {
            case .ordered: extendChains(own)
            case .sequential: extendDirectWays(second)
            case .unordered: addCandidate(second)
            }
            guard own.contains(where: { self.events[$0].enters }) else { continue }
            let reached: Int =
                switch order {
                case .ordered: followChain()
                case .sequential: followDirectWay(second)
                case .unordered: bestWindow(second)
                }
            if reached > 0 { found(path.span.extracting(first: reached), self.events.span) }
        }
    }

    mutating func takeOncePerSecond(_ all: Span<Event>) {
        events.removeAll(keepingCapacity: true)
        seconds.removeAll(keepingCapacity: true)
        interruptions.removeAll(keepingCapacity: true)
        passes.removeAll(keepingCapacity: true)
        hasSharedEvents = false
        var first = 0
        for index in all.indices {
            let event = all[index]
            if events.isEmpty || events[first].second != event.second {
                first = events.count
                seconds.append(Int32(first))
                interruptions.append(event.isInterrupted)
                passes.append(event.letsPass)
            } else {
                if event.isInterrupted { interruptions[interruptions.count - 1] = true }
                if !event.letsPass { passes[passes.count - 1] = false }
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
    mutating func extendChains(_ own: Range<Int>) {
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
    mutating func extend(_ step: Int, by first: Int32) {
        chains[step * stepCount + step] = first
        for next in step + 1..<max(step + 1, stepCount) {
            chains[step * stepCount + next] = chains[(step + 1) * stepCount + next]
        }
    }

    /// - Returns: steps reached within the window.
    mutating func followChain() -> Int {
        guard chains[0] >= 0 else { return 0 }
        let start = events[Int(chains[0])].second
        var reached = 0
        while reached < stepCount, chains[reached] >= 0, events[Int(chains[reached])].second - start <= window {
            path[reached] = chains[reached]
            reached += 1
        }
        return reached
    }

    // MARK: Matching

    /// Whether an event may be a step.
    func canBe(_ event: Int, _ step: Int) -> Bool {
        events[event].steps >> UInt32(step) & 1 != 0 && (step > 0 || events[event].enters)
    }

    /// Events of one second for as many steps from `first` on as possible, a different one for each.
    mutating func match(_ own: Range<Int>, from first: Int) -> [Int32] {
        if own.count == 1 {
            return first < stepCount && canBe(own.lowerBound, first) ? [Int32(own.lowerBound)] : []
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
    mutating func augment(_ step: Int, _ own: Range<Int>, from preferred: Int) -> Bool {
        let offset = preferred - own.lowerBound
        for number in 0..<own.count {
            let index = number + offset < own.count ? number + offset : number + offset - own.count
            guard !visited[index], canBe(own.lowerBound + index, step) else { continue }
            visited[index] = true
            if filled[index] < 0 || augment(filled[index], own, from: preferred) {
                filled[index] = step
                return true
            }
        }
        return false
    }

    func events(bySteps count: Int, from first: Int, _ own: Range<Int>) -> [Int32] {
        var found = [Int32](repeating: -1, count: count)
        for (index, step) in filled.enumerated() where step >= 0 { found[step - first] = Int32(own.lowerBound + index) }
        return found
    }
}
