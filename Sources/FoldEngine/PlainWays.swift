/// Finds the ways of people for whom nothing is to be matched: an event that may be two steps shares its second with no
/// other, and where steps must follow on each other no two events share one.
///
/// Such are nearly all people, so this is where the time of a funnel goes. A way is a row of tiles, which have the second
/// of each step in a lane of its own. Nothing branches on what an event is: that cannot be foreseen.
struct PlainWays: Sendable {
    typealias Tile = Ways.Tile
    /// No path comes to this step.
    static let none = Int32.max
    /// Of so many events in any order a row each is kept; matching needs less memory.
    static let mostWithRows = 65_536

    /// What all ways of a funnel have in common.
    private struct Shape: Sendable {
        let stepCount: Int
        /// In a row.
        let tiles: Int
        let base: UInt32
        let window: Int32
        /// At k × tiles: all bits of the lane of step k.
        let lanes: [Tile]

        /// Seconds since ``base``.
        @inline(__always)
        func time(_ event: FunnelEvent) -> Int32 { Int32(truncatingIfNeeded: event.second &- base) }
    }

    private let shape: Shape
    /// At k × tiles: the steps k, k + 1, … of the way that begins with the nearest event for step k. One row more, of none.
    private var chains: [Tile]
    private var windows: Windows
    /// Those of the people last followed whose events share seconds in a way that is not plain: they have no ways yet.
    private(set) var others: [Int] = []

    /// For steps in any order.
    private struct Windows: Sendable {
        /// By event of a person, the last event of each step before it.
        var lasts: [Tile] = []
        /// By event of a person: how many first steps the window that ends there has.
        var reached: [UInt8] = []
        /// What is known at one event, a row each: the last event of each step up to it; the nearest event of each step from
        /// it on; and in lane r the first end from it on of a window that has r + 1 first steps.
        var states: [Tile]
        /// By way, what is known at its entry: the first ends of windows, and the last events before it.
        var endsOfWays: [Tile] = []
        var lastsOfWays: [Tile] = []
    }

    /// - Parameter base: no event is earlier, and a window after the last one ends less than 2³¹ − 1 seconds later.
    init(stepCount: Int, window: Int64, base: UInt32) {
        let tiles = Ways.tiles(stepCount)
        var lanes = [Tile](repeating: .zero, count: stepCount * tiles)
        for step in 0..<stepCount { lanes[step * tiles + step / 4][step % 4] = -1 }
        shape = Shape(
            stepCount: stepCount,
            tiles: tiles,
            base: base,
            window: Int32(clamping: window),
            lanes: lanes
        )
        chains = Array(repeating: Tile(repeating: Self.none), count: (stepCount + 1) * tiles)
        windows = Windows(states: Array(repeating: .zero, count: 3 * tiles))
    }

    /// Finds a way for every event that enters.
    ///
    /// - Parameters:
    ///   - events: of one person after another, ascending by second.
    ///   - ends: by person: where the events end.
    mutating func follow(
        _ order: FunnelOrder,
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        into ways: inout Ways
    ) {
        follow(order, events, ends, areSorted: false, into: &ways)
    }

    private mutating func follow(
        _ order: FunnelOrder,
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        areSorted: Bool,
        into ways: inout Ways
    ) {
        ways.clear(room: events.count, tiles: shape.tiles)
        others.removeAll(keepingCapacity: true)
        switch order {
        // One tile is what funnels mostly need: known beforehand, it takes no loops.
        case .ordered where shape.tiles == 1:
            Self.followInOrder(events, ends, areSorted, shape, tiles: 1, &chains, &ways, &others)
        case .ordered:
            Self.followInOrder(events, ends, areSorted, shape, tiles: shape.tiles, &chains, &ways, &others)
        case .sequential:
            ways.count = Self.followDirectly(
                events,
                ends,
                shape,
                &ways.rows,
                &ways.reached,
                &ways.people,
                &ways.firstEvents,
                &others
            )
        case .unordered where shape.tiles == 1:
            Self.followInAnyOrder(events, ends, areSorted, shape, tiles: 1, &windows, &ways, &others)
        case .unordered:
            Self.followInAnyOrder(events, ends, areSorted, shape, tiles: shape.tiles, &windows, &ways, &others)
        }
    }

    /// The same for one person.
    ///
    /// - Parameter events: those of a second are ascending by step, and each may be one.
    mutating func follow(_ order: FunnelOrder, ofOne events: [FunnelEvent], into ways: inout Ways) {
        follow(order, events.span, [Int32(events.count)].span, areSorted: true, into: &ways)
    }

    /// All ones in the lanes that come later than `window` after `second`, or not at all.
    @inline(__always)
    private static func late(_ tile: Tile, _ second: Int32, _ window: Int32) -> Tile {
        (Tile(repeating: window) &- (tile &- second)) &>> 31
    }

    // MARK: In order

    @inline(__always)
    private static func followInOrder(
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ areSorted: Bool,
        _ shape: Shape,
        tiles: Int,
        _ chains: inout [Tile],
        _ ways: inout Ways,
        _ others: inout [Int]
    ) {
        ways.count = followChains(
            events,
            ends,
            areSorted,
            shape,
            tiles,
            &chains,
            &ways.rows,
            &ways.people,
            &ways.firstEvents,
            &others
        )
        measure(ways.count, shape, tiles, ways.rows, &ways.reached)
    }

    @inline(__always)
    private static func followChains(
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ areSorted: Bool,
        _ shape: Shape,
        _ tiles: Int,
        _ chains: inout [Tile],
        _ rows: inout [Tile],
        _ people: inout [Int32],
        _ firstEvents: inout [Int32],
        _ others: inout [Int]
    ) -> Int {
        let lanes = shape.lanes.span
        var chains = chains.mutableSpan
        var rows = rows.mutableSpan
        var people = people.mutableSpan
        var firstEvents = firstEvents.mutableSpan
        var (count, first) = (0, 0)
        for person in ends.indices {
            let end = Int(ends[person])
            for index in 0..<shape.stepCount * tiles { chains[index] = Tile(repeating: none) }
            let firstWay = count
            var traits = SharedSeconds()
            var index = end
            while index > first {
                index &-= 1
                let event = events[index]
                traits.add(event)
                let second = shape.time(event)
                var rest = event.steps
                // The lowest step first: each chain takes over the next one as it was before this event.
                repeat {
                    let row = rest.trailingZeroBitCount &* tiles
                    for tile in 0..<tiles {
                        let lane = lanes[row &+ tile]
                        chains[row &+ tile] = (chains[row &+ tile &+ tiles] & ~lane) | (lane & second)
                    }
                    rest &= rest &- 1
                } while rest != 0
                for tile in 0..<tiles { rows[count &* tiles &+ tile] = chains[tile] }
                people[count] = Int32(truncatingIfNeeded: person)
                firstEvents[count] = Int32(truncatingIfNeeded: index)
                count &+= event.entries
            }
            if traits.haveTies, !areSorted {
                count = firstWay
                others.append(person)
            }
            first = end
        }
        return count
    }

    /// Finds how many steps each way reaches within the window.
    @inline(__always)
    private static func measure(_ count: Int, _ shape: Shape, _ tiles: Int, _ rows: [Tile], _ reached: inout [Int32]) {
        let rows = rows.span
        var reached = reached.mutableSpan
        for way in 0..<count {
            let first = rows[way &* tiles][0]
            var late = Tile.zero
            for tile in 0..<tiles { late &+= Self.late(rows[way &* tiles &+ tile], first, shape.window) }
            reached[way] = 4 &* Int32(truncatingIfNeeded: tiles) &+ late.wrappedSum()
        }
    }

    // MARK: Sequential

    /// Each step is the very next event, and nothing comes between.
    private static func followDirectly(
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ shape: Shape,
        _ rows: inout [Tile],
        _ reached: inout [Int32],
        _ people: inout [Int32],
        _ firstEvents: inout [Int32],
        _ others: inout [Int]
    ) -> Int {
        let count = findEntries(events, ends, &people, &firstEvents, &others)
        let (people, firstEvents) = (people.span, firstEvents.span)
        var rows = rows.mutableSpan
        var reached = reached.mutableSpan
        for way in 0..<count {
            let (first, end) = (Int(firstEvents[way]), Int(ends[Int(people[way])]))
            let entry = shape.time(events[first])
            rows[way &* shape.tiles][0] = entry
            var steps = 1
            while steps < shape.stepCount, first &+ steps < end {
                let next = events[first &+ steps]
                if events[first &+ steps &- 1].isInterrupted || next.steps >> UInt32(steps) & 1 == 0 { break }
                let second = shape.time(next)
                if second - entry > shape.window { break }
                rows[way &* shape.tiles &+ steps / 4][steps % 4] = second
                steps &+= 1
            }
            reached[way] = Int32(truncatingIfNeeded: steps)
        }
        return count
    }

    /// Finds the events that enter, of people without two events in a second.
    private static func findEntries(
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ people: inout [Int32],
        _ firstEvents: inout [Int32],
        _ others: inout [Int]
    ) -> Int {
        var people = people.mutableSpan
        var firstEvents = firstEvents.mutableSpan
        var (count, first) = (0, 0)
        for person in ends.indices {
            let firstWay = count
            var traits = SharedSeconds()
            var index = Int(ends[person])
            while index > first {
                index &-= 1
                traits.add(events[index])
                people[count] = Int32(truncatingIfNeeded: person)
                firstEvents[count] = Int32(truncatingIfNeeded: index)
                count &+= events[index].entries
            }
            if traits.haveTies {
                count = firstWay
                others.append(person)
            }
            first = Int(ends[person])
        }
        return count
    }

    // MARK: In any order

    /// Of the windows that an entry lies in, which may begin before it, the furthest counts, of those the one that ends
    /// first; for each step the first event from the entry on, without one the last before.
    @inline(__always)
    private static func followInAnyOrder(
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ areSorted: Bool,
        _ shape: Shape,
        tiles: Int,
        _ windows: inout Windows,
        _ ways: inout Ways,
        _ others: inout [Int]
    ) {
        let most = ends.indices.reduce(0) { max($0, ends.events(of: $1).count) }
        windows.reached.fill(upTo: min(most, mostWithRows), with: 0)
        windows.lasts.fill(upTo: min(most, mostWithRows) * tiles, with: .zero)
        windows.endsOfWays.fill(upTo: (events.count + 1) * tiles, with: .zero)
        windows.lastsOfWays.fill(upTo: (events.count + 1) * tiles, with: .zero)
        ways.count = followWindows(
            events,
            ends,
            areSorted,
            shape,
            tiles,
            &windows.states,
            &windows.lasts,
            &windows.reached,
            &windows.endsOfWays,
            &windows.lastsOfWays,
            &ways.rows,
            &ways.people,
            &ways.firstEvents,
            &others
        )
        choose(ways.count, shape, tiles, windows.endsOfWays, windows.lastsOfWays, &ways.rows, &ways.reached)
    }

    @inline(__always)
    private static func followWindows(
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ areSorted: Bool,
        _ shape: Shape,
        _ tiles: Int,
        _ states: inout [Tile],
        _ lasts: inout [Tile],
        _ reached: inout [UInt8],
        _ endsOfWays: inout [Tile],
        _ lastsOfWays: inout [Tile],
        _ rows: inout [Tile],
        _ people: inout [Int32],
        _ firstEvents: inout [Int32],
        _ others: inout [Int]
    ) -> Int {
        let lanes = shape.lanes.span
        var states = states.mutableSpan
        var lasts = lasts.mutableSpan
        var reached = reached.mutableSpan
        var endsOfWays = endsOfWays.mutableSpan
        var lastsOfWays = lastsOfWays.mutableSpan
        var rows = rows.mutableSpan
        var people = people.mutableSpan
        var firstEvents = firstEvents.mutableSpan
        var (count, first) = (0, 0)
        for person in ends.indices {
            let own = first..<Int(ends[person])
            first = own.upperBound
            if own.count > mostWithRows {
                others.append(person)
                continue
            }
            let traits = findWindows(events, own, shape, tiles, &states, &lasts, &reached)
            if traits.haveShared || traits.haveTies && !areSorted {
                others.append(person)
                continue
            }
            for tile in tiles..<3 * tiles { states[tile] = Tile(repeating: none) }
            var index = own.upperBound
            while index > own.lowerBound {
                index &-= 1
                let event = events[index]
                let second = shape.time(event)
                let place = index &- own.lowerBound
                let (step, end) = (event.steps.trailingZeroBitCount &* tiles, Int(reached[place] &- 1) &* tiles)
                for tile in 0..<tiles {
                    let (lane, ending) = (lanes[step &+ tile], lanes[end &+ tile])
                    let next = (states[tiles &+ tile] & ~lane) | (lane & second)
                    let firstEnd = (states[2 &* tiles &+ tile] & ~ending) | (ending & second)
                    states[tiles &+ tile] = next
                    states[2 &* tiles &+ tile] = firstEnd
                    rows[count &* tiles &+ tile] = next
                    endsOfWays[count &* tiles &+ tile] = firstEnd
                    lastsOfWays[count &* tiles &+ tile] = lasts[place &* tiles &+ tile]
                }
                people[count] = Int32(truncatingIfNeeded: person)
                firstEvents[count] = Int32(truncatingIfNeeded: own.lowerBound)
                count &+= event.entries
            }
        }
        return count
    }

    /// For each event of a person: how many first steps have events within the window that ends there, of which the first
    /// is the entry's, wherever in the window it lies; and which events those are.
    @inline(__always)
    private static func findWindows(
        _ events: Span<FunnelEvent>,
        _ own: Range<Int>,
        _ shape: Shape,
        _ tiles: Int,
        _ states: inout MutableSpan<Tile>,
        _ lasts: inout MutableSpan<Tile>,
        _ reached: inout MutableSpan<UInt8>
    ) -> SharedSeconds {
        let (window, lanes) = (shape.window, shape.lanes.span)
        var traits = SharedSeconds()
        // None: the window is over before any event.
        for tile in 0..<tiles { states[tile] = Tile(repeating: -window - 1) }
        for index in own {
            let event = events[index]
            traits.add(event)
            let second = shape.time(event)
            let place = index &- own.lowerBound
            let step = event.steps.trailingZeroBitCount &* tiles
            var within: UInt32 = 1
            for tile in 0..<tiles {
                let (lane, before) = (lanes[step &+ tile], states[tile])
                let last = (before & ~lane) | (lane & second)
                lasts[place &* tiles &+ tile] = before
                states[tile] = last
                let isOut = (Tile(repeating: window) &- (Tile(repeating: second) &- last)) &>> 31
                within |= bits(~isOut, tile)
            }
            reached[place] = UInt8(truncatingIfNeeded: (~within).trailingZeroBitCount)
        }
        return traits
    }

    /// Chooses the window of each way, and the events of its steps in it.
    ///
    /// - Parameter rows: the nearest event of each step from the entry on.
    @inline(__always)
    private static func choose(
        _ count: Int,
        _ shape: Shape,
        _ tiles: Int,
        _ ends: [Tile],
        _ lasts: [Tile],
        _ rows: inout [Tile],
        _ reached: inout [Int32]
    ) {
        let (ends, lasts) = (ends.span, lasts.span)
        var rows = rows.mutableSpan
        var reached = reached.mutableSpan
        for way in 0..<count {
            let row = way &* tiles
            let entry = rows[row][0]
            var within: UInt32 = 0
            for tile in 0..<tiles { within |= bits(~late(ends[row &+ tile], entry, shape.window), tile) }
            let furthest = 31 &- within.leadingZeroBitCount
            let last = ends[row &+ furthest / 4][furthest % 4]
            for tile in 0..<tiles {
                let isBefore = late(rows[row &+ tile], last, 0)
                rows[row &+ tile] = (rows[row &+ tile] & ~isBefore) | (lasts[row &+ tile] & isBefore)
            }
            reached[way] = Int32(truncatingIfNeeded: furthest &+ 1)
        }
    }

    /// A bit for each lane that is all ones, that of step k at k.
    @inline(__always)
    private static func bits(_ lanes: Tile, _ tile: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: (lanes & Tile(1, 2, 4, 8)).wrappedSum()) << UInt32(4 &* tile)
    }
}

/// What the events of a person are like, taken in one after another in order of time, either way.
struct SharedSeconds {
    private var shared: UInt32 = 0
    private var tied: UInt32 = 0
    /// Hardly an event is in the last second there is; one that is takes the longer way.
    private var last = UInt32.max

    init() {}

    @inline(__always)
    init(_ events: Span<FunnelEvent>, _ own: Range<Int>) {
        for index in own { add(events[index]) }
    }

    @inline(__always)
    mutating func add(_ event: FunnelEvent) {
        shared |= event.steps & (event.steps &- 1)
        tied |= event.second == last ? 1 : 0
        last = event.second
    }

    /// Whether an event may be several steps.
    var haveShared: Bool { shared != 0 }
    /// Whether two events are in one second.
    var haveTies: Bool { tied != 0 }
}
