import ColumnEngine
import EventModel
import FoldEngine
import QueryModel

/// One event of the query under one segment: which events count, in which series, and what is counted of them.
struct CountingStream: Sendable {
    let matched: MatcherPlan.Matched
    let groups: GroupPlan
    /// What is computed with, if anything is.
    let operand: PropertyReference?
    /// By code of the operand: the first code of the same value, since 3 and "3" are one.
    private let operandCodes: [UInt32]
    /// `nil` if every person's events count in every bucket.
    let conditions: BucketConditions?
    /// By event type: whether it can be somebody's first event.
    let countedTypes: [Bool]
    /// Whether events before the range count.
    let readsBefore: Bool
    /// Whether all buckets are counted as one.
    let isCollapsing: Bool
    var fold: SegmentationFold
    private let steps: [[Int32]]
    private let lists: [[[Int32]]]

    init(
        _ matched: MatcherPlan.Matched,
        groups: GroupPlan,
        operand: PropertyReference?,
        operandCodes: [UInt32],
        conditions: BucketConditions?,
        countedTypes: [Bool],
        readsBefore: Bool,
        isCollapsing: Bool,
        fold: SegmentationFold
    ) {
        self.matched = matched
        self.groups = groups
        self.operand = operand
        self.operandCodes = operandCodes
        self.conditions = conditions
        self.countedTypes = countedTypes
        self.readsBefore = readsBefore
        self.isCollapsing = isCollapsing
        self.fold = fold
        steps = groups.steps
        lists = groups.lists
    }

    mutating func add(
        _ events: ScannedEvents,
        _ table: BucketTable,
        _ counted: Range<UInt32>,
        shownFrom: UInt32,
        _ scratch: inout CountingScratch
    ) {
        scratch.keepMatched(events, by: matched.bits, table, counted)
        if scratch.places.isEmpty { return }
        group(events.block, &scratch)
        if let operand, let column = events.block.columns[operand] {
            column.entries(of: operandCodes, at: scratch.places, into: &scratch.codes)
        } else if operand != nil {
            scratch.codes.removeAll(keepingCapacity: true)
            scratch.codes.append(contentsOf: repeatElement(0, count: scratch.places.count))
        } else {
            scratch.codes.removeAll(keepingCapacity: true)
        }
        if isCollapsing, conditions == nil {
            for i in scratch.buckets.indices { scratch.buckets[i] = 0 }
        }
        if conditions == nil, !matched.isFirstEver, fold.takesMany, shownFrom <= counted.lowerBound {
            addMany(events, &scratch)
        } else {
            addPeople(events, shownFrom, &scratch)
        }
    }

    /// Finds the series of each event. An event with a list is repeated for each of its elements.
    private func group(_ block: EventBlock, _ scratch: inout CountingScratch) {
        scratch.series.removeAll(keepingCapacity: true)
        guard !groups.properties.isEmpty else {
            scratch.series.append(contentsOf: repeatElement(0, count: scratch.places.count))
            return
        }
        for (index, property) in groups.properties.enumerated() {
            if let column = block.columns[property] {
                column.entries(of: steps[index], at: scratch.places, into: &scratch.column)
            } else {
                scratch.column.removeAll(keepingCapacity: true)
                scratch.column.append(contentsOf: repeatElement(steps[index][0], count: scratch.places.count))
            }
            if index == 0, lists[index].isEmpty {
                swap(&scratch.series, &scratch.column)
                continue
            }
            if index == 0 { scratch.series.resize(to: scratch.places.count) }
            if lists[index].isEmpty {
                for i in scratch.series.indices { scratch.series[i] += scratch.column[i] }
            } else {
                repeatLists(lists[index], &scratch)
            }
        }
        if !groups.isComplete { keepSeries(&scratch) }
    }

    /// Adds a property's steps to the series; where it is a list, the event stands there once for each element.
    private func repeatLists(_ lists: [[Int32]], _ scratch: inout CountingScratch) {
        var (places, buckets, series) = ([Int32](), [Int32](), [Int32]())
        for (i, step) in scratch.column.enumerated() {
            for step in step < 0 ? lists[Int(-step) - 1] : [step] {
                places.append(scratch.places[i])
                buckets.append(scratch.buckets[i])
                series.append(scratch.series[i] + step)
            }
        }
        (scratch.places, scratch.buckets, scratch.series) = (places, buckets, series)
    }

    /// From groups to series; events of groups that are no series are left out.
    private func keepSeries(_ scratch: inout CountingScratch) {
        var kept = 0
        for i in scratch.series.indices {
            let series = groups.series[Int(scratch.series[i])]
            scratch.places[kept] = scratch.places[i]
            scratch.buckets[kept] = scratch.buckets[i]
            scratch.series[kept] = series
            kept += series >= 0 ? 1 : 0
        }
        scratch.places.removeLast(scratch.places.count - kept)
        scratch.buckets.removeLast(scratch.buckets.count - kept)
        scratch.series.removeLast(scratch.series.count - kept)
    }

    /// All people at once, where each of their events counts, and is shown.
    private mutating func addMany(_ events: ScannedEvents, _ scratch: inout CountingScratch) {
        Self.findPeople(of: scratch.places, events, &scratch.people)
        fold.add(
            people: scratch.people.span,
            of: events.people.count,
            buckets: scratch.buckets.span,
            series: scratch.series.span,
            codes: scratch.codes.span
        )
    }

    private static func findPeople(of places: [Int32], _ events: ScannedEvents, _ numbers: inout [UInt32]) {
        let (people, starts, places) = (events.people, events.block.starts.span, places.span)
        numbers.removeAll(keepingCapacity: true)
        numbers.append(addingCapacity: places.count) { numbers in
            var person = people.lowerBound
            for i in places.indices {
                while starts[person + 1] <= UInt32(bitPattern: places[i]) { person += 1 }
                numbers.append(UInt32(truncatingIfNeeded: person - people.lowerBound))
            }
        }
    }

    private mutating func addPeople(
        _ events: ScannedEvents,
        _ shownFrom: UInt32,
        _ scratch: inout CountingScratch
    ) {
        let block = events.block
        var next = 0
        var lastSelected = 0
        for person in events.people {
            let end = Int32(truncatingIfNeeded: block.starts[person + 1])
            let first = next
            while next < scratch.places.count, scratch.places[next] < end { next += 1 }
            if first == next { continue }
            var shown = first
            while shown < next, block.seconds[Int(scratch.places[shown])] < shownFrom { shown += 1 }
            let counted = readsBefore ? first : shown
            if counted == next { continue }
            if conditions == nil, !matched.isFirstEver {
                add(counted..<next, shown, scratch)
                continue
            }
            // The person's events for all matchers, of which conditions may need others.
            while lastSelected < events.places.count, events.places[lastSelected] < Int32(block.starts[person]) {
                lastSelected += 1
            }
            let firstSelected = lastSelected
            while lastSelected < events.places.count, events.places[lastSelected] < end { lastSelected += 1 }
            addConditionally(events, person, firstSelected..<lastSelected, counted..<next, shown, &scratch)
        }
    }

    private mutating func add(_ range: Range<Int>, _ shown: Int, _ scratch: CountingScratch) {
        fold.add(
            buckets: scratch.buckets.span.extracting(range),
            series: scratch.series.span.extracting(range),
            codes: scratch.codes.isEmpty ? scratch.codes.span : scratch.codes.span.extracting(range),
            shownFrom: shown - range.lowerBound
        )
    }

    /// Adds those of one person's events that lie in buckets in which the conditions hold.
    private mutating func addConditionally(
        _ events: ScannedEvents,
        _ person: Int,
        _ selected: Range<Int>,
        _ range: Range<Int>,
        _ shown: Int,
        _ scratch: inout CountingScratch
    ) {
        let firstPlace = events.block.firstPlace(ofPerson: person, types: countedTypes)
        conditions?.judge(events, person, selected, firstPlace, &scratch.allowed)
        var (buckets, series, codes) = ([Int32](), [Int32](), [UInt32]())
        var shownFrom = 0
        for i in range {
            if matched.isFirstEver, Int(scratch.places[i]) != firstPlace { continue }
            if conditions != nil, !scratch.allowed[Int(scratch.buckets[i])] { continue }
            buckets.append(isCollapsing ? 0 : scratch.buckets[i])
            series.append(scratch.series[i])
            if !scratch.codes.isEmpty { codes.append(scratch.codes[i]) }
            if i < shown { shownFrom += 1 }
        }
        fold.add(buckets: buckets.span, series: series.span, codes: codes.span, shownFrom: shownFrom)
    }
}
