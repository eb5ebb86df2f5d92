/// Finds the ways of people for whom nothing is to be matched: an event that may be two steps shares its second with no
/// other, and where steps must follow on each other no two events share one, and none may be passed by.
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
    struct Shape: Sendable {
        let stepCount: Int
        /// In a row.
        let tiles: Int
        let base: UInt32
        let window: Int32
        /// At k × tiles: all bits of the lane of step k.
        let lanes: [Tile]

        /// Seconds since ``base``.
        @inline(__always)
        func time(_ event: FunnelEvent) -> Int32 { event.time(since: base) }
    }

    private let shape: Shape
    /// At k × tiles: the steps k, k + 1, … of the way that begins with the nearest event for step k. One row more, of none.
    private var chains: [Tile]
    private var windows: Windows
    /// Those of the people last followed whose events share seconds in a way that is not plain: they have no ways yet.
    private(set) var others: [Int] = []

    /// - Parameter base: no event is earlier, and a window after the last one ends less than 2³¹ − 1 seconds later.
    init(stepCount: Int, window: Int64, base: UInt32) {
        let tiles = Ways.tiles(stepCount)
        shape = Shape(
            stepCount: stepCount,
            tiles: tiles,
            base: base,
            window: Int32(clamping: window),
            lanes: Ways.lanes(stepCount)
        )
        chains = Array(repeating: Tile(repeating: Self.none), count: (stepCount + 1) * tiles)
        windows = Windows(states: Array(repeating: .zero, count: 3 * tiles))
    }

    /// Finds a way for every event that enters.
    ///
    /// - Parameters:
    ///   - events: of one person after another, ascending by second.
    ///   - ends: by person: where the events end.
    ///   - areSorted: whether those of a second are ascending by step, and each may be one.
    mutating func follow(
        _ order: FunnelOrder,
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        areSorted: Bool = false,
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
            Self.followDirectly(events, ends, shape, &ways, &others)
        case .unordered where shape.tiles == 1:
            Self.followInAnyOrder(events, ends, areSorted, shape, tiles: 1, &windows, &ways, &others)
        case .unordered:
            Self.followInAnyOrder(events, ends, areSorted, shape, tiles: shape.tiles, &windows, &ways, &others)
        }
    }

    /// All ones in the lanes that come later than `window` after `second`, or not at all.
    @inline(__always)
    static func late(_ tile: Tile, _ second: Int32, _ window: Int32) -> Tile {
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
        ways.count = withSpans(&chains, &ways.rows, &ways.heads) { chains, rows, heads in
            let lanes = shape.lanes.span
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
                    heads[count] = Ways.Head(person: person, firstEvent: index)
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
        measure(ways.count, shape, tiles, ways.rows, &ways.heads)
    }

    /// Finds how many steps each way reaches within the window.
    @inline(__always)
    private static func measure(_ count: Int, _ shape: Shape, _ tiles: Int, _ rows: [Tile], _ heads: inout [Ways.Head])
    {
        let rows = rows.span
        var heads = heads.mutableSpan
        for way in 0..<count {
            let first = rows[way &* tiles][0]
            var late = Tile.zero
            for tile in 0..<tiles { late &+= Self.late(rows[way &* tiles &+ tile], first, shape.window) }
            heads[way].reached = 4 &* Int32(truncatingIfNeeded: tiles) &+ late.wrappedSum()
        }
    }

    // MARK: Sequential

    /// Each step is the very next event, and nothing comes between.
    private static func followDirectly(
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ shape: Shape,
        _ ways: inout Ways,
        _ others: inout [Int]
    ) {
        ways.count = findEntries(events, ends, &ways.heads, &others)
        let count = ways.count
        withSpans(&ways.rows, &ways.heads) { rows, heads in
            for way in 0..<count {
                let (first, end) = (Int(heads[way].firstEvent), Int(ends[Int(heads[way].person)]))
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
                heads[way].reached = Int32(truncatingIfNeeded: steps)
            }
        }
    }

    /// Finds the events that enter, of people without two events in a second.
    private static func findEntries(
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ heads: inout [Ways.Head],
        _ others: inout [Int]
    ) -> Int {
        var heads = heads.mutableSpan
        var (count, first) = (0, 0)
        for person in ends.indices {
            let firstWay = count
            var traits = SharedSeconds()
            var index = Int(ends[person])
            while index > first {
                index &-= 1
                traits.add(events[index])
                heads[count] = Ways.Head(person: person, firstEvent: index)
                count &+= events[index].entries
            }
            if traits.haveTies || traits.letPass {
                count = firstWay
                others.append(person)
            }
            first = Int(ends[person])
        }
        return count
    }
}

/// What the events of a person are like, taken in one after another in order of time, either way.
struct SharedSeconds {
    private var shared: UInt32 = 0
    private var tied: UInt32 = 0
    private var passing = false
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
        passing = passing || event.letsPass
        last = event.second
    }

    /// Whether an event may be several steps.
    var haveShared: Bool { shared != 0 }
    /// Whether two events are in one second.
    var haveTies: Bool { tied != 0 }
    /// Whether steps may follow on each other past one of them.
    var letPass: Bool { passing }
}
