/// Counts how far people come in a funnel: each person once over the whole range, and once in each bucket of the entry.
///
/// Of a person's paths the one that reaches the furthest step counts, of those the one that begins first. Source:
/// reference/dashboard.md §5, funnels.
public struct FunnelFold: Sendable {
    /// Seconds that people took, each by itself.
    public struct Durations: Sendable {
        public private(set) var seconds: [UInt32] = []

        mutating func add(_ duration: UInt32) { seconds.append(duration) }
        mutating func merge(_ other: Durations) { seconds.append(contentsOf: other.seconds) }

        /// Milliseconds; `nil` if there are none.
        public var mean: Double? {
            if seconds.isEmpty { return nil }
            return Double(seconds.reduce(UInt64(0)) { $0 + UInt64($1) }) * 1000 / Double(seconds.count)
        }

        /// Milliseconds, by linear interpolation; `nil` if there are none.
        public var median: Double? {
            if seconds.isEmpty { return nil }
            let middle = seconds.count / 2
            if seconds.count % 2 == 1 { return Double(seconds.element(atRank: middle)) * 1000 }
            let (lower, upper) = (seconds.element(atRank: middle - 1), seconds.element(atRank: middle))
            return (Double(lower) + Double(upper)) * 500
        }
    }

    /// What is counted of the paths of one series, over the whole range or in one bucket.
    public struct Tally: Sendable {
        /// By step: people who reached it.
        public private(set) var reached: [Int]
        /// First from the first step to the last, of those who reached the last; then to each step from the one before.
        public private(set) var durations: [Durations]
        private var previous: [Frequencies]

        /// By step: how often those who reached it had done the step before, and how many people that often.
        public var previousCounts: [[Int: Int]] { previous.map(\.people) }

        fileprivate init(_ stepCount: Int) {
            reached = Array(repeating: 0, count: stepCount)
            durations = Array(repeating: Durations(), count: stepCount)
            previous = Array(repeating: Frequencies(), count: stepCount)
        }

        /// - Parameter isOverall: whether those who did not get through have times, too, and how often they did what.
        fileprivate mutating func add(_ way: Way, _ events: Span<FunnelPaths.Event>, isUnordered: Bool, isOverall: Bool)
        {
            let stepCount = reached.count
            for step in 0..<way.count { reached[step] += 1 }
            let isConverter = way.count == stepCount
            if way.count < 2 || !isOverall && !isConverter { return }
            if isUnordered {
                let seconds = way.sortedSeconds(events)
                for step in 1..<way.count { durations[step].add(seconds[step] - seconds[step - 1]) }
                if isConverter { durations[0].add(seconds[stepCount - 1] - seconds[0]) }
            } else {
                let first = events[way.event(of: 0)].second
                var before = first
                for step in 1..<way.count {
                    let second = events[way.event(of: step)].second
                    durations[step].add(second - before)
                    before = second
                }
                if isConverter { durations[0].add(before - first) }
            }
            if !isOverall { return }
            for step in 1..<way.count { previous[step].add(way.previousCount(of: step, events)) }
        }

        fileprivate mutating func merge(_ other: Tally) {
            for step in reached.indices {
                reached[step] += other.reached[step]
                durations[step].merge(other.durations[step])
                previous[step].merge(other.previous[step])
            }
        }
    }

    /// People by how often they did something; mostly that is not often.
    fileprivate struct Frequencies: Sendable {
        private var few = [Int](repeating: 0, count: 64)
        private var many: [Int: Int] = [:]

        mutating func add(_ times: Int) {
            if times < few.count { few[times] += 1 } else { many[times, default: 0] += 1 }
        }

        mutating func merge(_ other: Frequencies) {
            for times in few.indices { few[times] += other.few[times] }
            many.merge(other.many, uniquingKeysWith: +)
        }

        var people: [Int: Int] {
            var people = many
            for (times, count) in few.enumerated() where count > 0 { people[times] = count }
            return people
        }
    }

    /// A path, as far as it got.
    fileprivate struct Way: Sendable {
        var count = 0
        /// By step: the index of its event.
        private var events = InlineArray<32, Int32>(repeating: -1)

        mutating func set(_ reached: Int, _ path: Span<Int32>) {
            count = reached
            for step in 0..<reached { events[step] = path[step] }
        }

        func event(of step: Int) -> Int { Int(events[step]) }

        /// When the steps were done, in order of time.
        func sortedSeconds(_ all: Span<FunnelPaths.Event>) -> InlineArray<32, UInt32> {
            var seconds = InlineArray<32, UInt32>(repeating: 0)
            for step in 0..<count {
                var place = step
                let second = all[Int(events[step])].second
                while place > 0, seconds[place - 1] > second {
                    seconds[place] = seconds[place - 1]
                    place -= 1
                }
                seconds[place] = second
            }
            return seconds
        }

        /// How often the step before was done, up to a step.
        func previousCount(of step: Int, _ all: Span<FunnelPaths.Event>) -> Int {
            let (from, to) = (min(events[step - 1], events[step]), max(events[step - 1], events[step]))
            var times = 0
            for event in Int(from)...Int(to) where event != Int(events[step]) {
                times += Int(all[event].steps >> UInt32(step - 1) & 1)
            }
            return times
        }
    }

    private let stepCount: Int
    private let bucketCount: Int
    private let isUnordered: Bool
    private var paths: FunnelPaths
    /// By series.
    private var overall: [Tally]
    /// Index: series × buckets + bucket.
    private var byBucket: [Tally]
    public init(_ order: FunnelPaths.Order, stepCount: Int, window: Int64, series: Int, buckets: Int) {
        self.stepCount = stepCount
        bucketCount = buckets
        isUnordered = order == .unordered
        paths = FunnelPaths(order, stepCount: stepCount, window: window)
        overall = Array(repeating: Tally(stepCount), count: series)
        byBucket = Array(repeating: Tally(stepCount), count: series * buckets)
    }

    /// Adds all of one person's events.
    ///
    /// - Parameters:
    ///   - events: ascending by second and place.
    ///   - bucket: the bucket of an entry's second.
    ///   - series: calls its second argument with each series in which a path counts, given the places of its events by
    ///     step; -1 for steps not reached. `nil` if there is one series.
    public mutating func add(
        _ events: [FunnelPaths.Event],
        bucket: (UInt32) -> Int,
        series: (([Int32], (Int) -> Void) -> Void)?
    ) {
        var found = Found()
        let hasSeries = series != nil
        let isUnordered = isUnordered
        // Taken out while paths are looked for; no copy is made.
        var (tallies, whole): ([Tally], [Tally]) = ([], [])
        swap(&tallies, &byBucket)
        swap(&whole, &overall)
        paths.forEachEntry(events.span) { reached, path, events in
            let own = bucket(events[Int(path[0])].second)
            if own != found.bucket {
                found.finishBucket(&tallies, events, isUnordered: isUnordered, hasSeries: hasSeries)
                found.bucket = own
            }
            // Entries come latest first: the earlier of two that reach as far wins.
            if reached >= found.bestOfBucket.count { found.bestOfBucket.set(reached, path) }
            if reached >= found.best.count { found.best.set(reached, path) }
        }
        if hasSeries {
            finish(&found, &tallies, &whole, paths.hasOwnEvents ? paths.events : events, of: events, series)
        } else if paths.hasOwnEvents {
            Self.finish(&found, &tallies, &whole[0], paths.events.span, isUnordered: isUnordered)
        } else {
            Self.finish(&found, &tallies, &whole[0], events.span, isUnordered: isUnordered)
        }
        swap(&tallies, &byBucket)
        swap(&whole, &overall)
    }

    /// Counts the best path of all, and of the last bucket, in the only series.
    private static func finish(
        _ found: inout Found,
        _ byBucket: inout [Tally],
        _ overall: inout Tally,
        _ events: Span<FunnelPaths.Event>,
        isUnordered: Bool
    ) {
        found.finishBucket(&byBucket, events, isUnordered: isUnordered, hasSeries: false)
        if found.best.count == 0 { return }
        overall.add(found.best, events, isUnordered: isUnordered, isOverall: true)
    }

    /// Counts all that was found, in the series of each path.
    private func finish(
        _ found: inout Found,
        _ byBucket: inout [Tally],
        _ overall: inout [Tally],
        _ used: [FunnelPaths.Event],
        of events: [FunnelPaths.Event],
        _ series: (([Int32], (Int) -> Void) -> Void)?
    ) {
        found.finishBucket(&byBucket, used.span, isUnordered: isUnordered, hasSeries: true)
        if found.best.count == 0 { return }
        for (bucket, way) in found.finished {
            for number in numbers(way, used, of: events, series) {
                byBucket[number * bucketCount + bucket].add(way, used.span, isUnordered: isUnordered, isOverall: false)
            }
        }
        for number in numbers(found.best, used, of: events, series) {
            overall[number].add(found.best, used.span, isUnordered: isUnordered, isOverall: true)
        }
    }

    /// The best of one person's paths so far.
    private struct Found {
        var best = Way()
        var bucket = -1
        var bestOfBucket = Way()
        /// Those of buckets, where series are still to be found.
        var finished: [(bucket: Int, way: Way)] = []

        mutating func finishBucket(
            _ tallies: inout [Tally],
            _ events: Span<FunnelPaths.Event>,
            isUnordered: Bool,
            hasSeries: Bool
        ) {
            if bestOfBucket.count == 0 { return }
            if hasSeries {
                finished.append((bucket, bestOfBucket))
            } else {
                tallies[bucket].add(bestOfBucket, events, isUnordered: isUnordered, isOverall: false)
            }
            bestOfBucket.count = 0
        }
    }

    /// The series in which a way counts.
    ///
    /// - Parameters:
    ///   - used: the events that the way's indexes are of.
    ///   - events: all of the person's.
    private func numbers(
        _ way: Way,
        _ used: [FunnelPaths.Event],
        of events: [FunnelPaths.Event],
        _ series: (([Int32], (Int) -> Void) -> Void)?
    ) -> [Int] {
        guard let series else { return [0] }
        var numbers: [Int] = []
        var places = [Int32](repeating: -1, count: stepCount)
        for step in 0..<way.count {
            places[step] = Self.place(of: step, from: used[way.event(of: step)].place, events)
        }
        series(places) { numbers.append($0) }
        return numbers
    }

    /// Events that repeat a type within a second are one: the first of them that may be the step.
    private static func place(of step: Int, from place: Int32, _ events: [FunnelPaths.Event]) -> Int32 {
        var (first, end) = (0, events.count)
        while first < end {
            let middle = (first + end) / 2
            if events[middle].place < place { first = middle + 1 } else { end = middle }
        }
        let same = events[first...].first { event in
            event.type == events[first].type && event.second == events[first].second
                && event.steps >> UInt32(step) & 1 != 0 && (step > 0 || event.enters)
        }
        return same?.place ?? place
    }

    /// Takes in another fold of the same question, but over other people.
    public mutating func merge(_ other: FunnelFold) {
        for i in overall.indices { overall[i].merge(other.overall[i]) }
        for i in byBucket.indices { byBucket[i].merge(other.byBucket[i]) }
    }

    // MARK: Results

    public func overall(series: Int) -> Tally { overall[series] }
    public func tally(series: Int, bucket: Int) -> Tally { byBucket[series * bucketCount + bucket] }
}

extension [UInt32] {
    /// The element that would be at an index if these were sorted: found by eleven bits of the numbers after another.
    ///
    /// - Complexity: O(n)
    fileprivate func element(atRank rank: Int) -> UInt32 {
        let (digit, mask): (UInt32, UInt32) = (11, 0x7FF)
        var (found, rest, known) = (UInt32(0), rank, UInt32(0))
        for shift in [2 * digit, digit, 0] {
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
