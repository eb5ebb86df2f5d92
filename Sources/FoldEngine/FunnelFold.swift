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
            var sorted = seconds
            sorted.sort()
            let middle = sorted.count / 2
            if sorted.count % 2 == 1 { return Double(sorted[middle]) * 1000 }
            return (Double(sorted[middle - 1]) + Double(sorted[middle])) * 500
        }
    }

    /// What is counted of the paths of one series, over the whole range or in one bucket.
    public struct Tally: Sendable {
        /// By step: people who reached it.
        public private(set) var reached: [Int]
        /// First from the first step to the last, of those who reached the last; then to each step from the one before.
        public private(set) var durations: [Durations]
        /// By step: how often those who reached it had done the step before, and how many people that often.
        public private(set) var previousCounts: [[Int: Int]]

        fileprivate init(_ stepCount: Int) {
            reached = Array(repeating: 0, count: stepCount)
            durations = Array(repeating: Durations(), count: stepCount)
            previousCounts = Array(repeating: [:], count: stepCount)
        }

        fileprivate mutating func add(_ way: Way, convertersOnly: Bool) {
            let stepCount = reached.count
            for step in 0..<way.count { reached[step] += 1 }
            let isConverter = way.count == stepCount
            if convertersOnly, !isConverter { return }
            for step in 1..<max(1, way.count) { durations[step].add(way.seconds[step] - way.seconds[step - 1]) }
            if isConverter { durations[0].add(way.seconds[stepCount - 1] - way.seconds[0]) }
            if convertersOnly { return }
            for step in 1..<max(1, way.count) { previousCounts[step][way.previousCounts[step], default: 0] += 1 }
        }

        fileprivate mutating func merge(_ other: Tally) {
            for step in reached.indices {
                reached[step] += other.reached[step]
                durations[step].merge(other.durations[step])
                previousCounts[step].merge(other.previousCounts[step], uniquingKeysWith: +)
            }
        }
    }

    /// A path as it is counted.
    fileprivate struct Way: Sendable {
        var count = 0
        /// When each step was done; ascending, also where steps may come in any order.
        var seconds: [UInt32]
        /// Places of the steps' events.
        var places: [Int32]
        var previousCounts: [Int]

        init(_ stepCount: Int) {
            seconds = Array(repeating: 0, count: stepCount)
            places = Array(repeating: 0, count: stepCount)
            previousCounts = Array(repeating: 0, count: stepCount)
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
    private var best: Way
    private var bestOfBucket: Way

    public init(_ order: FunnelPaths.Order, stepCount: Int, window: Int64, series: Int, buckets: Int) {
        self.stepCount = stepCount
        bucketCount = buckets
        isUnordered = order == .unordered
        paths = FunnelPaths(order, stepCount: stepCount, window: window)
        overall = Array(repeating: Tally(stepCount), count: series)
        byBucket = Array(repeating: Tally(stepCount), count: series * buckets)
        best = Way(stepCount)
        bestOfBucket = best
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
        best.count = 0
        bestOfBucket.count = 0
        var current = -1
        var finished: [(bucket: Int, way: Way)] = []
        var (best, bestOfBucket) = (Way(0), Way(0))
        swap(&best, &self.best)
        swap(&bestOfBucket, &self.bestOfBucket)
        let (stepCount, isUnordered) = (stepCount, isUnordered)
        var tallies: [Tally] = []
        swap(&tallies, &byBucket)
        paths.forEachEntry(events) { reached, path, events in
            let second = events[Int(path[0])].second
            let own = bucket(second)
            if own != current {
                if bestOfBucket.count > 0 {
                    if series == nil {
                        tallies[current].add(bestOfBucket, convertersOnly: true)
                    } else {
                        finished.append((current, bestOfBucket))
                    }
                }
                current = own
                bestOfBucket.count = 0
            }
            // Entries come latest first: the earlier of two that reach as far wins.
            if reached >= bestOfBucket.count { bestOfBucket.set(reached, path, events, isUnordered, stepCount) }
            if reached >= best.count {
                best.set(reached, path, events, isUnordered, stepCount)
                best.countPrevious(path, events)
            }
        }
        if bestOfBucket.count > 0 {
            if series == nil {
                tallies[current].add(bestOfBucket, convertersOnly: true)
            } else {
                finished.append((current, bestOfBucket))
            }
        }
        swap(&tallies, &byBucket)
        for (bucket, way) in finished {
            count(way, of: events, series) { $0.byBucket[$1 * $0.bucketCount + bucket].add(way, convertersOnly: true) }
        }
        if best.count > 0 { count(best, of: events, series) { $0.overall[$1].add(best, convertersOnly: false) } }
        swap(&best, &self.best)
        swap(&bestOfBucket, &self.bestOfBucket)
    }

    private mutating func count(
        _ way: Way,
        of events: [FunnelPaths.Event],
        _ series: (([Int32], (Int) -> Void) -> Void)?,
        _ add: (inout FunnelFold, Int) -> Void
    ) {
        guard let series else {
            add(&self, 0)
            return
        }
        var numbers: [Int] = []
        var places = way.places
        for step in 0..<way.count { places[step] = Self.place(of: step, from: places[step], events) }
        series(places) { numbers.append($0) }
        for number in numbers { add(&self, number) }
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

extension FunnelFold.Way {
    fileprivate mutating func set(
        _ reached: Int,
        _ path: [Int32],
        _ events: [FunnelPaths.Event],
        _ isUnordered: Bool,
        _ stepCount: Int
    ) {
        count = reached
        for step in 0..<reached {
            let event = events[Int(path[step])]
            seconds[step] = event.second
            places[step] = event.place
        }
        for step in reached..<stepCount { places[step] = -1 }
        if isUnordered { seconds[..<reached].sort() }
    }

    /// How often the step before was done, up to each step.
    fileprivate mutating func countPrevious(_ path: [Int32], _ events: [FunnelPaths.Event]) {
        for step in 1..<max(1, count) {
            let (from, to) = (min(path[step - 1], path[step]), max(path[step - 1], path[step]))
            var times = 0
            for event in Int(from)...Int(to) where event != Int(path[step]) {
                if events[event].steps >> UInt32(step - 1) & 1 != 0 { times += 1 }
            }
            previousCounts[step] = times
        }
    }
}
