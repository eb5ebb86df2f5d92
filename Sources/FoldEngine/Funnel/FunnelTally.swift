/// What is counted of the paths of one series, over the whole range or in one bucket.
public struct FunnelTally: Sendable {
    /// Seconds that people took, each by itself.
    public struct Durations: Sendable {
        public let seconds: [UInt32]

        /// Milliseconds; `nil` if there are none.
        public var mean: Double? {
            if seconds.isEmpty { return nil }
            return Double(seconds.reduce(UInt64(0)) { $0 &+ UInt64($1) }) * 1000 / Double(seconds.count)
        }

        /// Milliseconds, by linear interpolation; `nil` if there are none.
        public var median: Double? {
            if seconds.isEmpty { return nil }
            let (lower, upper) = seconds.middle
            return (Double(lower) + Double(upper)) * 500
        }
    }

    /// What a step's event brought in on somebody's way.
    public struct Amount: Sendable {
        /// Seconds from the step before, and from the first one.
        public var seconds: UInt32
        public var secondsInAll: UInt32
        /// How often the step before was done.
        public var previousCount: Int
        public var amount: Double
    }

    /// By step: people who reached it.
    public let reached: [Int]
    /// First from the first step to the last, of those who reached the last; then to each step from the one before, of those
    /// who reached it. Source: Documentation/funnels.md F16.
    public let durations: [Durations]
    /// By step: how often those who reached it had done the step before, and how many people that often. Over the whole
    /// range alone.
    public let previousCounts: [[Int: Int]]
    /// By step: amounts other than 0. Over the whole range alone.
    public let amounts: [[Amount]]
}

/// Ways that were counted, by cell: a series in one bucket, or over the whole range.
struct FunnelTallies: Sendable {
    let stepCount: Int
    /// Index: cell × steps + the last step that was reached.
    private var ended: [Int]
    private var durations: DurationLog
    /// How often people did the step before, for cells of the whole range. Index: cell × steps + step.
    private var previous: Frequencies
    /// In the same places.
    private var amounts: [[FunnelTally.Amount]]

    /// - Parameter whole: how many cells are of the whole range; they come first.
    init(stepCount: Int, cells: Int, whole: Int) {
        self.stepCount = stepCount
        ended = Array(repeating: 0, count: cells * stepCount)
        durations = DurationLog(stepCount: stepCount, cells: cells)
        previous = Frequencies(count: whole * stepCount)
        amounts = Array(repeating: [], count: whole * stepCount)
    }

    mutating func count(_ counted: CountedWays, of ways: Ways, tiles: Int) {
        Self.count(counted, ways, stepCount, &ended)
        durations.append(counted, of: ways, tiles: tiles)
    }

    private static func count(_ counted: CountedWays, _ ways: Ways, _ stepCount: Int, _ ended: inout [Int]) {
        let (own, cells, heads) = (counted.ways.span, counted.cells.span, ways.heads.span)
        var ended = ended.mutableSpan
        for index in 0..<counted.count {
            ended[Int(cells[index]) &* stepCount &+ Int(heads[Int(own[index])].reached) &- 1] &+= 1
        }
    }

    /// - Parameters:
    ///   - tile: the number of the tile of steps.
    ///   - counts: by step of the tile, how often the step before was done; beyond those that are reached, whatever.
    @inline(__always)
    mutating func countPrevious(_ cell: Int, _ reached: Int, _ tile: Int, _ counts: Ways.Tile) {
        for lane in 0..<4 {
            let step = 4 &* tile &+ lane
            // Nothing comes before the first step: what is not reached is put there, and never read.
            let isReached = Mask.isLess(step, reached)
            previous.add(Int(counts[lane]) & isReached, to: cell &* stepCount &+ (step & isReached))
        }
    }

    /// - Parameters:
    ///   - amounts: at counted way × steps + step.
    ///   - previousCounts: in the same places.
    ///   - counted: in cells of the whole range.
    mutating func add(
        _ amounts: [Double],
        _ previousCounts: [Int32],
        of counted: CountedWays,
        _ ways: Ways,
        tiles: Int
    ) {
        for index in 0..<counted.count {
            let way = Int(counted.ways[index])
            func time(_ step: Int) -> Int32 { ways.rows[way * tiles + step / 4][step % 4] }
            for step in 0..<Int(ways.heads[way].reached) where amounts[index * stepCount + step] != 0 {
                let amount = FunnelTally.Amount(
                    seconds: step == 0 ? 0 : UInt32(bitPattern: time(step) &- time(step - 1)),
                    secondsInAll: UInt32(bitPattern: time(step) &- time(0)),
                    previousCount: Int(previousCounts[index * stepCount + step]),
                    amount: amounts[index * stepCount + step]
                )
                self.amounts[Int(counted.cells[index]) * stepCount + step].append(amount)
            }
        }
    }

    mutating func merge(_ other: FunnelTallies) {
        for index in ended.indices { ended[index] += other.ended[index] }
        durations.merge(other.durations)
        previous.merge(other.previous)
        for index in amounts.indices { amounts[index] += other.amounts[index] }
    }

    func people(_ cell: Int) -> Int { ended[cell * stepCount..<(cell + 1) * stepCount].reduce(0, +) }

    func tally(_ cell: Int) -> FunnelTally {
        let own = cell * stepCount..<(cell + 1) * stepCount
        var reached = Array(ended[own])
        for step in (0..<stepCount - 1).reversed() { reached[step] += reached[step + 1] }
        return FunnelTally(
            reached: reached,
            durations: (0..<stepCount).map { step in
                FunnelTally.Durations(seconds: durations.seconds(cell: cell, step: step))
            },
            previousCounts: own.upperBound <= previous.count ? [[:]] + own.dropFirst().map { previous.people($0) } : [],
            amounts: own.upperBound <= amounts.count ? Array(amounts[own]) : []
        )
    }

    /// By number: people by how often they did something; mostly that is not often.
    private struct Frequencies: Sendable {
        let count: Int
        /// How many times are counted in ``often``: fewer where there are many numbers, so that memory is bounded.
        private let few: Int
        /// Index: number × ``few`` + times.
        private var often: [Int]
        private var moreOften: [Int: [Int: Int]] = [:]

        init(count: Int) {
            self.count = count
            few = max(4, min(64, (1 << 22) / max(1, count)))
            often = Array(repeating: 0, count: count * few)
        }

        @inline(__always)
        mutating func add(_ times: Int, to number: Int) {
            if times < few {
                often[number * few + times] += 1
            } else {
                moreOften[number, default: [:]][times, default: 0] += 1
            }
        }

        mutating func merge(_ other: Frequencies) {
            for index in often.indices { often[index] += other.often[index] }
            moreOften.merge(other.moreOften) { $0.merging($1, uniquingKeysWith: +) }
        }

        func people(_ number: Int) -> [Int: Int] {
            var people = moreOften[number] ?? [:]
            for times in 0..<few where often[number * few + times] > 0 {
                people[times] = often[number * few + times]
            }
            return people
        }
    }
}

extension [UInt32] {
    /// The two in the middle if these were sorted; of an odd number the middle one, twice. Not empty.
    ///
    /// - Complexity: O(n)
    fileprivate var middle: (UInt32, UInt32) {
        let (upper, before) = element(atRank: count / 2)
        return (count % 2 == 1 ? upper : before ?? element(atRank: count / 2 - 1).found, upper)
    }

    /// The element that would be at an index if these were sorted: found by some bits of the numbers after another.
    ///
    /// - Returns: the element; and the one before it, if that is seen on the way.
    /// - Complexity: O(n)
    private func element(atRank rank: Int) -> (found: UInt32, before: UInt32?) {
        // Of few numbers, fewer bits at a time: what is counted is looked through, too.
        let digit: UInt32 = count < 4096 ? 8 : 11
        let mask: UInt32 = 1 << digit - 1
        let largest = reduce(0) { $0 | $1 }
        var (found, rest, known) = (UInt32(0), rank, UInt32(0))
        var before: UInt32?
        for place in (0...31 / digit).reversed() where largest >> (place * digit) != 0 || place == 0 {
            let shift = place * digit
            var counts = [Int](repeating: 0, count: 1 << digit)
            for number in self where number & known == found { counts[Int(number >> shift & mask)] += 1 }
            var bin = 0
            while rest >= counts[bin] {
                rest -= counts[bin]
                if shift == 0, counts[bin] > 0 { before = found | UInt32(bin) }
                bin += 1
            }
            found |= UInt32(bin) << shift
            known |= mask << shift
        }
        return (found, rest > 0 ? found : before)
    }
}
