import ColumnEngine
import FoldEngine
import QueryModel

/// Finds starts and returns among people's events.
struct RetentionScan: EventFold {
    let axis: TimeAxis
    private(set) var starts: [StreamStart]
    let `return`: MatcherPlan.Matched
    private(set) var groups: GroupPlan
    private var series: SeriesReader?
    /// Seconds; returns are earlier.
    let latest: Int64
    let clock: RetentionClock
    let countedTypes: [Bool]
    let columns: RetentionColumns
    private let buckets: BucketTable
    private let shown: Range<UInt32>
    /// What is asked of every event, by segment: a few plain values.
    private var startTests: [(bits: UInt64, isFirstEver: Bool, isConditional: Bool)]
    /// One for each segment.
    private(set) var folds: [RetentionFold]
    // Of some people, one after another.
    private var startsOfPeople: [RetentionFold.Start] = []
    private var returnsOfPeople: [Int32] = []
    private var endsOfPeople: [RetentionFold.Ends] = []
    private var allowed: [Bool] = []

    init(
        axis: TimeAxis,
        starts: [StreamStart],
        return: MatcherPlan.Matched,
        groups: GroupPlan,
        latest: Int64,
        clock: RetentionClock,
        countedTypes: [Bool],
        columns: RetentionColumns
    ) {
        self.axis = axis
        self.starts = starts
        self.return = `return`
        self.groups = groups
        series = SeriesReader(groups)
        self.latest = latest
        self.clock = clock
        self.countedTypes = countedTypes
        self.columns = columns
        startTests = starts.map { ($0.matched.bits, $0.matched.isFirstEver, $0.conditions != nil) }
        buckets = BucketTable(bounds: axis.bounds)
        shown = axis.shown.asBlockSeconds
        let shape = columns.shape(series: groups.groups.count, axis, latest: latest)
        folds = starts.map { _ in RetentionFold(shape) }
    }

    /// The same, but for one series of one segment.
    func only(_ segment: Int, series: Int) -> RetentionScan {
        var scan = self
        scan.starts = [starts[segment]]
        scan.startTests = [startTests[segment]]
        scan.groups.keep([groups.groups[series]])
        scan.series = SeriesReader(scan.groups)
        scan.folds = [RetentionFold(columns.shape(series: 1, axis, latest: latest))]
        return scan
    }

    mutating func add(_ events: ScannedEvents) {
        for segment in starts.indices {
            let test = startTests[segment]
            if let origin = clock.origin, groups.properties.isEmpty, !test.isFirstEver, !test.isConditional {
                Self.find(
                    events,
                    test.bits,
                    `return`.bits,
                    shown,
                    until: latest,
                    origin: origin,
                    buckets,
                    &startsOfPeople,
                    &returnsOfPeople,
                    &endsOfPeople
                )
            } else {
                find(segment, events)
            }
            Self.add(startsOfPeople, returnsOfPeople, endsOfPeople, to: &folds[segment])
        }
    }

    private static func add(
        _ starts: [RetentionFold.Start],
        _ returns: [Int32],
        _ people: [RetentionFold.Ends],
        to fold: inout RetentionFold
    ) {
        fold.add(starts.span, returns.span, people.span)
    }

    /// Finds starts and returns of those who have a start, where each event with the right bits is one; without a branch on
    /// what an event is, which cannot be foreseen.
    private static func find(
        _ events: ScannedEvents,
        _ startBits: UInt64,
        _ returnBits: UInt64,
        _ shown: Range<UInt32>,
        until latest: Int64,
        origin: Int64,
        _ buckets: BucketTable,
        _ starts: inout [RetentionFold.Start],
        _ returns: inout [Int32],
        _ people: inout [RetentionFold.Ends]
    ) {
        starts.fill(upTo: events.places.count + 1, with: RetentionFold.Start(hour: 0, bucket: 0, series: 0))
        returns.fill(upTo: events.places.count + 1, with: 0)
        people.removeAll(keepingCapacity: true)
        let (seconds, masks, places) = (events.block.seconds.span, events.masks.span, events.places.span)
        let (first, length, latest) = (shown.lowerBound, shown.upperBound &- shown.lowerBound, UInt32(clamping: latest))
        var starts = starts.mutableSpan
        var returns = returns.mutableSpan
        var ends = RetentionFold.Ends(starts: 0, returns: 0)
        events.forEachPerson { _, own in
            var (start, end) = (Int(ends.starts), Int(ends.returns))
            for index in own {
                let mask = masks[index]
                let second = seconds[Int(places[index])]
                let hour = RetentionClock.hour(of: second, from: origin)
                returns[end] = hour
                end &+= (mask & returnBits != 0 ? 1 : 0) & (second < latest ? 1 : 0)
                let isShown = second &- first < length
                let bucket = buckets.bucket(of: Int64(isShown ? second : first))
                starts[start] = RetentionFold.Start(hour: hour, bucket: Int32(truncatingIfNeeded: bucket), series: 0)
                start &+= (mask & startBits != 0 ? 1 : 0) & (isShown ? 1 : 0)
            }
            if start == Int(ends.starts) { return }
            ends = RetentionFold.Ends(starts: Int32(truncatingIfNeeded: start), returns: Int32(truncatingIfNeeded: end))
            people.append(ends)
        }
    }

    /// Finds starts and returns of those who have a start.
    private mutating func find(_ segment: Int, _ events: ScannedEvents) {
        let (conditions, test) = (starts[segment].conditions, startTests[segment])
        let lists = series?.lists ?? SeriesLists()
        let (seconds, masks, places) = (events.block.seconds.span, events.masks.span, events.places.span)
        let (shown, latest, returnBits) = (shown, UInt32(clamping: latest), `return`.bits)
        let series = series?.reader(of: events.block)
        // Taken out while they are written to; no copy is made.
        var (found, returns, allowed): ([RetentionFold.Start], [Int32], [Bool]) = ([], [], [])
        swap(&found, &startsOfPeople)
        swap(&returns, &returnsOfPeople)
        swap(&allowed, &self.allowed)
        found.removeAll(keepingCapacity: true)
        returns.removeAll(keepingCapacity: true)
        endsOfPeople.removeAll(keepingCapacity: true)
        events.forEachPerson { person, own in
            let (firstStart, firstReturn) = (found.count, returns.count)
            let needsFirst = test.isFirstEver || test.isConditional
            let firstPlace = needsFirst ? events.block.firstPlace(ofPerson: person, types: countedTypes) : nil
            conditions?.judge(events, person, own, firstPlace, &allowed)
            for index in own {
                let (mask, place) = (masks[index], places[index])
                let second = seconds[Int(place)]
                let hour = clock.hour(of: second)
                if mask & returnBits != 0, second < latest { returns.append(hour) }
                guard mask & test.bits != 0, shown.contains(second) else { continue }
                if test.isFirstEver, Int(place) != firstPlace { continue }
                let bucket = buckets.bucket(of: Int64(second))
                if test.isConditional, !allowed[bucket] { continue }
                lists.forEach(series?.number(at: Int(place)) ?? 0) { series in
                    found.append(RetentionFold.Start(hour: hour, bucket: Int32(bucket), series: series))
                }
            }
            if found.count > firstStart {
                endsOfPeople.append(RetentionFold.Ends(starts: Int32(found.count), returns: Int32(returns.count)))
            } else {
                returns.removeLast(returns.count - firstReturn)
            }
        }
        swap(&found, &startsOfPeople)
        swap(&returns, &returnsOfPeople)
        swap(&allowed, &self.allowed)
    }

    mutating func merge(_ other: RetentionScan) {
        for index in folds.indices { folds[index].merge(other.folds[index]) }
    }

    // MARK: Results

    func series(_ segment: Int) -> [RetentionAnswer.Series] {
        let fold = folds[segment]
        let all = groups.groups.indices.map { series in
            RetentionAnswer.Series(
                segment: segment,
                group: groups.properties.isEmpty ? nil : groups.labels(of: groups.groups[series])[0],
                rows: (0..<axis.bucketCount).map { row(fold, series, $0) },
                combined: combined(fold, series)
            )
        }
        if groups.properties.isEmpty { return all }
        return all.filter { $0.combined[0].count > 0 }
            .largestFirst(by: { $0.combined[0].count }, group: { [$0.group ?? ""] })
    }

    private func row(
        _ fold: RetentionFold,
        _ series: Int,
        _ bucket: Int
    ) -> [RetentionAnswer.Cell] {
        let size = fold.size(series: series, bucket: bucket)
        let whole = RetentionAnswer.Cell(count: size, outOf: size, isIncomplete: false)
        return [whole]
            + fold.returned(series: series, bucket: bucket).enumerated().map { column, count in
                RetentionAnswer.Cell(
                    count: count,
                    outOf: size,
                    isIncomplete: columns.isIncomplete(column, bucket: bucket)
                )
            }
    }

    private func combined(
        _ fold: RetentionFold,
        _ series: Int
    ) -> [RetentionAnswer.Cell] {
        let size = fold.combinedSize(series: series)
        let whole = RetentionAnswer.Cell(count: size, outOf: size, isIncomplete: false)
        return [whole]
            + fold.combined(series: series).enumerated().map { column, cell in
                RetentionAnswer.Cell(
                    count: cell.returned,
                    outOf: cell.outOf,
                    isIncomplete: columns.isIncomplete(column, bucket: axis.bucketCount - 1)
                )
            }
    }
}
