import QueryModel
import Storage

/// The events of a few types, read at once: what a question is answered from before all columns are loaded.
struct SelectedEvents: Sendable {
    private(set) var clustered = ClusteredBlock()
    /// Where their columns are read from.
    let segment: ArrivalSegment

    init(
        _ selection: EventSelection,
        of store: any EventStore,
        _ people: People,
        _ split: Split
    ) throws(EventStoreError) {
        let parts = split.parts(of: selection.rows).map { EventSelection(rows: $0, types: selection.types) }
        let found = try concurrently(parts.count) { part throws(EventStoreError) in
            var events: [Event] = []
            try store.readEvents(parts[part]) { users, times, types in
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
            return events
        }
        var segment = ArrivalSegment(parts: [])
        for (part, events) in zip(parts, found) {
            let first = segment.arrivals.upperBound
            segment.parts.append(.init(selection: part, arrivals: first..<first + events.count))
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

    /// - Parameter found: in arrival order.
    private static func cluster(_ found: [[Event]], _ largestType: Int32) -> ClusteredBlock {
        let count = found.reduce(0) { $0 + $1.count }
        let persons = (found.map { $0.reduce(-1) { max($0, Int($1.person)) } }.max() ?? -1) + 1
        // A table by person, unless there are far more numbers of people than events.
        guard persons <= 16 * count + 1_000 else { return sparse(found) }
        let counts = concurrently(found.count) { part in
            var counts = [UInt32](repeating: 0, count: persons)
            for event in found[part] { counts[Int(event.person)] += 1 }
            return counts
        }
        let firstArrivals = found.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        var placement = Placement(firstPerson: 0, counts: counts)
        func block<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>(
            _: Code.Type,
            _ column: ([Code]) -> CodeColumn
        ) -> ClusteredBlock {
            ClusteredBlock(&placement, Code.self, column) { columns in
                _ = concurrently(found.count) { part in
                    let cursors = columns.cursors[part]
                    for (index, event) in found[part].enumerated() {
                        columns.place(
                            ArrivingEvent(
                                person: event.person,
                                arrival: UInt32(firstArrivals[part] + index),
                                time: event.time
                            ),
                            type: Code(truncatingIfNeeded: event.type),
                            cursors
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
        result.sort(placement.disordered(result.block.seconds)) { arrivals in
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
        result.arrivals = order.map { UInt32($0) }
        result.block = EventBlock(
            people: people,
            starts: starts + [UInt32(order.count)],
            seconds: order.map { EventBlock.seconds(ofMilliseconds: events[$0].time) },
            types: CodeColumn(order.map { events[$0].type })
        )
        return result
    }
}
