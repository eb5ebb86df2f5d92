import EventModel
import Storage

/// Clusters all events of some rows by person, with a counting sort over the dense numbers of people.
///
/// The store is read twice: to count each person's events, and to put each where it belongs. So nothing is held but the
/// result and, for each thread, some bytes a person.
struct Clustering: Sendable {
    let store: any EventStore
    let people: People
    let rows: Range<Int>
    /// Only these people's events.
    var persons: Range<Int32> = 0..<Int32.max

    func block() throws(EventStoreError) -> ClusteredBlock {
        let types = try store.eventTypes()
        return try block(largestType: UInt32(types.map(\.key.number).max() ?? 0))
    }

    // MARK: Counting

    /// Events of each person, for each thread's share of the rows; the first person is the first of `persons`.
    func counts() throws(EventStoreError) -> [[UInt32]] {
        let parts = parts
        return try concurrently(parts.count) { part throws(EventStoreError) in
            var counts: [UInt32] = []
            try store.readNumbers(.user, EventSelection(rows: parts[part])) { users in
                makeRoom(for: users, in: &counts)
                var counts = counts.mutableSpan
                for i in users.indices {
                    let person = Int(people.person(ofKey: users[i])) &- Int(persons.lowerBound)
                    if UInt(bitPattern: person) < UInt(bitPattern: counts.count) { counts[person] &+= 1 }
                }
            }
            return counts
        }
    }

    private var parts: [Range<Int>] { rows.parts(ProcessorCount.active, atLeast: 100_000) }

    private func makeRoom(for users: Span<Int32>, in counts: inout [UInt32]) {
        var largest: Int32 = 0
        for i in users.indices { largest = max(largest, people.person(ofKey: users[i])) }
        let needed = Int(min(largest, persons.upperBound - 1)) - Int(persons.lowerBound) + 1
        // Twice as much, so that this seldom happens.
        if needed > counts.count {
            counts.append(
                contentsOf: repeatElement(0, count: max(needed, min(counts.count * 2, persons.count)) - counts.count)
            )
        }
    }

    // MARK: Placing

    /// Where a thread puts a person's next event, and what it knows of the one before.
    private struct Cursor {
        var place: UInt32
        var isDisordered = false
        var time = Int64.min
    }

    private func block(largestType: UInt32) throws(EventStoreError) -> ClusteredBlock {
        let counts = try counts()
        var result = ClusteredBlock()
        let cursors = cursors(counts, &result.block)
        let seams = seams(counts, cursors)
        let count = Int(result.block.starts[result.block.people.count])
        let placed =
            switch CodeColumn.width(largest: largestType) {
            case 1: try place(cursors, UInt8.self, count, &result) { .bytes($0) }
            case 2: try place(cursors, UInt16.self, count, &result) { .shorts($0) }
            default: try place(cursors, UInt32.self, count, &result) { .words($0) }
            }
        // A type that was not among the names known: once more, with room for it.
        if placed.largestType > largestType, CodeColumn.width(largest: placed.largestType) > result.block.types.width {
            return try block(largestType: placed.largestType)
        }
        var isDisordered = placed.isDisordered
        for (person, place) in seams where result.block.seconds[place] <= result.block.seconds[place - 1] {
            // Equal seconds may yet be in order; sorting finds out.
            isDisordered[person] = true
        }
        try sort(isDisordered, &result)
        return result
    }

    /// Each thread's cursor for each person; sets who is there, and from which place on.
    private func cursors(_ counts: [[UInt32]], _ block: inout EventBlock) -> [[Cursor]] {
        let persons = counts.map(\.count).max() ?? 0
        var cursors = counts.map { _ in
            var cursors: [Cursor] = []
            cursors.reserveCapacity(persons)
            return cursors
        }
        var place: UInt32 = 0
        for person in 0..<persons {
            let start = place
            for thread in counts.indices {
                cursors[thread].append(Cursor(place: place))
                if person < counts[thread].count { place += counts[thread][person] }
            }
            if place > start {
                block.people.append(self.persons.lowerBound + Int32(person))
                block.starts.append(place)
            }
        }
        return cursors
    }

    /// Where one thread's events of a person follow on another's: the person, and the place of the first that follows.
    private func seams(_ counts: [[UInt32]], _ cursors: [[Cursor]]) -> [(person: Int, place: Int)] {
        var seams: [(Int, Int)] = []
        for thread in counts.indices.dropFirst() {
            for person in counts[thread].indices where counts[thread][person] > 0 {
                let place = cursors[thread][person].place
                if place > cursors[0][person].place { seams.append((person, Int(place))) }
            }
        }
        return seams
    }

    private struct Placed {
        var largestType: UInt32 = 0
        /// By person: whether some event is earlier than the one that arrived before it.
        var isDisordered: [Bool] = []
    }

    private func place<Type: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>(
        _ cursors: [[Cursor]],
        _: Type.Type,
        _ count: Int,
        _ result: inout ClusteredBlock,
        _ column: ([Type]) -> CodeColumn
    ) throws(EventStoreError) -> Placed {
        var placed: [Placed] = []
        var seconds: [UInt32] = []
        var types: [Type] = []
        result.arrivals = try [UInt32](count: count) { (arrivals) throws(EventStoreError) in
            seconds = try [UInt32](count: count) { (seconds) throws(EventStoreError) in
                types = try [Type](count: count) { (types) throws(EventStoreError) in
                    let parts = parts
                    placed = try concurrently(parts.count) { part throws(EventStoreError) in
                        try place(parts[part], cursors[part], arrivals, seconds, types)
                    }
                }
            }
        }
        result.block.seconds = seconds
        result.block.types = column(types)
        return placed.dropFirst().reduce(into: placed[0]) { all, one in
            all.largestType = max(all.largestType, one.largestType)
            for person in one.isDisordered.indices where one.isDisordered[person] { all.isDisordered[person] = true }
        }
    }

    /// One thread's share.
    private func place<Type: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>(
        _ part: Range<Int>,
        _ cursors: [Cursor],
        _ arrivals: SharedElements<UInt32>,
        _ seconds: SharedElements<UInt32>,
        _ types: SharedElements<Type>
    ) throws(EventStoreError) -> Placed {
        var cursors = cursors
        var arrival = UInt32(part.lowerBound - rows.lowerBound)
        var largestType: UInt32 = 0
        try store.readEvents(EventSelection(rows: part)) { users, times, eventTypes in
            var cursors = cursors.mutableSpan
            for i in users.indices {
                let person = Int(people.person(ofKey: users[i])) &- Int(persons.lowerBound)
                if UInt(bitPattern: person) < UInt(bitPattern: cursors.count) {
                    let time = times[i]
                    let type = UInt32(truncatingIfNeeded: eventTypes[i])
                    let place = Int(cursors[person].place)
                    cursors[person].place &+= 1
                    if time < cursors[person].time { cursors[person].isDisordered = true }
                    cursors[person].time = time
                    arrivals.set(place, arrival)
                    seconds.set(place, EventBlock.seconds(ofMilliseconds: time))
                    types.set(place, Type(truncatingIfNeeded: type))
                    largestType = max(largestType, type)
                }
                arrival &+= 1
            }
        }
        return Placed(largestType: largestType, isDisordered: cursors.map(\.isDisordered))
    }

    // MARK: Sorting

    /// Sorts the events of those whose events did not arrive in the order of their times.
    private func sort(_ isDisordered: [Bool], _ result: inout ClusteredBlock) throws(EventStoreError) {
        let disordered = result.block.people.indices.filter {
            isDisordered[Int(result.block.people[$0] - persons.lowerBound)]
        }
        if disordered.isEmpty { return }
        let places = disordered.flatMap { result.block.places(ofPerson: $0) }
        let arrivals = places.map { result.arrivals[$0] }
        let types = places.map { result.block.types[$0] }
        let times = try ClusteredBlock.longs(.time, of: arrivals, ArrivalSegment.all(of: rows), from: store)
        var order = Array(places.indices)
        var first = 0
        for person in disordered {
            let end = first + result.block.places(ofPerson: person).count
            order[first..<end].sort { a, b in
                times[a] != times[b] ? times[a] < times[b] : arrivals[a] < arrivals[b]
            }
            first = end
        }
        for (place, source) in zip(places, order) {
            result.arrivals[place] = arrivals[source]
            result.block.seconds[place] = EventBlock.seconds(ofMilliseconds: times[source])
        }
        result.block.types.replace(places, order.map { types[$0] })
    }
}
