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
            let middle = seconds.count / 2
            let upper = seconds.element(atRank: middle)
            if seconds.count % 2 == 1 { return Double(upper) * 1000 }
            return (Double(seconds.element(atRank: middle - 1)) + Double(upper)) * 500
        }
    }

    /// By step: people who reached it.
    public let reached: [Int]
    /// First from the first step to the last, of those who reached the last; then to each step from the one before. In
    /// one bucket, those who did not come through count in none of them.
    public let durations: [Durations]
    /// By step: how often those who reached it had done the step before, and how many people that often. Over the whole
    /// range alone.
    public let previousCounts: [[Int: Int]]
}

/// Paths that were counted, by cell: a series in one bucket, or over the whole range.
struct FunnelTallies: Sendable {
    /// The duration to a step that was not reached.
    private static let none = UInt32.max

    private let stepCount: Int
    /// Index: cell × steps + the last step that was reached.
    private var ended: [Int]
    /// By cell: those who have times.
    private var rows: [DurationRows]
    /// How often people did the step before, for cells of the whole range. Index: cell × steps + step.
    private var previous: Frequencies

    /// - Parameter whole: how many cells are of the whole range; they come first.
    init(stepCount: Int, cells: Int, whole: Int) {
        self.stepCount = stepCount
        ended = Array(repeating: 0, count: cells * stepCount)
        rows = Array(repeating: DurationRows(), count: cells)
        previous = Frequencies(count: whole * stepCount)
    }

    /// Counts a path in a bucket, where only those who come through have times.
    @inline(__always)
    mutating func count(_ cell: Int, _ reached: Int, _ times: Span<PlainWays.Tile>) {
        ended[cell &* stepCount &+ reached &- 1] &+= 1
        if reached == stepCount { rows[cell].append(times, stepCount) }
    }

    /// Counts a path over the whole range.
    ///
    /// - Parameter counts: by step, how often the step before was done.
    mutating func countWhole(
        _ cell: Int,
        _ reached: Int,
        _ times: Span<PlainWays.Tile>,
        _ counts: Span<Int>
    ) {
        let first = cell * stepCount
        ended[first + reached - 1] += 1
        if reached < 2 { return }
        rows[cell].append(times, reached)
        rows[cell].append(none: stepCount - reached)
        for step in 1..<reached { previous.add(counts[step], to: first + step) }
    }

    mutating func merge(_ other: FunnelTallies) {
        for index in ended.indices { ended[index] += other.ended[index] }
        for index in rows.indices { rows[index].merge(other.rows[index]) }
        previous.merge(other.previous)
    }

    func people(_ cell: Int) -> Int { ended[cell * stepCount..<(cell + 1) * stepCount].reduce(0, +) }

    func tally(_ cell: Int) -> FunnelTally {
        let own = cell * stepCount..<(cell + 1) * stepCount
        var reached = Array(ended[own])
        for step in (0..<stepCount - 1).reversed() { reached[step] += reached[step + 1] }
        return FunnelTally(
            reached: reached,
            durations: (0..<stepCount).map { step in
                FunnelTally.Durations(seconds: rows[cell].seconds(step, rowLength: stepCount - 1))
            },
            previousCounts: own.upperBound <= previous.count ? own.map { previous.people($0) } : []
        )
    }

    /// A row for each person: the seconds from each step to the next, as they come; so little is computed of a person while
    /// people are folded.
    private struct DurationRows: Sendable {
        private var own: [UInt32] = []
        /// Those that are full.
        private var others: [[UInt32]] = []

        /// - Parameter times: of steps, ascending; those of ``PlainWays``.
        @inline(__always)
        mutating func append(_ times: Span<PlainWays.Tile>, _ reached: Int) {
            if own.capacity &- own.count < 32 { makeRoom() }
            own.append(addingCapacity: reached &- 1) { own in
                var before = times[0][0]
                for step in 1..<reached {
                    let time = times[step / 4][step % 4]
                    own.append(UInt32(bitPattern: time &- before))
                    before = time
                }
            }
        }

        /// Steps that the last person did not reach.
        mutating func append(none count: Int) {
            own.append(contentsOf: repeatElement(FunnelTallies.none, count: count))
        }

        /// Begins another list: nothing is copied for more room.
        private mutating func makeRoom() {
            if !own.isEmpty { others.append(own) }
            let size = max(64, min(2 * own.capacity, 8192))
            own = []
            own.reserveCapacity(size)
        }

        /// Takes them over without a copy.
        mutating func merge(_ other: DurationRows) {
            if !other.own.isEmpty { others.append(other.own) }
            others += other.others
        }

        /// How long people took to a step from the one before, or for step 0 from the first step to the last; of those who
        /// came there.
        func seconds(_ step: Int, rowLength: Int) -> [UInt32] {
            let lists = [own] + others
            return [UInt32](capacity: lists.reduce(0) { $0 + $1.count } / rowLength) { seconds in
                for list in lists {
                    let list = list.span
                    for row in stride(from: 0, to: list.count, by: rowLength) {
                        if step > 0 {
                            let duration = list[row + step - 1]
                            if duration != none { seconds.append(duration) }
                        } else if list[row + rowLength - 1] != none {
                            var sum: UInt32 = 0
                            for index in row..<row + rowLength { sum &+= list[index] }
                            seconds.append(sum)
                        }
                    }
                }
            }
        }
    }

    /// By number: people by how often they did something; mostly that is not often.
    private struct Frequencies: Sendable {
        private static let few = 64

        let count: Int
        /// Index: number × ``few`` + times.
        private var often: [Int]
        private var moreOften: [Int: [Int: Int]] = [:]

        init(count: Int) {
            self.count = count
            often = Array(repeating: 0, count: count * Self.few)
        }

        mutating func add(_ times: Int, to number: Int) {
            if times < Self.few {
                often[number * Self.few + times] += 1
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
            for times in 0..<Self.few where often[number * Self.few + times] > 0 {
                people[times] = often[number * Self.few + times]
            }
            return people
        }
    }
}

extension [UInt32] {
    /// The element that would be at an index if these were sorted: found by eleven bits of the numbers after another.
    ///
    /// - Complexity: O(n)
    fileprivate func element(atRank rank: Int) -> UInt32 {
        let (digit, mask): (UInt32, UInt32) = (11, 0x7FF)
        let largest = reduce(0) { $0 | $1 }
        var (found, rest, known) = (UInt32(0), rank, UInt32(0))
        for shift in [2 * digit, digit, 0] where largest >> shift != 0 || shift == 0 {
            var counts = [Int](repeating: 0, count: 1 << digit)
            for number in self where number & known == found { counts[Int(number >> shift & mask)] += 1 }
            var bin = 0
            while rest >= counts[bin] {
                rest -= counts[bin]
                bin += 1
            }
            found |= UInt32(bin) << shift
            known |= mask << shift
        }
        return found
    }
}
