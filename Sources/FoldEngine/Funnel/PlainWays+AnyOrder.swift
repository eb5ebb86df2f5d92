extension PlainWays {
    /// For steps in any order.
    struct Windows: Sendable {
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

    /// Of the windows that an entry lies in, which may begin before it, the furthest counts, of those the one that ends
    /// first; for each step the first event from the entry on, without one the last before.
    @inline(__always)
    static func followInAnyOrder(
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
        ways.count = withSpans(&windows.states, &windows.lasts, &windows.reached) { states, lasts, reached in
            withSpans(&windows.endsOfWays, &windows.lastsOfWays) { endsOfWays, lastsOfWays in
                withSpans(&ways.rows, &ways.heads) { rows, heads in
                    let lanes = shape.lanes.span
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
                            let step = event.steps.trailingZeroBitCount &* tiles
                            let end = Int(reached[place] &- 1) &* tiles
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
                            heads[count] = Ways.Head(person: person, firstEvent: own.lowerBound)
                            count &+= event.entries
                        }
                    }
                    return count
                }
            }
        }
        choose(ways.count, shape, tiles, windows.endsOfWays, windows.lastsOfWays, &ways.rows, &ways.heads)
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
        _ heads: inout [Ways.Head]
    ) {
        let (ends, lasts) = (ends.span, lasts.span)
        var rows = rows.mutableSpan
        var heads = heads.mutableSpan
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
            heads[way].reached = Int32(truncatingIfNeeded: furthest &+ 1)
        }
    }

    /// A bit for each lane that is all ones, that of step k at k.
    @inline(__always)
    private static func bits(_ lanes: Tile, _ tile: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: (lanes & Tile(1, 2, 4, 8)).wrappedSum()) << UInt32(4 &* tile)
    }
}
