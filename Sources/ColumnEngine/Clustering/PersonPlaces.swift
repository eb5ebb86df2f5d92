/// An event on its way to its place. `arrival` counts events in arrival order.
struct ArrivingEvent: Sendable, BitwiseCopyable {
    var person: Int32
    var arrival: UInt32
    /// Milliseconds.
    var time: Int64
}

/// Who has how many events, and so where each event goes: a counting sort, which keeps arrival order within a person.
struct PersonPlaces: Sendable {
    /// Of the first count.
    let firstPerson: Int32
    private(set) var people: [Int32] = []
    private(set) var starts: [UInt32] = [0]
    /// For each stretch of arrivals that is placed by itself: by person, counted from the first.
    private var cursors: [[Cursor]]
    /// Where the events of one stretch follow on those of another: a person's index, and the first place that follows.
    private var seams: [(person: Int, place: Int)] = []

    /// Where a person's next event goes, and what is known of the one before.
    struct Cursor: Sendable, BitwiseCopyable {
        var place: UInt32
        var isDisordered = false
        var time = Int64.min
    }

    /// - Parameter counts: each person's events in each stretch of arrivals.
    init(firstPerson: Int32, counts: [[UInt32]]) {
        self.firstPerson = firstPerson
        let persons = counts.map(\.count).max() ?? 0
        cursors = counts.map { _ in [] }
        for stretch in counts.indices { cursors[stretch].reserveCapacity(persons) }
        var place: UInt32 = 0
        for index in 0..<persons {
            let start = place
            for stretch in counts.indices {
                cursors[stretch].append(Cursor(place: place))
                guard index < counts[stretch].count, counts[stretch][index] > 0 else { continue }
                if place > start { seams.append((people.count, Int(place))) }
                place += counts[stretch][index]
            }
            if place > start {
                people.append(firstPerson + Int32(index))
                starts.append(place)
            }
        }
    }

    /// Number of events.
    var count: Int { Int(starts[people.count]) }

    /// Lends each stretch's cursors to threads that place events.
    mutating func withCursors<Failure: Error>(
        _ body: ([SharedElements<Cursor>]) throws(Failure) -> Void
    ) throws(Failure) {
        try Self.withCursors(&cursors[...], [], body)
    }

    private static func withCursors<Failure: Error>(
        _ cursors: inout ArraySlice<[Cursor]>,
        _ lent: [SharedElements<Cursor>],
        _ body: ([SharedElements<Cursor>]) throws(Failure) -> Void
    ) throws(Failure) {
        guard let first = cursors.indices.first else { return try body(lent) }
        var own = cursors[first]
        cursors[first] = []
        var rest = cursors.dropFirst()
        try own.withSharedElements { own throws(Failure) in try withCursors(&rest, lent + [own], body) }
        cursors = [own] + rest
    }

    /// Indexes of people some event of whom may be earlier than the one that arrived before it.
    func disordered(_ seconds: [UInt32]) -> [Int] {
        // Equal seconds may yet be in order.
        var found = Set(seams.lazy.filter { seconds[$0.place] <= seconds[$0.place - 1] }.map(\.person))
        for cursors in cursors where cursors.contains(where: \.isDisordered) {
            for (index, person) in people.enumerated() where cursors[Int(person - firstPerson)].isDisordered {
                found.insert(index)
            }
        }
        return found.sorted()
    }
}

/// The columns of a block while its events are placed.
struct PlacedColumns<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>: Sendable {
    let firstPerson: Int32
    /// Of each stretch of arrivals.
    let cursors: [SharedElements<PersonPlaces.Cursor>]
    let arrivals: SharedElements<UInt32>
    let seconds: SharedElements<UInt32>
    let types: SharedElements<Code>

    /// - Parameter cursors: of the stretch in which the event arrived.
    /// - Precondition: no other thread places this person's events of this stretch.
    @inline(__always)
    func place(_ event: ArrivingEvent, type: Code, _ cursors: SharedElements<PersonPlaces.Cursor>) {
        let index = Int(event.person &- firstPerson)
        var cursor = cursors.get(index)
        let place = Int(cursor.place)
        cursor.place &+= 1
        cursor.isDisordered = cursor.isDisordered || event.time < cursor.time
        cursor.time = event.time
        cursors.set(index, cursor)
        arrivals.set(place, event.arrival)
        seconds.set(place, EventBlock.seconds(ofMilliseconds: event.time))
        types.set(place, type)
    }
}

extension ClusteredBlock {
    /// Makes a block whose events `fill` places.
    init<Code, Failure: Error>(
        _ places: inout PersonPlaces,
        _: Code.Type,
        _ column: ([Code]) -> CodeColumn,
        fill: (PlacedColumns<Code>) throws(Failure) -> Void
    ) throws(Failure) {
        var seconds: [UInt32] = []
        var types: [Code] = []
        let count = places.count
        let firstPerson = places.firstPerson
        var arrivals: [UInt32] = []
        try places.withCursors { cursors throws(Failure) in
            arrivals = try [UInt32](count: count) { arrivals throws(Failure) in
                seconds = try [UInt32](count: count) { seconds throws(Failure) in
                    types = try [Code](count: count) { types throws(Failure) in
                        try fill(
                            PlacedColumns(
                                firstPerson: firstPerson,
                                cursors: cursors,
                                arrivals: arrivals,
                                seconds: seconds,
                                types: types
                            )
                        )
                    }
                }
            }
        }
        block = EventBlock(
            people: places.people,
            starts: places.starts,
            seconds: seconds,
            types: column(types)
        )
        self.arrivals = arrivals
    }

    /// Sorts the events of some people by time, ties in arrival order.
    ///
    /// - Parameters:
    ///   - people: their indexes.
    ///   - times: gives the milliseconds of events by their arrivals.
    mutating func sort<Failure: Error>(
        _ people: [Int],
        times: ([UInt32]) throws(Failure) -> [Int64]
    ) throws(Failure) {
        if people.isEmpty { return }
        let places = people.flatMap { block.places(ofPerson: $0) }
        let before = places.map { arrivals[$0] }
        let types = places.map { block.types[$0] }
        let times = try times(before)
        var order = Array(places.indices)
        var first = 0
        for person in people {
            let end = first + block.places(ofPerson: person).count
            order[first..<end].sort { a, b in times[a] != times[b] ? times[a] < times[b] : before[a] < before[b] }
            first = end
        }
        var sorted = block.seconds
        for (place, source) in zip(places, order) {
            arrivals[place] = before[source]
            sorted[place] = EventBlock.seconds(ofMilliseconds: times[source])
        }
        block.setOrder(seconds: sorted, places, order.map { types[$0] })
    }
}

extension EventBlock {
    fileprivate mutating func setOrder(seconds: [UInt32], _ places: [Int], _ types: [UInt32]) {
        self.seconds = seconds
        self.types.replace(places, types)
    }
}
