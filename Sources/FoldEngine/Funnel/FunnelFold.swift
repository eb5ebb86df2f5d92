/// Counts how far people come in a funnel: each person once over the whole range, and once in each bucket of the entry.
///
/// Of a person's paths the one that reaches the furthest step counts, of those the one that begins first. Source:
/// Documentation/funnels.md F2, F15.
///
/// The route, for steps A B C, a window of 6 minutes, and one person's `A-A--B---C`, some thousands of people at a time:
///
///     events     A0 A2 B5 C9              what may be a step (`FunnelEvent`), person after person
///     ways       A2→B5, A0→B5             of each entry, how far it comes in its window and when (`Ways`), latest first
///     best way   A0→B5                    the furthest, of those the first (`WayCounter`, `CountedWays`): 2 steps
///     cells      [1, 1, 0] and 5 minutes  of the whole range, and of the bucket of A0 (`FunnelTally`, `DurationLog`)
///
/// Ways are found in one of two ways. `FunnelPaths` matches events with steps one person at a time and is the rule: it also
/// knows events that could be several steps and share their second with others. `PlainWays` does all steps with one vector
/// and many people in a pass; it must equal the rule wherever no such events are, and hands the others over
/// (`FunnelFoldTests` and its like ask every timeline both ways).
public struct FunnelFold: Sendable {
    private let order: FunnelOrder
    /// Whether seconds lie too far apart for a lane.
    private let isTooLong: Bool
    private var plain: PlainWays
    private var paths: FunnelPaths
    private var counter: WayCounter
    private var ways = Ways()
    /// The events of people who do several in one second, and by person where they end.
    private var sorted: [FunnelEvent] = []
    private var sortedEnds: [Int32] = []

    /// - Parameters:
    ///   - stepCount: 2 to 32.
    ///   - window: seconds after the first step, inclusive.
    ///   - seconds: those of all events, with the window after them.
    ///   - buckets: of entries.
    ///   - splitting: in which series a path counts; `nil` if all count in series 0.
    ///   - sumsAmounts: whether it is asked what the events of people's ways brought in.
    public init(
        _ order: FunnelOrder,
        stepCount: Int,
        window: Int64,
        seconds: Range<UInt32>,
        buckets: BucketTable,
        splitting: FunnelSplitting? = nil,
        sumsAmounts: Bool = false
    ) {
        precondition((2...32).contains(stepCount) && window > 0, "a funnel has steps, and time for them")
        self.order = order
        isTooLong = window >= Int64(Int32.max) - Int64(seconds.count)
        // Where times take all bits, they begin with the least number that there is.
        let base = isTooLong ? seconds.lowerBound &- UInt32(bitPattern: .min) : seconds.lowerBound
        plain = PlainWays(stepCount: stepCount, window: window, base: base)
        paths = FunnelPaths(order, stepCount: stepCount, window: window)
        counter = WayCounter(
            stepCount: stepCount,
            isUnordered: order == .unordered,
            base: base,
            buckets: buckets,
            splitting: splitting,
            sumsAmounts: sumsAmounts
        )
    }

    /// Adds people with all their events that may be steps.
    ///
    /// - Parameters:
    ///   - events: of one person after another; ascending by second, within one in order of arrival.
    ///   - ends: by person: where the events end.
    ///   - reader: knows what splits the funnel, and what events brought in.
    public mutating func add(
        _ events: Span<FunnelEvent>,
        _ ends: Span<Int32>,
        _ reader: some FunnelEventReader
    ) {
        if isTooLong {
            for person in ends.indices { addMatching(events.extracting(ends.events(of: person)), reader) }
            return
        }
        plain.follow(order, events, ends, into: &ways)
        counter.count(&ways, of: events, ends, reader)
        if plain.others.isEmpty { return }
        sorted.removeAll(keepingCapacity: true)
        sortedEnds.removeAll(keepingCapacity: true)
        for person in plain.others { addApart(events.extracting(ends.events(of: person)), reader) }
        Self.addSorted(sorted, sortedEnds, reader, order, &plain, &counter, &ways)
    }

    /// The same, where nothing splits the funnel and nobody asks for amounts.
    public mutating func add(_ events: Span<FunnelEvent>, _ ends: Span<Int32>) { add(events, ends, NoReader()) }

    /// Sorts the events of a person who has several in a second, or counts the person if that is not enough.
    private mutating func addApart(_ events: Span<FunnelEvent>, _ reader: some FunnelEventReader) {
        let haveShared = SharedSeconds(events, 0..<events.count).haveShared
        let isPlain =
            switch order {
            case .ordered: !haveShared
            case .sequential: false
            case .unordered: !haveShared && events.count <= PlainWays.mostWithRows
            }
        if isPlain, sortSeconds(of: events, reader) {
            sortedEnds.append(Int32(sorted.count))
        } else {
            addMatching(events, reader)
        }
    }

    private static func addSorted(
        _ events: [FunnelEvent],
        _ ends: [Int32],
        _ reader: some FunnelEventReader,
        _ order: FunnelOrder,
        _ plain: inout PlainWays,
        _ counter: inout WayCounter,
        _ ways: inout Ways
    ) {
        plain.follow(order, events.span, ends.span, areSorted: true, into: &ways)
        counter.count(&ways, of: events.span, ends.span, reader)
    }

    private mutating func addMatching(_ events: Span<FunnelEvent>, _ reader: some FunnelEventReader) {
        Self.match(events, reader, &paths, counter, &ways)
        counter.count(&ways, ofOne: paths.events, reader)
    }

    private static func match(
        _ events: Span<FunnelEvent>,
        _ reader: some FunnelEventReader,
        _ paths: inout FunnelPaths,
        _ counter: WayCounter,
        _ ways: inout Ways
    ) {
        ways.clear(room: events.count, tiles: counter.tiles)
        paths.forEachEntry(events) { path, used in counter.append(path, used, of: events, reader, to: &ways) }
    }

    /// Appends a person's events to ``sorted``, within a second by step. One that repeats the step and the type of another is
    /// left out.
    ///
    /// - Parameter events: each may be one step.
    /// - Returns: false, and nothing appended, if events of one type may be different steps in one second: there they are one
    ///   event.
    private mutating func sortSeconds(of events: Span<FunnelEvent>, _ reader: some FunnelEventReader) -> Bool {
        let own = sorted.count
        var first = own
        for index in events.indices {
            let event = events[index]
            if first < sorted.count, sorted[first].second != event.second { first = sorted.count }
            if let same = sorted[first...].firstIndex(where: { $0.type == event.type }) {
                guard sorted[same].steps == event.steps else {
                    sorted.removeLast(sorted.count - own)
                    return false
                }
                // Of those that are one the first received is known.
                let isEarlier = reader.arrival(at: event.place) < reader.arrival(at: sorted[same].place)
                if isEarlier { sorted[same].place = event.place }
            } else {
                let place = sorted[first...].lastIndex { $0.steps <= event.steps }.map { $0 + 1 } ?? first
                sorted.insert(event, at: place)
            }
        }
        return true
    }

    /// Takes in another fold of the same question, but over other people.
    public mutating func merge(_ other: FunnelFold) {
        counter.merge(other.counter)
    }

    // MARK: Results

    /// Who entered, over the whole range.
    public func people(series: Int) -> Int { counter.tallies.people(counter.cell(series)) }
    public func overall(series: Int) -> FunnelTally { counter.tallies.tally(counter.cell(series)) }
    public func tally(series: Int, bucket: Int) -> FunnelTally {
        counter.tallies.tally(counter.cell(series, bucket: bucket))
    }
}
