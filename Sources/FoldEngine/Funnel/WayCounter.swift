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
    private let splitting: FunnelSplitting?
    private let sumsAmounts: Bool
    private(set) var tallies: FunnelTallies
    private var previous: PreviousSteps
    private var ofBuckets = CountedWays()
    private var ofPeople = CountedWays()
    /// By part of what splits, and counted way: a number of its lists.
    private var values: [[Int32]]
    /// At counted way × steps + step: what the step's event brought in, and how often the step before was done.
    private var amounts: [Double] = []
    private var previousCounts: [Int32] = []

    init(
        stepCount: Int,
        isUnordered: Bool,
        base: UInt32,
        buckets: BucketTable,
        splitting: FunnelSplitting?,
        sumsAmounts: Bool
    ) {
        tiles = Ways.tiles(stepCount)
        self.isUnordered = isUnordered
        self.base = base
        self.buckets = buckets
        self.splitting = splitting
        self.sumsAmounts = sumsAmounts
        series = splitting?.seriesCount ?? 1
        values = Array(repeating: [], count: splitting?.parts.count ?? 0)
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
    mutating func count(
        _ ways: inout Ways,
        of events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ reader: some FunnelEventReader
    ) {
        if ways.count == 0 { return }
        ofBuckets.findBests(of: ways, tiles: tiles, firstCell: series, base, buckets)
        if buckets.goesBack { ofBuckets.uniteRepeats(of: ways) }
        ofPeople.findBests(of: ways, among: ofBuckets)
        if let splitting {
            ofBuckets = split(ofBuckets, by: splitting, ways, events, ends, reader)
            ofPeople = split(ofPeople, by: splitting, ways, events, ends, reader)
        }
        let paid = sumsAmounts ? stepsWithAmounts(ways, events, reader) : 0
        findAmounts(of: paid, ways, events, ends, reader)
        previous.count(ofPeople, ways, events, ends, &tallies, &previousCounts)
        if isUnordered { ways.sort(ofBuckets.ways[..<ofBuckets.count], tiles: tiles) }
        tallies.count(ofBuckets, of: ways, tiles: tiles)
        tallies.count(ofPeople, of: ways, tiles: tiles)
        if paid != 0 { tallies.add(amounts, previousCounts, of: ofPeople, ways, tiles: tiles) }
    }

    /// Counts the ways of one person.
    mutating func count(_ ways: inout Ways, ofOne events: [FunnelEvent], _ reader: some FunnelEventReader) {
        count(&ways, of: events.span, [Int32(events.count)].span, reader)
    }

    /// Appends a way that was matched.
    ///
    /// - Parameters:
    ///   - path: by step: the index of its event among `used`.
    ///   - events: all of the person, from which those were taken.
    func append(
        _ path: Span<Int32>,
        _ used: Span<FunnelEvent>,
        of events: Span<FunnelEvent>,
        _ reader: some FunnelEventReader,
        to ways: inout Ways
    ) {
        var matched = Ways.Matched(repeats: 0, places: [])
        for step in path.indices {
            let event = used[Int(path[step])]
            ways.rows[ways.count * tiles + step / 4][step % 4] = event.time(since: base)
            if step > 0 { matched.repeats |= (event.steps >> UInt32(step - 1) & 1) << UInt32(step) }
            if splitting != nil || sumsAmounts {
                // Events that repeat a type within a second are one: the first of them that may be the step.
                let place = events.place(of: step, at: event.second, reader) { $0.type == event.type }
                matched.places.append(place)
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
        by splitting: FunnelSplitting,
        _ ways: Ways,
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ reader: some FunnelEventReader
    ) -> CountedWays {
        for (number, part) in splitting.parts.enumerated() {
            values[number].fill(upTo: counted.count, with: 0)
            findValues(number, part, of: counted, ways, events, ends, reader)
        }
        var split = CountedWays()
        for index in 0..<counted.count {
            let first = Int(counted.cells[index])
            splitting.forEachSeries(values[0][index], values.count > 1 ? values[1][index] : 0) { number in
                let isWhole = first < series
                let cell = isWhole ? cell(Int(number)) : cell(Int(number), bucket: first - series)
                split.append(counted.ways[index], cell: cell)
            }
        }
        return split
    }

    /// Finds which value of a property ways have.
    private mutating func findValues(
        _ number: Int,
        _ part: FunnelSplitting.Part,
        of counted: CountedWays,
        _ ways: Ways,
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ reader: some FunnelEventReader
    ) {
        for index in 0..<counted.count {
            let way = Int(counted.ways[index])
            if part.step < Int(ways.heads[way].reached) {
                let place = place(of: part.step, way, ways, events, ends, reader)
                values[number][index] = reader.value(number, at: place)
            } else {
                values[number][index] = part.unreached
            }
        }
    }

    /// The place of the event that fills a step of a way.
    @inline(__always)
    private func place(
        of step: Int,
        _ way: Int,
        _ ways: Ways,
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ reader: some FunnelEventReader
    ) -> Int32 {
        if !ways.matched.isEmpty { return ways.matched[way].places[step] }
        let head = ways.heads[way]
        let second = base &+ UInt32(bitPattern: ways.rows[way &* tiles &+ step / 4][step % 4])
        let range = Int(head.firstEvent)..<Int(ends[Int(head.person)])
        return events.extracting(range).place(of: step, at: second, reader)
    }

    // MARK: Amounts

    /// The steps, a bit each, of which any event brought in something: of most there is none, and nothing to look for.
    private func stepsWithAmounts(
        _ ways: Ways,
        _ events: Span<FunnelEvent>,
        _ reader: some FunnelEventReader
    ) -> UInt32 {
        // Of ways that were matched these may be other events than those whose places they have.
        if !ways.matched.isEmpty { return ~0 }
        var steps: UInt32 = 0
        for index in events.indices {
            let event = events[index]
            steps |= reader.amount(at: event.place) == 0 ? 0 : event.steps
        }
        return steps
    }

    /// Finds what the events of people's ways brought in, before steps are put in order of time.
    ///
    /// - Parameter steps: those to look at, a bit each; if there are none, nothing is kept.
    private mutating func findAmounts(
        of steps: UInt32,
        _ ways: Ways,
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ reader: some FunnelEventReader
    ) {
        let stepCount = tallies.stepCount
        amounts.removeAll(keepingCapacity: true)
        previousCounts.removeAll(keepingCapacity: true)
        if steps == 0 { return }
        amounts.fill(upTo: ofPeople.count * stepCount, with: 0)
        previousCounts.fill(upTo: ofPeople.count * stepCount, with: 0)
        for index in 0..<ofPeople.count {
            let way = Int(ofPeople.ways[index])
            for step in 0..<Int(ways.heads[way].reached) where steps >> UInt32(step) & 1 != 0 {
                let place = place(of: step, way, ways, events, ends, reader)
                amounts[index * stepCount + step] = reader.amount(at: place)
            }
        }
    }
}
