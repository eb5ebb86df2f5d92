import QueryModel
import Storage

/// The events of a few types, read at once: what a question is answered from before all columns are loaded.
struct SelectedEvents: Sendable {
    private(set) var clustered = ClusteredBlock()
    /// Where their columns are read from.
    let segment: ArrivalSegment

    /// - Parameter column: is read along with the events, for the properties that need it.
    init(
        _ selection: EventSelection,
        with column: NumberColumn?,
        of store: any EventStore,
        _ people: People,
        _ split: WorkSplit
    ) throws(EventStoreError) {
        let parts = split.parts(of: selection.rows).map { EventSelection(rows: $0, types: selection.types) }
        let found = try concurrently(parts.count) { part throws(EventStoreError) in
            var events: [Event] = []
            var numbers: [Int32] = []
            func append(_ users: Span<Int32>, _ times: Span<Int64>, _ types: Span<Int32>) {
                for i in users.indices {
                    events.append(
                        Event(
                            person: people.person(ofKey: users[i]),
                            type: UInt32(truncatingIfNeeded: types[i]),
                            time: times[i]
                        )
                    )
                }
            }
            if let column {
                try store.readEvents(parts[part], with: column) { users, times, types, alongside in
                    append(users, times, types)
                    for i in alongside.indices { numbers.append(alongside[i]) }
                }
            } else {
                try store.readEvents(parts[part], append)
            }
            return Part(events, numbers)
        }
        var segment = ArrivalSegment(parts: [], alongside: column.map { ($0, found.map(\.numbers)) })
        for (part, found) in zip(parts, found) {
            let first = segment.arrivals.upperBound
            segment.parts.append(.init(selection: part, arrivals: first..<first + found.events.count))
        }
        self.segment = segment
        clustered = Self.cluster(found, selection.types?.max() ?? .max)
    }

    /// Loads a property of them all.
    mutating func load(
        _ property: PropertyReference,
        through reader: inout PropertyReader,
        from store: any EventStore,
        dictionaryLimit: Int
    ) throws(EventStoreError) {
        try clustered.load(property, through: &reader, [segment], from: store, dictionaryLimit: dictionaryLimit)
    }

    /// Loads whole numbers of them all.
    mutating func load(_ column: LongColumn, from store: any EventStore) throws(EventStoreError) {
        try clustered.load(column, [segment], from: store)
    }

    // MARK: Clustering

    private struct Event: Sendable, BitwiseCopyable {
        var person: Int32
        var type: UInt32
        /// Milliseconds.
        var time: Int64
    }

    private struct BucketedEvent: Sendable, BitwiseCopyable {
        var event: Event
        var arrival: UInt32

        init(_ event: Event, arrival: UInt32) {
            self.event = event
            self.arrival = arrival
        }

        var arriving: ArrivingEvent { ArrivingEvent(person: event.person, arrival: arrival, time: event.time) }
    }

    /// Events that one thread has read, in arrival order.
    private struct Part: Sendable {
        var events: [Event]
        /// What was read along with them.
        var numbers: [Int32]
        /// One more than the largest number of a person.
        var persons: Int
        /// By neighbourhood: its events.
        var neighbourhoods: [UInt32]

        init(_ events: [Event], _ numbers: [Int32]) {
            self.events = events
            self.numbers = numbers
            persons = events.reduce(0) { max($0, Int($1.person) + 1) }
            neighbourhoods = Array(repeating: 0, count: persons >> Neighbourhoods.bits + 1)
            for event in events { neighbourhoods[Int(event.person) >> Neighbourhoods.bits] += 1 }
        }
    }

    private static func cluster(_ parts: [Part], _ largestType: Int32) -> ClusteredBlock {
        let found = parts.map(\.events)
        let count = found.reduce(0) { $0 + $1.count }
        let persons = parts.map(\.persons).max() ?? 0
        // A table by person, unless there are far more numbers of people than events.
        guard persons <= 16 * count + 1_000 else { return sparse(found) }
        let buckets = EventBuckets(parts.map(\.neighbourhoods))
        let firstArrivals = found.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        let events = [BucketedEvent](count: count) { events in
            _ = concurrently(found.count) { part in
                var next = buckets.starts(ofPart: part)
                for (index, event) in found[part].enumerated() {
                    let bucket = Int(event.person) &>> buckets.bits
                    events.set(next[bucket], BucketedEvent(event, arrival: UInt32(firstArrivals[part] + index)))
                    next[bucket] += 1
                }
            }
        }
        let shares = buckets.shares(4 * found.count)
        var counts = [UInt32](repeating: 0, count: persons)
        counts.withSharedElements { counts in
            _ = concurrently(shares.count) { share in
                for index in shares[share] { counts.update(Int(events[index].event.person)) { $0 &+ 1 } }
            }
        }
        var places = PersonPlaces(firstPerson: 0, counts: [counts])
        func block<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>(
            _: Code.Type,
            _ column: ([Code]) -> CodeColumn
        ) -> ClusteredBlock {
            ClusteredBlock(&places, Code.self, column) { columns in
                _ = concurrently(shares.count) { share in
                    for index in shares[share] {
                        let event = events[index]
                        columns.place(
                            event.arriving,
                            type: Code(truncatingIfNeeded: event.event.type),
                            columns.cursors[0]
                        )
                    }
                }
            }
        }
        var result =
            switch CodeColumn.width(largest: UInt32(clamping: largestType)) {
            case 1: block(UInt8.self) { .bytes($0) }
            case 2: block(UInt16.self) { .shorts($0) }
            default: block(UInt32.self) { .words($0) }
            }
        result.sort(places.disordered(result.block.seconds)) { arrivals in
            let times = found.joined().map(\.time)
            return arrivals.map { times[Int($0)] }
        }
        return result
    }

    private static func sparse(_ found: [[Event]]) -> ClusteredBlock {
        let events = Array(found.joined())
        let order = events.indices.sorted { a, b in
            (events[a].person, events[a].time, a) < (events[b].person, events[b].time, b)
        }
        var people: [Int32] = []
        var starts: [UInt32] = []
        for (place, index) in order.enumerated() where people.last != events[index].person {
            people.append(events[index].person)
            starts.append(UInt32(place))
        }
        var result = ClusteredBlock()
        result.block = EventBlock(
            people: people,
            starts: starts + [UInt32(order.count)],
            seconds: order.map { EventBlock.seconds(ofMilliseconds: events[$0].time) },
            types: CodeColumn(order.map { events[$0].type })
        )
        result.arrivals = order.map { UInt32($0) }
        return result
    }
}
