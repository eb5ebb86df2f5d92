/// Counts how often people did the step before, between the event of that step on their way and its own; those in the
/// seconds of either count, as in one second events come in any order.
struct PreviousSteps: Sendable {
    typealias Tile = Ways.Tile

    private let base: UInt32
    private let tiles: Int
    /// At (k + 1) × tiles: all bits of the lane of the step that step k is before.
    private let lanes: [Tile]

    init(stepCount: Int, base: UInt32) {
        self.base = base
        tiles = Ways.tiles(stepCount)
        lanes = Ways.lanes(stepCount)
    }

    /// - Parameter kept: at counted way × steps + step, set to how often the step before was done; empty if nobody asks.
    func count(
        _ counted: CountedWays,
        _ ways: Ways,
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ tallies: inout FunnelTallies,
        _ kept: inout [Int32]
    ) {
        for index in 0..<counted.count {
            let way = Int(counted.ways[index])
            let head = ways.heads[way]
            let reached = Int(head.reached)
            if reached < 2 { continue }
            let (from, to) = seconds(of: way, ways)
            var first = Int(head.firstEvent)
            while time(events[first]) < from { first += 1 }
            let own = events.extracting(first..<Int(ends[Int(head.person)]))
            for tile in 0..<(reached + 3) / 4 {
                let counts = count(tile, ways, way, own, last: to)
                tallies.countPrevious(Int(counted.cells[index]), reached, tile, counts)
                if kept.isEmpty { continue }
                for step in 4 * tile..<min(reached, 4 * tile + 4) {
                    kept[index * tallies.stepCount + step] = counts[step - 4 * tile]
                }
            }
        }
    }

    /// The seconds of the first and the last step of a way.
    @inline(__always)
    private func seconds(of way: Int, _ ways: Ways) -> (first: Int32, last: Int32) {
        var (first, last) = (Int32.max, Int32.min)
        for step in 0..<Int(ways.heads[way].reached) {
            let time = ways.rows[way &* tiles &+ step / 4][step % 4]
            (first, last) = (min(first, time), max(last, time))
        }
        return (first, last)
    }

    @inline(__always)
    private func time(_ event: FunnelEvent) -> Int32 { event.time(since: base) }

    /// - Returns: for each step of a tile; beyond those that are reached, whatever.
    @inline(__always)
    private func count(_ tile: Int, _ ways: Ways, _ way: Int, _ events: Span<FunnelEvent>, last: Int32) -> Tile {
        let times = ways.rows[way &* tiles &+ tile]
        let timesBefore = Tile(tile == 0 ? 0 : ways.rows[way &* tiles &+ tile &- 1][3], times[0], times[1], times[2])
        let first = pointwiseMin(times, timesBefore)
        // Unsigned numbers are compared as signed ones are, if both begin with the least.
        let least = Tile(repeating: .min)
        let length = (pointwiseMax(times, timesBefore) &- first) ^ least
        let lanes = lanes.span
        var counts = Tile.zero
        for index in events.indices {
            let event = events[index]
            if time(event) > last { break }
            let offset = Tile(repeating: time(event)) &- first
            let isOutside = Tile.zero.replacing(with: -1, where: (offset ^ least) .> length)
            var rest = event.steps
            repeat {
                counts &-= lanes[(rest.trailingZeroBitCount &+ 1) &* tiles &+ tile] & ~isOutside
                rest &= rest &- 1
            } while rest != 0
            if event.isShared, ways.matched.isEmpty { counts &-= repeats(event, times, tile) }
        }
        if ways.matched.isEmpty { return counts }
        let repeats = ways.matched[way].repeats
        for lane in 0..<4 { counts[lane] -= Int32(repeats >> UInt32(4 * tile + lane) & 1) }
        return counts
    }

    /// The event of the step itself is not before it.
    ///
    /// - Returns: for each step of a tile, 1 if this event is that of the step, and may be the step before, too.
    private func repeats(_ event: FunnelEvent, _ times: Tile, _ tile: Int) -> Tile {
        var repeats = Tile.zero
        for lane in 0..<4 where times[lane] == time(event) {
            let step = UInt32(4 * tile + lane)
            if step > 0, event.steps >> (step - 1) & 3 == 3 { repeats[lane] = 1 }
        }
        return repeats
    }
}
