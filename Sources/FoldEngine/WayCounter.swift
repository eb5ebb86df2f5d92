/// Counts the ways of people through a funnel: of each person the one that reaches the furthest step, of those the one that
/// begins first; and the same in each bucket of entries.
struct WayCounter: Sendable {
    typealias Tile = PlainWays.Tile

    private let stepCount: Int
    private let tiles: Int
    private let isUnordered: Bool
    private let base: UInt32
    private let buckets: BucketTable
    private let series: Int
    private let splittingStep: Int?
    private let unreached: Int32
    private let lists: SeriesLists
    var tallies: FunnelTallies

    init(
        stepCount: Int,
        isUnordered: Bool,
        base: UInt32,
        buckets: BucketTable,
        series: Int,
        splittingStep: Int?,
        unreached: Int32,
        lists: SeriesLists
    ) {
        self.stepCount = stepCount
        tiles = PlainWays.tiles(stepCount)
        self.isUnordered = isUnordered
        self.base = base
        self.buckets = buckets
        self.series = series
        self.splittingStep = splittingStep
        self.unreached = unreached
        self.lists = lists
        tallies = FunnelTallies(stepCount: stepCount, cells: series * (buckets.bucketCount + 1), whole: series)
    }

    /// Of a series over the whole range.
    func cell(_ series: Int) -> Int { series }

    @inline(__always)
    func cell(_ series: Int, bucket: Int) -> Int { self.series &+ series &* buckets.bucketCount &+ bucket }

    /// What is known of a way that counts, as long as there is no better one, beside its times.
    fileprivate struct Way {
        /// 0: there is none.
        var reached = 0
        /// Bit k: the event of step k may be the step before, too. `nil` if the event's second tells.
        var repeats: UInt32?
        /// In which series it counts, a number of ``SeriesLists``; `nil` if that is yet to be found.
        var series: Int32?
    }

    /// The best ways of one person after another.
    struct Person {
        fileprivate var best = Way()
        fileprivate var bucket = -1
        fileprivate var bestOfBucket = Way()
        /// The seconds of steps since the base, beyond those that are reached whatever there is. Rows of ``PlainWays``: of
        /// the bucket's best way; of the best; and of the one that is counted, in order of time.
        fileprivate var times = InlineArray<24, Tile>(repeating: .zero)

        /// By step, how often the step before was done.
        fileprivate var previousCounts: [Int]

        fileprivate init(stepCount: Int) {
            previousCounts = Array(repeating: 0, count: stepCount)
        }
    }

    private enum Row: Int { case bestOfBucket, best, sorted }

    func nobody() -> Person { Person(stepCount: stepCount) }

    // MARK: Ways of a person, those of the latest entries first

    /// - Parameters:
    ///   - entry: the index of the first step's event.
    ///   - way: may go on beyond the step that it reaches.
    @inline(__always)
    mutating func take(
        _ entry: Int,
        _ reached: Int,
        _ way: Span<Tile>,
        of events: Span<FunnelEvent>,
        _ person: inout Person
    ) {
        enter(events[entry].second, of: events, &person)
        // Entries come latest first: the earlier of two that reach as far wins.
        if reached < person.bestOfBucket.reached { return }
        person.bestOfBucket.reached = reached
        for tile in 0..<tiles { person.times[tile] = way[tile] }
    }

    /// - Parameters:
    ///   - path: by step: the index of its event among `used`.
    ///   - used: the events that were matched to steps.
    ///   - events: all of them.
    mutating func take(
        _ path: Span<Int32>,
        _ used: Span<FunnelEvent>,
        of events: Span<FunnelEvent>,
        _ person: inout Person
    ) {
        enter(used[Int(path[0])].second, of: events, &person)
        if path.count < person.bestOfBucket.reached { return }
        var way = Way(reached: path.count, repeats: 0, series: splittingStep == nil ? 0 : unreached)
        var repeats: UInt32 = 0
        for step in path.indices {
            let event = used[Int(path[step])]
            set(step, event.second &- base, in: .bestOfBucket, of: &person)
            if step > 0 { repeats |= (event.steps >> UInt32(step - 1) & 1) << UInt32(step) }
            if step == splittingStep {
                // Events that repeat a type within a second are one: the first of them that may be the step.
                way.series = series(of: step, at: event.second, in: events) { $0.type == event.type }
            }
        }
        way.repeats = repeats
        person.bestOfBucket = way
    }

    @inline(__always)
    private mutating func enter(
        _ second: UInt32,
        of events: Span<FunnelEvent>,
        _ person: inout Person
    ) {
        let bucket = buckets.bucket(of: Int64(second))
        if bucket == person.bucket { return }
        finishBucket(&person, events)
        person.bucket = bucket
    }

    @inline(__always)
    private mutating func finishBucket(
        _ person: inout Person,
        _ events: Span<FunnelEvent>
    ) {
        if person.bestOfBucket.reached == 0 { return }
        if splittingStep == nil {
            count(&person, in: cell(0, bucket: person.bucket))
        } else {
            countInSeries(&person, events)
        }
        if person.bestOfBucket.reached >= person.best.reached {
            person.best = person.bestOfBucket
            for tile in 0..<tiles { person.times[tiles &+ tile] = person.times[tile] }
        }
        person.bestOfBucket = Way()
    }

    private mutating func countInSeries(_ person: inout Person, _ events: Span<FunnelEvent>) {
        let number = person.bestOfBucket.series ?? series(ofBestOfBucket: person, events)
        person.bestOfBucket.series = number
        lists.forEach(number) { count(&person, in: cell(Int($0), bucket: person.bucket)) }
    }

    /// Counts the bucket's best way.
    @inline(__always)
    private mutating func count(_ person: inout Person, in cell: Int) {
        let row: Row = isUnordered ? .sorted : .bestOfBucket
        if isUnordered { sort(.bestOfBucket, person.bestOfBucket.reached, of: &person) }
        tallies.count(cell, person.bestOfBucket.reached, person.times.span.extracting(tiles(of: row)))
    }

    /// Counts the person over the whole range, after all ways.
    @inline(__always)
    mutating func finish(
        _ person: inout Person,
        _ events: Span<FunnelEvent>
    ) {
        finishBucket(&person, events)
        if person.best.reached > 0 { countWhole(&person, events) }
        person.best = Way()
        person.bucket = -1
    }

    private mutating func countWhole(
        _ person: inout Person,
        _ events: Span<FunnelEvent>
    ) {
        let reached = person.best.reached
        countPrevious(&person, events)
        let row: Row = isUnordered ? .sorted : .best
        if isUnordered { sort(.best, reached, of: &person) }
        if splittingStep == nil { return countWhole(&person, in: cell(0), row) }
        lists.forEach(person.best.series ?? unreached) { countWhole(&person, in: cell(Int($0)), row) }
    }

    private mutating func countWhole(_ person: inout Person, in cell: Int, _ row: Row) {
        let times = person.times.span.extracting(tiles(of: row))
        tallies.countWhole(cell, person.best.reached, times, person.previousCounts.span)
    }

    // MARK: What is known of a way

    @inline(__always)
    private func tiles(of row: Row) -> Range<Int> { row.rawValue &* tiles..<(row.rawValue &+ 1) &* tiles }

    @inline(__always)
    private func time(of step: Int, _ row: Row, _ person: Person) -> UInt32 {
        UInt32(bitPattern: person.times[row.rawValue &* tiles &+ step / 4][step % 4])
    }

    @inline(__always)
    private func set(_ step: Int, _ time: UInt32, in row: Row, of person: inout Person) {
        person.times[row.rawValue &* tiles &+ step / 4][step % 4] = Int32(bitPattern: time)
    }

    /// Puts the steps that were reached in order of time.
    private mutating func sort(_ row: Row, _ reached: Int, of person: inout Person) {
        for tile in 0..<tiles {
            person.times[Row.sorted.rawValue &* tiles &+ tile] = person.times[row.rawValue &* tiles &+ tile]
        }
        for step in 1..<max(1, reached) {
            let second = time(of: step, .sorted, person)
            var place = step
            while place > 0 {
                let before = time(of: place - 1, .sorted, person)
                if before <= second { break }
                set(place, before, in: .sorted, of: &person)
                place -= 1
            }
            set(place, second, in: .sorted, of: &person)
        }
    }

    private func series(ofBestOfBucket person: Person, _ events: Span<FunnelEvent>) -> Int32 {
        guard let splittingStep, splittingStep < person.bestOfBucket.reached else { return unreached }
        let second = base &+ time(of: splittingStep, .bestOfBucket, person)
        return series(of: splittingStep, at: second, in: events) { _ in true }
    }

    /// The series of the first event received in a second that may be a step.
    private func series(
        of step: Int,
        at second: UInt32,
        in events: Span<FunnelEvent>,
        where isMeant: (FunnelEvent) -> Bool
    ) -> Int32 {
        var range = 0..<events.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = events[middle].second < second ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        var index = range.lowerBound
        while index < events.count, events[index].second == second {
            let event = events[index]
            let isStep = event.steps >> UInt32(step) & 1 != 0 && (step > 0 || event.enters)
            if isStep, isMeant(event) { return event.series }
            index += 1
        }
        return SeriesLists.none
    }

    /// Finds how often the step before was done between the path's event of that step and its own; those in the seconds of
    /// either count, as in one second events come in any order.
    private mutating func countPrevious(_ person: inout Person, _ events: Span<FunnelEvent>) {
        var first = 0
        for step in 1..<max(1, person.best.reached) {
            let (own, before) = (time(of: step, .best, person), time(of: step - 1, .best, person))
            let (from, to) = (min(own, before), max(own, before))
            if isUnordered { first = 0 }
            while first < events.count, time(events[first]) < from { first += 1 }
            var index = first
            var (count, isBoth): (UInt32, UInt32) = (0, 0)
            while index < events.count, time(events[index]) <= to {
                let isBefore = events[index].steps >> UInt32(step - 1) & 1
                count &+= isBefore
                isBoth |= isBefore & events[index].steps >> UInt32(step) & (time(events[index]) == own ? 1 : 0)
                index += 1
            }
            // The event of the step itself is not before it.
            let repeated = person.best.repeats.map { $0 >> UInt32(step) & 1 } ?? isBoth
            person.previousCounts[step] = Int(count - repeated)
        }
    }

    @inline(__always)
    private func time(_ event: FunnelEvent) -> UInt32 { event.second &- base }
}
