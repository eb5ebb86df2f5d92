import EventModel
import Storage

/// Clusters all events of some rows by person, with a counting sort over the dense numbers of people.
///
/// The store is read twice: to count each person's events, and to put each where it belongs. Putting each there at once
/// would touch memory all over, so a segment of the events is parted into buckets of neighbouring people first.
struct Clustering: Sendable {
    let store: any EventStore
    let people: People
    let rows: Range<Int>
    /// Only these people's events.
    var persons: Range<Int32> = 0..<Int32.max
    let split: WorkSplit

    func block() throws(EventStoreError) -> ClusteredBlock {
        let types = try store.eventTypes()
        let counts = try counts()
        var largest = UInt32(types.map(\.key.number).max() ?? 0)
        while true {
            var places = PersonPlaces(firstPerson: persons.lowerBound, counts: [counts.byPerson])
            var found: UInt32 = 0
            var result =
                switch CodeColumn.width(largest: largest) {
                case 1: try place(&places, counts, &found, UInt8.self) { .bytes($0) }
                case 2: try place(&places, counts, &found, UInt16.self) { .shorts($0) }
                default: try place(&places, counts, &found, UInt32.self) { .words($0) }
                }
            // A type that was not among the names known: once more, with room for it.
            if CodeColumn.width(largest: found) > CodeColumn.width(largest: largest) {
                largest = found
                continue
            }
            try result.sort(places.disordered(result.block.seconds)) { arrivals throws(EventStoreError) in
                let segments = ArrivalSegment.all(of: rows, split)
                return try ClusteredBlock.longs(.time, of: arrivals, segments, from: store)
            }
            return result
        }
    }

    // MARK: Counting

    struct Counts: Sendable {
        /// Counted from the first of `persons`.
        var byPerson: [UInt32] = []
        /// By segment and part of it: events of each neighbourhood.
        fileprivate var byPart: [[[UInt32]]] = []
    }

    func counts() throws(EventStoreError) -> Counts {
        let segments = split.segments(of: rows)
        let threads = segments.map(\.count).max() ?? 0
        let byThread = try concurrently(threads) { thread throws(EventStoreError) in
            var byPerson: [UInt32] = []
            var byPart: [[UInt32]] = []
            for segment in segments where thread < segment.count {
                var part: [UInt32] = []
                try store.readNumbers(.user, EventSelection(rows: segment[thread])) { users in
                    makeRoom(for: users, &byPerson, &part)
                    var byPerson = byPerson.mutableSpan
                    var part = part.mutableSpan
                    for i in users.indices {
                        let index = Int(people.person(ofKey: users[i])) &- Int(persons.lowerBound)
                        if UInt(bitPattern: index) < UInt(bitPattern: byPerson.count) {
                            byPerson[index] &+= 1
                            part[index &>> Neighbourhoods.bits] &+= 1
                        }
                    }
                }
                byPart.append(part)
            }
            return (byPerson: byPerson, byPart: byPart)
        }
        var counts = Counts()
        counts.byPerson = byThread.map(\.byPerson).max { $0.count < $1.count } ?? []
        let longest = byThread.firstIndex { $0.byPerson.count == counts.byPerson.count }
        for (thread, own) in byThread.enumerated() where thread != longest {
            for index in own.byPerson.indices { counts.byPerson[index] += own.byPerson[index] }
        }
        counts.byPart = segments.indices.map { segment in
            segments[segment].indices.map { byThread[$0].byPart[segment] }
        }
        return counts
    }

    private func makeRoom(for users: Span<Int32>, _ byPerson: inout [UInt32], _ part: inout [UInt32]) {
        var largest: Int32 = 0
        for i in users.indices { largest = max(largest, people.person(ofKey: users[i])) }
        let needed = Int(min(largest, persons.upperBound - 1)) - Int(persons.lowerBound) + 1
        if needed > byPerson.count {
            // Half as much again, so that this happens seldom.
            let count = min(max(needed, byPerson.count * 3 / 2), persons.count)
            byPerson.append(contentsOf: repeatElement(0, count: count - byPerson.count))
        }
        let neighbourhoods = (byPerson.count - 1) >> Neighbourhoods.bits + 1
        if byPerson.count > 0, neighbourhoods > part.count {
            part.append(contentsOf: repeatElement(0, count: neighbourhoods - part.count))
        }
    }

    // MARK: Placing

    private func place<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>(
        _ places: inout PersonPlaces,
        _ counts: Counts,
        _ largestType: inout UInt32,
        _: Code.Type,
        _ column: ([Code]) -> CodeColumn
    ) throws(EventStoreError) -> ClusteredBlock {
        var largest: UInt32 = 0
        defer { largestType = largest }
        // One segment at a time passes through these.
        let most = counts.byPart.map { $0.joined().reduce(0) { $0 + Int($1) } }.max() ?? 0
        var events = [ArrivingEvent](repeating: ArrivingEvent(person: 0, arrival: 0, time: 0), count: most)
        var codes = [Code](repeating: 0, count: most)
        return try ClusteredBlock(&places, Code.self, column) { columns throws(EventStoreError) in
            for (segment, counts) in zip(split.segments(of: rows), counts.byPart) {
                let buckets = EventBuckets(counts)
                try events.withSharedElements { events throws(EventStoreError) in
                    try codes.withSharedElements { codes throws(EventStoreError) in
                        let types = try concurrently(segment.count) { part throws(EventStoreError) in
                            try fill(buckets, part, rows: segment[part], events, codes)
                        }
                        largest = max(largest, types.max() ?? 0)
                        let shares = buckets.shares(split.threads * 4)
                        _ = concurrently(shares.count) { share in
                            for index in shares[share] {
                                columns.place(events.get(index), type: codes.get(index), columns.cursors[0])
                            }
                        }
                    }
                }
            }
        }
    }

    /// Reads a part and puts its events into buckets.
    ///
    /// - Returns: the largest number of an event type.
    private func fill<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>(
        _ buckets: EventBuckets,
        _ part: Int,
        rows part_: Range<Int>,
        _ events: SharedElements<ArrivingEvent>,
        _ codes: SharedElements<Code>
    ) throws(EventStoreError) -> UInt32 {
        var next = buckets.starts(ofPart: part)
        let shift = buckets.bits
        var arrival = UInt32(part_.lowerBound - rows.lowerBound)
        var largest: UInt32 = 0
        try store.readEvents(EventSelection(rows: part_)) { users, times, types in
            var next = next.mutableSpan
            for i in users.indices {
                let person = people.person(ofKey: users[i])
                let bucket = (Int(person) &- Int(persons.lowerBound)) &>> shift
                if UInt(bitPattern: bucket) < UInt(bitPattern: next.count), person < persons.upperBound {
                    let type = UInt32(truncatingIfNeeded: types[i])
                    largest = max(largest, type)
                    events.set(next[bucket], ArrivingEvent(person: person, arrival: arrival, time: times[i]))
                    codes.set(next[bucket], Code(truncatingIfNeeded: type))
                    next[bucket] &+= 1
                }
                arrival &+= 1
            }
        }
        return largest
    }
}
