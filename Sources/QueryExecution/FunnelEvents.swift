import ColumnEngine
import FoldEngine

/// The events of some people that are steps of a funnel, of those who enter it, one person after another.
///
/// Kept and filled anew from people to people, so that it is allocated once.
struct FunnelEvents: Sendable {
    /// Beyond the last end whatever there is.
    private var events: [FunnelEvent] = []
    /// By person: where the events end.
    private(set) var ends: [Int32] = []
    /// By bucket, whether one may enter in it; empty if always.
    private var allowed: [Bool] = []

    private static let noEvent = FunnelEvent(second: 0, steps: 0, type: 0, series: 0, enters: false)

    /// What makes an event a step.
    struct Finder {
        /// By matcher: the steps that an event may be which it takes.
        var stepsByMatcher: [UInt32]
        /// Seconds in which one may enter.
        var shown: Range<UInt32>
        /// Seconds of what can be part of a path.
        var relevant: Range<UInt32>
        var buckets: BucketTable
        /// By event type: whether it interrupts those who should do one step on the other. Empty if nothing does.
        var intruders: [Bool]
        /// Whose event splits the funnel.
        var splittingStep: Int
        /// `nil` if nothing splits.
        var series: SeriesReader.OfBlock?
    }

    /// - Parameter judge: says in which buckets a person may enter; leaves the list empty if in all.
    mutating func find(
        _ finder: Finder,
        in selected: ScannedEvents,
        _ types: [some FixedWidthInteger & Sendable],
        judge: (_ person: Int, _ own: Range<Int>, _ allowed: inout [Bool]) -> Void
    ) {
        ends.removeAll(keepingCapacity: true)
        // Taken out while they are written to; no copy is made.
        var (found, allowed): ([FunnelEvent], [Bool]) = ([], [])
        swap(&found, &events)
        swap(&allowed, &self.allowed)
        let (seconds, masks, places) = (selected.block.seconds.span, selected.masks.span, selected.places.span)
        let (types, stepsByMatcher) = (types.span, finder.stepsByMatcher.span)
        let (shown, relevant) = (finder.shown, finder.relevant)
        // Without a branch: which step an event is cannot be foreseen. So each is written down, and kept if it is one.
        found.fill(upTo: places.count + 1, with: Self.noEvent)
        var kept = found.mutableSpan
        var count = 0
        let follows = !finder.intruders.isEmpty
        selected.forEachPerson { person, own in
            allowed.removeAll(keepingCapacity: true)
            judge(person, own, &allowed)
            let first = count
            var enters: UInt32 = 0
            var lastPlace: Int32 = 0
            for index in own {
                let (mask, place) = (masks[index], places[index])
                let second = seconds[Int(place)]
                var steps = stepsByMatcher[mask.trailingZeroBitCount]
                var others = mask & (mask &- 1)
                while others != 0 {
                    steps |= stepsByMatcher[others.trailingZeroBitCount]
                    others &= others &- 1
                }
                var entering = steps & (second &- shown.lowerBound < shown.upperBound &- shown.lowerBound ? 1 : 0)
                if !allowed.isEmpty, entering != 0 {
                    entering = allowed[finder.buckets.bucket(of: Int64(second))] ? 1 : 0
                }
                kept[count] = FunnelEvent(
                    second: second,
                    steps: steps,
                    type: UInt32(truncatingIfNeeded: types[Int(place)]),
                    series: 0,
                    enters: entering != 0
                )
                if let series = finder.series, steps >> UInt32(finder.splittingStep) & 1 != 0 {
                    kept[count].series = series.number(at: Int(place))
                }
                if follows, count > first, steps != 0 {
                    let isInterrupted = Self.isInterrupted(finder.intruders, types, seconds, lastPlace, place)
                    kept[count - 1].isInterrupted = isInterrupted
                }
                let isKept = (steps != 0 ? 1 : 0) & (relevant.contains(second) ? 1 : 0)
                enters |= entering & UInt32(truncatingIfNeeded: isKept)
                if follows, isKept != 0 { lastPlace = place }
                count &+= isKept
            }
            if enters != 0 { ends.append(Int32(truncatingIfNeeded: count)) } else { count = first }
        }
        swap(&found, &events)
        swap(&allowed, &self.allowed)
    }

    func add(to fold: inout FunnelFold) {
        fold.add(events.span, ends.span)
    }

    /// Whether an intruder lies between two events of a person, in a second of its own.
    @inline(__always)
    private static func isInterrupted(
        _ intruders: [Bool],
        _ types: Span<some FixedWidthInteger>,
        _ seconds: Span<UInt32>,
        _ first: Int32,
        _ last: Int32
    ) -> Bool {
        let (from, to) = (seconds[Int(first)], seconds[Int(last)])
        for place in Int(first) + 1..<Int(last) {
            let (type, second) = (Int(types[place]), seconds[place])
            if second != from, second != to, type < intruders.count, intruders[type] { return true }
        }
        return false
    }
}
