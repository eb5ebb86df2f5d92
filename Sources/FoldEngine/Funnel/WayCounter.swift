/// Counts the ways of people through a funnel: of each person the one that reaches the furthest step, of those the one that
/// begins first; and the same in each bucket of entries.
///
/// Each pass is over the ways of many people and does one thing, without a branch on what a way is like.
struct WayCounter: Sendable {
    typealias Tile = Ways.Tile

    let tiles: Int
    private let isUnordered: Bool
    private let base: UInt32
    private let buckets: BucketTable
    private let series: Int
    private let splittingStep: Int?
    private let unreached: Int32
    private let lists: SeriesLists
    private(set) var tallies: FunnelTallies
    private var previous: PreviousSteps
    private var ofBuckets = CountedWays()
    private var ofPeople = CountedWays()
    /// By counted way: a number of ``SeriesLists``.
    private var numbers: [Int32] = []

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
        tiles = Ways.tiles(stepCount)
        self.isUnordered = isUnordered
        self.base = base
        self.buckets = buckets
        self.series = series
        self.splittingStep = splittingStep
        self.unreached = unreached
        self.lists = lists
        tallies = FunnelTallies(stepCount: stepCount, cells: series * (buckets.bucketCount + 1), whole: series)
        previous = PreviousSteps(stepCount: stepCount, base: base)
    }

    /// Of a series over the whole range.
    func cell(_ series: Int) -> Int { series }
    func cell(_ series: Int, bucket: Int) -> Int { self.series + series * buckets.bucketCount + bucket }

    mutating func merge(_ other: WayCounter) { tallies.merge(other.tallies) }

    /// - Parameters:
    ///   - ways: are put in order of time if steps may come in any order.
    ///   - events: of the people, one after another; ascending by second.
    ///   - ends: by person: where the events end.
    mutating func count(_ ways: inout Ways, of events: Span<FunnelEvent>, _ ends: Span<Int32>) {
        if ways.count == 0 { return }
        ofBuckets.findBests(of: ways, tiles: tiles, firstCell: series, base, buckets)
        if buckets.goesBack { ofBuckets.uniteRepeats(of: ways) }
        ofPeople.findBests(of: ways, among: ofBuckets)
        if splittingStep != nil {
            ofBuckets = split(ofBuckets, ways, events, ends)
            ofPeople = split(ofPeople, ways, events, ends)
        }
        previous.count(ofPeople, ways, events, ends, &tallies)
        if isUnordered { ways.sort(ofBuckets.ways[..<ofBuckets.count], tiles: tiles) }
        tallies.count(ofBuckets, of: ways, tiles: tiles)
        tallies.count(ofPeople, of: ways, tiles: tiles)
    }

    /// Counts the ways of one person.
    mutating func count(_ ways: inout Ways, ofOne events: [FunnelEvent]) {
        count(&ways, of: events.span, [Int32(events.count)].span)
    }

    /// Appends a way that was matched.
    ///
    /// - Parameters:
    ///   - path: by step: the index of its event among `used`.
    ///   - events: all of the person, from which those were taken.
    func append(_ path: Span<Int32>, _ used: Span<FunnelEvent>, of events: Span<FunnelEvent>, to ways: inout Ways) {
        var matched = Ways.Matched(repeats: 0, series: splittingStep == nil ? 0 : unreached)
        for step in path.indices {
            let event = used[Int(path[step])]
            ways.rows[ways.count * tiles + step / 4][step % 4] = event.time(since: base)
            if step > 0 { matched.repeats |= (event.steps >> UInt32(step - 1) & 1) << UInt32(step) }
            if step == splittingStep {
                // Events that repeat a type within a second are one: the first of them that may be the step.
                matched.series = events.series(of: step, at: event.second) { $0.type == event.type }
            }
        }
        ways.heads[ways.count] = Ways.Head(person: 0, firstEvent: 0, reached: path.count)
        ways.matched.append(matched)
        ways.count += 1
    }

    // MARK: Series

    /// Puts ways in the cells of the series in which they count.
    ///
    /// - Parameter counted: in the cells of series 0.
    private mutating func split(
        _ counted: CountedWays,
        _ ways: Ways,
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>
    ) -> CountedWays {
        findSeries(of: counted, ways, events, ends)
        var split = CountedWays()
        for index in 0..<counted.count {
            let first = Int(counted.cells[index])
            lists.forEach(numbers[index]) { number in
                let isWhole = first < series
                let cell = isWhole ? cell(Int(number)) : cell(Int(number), bucket: first - series)
                split.append(counted.ways[index], cell: cell)
            }
        }
        return split
    }

    /// Finds in which series ways count.
    private mutating func findSeries(
        of counted: CountedWays,
        _ ways: Ways,
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>
    ) {
        numbers.fill(upTo: counted.count, with: 0)
        if ways.matched.isEmpty, let splittingStep {
            Self.findSeries(of: counted, splittingStep, ways, tiles, base, events, ends, unreached, &numbers)
        } else {
            for index in 0..<counted.count { numbers[index] = ways.matched[Int(counted.ways[index])].series }
        }
    }

    private static func findSeries(
        of counted: CountedWays,
        _ step: Int,
        _ ways: Ways,
        _ tiles: Int,
        _ base: UInt32,
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ unreached: Int32,
        _ numbers: inout [Int32]
    ) {
        let (own, rows, heads) = (counted.ways.span, ways.rows.span, ways.heads.span)
        var numbers = numbers.mutableSpan
        for index in 0..<counted.count {
            let way = Int(own[index])
            let head = heads[way]
            if step < head.reached {
                let second = base &+ UInt32(bitPattern: rows[way &* tiles &+ step / 4][step % 4])
                let range = Int(head.firstEvent)..<Int(ends[Int(head.person)])
                numbers[index] = events.extracting(range).series(of: step, at: second) { _ in true }
            } else {
                numbers[index] = unreached
            }
        }
    }
}
