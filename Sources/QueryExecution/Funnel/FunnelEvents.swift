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

    private static let noEvent = FunnelEvent(second: 0, steps: 0, type: 0, place: 0, enters: false)

    /// What makes an event a step.
    struct Finder {
        /// By matcher: the steps that an event may be which it takes.
        var stepsByMatcher: [UInt32]
        /// By event type: the steps that an event may be, where its type tells; `nil` where more does. None at the end.
        var stepsByType: [UInt32]?
        /// Seconds of what can be part of a path.
        var relevant: Range<UInt32>
        /// In so many of them, the first ones, one may enter.
        var shownSeconds: Int
        var buckets: BucketTable
        /// What comes between those who should do one step on the other; `nil` if nothing does.
        var intruders: FunnelIntruders?

        fileprivate var relevantSeconds: Int { relevant.count }
        fileprivate var isBare: Bool { intruders == nil }
    }

    /// What is known of the person whose events are looked at.
    private struct SoFar {
        /// Where the first event is written.
        var first: Int
        /// The place of the last one that was kept.
        var lastPlace = 0
        /// Not 0 if an event enters.
        var entering = 0

        init(first: Int) {
            self.first = first
        }

        /// Keeps the events that were written if the person enters; and begins the next one.
        @inline(__always)
        mutating func finish(_ isHidden: Bool, _ count: inout Int, _ ends: inout [Int32]) {
            if entering != 0, !isHidden {
                ends.append(Int32(truncatingIfNeeded: count))
            } else {
                count = first
            }
            self = SoFar(first: count)
        }
    }

    /// - Parameter judge: says in which buckets a person may enter; leaves the list empty if in all.
    mutating func find(
        _ finder: Finder,
        in scanned: ScannedEvents,
        _ types: [some FixedWidthInteger & Sendable],
        judge: (_ person: Int, _ indexes: Range<Int>, _ allowed: inout [Bool]) -> Void
    ) {
        ends.removeAll(keepingCapacity: true)
        // Taken out while they are written to; no copy is made.
        var (found, allowed): ([FunnelEvent], [Bool]) = ([], [])
        swap(&found, &events)
        swap(&allowed, &self.allowed)
        // Without a branch: which step an event is cannot be foreseen. So each is written down, and kept if it is one.
        let size = finder.stepsByType == nil ? scanned.places.count : scanned.candidateCount
        found.fill(upTo: size + 1, with: Self.noEvent)
        if let stepsByType = finder.stepsByType {
            // What the loop asks of each event is told beforehand.
            if finder.isBare {
                Self.find(finder, isBare: true, stepsByType, in: scanned, types, &found, &ends)
            } else {
                Self.find(finder, isBare: false, stepsByType, in: scanned, types, &found, &ends)
            }
        } else {
            Self.find(finder, in: scanned, types, judge, &allowed, &found, &ends)
        }
        swap(&found, &events)
        swap(&allowed, &self.allowed)
    }

    func add(to fold: inout FunnelFold, _ reader: FunnelReader?) {
        let found = events.span.extracting(first: Int(ends.last ?? 0))
        if let reader { fold.add(found, ends.span, reader) } else { fold.add(found, ends.span) }
    }

    // MARK: The ways to find them

    /// Looks at events whose type tells which steps they may be.
    @inline(__always)
    private static func find(
        _ finder: Finder,
        isBare: Bool,
        _ stepsByType: [UInt32],
        in scanned: ScannedEvents,
        _ types: [some FixedWidthInteger & Sendable],
        _ found: inout [FunnelEvent],
        _ ends: inout [Int32]
    ) {
        let (seconds, types, stepsByType) = (scanned.block.seconds.span, types.span, stepsByType.span)
        var found = found.mutableSpan
        var count = 0
        var soFar = SoFar(first: 0)
        scanned.forEachCandidate(
            types,
            body: { place, type in
                let steps = stepsByType[min(type, stepsByType.count &- 1)]
                mark(place, type, steps, finder, isBare, [], types, seconds, &soFar, &found, &count)
            },
            finish: { isHidden in soFar.finish(isHidden, &count, &ends) }
        )
    }

    /// Looks at events that matchers take.
    private static func find(
        _ finder: Finder,
        in selected: ScannedEvents,
        _ types: [some FixedWidthInteger & Sendable],
        _ judge: (_ person: Int, _ indexes: Range<Int>, _ allowed: inout [Bool]) -> Void,
        _ allowed: inout [Bool],
        _ found: inout [FunnelEvent],
        _ ends: inout [Int32]
    ) {
        let (masks, places, stepsByMatcher) = (selected.masks.span, selected.places.span, finder.stepsByMatcher.span)
        let (seconds, types) = (selected.block.seconds.span, types.span)
        var found = found.mutableSpan
        var count = 0
        var soFar = SoFar(first: 0)
        selected.forEachPerson { person, events in
            allowed.removeAll(keepingCapacity: true)
            judge(person, events, &allowed)
            for index in events {
                var (mask, steps) = (masks[index], UInt32(0))
                repeat {
                    steps |= stepsByMatcher[mask.trailingZeroBitCount]
                    mask &= mask &- 1
                } while mask != 0
                let place = Int(places[index])
                let type = Int(types[place])
                mark(place, type, steps, finder, false, allowed, types, seconds, &soFar, &found, &count)
            }
            soFar.finish(false, &count, &ends)
        }
    }

    /// Writes an event down, and keeps it if it is a step.
    ///
    /// - Parameter isBare: whether nothing is asked about it but its step and its time.
    @inline(__always)
    private static func mark(
        _ place: Int,
        _ type: Int,
        _ steps: UInt32,
        _ finder: Finder,
        _ isBare: Bool,
        _ allowed: [Bool],
        _ types: Span<some FixedWidthInteger>,
        _ seconds: Span<UInt32>,
        _ soFar: inout SoFar,
        _ found: inout MutableSpan<FunnelEvent>,
        _ count: inout Int
    ) {
        let second = seconds[place]
        // Both begin with the same second.
        let offset = Int(second &- finder.relevant.lowerBound)
        var entering = Int(steps & 1) & Mask.isLess(offset, finder.shownSeconds)
        let isKept = Mask.isLess(0, Int(steps)) & Mask.isLess(offset, finder.relevantSeconds) & 1
        if !isBare, !allowed.isEmpty, entering != 0 {
            entering = allowed[finder.buckets.bucket(of: Int64(second))] ? 1 : 0
        }
        found[count] = FunnelEvent(
            second: second,
            steps: steps,
            type: UInt32(truncatingIfNeeded: type),
            place: Int32(truncatingIfNeeded: place),
            entering: UInt32(truncatingIfNeeded: entering)
        )
        if !isBare, let intruders = finder.intruders, isKept != 0 {
            found[count].letsPass = intruders.letPass(place, types, seconds)
            if count > soFar.first {
                found[count - 1].isInterrupted = intruders.areBetween(soFar.lastPlace, place, types, seconds)
            }
            soFar.lastPlace = place
        }
        soFar.entering |= entering & isKept
        count &+= isKept
    }
}
