/// Ways that count, each in a cell: of each person the best of all, or of each bucket.
struct CountedWays: Sendable {
    /// Indexes of ways.
    private(set) var ways: [Int32] = []
    private(set) var cells: [Int32] = []
    private(set) var count = 0

    mutating func append(_ way: Int32, cell: Int) {
        ways.append(way)
        cells.append(Int32(truncatingIfNeeded: cell))
        count += 1
    }

    /// Finds the best way of each person in each bucket.
    ///
    /// - Parameter firstCell: that of the first bucket.
    mutating func findBests(of all: Ways, tiles: Int, firstCell: Int, _ base: UInt32, _ buckets: BucketTable) {
        ways.fill(upTo: all.count, with: 0)
        cells.fill(upTo: all.count, with: 0)
        count = Self.findBestsOfBuckets(all, tiles, firstCell, base, buckets, &ways, &cells)
    }

    private static func findBestsOfBuckets(
        _ all: Ways,
        _ tiles: Int,
        _ firstCell: Int,
        _ base: UInt32,
        _ buckets: BucketTable,
        _ ways: inout [Int32],
        _ cells: inout [Int32]
    ) -> Int {
        let (rows, heads) = (all.rows.span, all.heads.span)
        var ways = ways.mutableSpan
        var cells = cells.mutableSpan
        var best = Best()
        for way in 0..<all.count {
            let second = base &+ UInt32(bitPattern: rows[way &* tiles][0])
            let bucket = buckets.bucket(of: Int64(second))
            best.add(way, heads[way].reached, key: Int(heads[way].person) << 32 | bucket)
            ways[best.place] = Int32(truncatingIfNeeded: best.way)
            cells[best.place] = Int32(truncatingIfNeeded: firstCell &+ bucket)
        }
        return best.place + 1
    }

    /// Where a bucket comes twice, leaves the better of the ways that a person has in it.
    mutating func uniteRepeats(of all: Ways) {
        // By cell of the person at hand: where its way is.
        var places: [Int32: Int] = [:]
        var person: Int32 = -1
        var isLeft = [Bool](repeating: true, count: count)
        for index in 0..<count {
            let head = all.heads[Int(ways[index])]
            if head.person != person { places.removeAll(keepingCapacity: true) }
            person = head.person
            if let other = places[cells[index]] {
                // Ways come latest first: the earlier of two that reach as far wins.
                let isBetter = head.reached >= all.heads[Int(ways[other])].reached
                isLeft[isBetter ? other : index] = false
                if !isBetter { continue }
            }
            places[cells[index]] = index
        }
        let left = (0..<count).filter { isLeft[$0] }
        (ways, cells) = (left.map { ways[$0] }, left.map { cells[$0] })
        count = left.count
    }

    /// Finds the best way of each person.
    ///
    /// - Parameter best: those of buckets.
    mutating func findBests(of all: Ways, among best: CountedWays) {
        ways.fill(upTo: best.count, with: 0)
        cells.removeAll(keepingCapacity: true)
        count = Self.findBestsOfPeople(all, best, &ways)
        cells.fill(upTo: count, with: 0)
    }

    private static func findBestsOfPeople(_ all: Ways, _ candidates: CountedWays, _ ways: inout [Int32]) -> Int {
        let (heads, candidateWays) = (all.heads.span, candidates.ways.span)
        var ways = ways.mutableSpan
        var best = Best()
        for index in 0..<candidates.count {
            let way = Int(candidateWays[index])
            best.add(way, heads[way].reached, key: Int(heads[way].person))
            ways[best.place] = Int32(truncatingIfNeeded: best.way)
        }
        return best.place + 1
    }

    /// The best of ways one after another that have the same key.
    private struct Best {
        /// Counts the keys.
        private(set) var place = -1
        private(set) var way = 0
        private var key = -1
        private var reached = 0

        /// Ways come latest first: the earlier of two that reach as far wins.
        @inline(__always)
        mutating func add(_ way: Int, _ reached: Int32, key: Int) {
            let reached = Int(reached)
            let isFirst = Mask.differs(key, self.key)
            let isBetter = isFirst | ~Mask.isLess(reached, self.reached)
            place &-= isFirst
            self.key = key
            self.reached = Mask.choose(isBetter, reached, self.reached)
            self.way = Mask.choose(isBetter, way, self.way)
        }
    }
}
