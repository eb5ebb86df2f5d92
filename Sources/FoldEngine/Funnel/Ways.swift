/// Ways of some people through a funnel: one person after another, those of a person's latest entries first.
///
/// Lists are filled without a branch: each event writes a way, which is kept if it enters.
struct Ways: Sendable {
    /// The seconds of four steps, since ``PlainWays``' base.
    typealias Tile = SIMD4<Int32>

    /// At way × tiles: the seconds of its steps; beyond those that it reaches, whatever there is.
    var rows: [Tile] = []
    /// By way.
    var heads: [Head] = []
    var count = 0
    /// What is known of ways that were matched; empty for others.
    var matched: [Matched] = []

    /// What is known of a way beside its times.
    struct Head: Sendable, BitwiseCopyable {
        /// Whose it is.
        var person: Int32
        /// The index of an event with which it begins, or of an earlier one of the same person.
        var firstEvent: Int32
        /// How many steps it reaches.
        var reached: Int32

        @inline(__always)
        init(person: Int, firstEvent: Int, reached: Int = 0) {
            self.person = Int32(truncatingIfNeeded: person)
            self.firstEvent = Int32(truncatingIfNeeded: firstEvent)
            self.reached = Int32(truncatingIfNeeded: reached)
        }
    }

    /// What is known beside that where events were matched to the steps of a way.
    struct Matched: Sendable {
        /// Bit k: the event of step k may be the step before, too.
        var repeats: UInt32
        /// By step that it reaches: the place of its event.
        var places: [Int32]
    }

    static func tiles(_ stepCount: Int) -> Int { (stepCount + 3) / 4 }

    /// At k × tiles: all bits of the lane of step k; after the last step, of none.
    static func lanes(_ stepCount: Int) -> [Tile] {
        let tiles = tiles(stepCount)
        var lanes = [Tile](repeating: .zero, count: (stepCount + 1) * tiles)
        for step in 0..<stepCount { lanes[step * tiles + step / 4][step % 4] = -1 }
        return lanes
    }

    /// Begins anew, with room for so many ways, and one that is written down but not kept.
    mutating func clear(room: Int, tiles: Int) {
        count = 0
        matched.removeAll(keepingCapacity: true)
        rows.fill(upTo: (room + 1) * tiles, with: .zero)
        heads.fill(upTo: room + 1, with: Head(person: 0, firstEvent: 0))
    }
}

extension Ways {
    /// Puts the steps of these ways in order of time, those that are reached.
    mutating func sort(_ ways: ArraySlice<Int32>, tiles: Int) {
        if tiles == 1 { return Self.sort(ways, heads, &rows) }
        for way in ways {
            let first = Int(way) * tiles
            for step in 1..<max(1, Int(heads[Int(way)].reached)) {
                let second = rows[first + step / 4][step % 4]
                var place = step
                while place > 0 {
                    let before = rows[first + (place - 1) / 4][(place - 1) % 4]
                    if before <= second { break }
                    rows[first + place / 4][place % 4] = before
                    place -= 1
                }
                rows[first + place / 4][place % 4] = second
            }
        }
    }

    /// Four lanes are sorted by five exchanges, without a branch.
    private static func sort(_ ways: ArraySlice<Int32>, _ heads: [Head], _ rows: inout [Tile]) {
        let heads = heads.span
        var rows = rows.mutableSpan
        for way in ways {
            let isReached = (Tile(0, 1, 2, 3) &- heads[Int(way)].reached) &>> 31
            let row = (rows[Int(way)] & isReached) | (~isReached & Int32.max)
            var (a, b, c, d) = (row[0], row[1], row[2], row[3])
            (a, b) = (min(a, b), max(a, b))
            (c, d) = (min(c, d), max(c, d))
            (a, c) = (min(a, c), max(a, c))
            (b, d) = (min(b, d), max(b, d))
            (b, c) = (min(b, c), max(b, c))
            rows[Int(way)] = Tile(a, b, c, d)
        }
    }
}
