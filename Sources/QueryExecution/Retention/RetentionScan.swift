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
    /// By event type: bit 0 if it starts, bit 1 if it is a return; none at the end. `nil` if more than types tells that.
    private let kindsByType: [UInt8]?
    /// One for each segment.
    private(set) var folds: [RetentionFold]
    // Of some people, one after another.
    private var startsOfPeople: [RetentionStart] = []
    private var returnsOfPeople: [Int32] = []
    private var endsOfPeople: [RetentionEnds] = []
    private var allowed: [Bool] = []

    init(
        axis: TimeAxis,
        starts: [StreamStart],
        return: MatcherPlan.Matched,
        scan: EventScan,
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
        let typesTell =
            scan.isByTypeAlone && starts.count == 1 && starts[0].conditions == nil && !starts[0].matched.isFirstEver
        kindsByType =
            typesTell && groups.properties.isEmpty && clock.origin != nil
            ? Self.kindsByType(starts[0].matched, `return`, scan) : nil
        buckets = BucketTable(axis)
        shown = axis.shown.asBlockSeconds
        let shape = columns.shape(series: groups.groups.count, axis, latest: latest)
        folds = starts.map { _ in RetentionFold(shape) }
    }

    /// The same, but for one series of one segment.
    func only(_ segment: Int, series: Int) -> RetentionScan {
        var scan = self
        scan.starts = [starts[segment]]
        scan.groups.keep([groups.groups[series]])
        scan.series = SeriesReader(scan.groups)
        scan.folds = [RetentionFold(columns.shape(series: 1, axis, latest: latest))]
        return scan
    }

    private static func kindsByType(
        _ start: MatcherPlan.Matched,
        _ return: MatcherPlan.Matched,
        _ scan: EventScan
    ) -> [UInt8] {
        let kinds: [UInt8] = scan.masksByType.map { mask in
            (mask & start.bits != 0 ? 1 : 0) | (mask & `return`.bits != 0 ? 2 : 0)
        }
        return kinds + [0]
    }

    var selectsByType: Bool { kindsByType != nil }

    mutating func add(_ events: ScannedEvents) {
        for segment in starts.indices {
            if let kindsByType, let origin = clock.origin {
                switch events.block.types {
                case .bytes(let types): find(kindsByType, events, types, origin)
                case .shorts(let types): find(kindsByType, events, types, origin)
                case .words(let types): find(kindsByType, events, types, origin)
                }
            } else {
                find(segment, events)
            }
            Self.add(startsOfPeople, returnsOfPeople, endsOfPeople, to: &folds[segment])
        }
    }

    private static func add(
        _ starts: [RetentionStart],
        _ returns: [Int32],
        _ people: [RetentionEnds],
        to fold: inout RetentionFold
    ) {
        fold.add(starts.span, returns.span, people.span)
    }

    // MARK: By type

    private mutating func find(
        _ kinds: [UInt8],
        _ events: ScannedEvents,
        _ types: [some FixedWidthInteger & Sendable],
        _ origin: Int64
    ) {
        let size = events.candidateCount
        startsOfPeople.fill(upTo: size + 1, with: RetentionStart(hour: 0, bucket: 0, series: 0))
        returnsOfPeople.fill(upTo: size + 1, with: 0)
        endsOfPeople.removeAll(keepingCapacity: true)
        let finder = Finder(kinds: kinds, shown: shown, latest: Int(UInt32(clamping: latest)), origin: origin)
        finder.find(in: events, types, buckets, &startsOfPeople, &returnsOfPeople, &endsOfPeople)
    }

    /// Finds starts and returns of those who have a start, where its type tells what an event is; without a branch on that,
    /// as it cannot be foreseen.
    private struct Finder {
        let kinds: [UInt8]
        let shown: Range<UInt32>
        let latest: Int
        let origin: Int64

        /// What is known of the person whose events are looked at.
        struct SoFar {
            var starts = 0
            var returns = 0
            /// Those before this person.
            var ends = RetentionEnds(starts: 0, returns: 0)

            @inline(__always)
            mutating func finish(_ isHidden: Bool, _ people: inout [RetentionEnds]) {
                if starts == Int(ends.starts) || isHidden {
                    (starts, returns) = (Int(ends.starts), Int(ends.returns))
                } else {
                    ends = RetentionEnds(
                        starts: Int32(truncatingIfNeeded: starts),
                        returns: Int32(truncatingIfNeeded: returns)
                    )
                    people.append(ends)
                }
            }
        }

        @inline(__always)
        func mark(
            _ type: Int,
            _ second: UInt32,
            _ kinds: Span<UInt8>,
            _ soFar: inout SoFar,
            _ starts: inout MutableSpan<RetentionStart>,
            _ returns: inout MutableSpan<Int32>
        ) {
            let kind = Int(kinds[min(type, kinds.count &- 1)])
            let hour = RetentionClock.hour(of: second, from: origin)
            returns[soFar.returns] = hour
            soFar.returns &-= Mask.isLess(Int(second), latest) & -(kind &>> 1)
            // The bucket is found later, of those that start.
            starts[soFar.starts] = RetentionStart(hour: hour, bucket: Int32(bitPattern: second), series: 0)
            let isShown = Mask.isLess(Int(second &- shown.lowerBound), shown.count)
            soFar.starts &+= kind & 1 & isShown
        }

        func find(
            in events: ScannedEvents,
            _ types: [some FixedWidthInteger & Sendable],
            _ buckets: BucketTable,
            _ starts: inout [RetentionStart],
            _ returns: inout [Int32],
            _ people: inout [RetentionEnds]
        ) {
            let (seconds, types, kinds) = (events.block.seconds.span, types.span, kinds.span)
            var starts = starts.mutableSpan
            var returns = returns.mutableSpan
            var soFar = SoFar()
            events.forEachCandidate(
                types,
                body: { place, type in mark(type, seconds[place], kinds, &soFar, &starts, &returns) },
                finish: { isHidden in soFar.finish(isHidden, &people) }
            )
            findBuckets(soFar.starts, buckets, &starts)
        }

        @inline(__always)
        private func findBuckets(
            _ count: Int,
            _ buckets: BucketTable,
            _ starts: inout MutableSpan<RetentionStart>
        ) {
            for index in 0..<count {
                let second = Int64(UInt32(bitPattern: starts[index].bucket))
                starts[index].bucket = Int32(truncatingIfNeeded: buckets.bucket(of: second))
            }
        }
    }

    // MARK: By all that is asked

    /// Finds starts and returns of those who have a start.
    private mutating func find(_ segment: Int, _ events: ScannedEvents) {
        let (conditions, start) = (starts[segment].conditions, starts[segment].matched)
        let isConditional = conditions != nil
        let lists = series?.lists ?? SeriesLists()
        let (seconds, masks, places) = (events.block.seconds.span, events.masks.span, events.places.span)
        let (shown, latest, returnBits) = (shown, UInt32(clamping: latest), `return`.bits)
        let series = series?.reader(of: events.block)
        // Taken out while they are written to; no copy is made.
        var (found, returns, allowed): ([RetentionStart], [Int32], [Bool]) = ([], [], [])
        swap(&found, &startsOfPeople)
        swap(&returns, &returnsOfPeople)
        swap(&allowed, &self.allowed)
        found.removeAll(keepingCapacity: true)
        returns.removeAll(keepingCapacity: true)
        endsOfPeople.removeAll(keepingCapacity: true)
        var days = clock.days.map { DaysOfPerson($0) }
        events.forEachPerson { person, indexes in
            let (firstStart, firstReturn) = (found.count, returns.count)
            days?.clear()
            let needsFirst = start.isFirstEver || isConditional
            let firstPlace = needsFirst ? events.block.firstPlace(ofPerson: person, types: countedTypes) : nil
            conditions?.judge(events, person, indexes, firstPlace, &allowed)
            for index in indexes {
                let (mask, place) = (masks[index], places[index])
                let second = seconds[Int(place)]
                let hour = clock.hour(of: second)
                if mask & returnBits != 0, second < latest {
                    returns.append(hour)
                    days?.add(returnAt: second)
                }
                guard mask & start.bits != 0, shown.contains(second) else { continue }
                if start.isFirstEver, Int(place) != firstPlace { continue }
                let bucket = buckets.bucket(of: Int64(second))
                if isConditional, !allowed[bucket] { continue }
                lists.forEach(series?.number(at: Int(place)) ?? 0) { series in
                    found.append(RetentionStart(hour: hour, bucket: Int32(bucket), series: series))
                    days?.add(startAt: second)
                }
            }
            if found.count > firstStart {
                days?.mark(&found[firstStart...])
                endsOfPeople.append(RetentionEnds(starts: Int32(found.count), returns: Int32(returns.count)))
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
                rows: (0..<axis.bucketCount).map { bucket in
                    row(
                        fold.size(series: series, bucket: bucket),
                        fold.returned(series: series, bucket: bucket),
                        bucket
                    )
                },
                combined: combined(fold.combinedSize(series: series), fold.combined(series: series))
            )
        }
        if groups.properties.isEmpty { return all }
        let largest = all.filter { $0.combined[0].count > 0 }
            .largestFirst(by: { $0.combined[0].count }, group: { [$0.group ?? ""] })
        return largest.isEmpty ? [nobody(segment)] : largest
    }

    /// Where nobody is in range, that is one group without a value. Source: Documentation/counting.md C30.
    private func nobody(_ segment: Int) -> RetentionAnswer.Series {
        RetentionAnswer.Series(
            segment: segment,
            group: noValueLabel,
            rows: (0..<axis.bucketCount).map { row(0, Array(repeating: 0, count: columns.count), $0) },
            combined: combined(0, Array(repeating: (returned: 0, outOf: 0), count: columns.count))
        )
    }

    /// - Parameter returned: by column, people who came back.
    private func row(_ size: Int, _ returned: [Int], _ bucket: Int) -> [RetentionAnswer.Cell] {
        let whole = RetentionAnswer.Cell(count: size, outOf: size, isIncomplete: false)
        return [whole]
            + returned.prefix(columns.begun[bucket]).enumerated().map { column, count in
                RetentionAnswer.Cell(
                    count: count,
                    outOf: size,
                    isIncomplete: columns.isIncomplete(column, bucket: bucket)
                )
            }
    }

    private func combined(_ size: Int, _ cells: [(returned: Int, outOf: Int)]) -> [RetentionAnswer.Cell] {
        let whole = RetentionAnswer.Cell(count: size, outOf: size, isIncomplete: false)
        return [whole]
            + cells.prefix(columns.most).enumerated().map { column, cell in
                RetentionAnswer.Cell(
                    count: cell.returned,
                    outOf: cell.outOf,
                    isIncomplete: columns.isIncomplete(column)
                )
            }
    }
}

/// The days on which a person starts and returns, where a week or a month counts as one: a return of the start's own week on
/// a day before it is none.
private struct DaysOfPerson {
    private let grid: CalendarGrid
    /// By unit: the last day with a return.
    private var lastReturns: [Int32: Int32] = [:]
    private var starts: [Int32] = []

    init(_ grid: CalendarGrid) {
        self.grid = grid
    }

    mutating func clear() {
        lastReturns.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
    }

    /// - Parameter second: none is earlier than the one before.
    mutating func add(returnAt second: UInt32) {
        let day = grid.day(of: second)
        lastReturns[grid.number(ofDay: day)] = day
    }

    mutating func add(startAt second: UInt32) { starts.append(grid.day(of: second)) }

    /// - Parameter found: the starts, in the order in which they were added.
    func mark(_ found: inout ArraySlice<RetentionStart>) {
        for (index, day) in zip(found.indices, starts) {
            let last = lastReturns[grid.number(ofDay: day)] ?? -1
            found[index].firstDay = last < day ? 1 : 0
        }
    }
}
