/// Counts how far people come in a funnel: each person once over the whole range, and once in each bucket of the entry.
///
/// Of a person's paths the one that reaches the furthest step counts, of those the one that begins first. Source:
/// reference/dashboard.md §5, funnels.
public struct FunnelFold: Sendable {
    /// Of so many events in any order a row each is kept; matching needs less memory.
    static let mostWithRows = 65_536

    private let order: FunnelOrder
    /// Whether seconds lie too far apart for a lane.
    private let isTooLong: Bool
    private var plain: PlainWays
    private var paths: FunnelPaths
    private var counter: WayCounter
    /// The events of a person who does several in one second.
    private var sorted: [FunnelEvent] = []

    /// - Parameters:
    ///   - stepCount: 2 to 32.
    ///   - window: seconds after the first step, inclusive.
    ///   - seconds: those of all events, with the window after them.
    ///   - buckets: of entries.
    ///   - splittingStep: whose event tells in which series a path counts; `nil` if all count in series 0.
    ///   - unreached: the series of paths that do not come to that step.
    ///   - lists: of series, for events that count in several.
    public init(
        _ order: FunnelOrder,
        stepCount: Int,
        window: Int64,
        seconds: Range<UInt32>,
        buckets: BucketTable,
        series: Int = 1,
        splittingStep: Int? = nil,
        unreached: Int32 = SeriesLists.none,
        lists: SeriesLists = SeriesLists()
    ) {
        precondition((2...32).contains(stepCount) && window > 0, "a funnel has steps, and time for them")
        self.order = order
        isTooLong = window >= Int64(Int32.max) - Int64(seconds.count)
        plain = PlainWays(stepCount: stepCount, window: window, base: seconds.lowerBound)
        paths = FunnelPaths(order, stepCount: stepCount, window: window)
        counter = WayCounter(
            stepCount: stepCount,
            isUnordered: order == .unordered,
            base: seconds.lowerBound,
            buckets: buckets,
            series: series,
            splittingStep: splittingStep,
            unreached: unreached,
            lists: lists
        )
    }

    /// Adds people with all their events that may be steps.
    ///
    /// - Parameters:
    ///   - events: of one person after another; ascending by second, within one in order of arrival.
    ///   - ends: by person: where the events end.
    public mutating func add(_ events: Span<FunnelEvent>, _ ends: Span<Int32>) {
        var first = 0
        var person = counter.nobody()
        for index in ends.indices {
            let end = Int(ends[index])
            add(events.extracting(first..<end), &person)
            first = end
        }
    }

    private mutating func add(_ events: Span<FunnelEvent>, _ person: inout WayCounter.Person) {
        let (isShared, isTied) = Self.traits(of: events)
        let isMatched =
            switch order {
            case .ordered: isShared && isTied
            case .sequential: isTied
            case .unordered: isShared || events.count > Self.mostWithRows
            }
        if isMatched || isTooLong {
            Self.addMatching(events, &paths, &counter, &person)
        } else if !isTied {
            Self.addPlain(events, order, &plain, &counter, &person)
        } else if sortSeconds(of: events) {
            // Taken out while it is read; no copy is made.
            var own: [FunnelEvent] = []
            swap(&own, &sorted)
            Self.addPlain(own.span, order, &plain, &counter, &person)
            swap(&own, &sorted)
        } else {
            Self.addMatching(events, &paths, &counter, &person)
        }
    }

    private static func addPlain(
        _ events: Span<FunnelEvent>,
        _ order: FunnelOrder,
        _ ways: inout PlainWays,
        _ counter: inout WayCounter,
        _ person: inout WayCounter.Person
    ) {
        ways.follow(order, events) { entry, reached, way in
            counter.take(entry, reached, way, of: events, &person)
        }
        counter.finish(&person, events)
    }

    private static func addMatching(
        _ events: Span<FunnelEvent>,
        _ paths: inout FunnelPaths,
        _ counter: inout WayCounter,
        _ person: inout WayCounter.Person
    ) {
        paths.forEachEntry(events) { path, used in
            counter.take(path, used, of: events, &person)
        }
        counter.finish(&person, paths.events.span)
    }

    // MARK: What a person's events are like

    /// - Returns: whether an event may be several steps, and whether two are in one second.
    @inline(__always)
    private static func traits(of events: Span<FunnelEvent>) -> (isShared: Bool, isTied: Bool) {
        var (shared, tied): (UInt32, UInt32) = (0, 0)
        // Hardly an event is in second 0; one that is takes the longer way.
        var last: UInt32 = 0
        for index in events.indices {
            let event = events[index]
            shared |= event.steps & (event.steps &- 1)
            tied |= event.second == last ? 1 : 0
            last = event.second
        }
        return (shared != 0, tied != 0)
    }

    /// Puts events in ``sorted``, within a second by step. One that repeats the step and the type of another is left out.
    ///
    /// - Parameter events: each may be one step.
    /// - Returns: false if events of one type may be different steps in one second: there they are one event.
    private mutating func sortSeconds(of events: Span<FunnelEvent>) -> Bool {
        sorted.removeAll(keepingCapacity: true)
        var first = 0
        for index in events.indices {
            let event = events[index]
            if first < sorted.count, sorted[first].second != event.second { first = sorted.count }
            if let same = sorted[first...].first(where: { $0.type == event.type }) {
                if same.steps != event.steps { return false }
            } else {
                let place = sorted[first...].lastIndex { $0.steps <= event.steps }.map { $0 + 1 } ?? first
                sorted.insert(event, at: place)
            }
        }
        return true
    }

    /// Takes in another fold of the same question, but over other people.
    public mutating func merge(_ other: FunnelFold) {
        counter.tallies.merge(other.counter.tallies)
    }

    // MARK: Results

    /// Who entered, over the whole range.
    public func people(series: Int) -> Int { counter.tallies.people(counter.cell(series)) }
    public func overall(series: Int) -> FunnelTally { counter.tallies.tally(counter.cell(series)) }
    public func tally(series: Int, bucket: Int) -> FunnelTally {
        counter.tallies.tally(counter.cell(series, bucket: bucket))
    }
}
