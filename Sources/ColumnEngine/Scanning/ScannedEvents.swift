/// The events of some people that a scan takes, and which of its matchers take each.
///
/// Kept and filled anew from people to people, so that it is allocated once.
public struct ScannedEvents: Sendable {
    public private(set) var block = EventBlock()
    /// Indexes of the people in the block.
    public private(set) var people: Range<Int> = 0..<0
    /// Places in the block, ascending.
    public private(set) var places: [Int32] = []
    /// Bit i: matcher i takes the event at the same index of `places`. Never 0. Empty if only types were looked at.
    public private(set) var masks: [UInt64] = []

    /// For a fold that selects by type: bit i of word w tells whether it may mean the event at place 64 × w + i from the
    /// first of the people on. Empty if it should look at all.
    public private(set) var sets: [UInt64] = []

    /// Seconds of a block: events of before are of days that have left; 0 if the scan looks at none.
    ///
    /// What is left of them is a person's first event, which says when they were new: it is no event of its day. This is the
    /// one place that keeps it from being counted. Source: Documentation/data.md D19.
    @usableFromInline let cut: UInt32
    /// The matchers that take them nevertheless.
    private let firsts: UInt64

    /// Whether the fold selects by type.
    private let isByType: Bool
    private let masksByType: [UInt64]
    private let fewTypes: [Int]?
    private let times: Range<UInt32>
    private let tests: [EventScan.Test]
    private let ordinals: [EventScan.Ordinal]

    /// - Parameter cut: seconds; events of before have left.
    init(_ scan: EventScan, isByType: Bool, cut: Int64?) {
        self.isByType = isByType
        masksByType = scan.masksByType
        fewTypes = scan.fewTypes
        tests = scan.tests
        ordinals = scan.ordinals
        times = scan.times.asBlockSeconds
        let first = UInt32(clamping: cut ?? 0)
        self.cut = scan.times.lowerBound < Int64(first) ? first : 0
        firsts = scan.matchers.enumerated().reduce(0) { $1.element.takesFirsts ? $0 | 1 << UInt64($1.offset) : $0 }
    }

    /// Whether the event at a place is of a day that has left.
    public func hasLeft(_ place: Int) -> Bool { block.seconds[place] < cut }

    public var isEmpty: Bool { isByType ? candidateCount == 0 : places.isEmpty }

    /// How many events may be meant, for a fold that selects by type.
    public var candidateCount: Int {
        if !sets.isEmpty { return sets.reduce(0) { $0 + $1.nonzeroBitCount } }
        return Int(block.starts[people.upperBound] - block.starts[people.lowerBound])
    }

    /// Calls `body` with the index and the selected events of each person who has any.
    @inlinable
    public func forEachPerson(_ body: (_ person: Int, _ events: Range<Int>) -> Void) {
        let (starts, places) = (block.starts.span, places.span)
        var next = 0
        for person in people {
            let end = Int32(truncatingIfNeeded: starts[person + 1])
            let first = next
            while next < places.count, places[next] < end { next += 1 }
            if first < next { body(person, first..<next) }
        }
    }

    /// Of so many types the events are searched for, for a fold that looks at types itself; of more they are too many.
    private static let mostSearched = 4

    /// Takes the events of some people of a block.
    mutating func take(_ block: EventBlock, _ people: Range<Int>) {
        self.block = block
        self.people = people
        places.removeAll(keepingCapacity: true)
        masks.removeAll(keepingCapacity: true)
        sets.removeAll(keepingCapacity: true)
        if isByType {
            find()
            if cut > 0, !sets.isEmpty { cutSets() }
        } else {
            select()
        }
    }

    /// Takes the events of some of the block's people alone, by the same scan.
    public mutating func narrow(to people: Range<Int>) {
        take(block, people)
    }

    private mutating func find() {
        guard let fewTypes, fewTypes.count <= Self.mostSearched else { return }
        switch block.types {
        case .bytes(let types): find(types, fewTypes)
        case .shorts(let types): find(types, fewTypes)
        case .words(let types): find(types, fewTypes)
        }
    }

    /// Calls `body` with each event that may be meant, for a fold that selects by type, and `finish` after those of each
    /// person: with whether they are to be forgotten.
    @inlinable
    public func forEachCandidate(
        _ types: Span<some FixedWidthInteger>,
        body: (_ place: Int, _ type: Int) -> Void,
        finish: (_ isHidden: Bool) -> Void
    ) {
        let (starts, hidden) = (block.starts.span, block.hidden)
        if sets.isEmpty {
            for person in people where hidden.isEmpty || !hidden[person] {
                var first = Int(starts[person])
                let end = Int(starts[person + 1])
                if cut > 0 {
                    let seconds = block.seconds.span
                    while first < end, seconds[first] < cut { first &+= 1 }
                }
                for place in first..<end { body(place, Int(types[place])) }
                finish(false)
            }
            return
        }
        var person = people.lowerBound
        var (first, end) = (Int(starts[person]), Int(starts[person + 1]))
        for index in sets.indices {
            var rest = sets[index]
            while rest != 0 {
                let place = first &+ rest.trailingZeroBitCount
                rest &= rest &- 1
                while place >= end {
                    finish(!hidden.isEmpty && hidden[person])
                    person &+= 1
                    end = Int(starts[person + 1])
                }
                body(place, Int(types[place]))
            }
            first &+= 64
        }
        finish(!hidden.isEmpty && hidden[person])
    }

    private mutating func select() {
        switch block.types {
        case .bytes(let types): selectTypes(types)
        case .shorts(let types): selectTypes(types)
        case .words(let types): selectTypes(types)
        }
        if cut > 0, !places.isEmpty { cutPlaces() }
        if !tests.isEmpty, !places.isEmpty { applyTests() }
        if !ordinals.isEmpty, !places.isEmpty { applyOrdinals() }
    }

    /// Leaves out what has left of those that were found.
    private mutating func cutSets() {
        let seconds = block.seconds
        var first = Int(block.starts[people.lowerBound])
        for index in sets.indices {
            var rest = sets[index]
            while rest != 0 {
                let place = rest.trailingZeroBitCount
                rest &= rest &- 1
                if seconds[first &+ place] < cut { sets[index] &= ~(1 << UInt64(place)) }
            }
            first &+= 64
        }
    }

    /// Leaves out what has left of those that were selected.
    private mutating func cutPlaces() {
        let seconds = block.seconds
        for i in masks.indices where seconds[Int(places[i])] < cut { masks[i] &= firsts }
        dropUntaken()
    }

    /// Leaves out those that no matcher takes any more.
    private mutating func dropUntaken() {
        var kept = 0
        for i in masks.indices {
            places[kept] = places[i]
            masks[kept] = masks[i]
            kept += masks[i] != 0 ? 1 : 0
        }
        places.removeLast(places.count - kept)
        masks.removeLast(masks.count - kept)
    }

    private mutating func find<Number: FixedWidthInteger & BitwiseCopyable & Sendable>(
        _ types: [Number],
        _ wanted: [Int]
    ) {
        let range = Int(block.starts[people.lowerBound])..<Int(block.starts[people.upperBound])
        // A type that the column is too narrow for has no events in it.
        let search = NumberSearch(wanted.compactMap { Number(exactly: $0) })
        sets.append(addingCapacity: (range.count + 63) / 64) { sets in
            search.forEachSet(in: types.span, range) { _, set in sets.append(set) }
        }
    }

    private mutating func selectTypes<Number: FixedWidthInteger & BitwiseCopyable & Sendable>(_ types: [Number]) {
        // A type that the column is too narrow for has no events in it.
        let search = fewTypes.map { types in NumberSearch(types.compactMap { Number(exactly: $0) }) }
        let all = Int(block.starts[people.lowerBound])..<Int(block.starts[people.upperBound])
        if block.hidden.isEmpty { return select(types, search, all) }
        // To look at each person apart takes time of its own: worth while where most are hidden.
        if people.count(where: { !block.hidden[$0] }) * 4 >= people.count {
            select(types, search, all)
            dropHidden()
            return
        }
        for person in people where !block.hidden[person] {
            select(types, search, Int(block.starts[person])..<Int(block.starts[person + 1]))
        }
    }

    /// Takes back the events of people who are hidden.
    private mutating func dropHidden() {
        var kept = 0
        Self.dropHidden(people, block.hidden, block.starts, &places, &masks, &kept)
        places.removeLast(places.count - kept)
        masks.removeLast(masks.count - kept)
    }

    private static func dropHidden(
        _ people: Range<Int>,
        _ hidden: [Bool],
        _ starts: [UInt32],
        _ places: inout [Int32],
        _ masks: inout [UInt64],
        _ kept: inout Int
    ) {
        let (hidden, starts, count) = (hidden.span, starts.span, places.count)
        var places = places.mutableSpan
        var masks = masks.mutableSpan
        var next = 0
        for person in people {
            let (end, isShown) = (Int32(truncatingIfNeeded: starts[person + 1]), hidden[person] ? 0 : 1)
            while next < count, places[next] < end {
                places[kept] = places[next]
                masks[kept] = masks[next]
                kept += isShown
                next += 1
            }
        }
    }

    private mutating func select<Number: FixedWidthInteger & BitwiseCopyable & Sendable>(
        _ types: [Number],
        _ search: NumberSearch<Number>?,
        _ range: Range<Int>
    ) {
        if let search {
            selectFew(types, search, range)
        } else {
            selectMany(types, range)
        }
    }

    private mutating func selectFew<Number: FixedWidthInteger & BitwiseCopyable & Sendable>(
        _ types: [Number],
        _ search: NumberSearch<Number>,
        _ range: Range<Int>
    ) {
        let first = places.count
        Self.find(types, search, range, block.seconds, &places)
        var kept = first
        masks.append(contentsOf: repeatElement(0, count: places.count - first))
        Self.keepCounted(types, block.seconds, times, masksByType, first..<places.count, &places, &masks, &kept)
        places.removeLast(places.count - kept)
        masks.removeLast(masks.count - kept)
    }

    private static func find<Number: FixedWidthInteger & BitwiseCopyable & Sendable>(
        _ types: [Number],
        _ search: NumberSearch<Number>,
        _ range: Range<Int>,
        _ seconds: [UInt32],
        _ places: inout [Int32]
    ) {
        let seconds = seconds.span
        places.append(addingCapacity: range.count) { places in
            search.forEachPlace(in: types.span, range) { place in
                places.append(Int32(truncatingIfNeeded: place))
                seconds.prefetch(place)
            }
        }
    }

    /// Apart from the search, which has sent for the times: they lie far apart, and are here when it is done.
    private static func keepCounted(
        _ types: [some FixedWidthInteger & Sendable],
        _ seconds: [UInt32],
        _ times: Range<UInt32>,
        _ masksByType: [UInt64],
        _ found: Range<Int>,
        _ places: inout [Int32],
        _ masks: inout [UInt64],
        _ kept: inout Int
    ) {
        let (first, span) = (times.lowerBound, times.upperBound &- times.lowerBound)
        let (types, seconds, masksByType) = (types.span, seconds.span, masksByType.span)
        var places = places.mutableSpan
        var masks = masks.mutableSpan
        for index in found {
            let place = places[index]
            places[kept] = place
            masks[kept] = masksByType[Int(types[Int(place)])]
            kept += seconds[Int(place)] &- first < span ? 1 : 0
        }
    }

    /// Without a branch that depends on the events: each is written down, and kept if it is taken.
    private mutating func selectMany(_ types: [some FixedWidthInteger & Sendable], _ range: Range<Int>) {
        var kept = places.count
        places.append(contentsOf: repeatElement(0, count: range.count))
        masks.append(contentsOf: repeatElement(0, count: range.count))
        Self.select(types, block.seconds, times, masksByType, range, &places, &masks, &kept)
        places.removeLast(places.count - kept)
        masks.removeLast(masks.count - kept)
    }

    private static func select(
        _ types: [some FixedWidthInteger & Sendable],
        _ seconds: [UInt32],
        _ times: Range<UInt32>,
        _ masksByType: [UInt64],
        _ range: Range<Int>,
        _ places: inout [Int32],
        _ masks: inout [UInt64],
        _ kept: inout Int
    ) {
        let span = times.upperBound &- times.lowerBound
        let (types, seconds, masksByType) = (types.span, seconds.span, masksByType.span)
        var places = places.mutableSpan
        var masks = masks.mutableSpan
        for place in range {
            let type = Int(types[place])
            let mask = type < masksByType.count ? masksByType[type] : 0
            let isCounted: UInt8 = seconds[place] &- times.lowerBound < span ? 1 : 0
            let isMeant: UInt8 = mask != 0 ? 1 : 0
            places[kept] = Int32(truncatingIfNeeded: place)
            masks[kept] = mask
            kept += Int(isCounted & isMeant)
        }
    }

    private mutating func applyTests() {
        for test in tests {
            guard let column = block.columns[test.property] else {
                // The property is loaded, so the block has no events with it: all have no value.
                if !test.passes[0] { for i in masks.indices { masks[i] &= ~test.matchers } }
                continue
            }
            switch column {
            case .bytes(let codes): apply(test, codes)
            case .shorts(let codes): apply(test, codes)
            case .words(let codes): apply(test, codes)
            }
        }
        dropUntaken()
    }

    /// What counts stays taken by the matchers that count it, so no event is left without any.
    private mutating func applyOrdinals() {
        var counts = [Int](repeating: 0, count: ordinals.count)
        var next = 0
        for person in people {
            let end = Int32(truncatingIfNeeded: block.starts[person + 1])
            for index in counts.indices { counts[index] = 0 }
            while next < places.count, places[next] < end {
                let second = Int64(block.seconds[Int(places[next])])
                for (index, ordinal) in ordinals.enumerated() {
                    let isCounted = masks[next] & ordinal.counted != 0 && second >= ordinal.from
                    counts[index] += isCounted ? 1 : 0
                    if !isCounted || counts[index] != ordinal.number { masks[next] &= ~ordinal.narrowed }
                }
                next += 1
            }
        }
    }

    private mutating func apply(_ test: EventScan.Test, _ codes: [some FixedWidthInteger & Sendable]) {
        for i in masks.indices where !test.passes[Int(codes[Int(places[i])])] { masks[i] &= ~test.matchers }
    }
}

extension EventBlock {
    /// The place of a person's earliest event of one of these types; `nil` without one.
    public func firstPlace(ofPerson index: Int, types wanted: [Bool]) -> Int? {
        places(ofPerson: index).first { place in
            let type = Int(types[place])
            return type < wanted.count && wanted[type]
        }
    }
}
