/// Finds the ways of people for whom nothing is to be matched: an event that may be two steps shares its second with no
/// other, and where steps must follow on each other no two events share one.
///
/// Such are nearly all people, so this is where the time of a funnel goes. A way is a row of tiles, which have the second
/// of each step in a lane of its own. Nothing branches on what an event is: that cannot be foreseen.
struct PlainWays: Sendable {
    /// The seconds of four steps, since ``base``.
    typealias Tile = SIMD4<Int32>
    /// No path comes to this step.
    static let none = Int32.max

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

    /// For steps in any order.
    private struct Windows: Sendable {
        /// By event, the last event of each step before it.
        var lasts: [Tile] = []
        /// By event: how many first steps the window that ends there has.
        var reached: [UInt8] = []
        /// The nearest event of each step.
        var nexts: [Tile]
        /// Lane r: the first end of a window that has r + 1 first steps.
        var ends: [Tile]
        var way: [Tile]
    }

    /// - Parameter base: no event is earlier, and a window after the last one ends less than 2³¹ − 1 seconds later.
    init(stepCount: Int, window: Int64, base: UInt32) {
        let tiles = Self.tiles(stepCount)
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
        let row = [Tile](repeating: .zero, count: tiles)
        windows = Windows(nexts: row, ends: row, way: row)
    }

    static func tiles(_ stepCount: Int) -> Int { (stepCount + 3) / 4 }

    /// Calls `found` for every event that enters, latest first, with how far the way from there comes, and the way.
    ///
    /// - Parameters:
    ///   - events: ascending by second; within one by step.
    ///   - way: may go on beyond the steps that are reached.
    @inline(__always)
    mutating func follow(
        _ order: FunnelOrder,
        _ events: Span<FunnelEvent>,
        _ found: (_ entry: Int, _ reached: Int, _ way: Span<Tile>) -> Void
    ) {
        // One tile is what funnels mostly need: known beforehand, it takes no loops.
        switch order {
        case .ordered where shape.tiles == 1: Self.followInOrder(events, shape, tiles: 1, &chains, found)
        case .ordered: Self.followInOrder(events, shape, tiles: shape.tiles, &chains, found)
        case .sequential: Self.followDirectly(events, shape, &chains, found)
        case .unordered: Self.followInAnyOrder(events, shape, &windows, found)
        }
    }

    /// All ones in the lanes that come later than `window` after `second`, or not at all.
    @inline(__always)
    private static func late(_ tile: Tile, _ second: Int32, _ window: Int32) -> Tile {
        (Tile(repeating: window) &- (tile &- second)) &>> 31
    }

    // MARK: Orders

    @inline(__always)
    private static func followInOrder(
        _ events: Span<FunnelEvent>,
        _ shape: Shape,
        tiles: Int,
        _ chains: inout [Tile],
        _ found: (_ entry: Int, _ reached: Int, _ way: Span<Tile>) -> Void
    ) {
        let (window, lanes) = (shape.window, shape.lanes.span)
        var chains = chains.mutableSpan
        for index in 0..<shape.stepCount * tiles { chains[index] = Tile(repeating: none) }
        for index in events.indices.reversed() {
            let event = events[index]
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
            if !event.enters { continue }
            var late = Tile.zero
            for tile in 0..<tiles { late &+= Self.late(chains[tile], second, window) }
            found(index, 4 &* tiles &+ Int(late.wrappedSum()), chains.span.extracting(first: tiles))
        }
    }

    /// Each step is the very next event, and nothing comes between.
    @inline(__always)
    private static func followDirectly(
        _ events: Span<FunnelEvent>,
        _ shape: Shape,
        _ way: inout [Tile],
        _ found: (_ entry: Int, _ reached: Int, _ way: Span<Tile>) -> Void
    ) {
        var way = way.mutableSpan
        for index in events.indices.reversed() where events[index].enters {
            let entry = shape.time(events[index])
            way[0][0] = entry
            var reached = 1
            while reached < shape.stepCount, index + reached < events.count {
                let next = events[index + reached]
                if events[index + reached - 1].isInterrupted || next.steps >> UInt32(reached) & 1 == 0 { break }
                let second = shape.time(next)
                if second - entry > shape.window { break }
                way[reached / 4][reached % 4] = second
                reached += 1
            }
            found(index, reached, way.span.extracting(first: shape.tiles))
        }
    }

    /// Of the windows that an entry lies in, which may begin before it, the furthest counts, of those the one that ends
    /// first; for each step the first event from the entry on, without one the last before.
    ///
    /// - Parameter events: each may be one step.
    @inline(__always)
    private static func followInAnyOrder(
        _ events: Span<FunnelEvent>,
        _ shape: Shape,
        _ windows: inout Windows,
        _ found: (_ entry: Int, _ reached: Int, _ way: Span<Tile>) -> Void
    ) {
        let tiles = shape.tiles
        if windows.reached.count < events.count {
            windows.reached = Array(repeating: 0, count: events.count)
            windows.lasts = Array(repeating: .zero, count: (events.count + 1) * tiles)
        }
        findWindows(events, shape, &windows.lasts, &windows.reached)
        for tile in 0..<tiles {
            windows.ends[tile] = Tile(repeating: none)
            windows.nexts[tile] = Tile(repeating: none)
        }
        followWindows(
            events,
            shape,
            windows.reached,
            windows.lasts,
            &windows.nexts,
            &windows.ends,
            &windows.way,
            found
        )
    }

    @inline(__always)
    private static func followWindows(
        _ events: Span<FunnelEvent>,
        _ shape: Shape,
        _ reached: [UInt8],
        _ lasts: [Tile],
        _ nexts: inout [Tile],
        _ ends: inout [Tile],
        _ way: inout [Tile],
        _ found: (_ entry: Int, _ reached: Int, _ way: Span<Tile>) -> Void
    ) {
        let (tiles, window, lanes) = (shape.tiles, shape.window, shape.lanes.span)
        let (reached, lasts) = (reached.span, lasts.span)
        var nexts = nexts.mutableSpan
        var ends = ends.mutableSpan
        var way = way.mutableSpan
        for index in events.indices.reversed() {
            let event = events[index]
            let second = shape.time(event)
            let (step, end) = (event.steps.trailingZeroBitCount &* tiles, Int(reached[index] &- 1) &* tiles)
            for tile in 0..<tiles {
                let (own, ending) = (lanes[step &+ tile], lanes[end &+ tile])
                nexts[tile] = (nexts[tile] & ~own) | (own & second)
                ends[tile] = (ends[tile] & ~ending) | (ending & second)
            }
            if !event.enters { continue }
            var within: UInt32 = 0
            for tile in 0..<tiles { within |= bits(~late(ends[tile], second, window), tile) }
            let furthest = 31 - within.leadingZeroBitCount
            let last = ends[furthest / 4][furthest % 4]
            for tile in 0..<tiles {
                let isBefore = late(nexts[tile], last, 0)
                way[tile] = (nexts[tile] & ~isBefore) | (lasts[index &* tiles &+ tile] & isBefore)
            }
            found(index, furthest + 1, way.span.extracting(first: tiles))
        }
    }

    /// For each event: how many first steps have events within the window that ends there, of which the first is the
    /// entry's, wherever in the window it lies; and which events those are.
    @inline(__always)
    private static func findWindows(
        _ events: Span<FunnelEvent>,
        _ shape: Shape,
        _ lasts: inout [Tile],
        _ reached: inout [UInt8]
    ) {
        let (tiles, window, lanes) = (shape.tiles, shape.window, shape.lanes.span)
        var lasts = lasts.mutableSpan
        var reached = reached.mutableSpan
        // None: the window is over before any event.
        for tile in 0..<tiles { lasts[tile] = Tile(repeating: -window - 1) }
        for index in events.indices {
            let second = shape.time(events[index])
            let (step, row) = (events[index].steps.trailingZeroBitCount &* tiles, index &* tiles)
            var within: UInt32 = 1
            for tile in 0..<tiles {
                let lane = lanes[step &+ tile]
                let last = (lasts[row &+ tile] & ~lane) | (lane & second)
                lasts[row &+ tiles &+ tile] = last
                let isOut = (Tile(repeating: window) &- (Tile(repeating: second) &- last)) &>> 31
                within |= bits(~isOut, tile)
            }
            reached[index] = UInt8(truncatingIfNeeded: (~within).trailingZeroBitCount)
        }
    }

    /// A bit for each lane that is all ones, that of step k at k.
    @inline(__always)
    private static func bits(_ lanes: Tile, _ tile: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: (lanes & Tile(1, 2, 4, 8)).wrappedSum()) << UInt32(4 &* tile)
    }
}
