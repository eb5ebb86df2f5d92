import QueryModel
import Storage

/// The events of a few types, read at once: what a query is answered from before all columns are loaded.
struct SelectedEvents: Sendable {
    /// One block for each thread, each with people of its own.
    private(set) var blocks: [ClusteredBlock] = []
    /// Where their columns are read from.
    let segment: ArrivalSegment

    init(_ selection: EventSelection, of store: any EventStore, _ people: People) throws(EventStoreError) {
        let parts = selection.rows.parts(ProcessorCount.active, atLeast: 100_000)
            .map { EventSelection(rows: $0, types: selection.types) }
        let found = try concurrently(parts.count) { part throws(EventStoreError) in
            var events = Arriving()
            try store.readEvents(parts[part]) { users, times, types in
                for i in users.indices {
                    events.people.append(people.person(ofKey: users[i]))
                    events.times.append(times[i])
                    events.types.append(UInt32(truncatingIfNeeded: types[i]))
                }
            }
            return events
        }
        var segment = ArrivalSegment(parts: [])
        for (part, events) in zip(parts, found) {
            let first = segment.arrivals.upperBound
            segment.parts.append(.init(selection: part, arrivals: first..<first + events.people.count))
        }
        self.segment = segment
        let largest = found.map { $0.people.max() ?? 0 }.max() ?? 0
        let persons = (0..<Int(largest) + 1).parts(parts.count, atLeast: 1)
        blocks = concurrently(persons.count) { Self.cluster(found, persons[$0]) }.filter { $0.block.count > 0 }
    }

    /// Loads a property of all blocks.
    mutating func load(
        _ property: PropertyReference,
        through reader: inout PropertyReader,
        from store: any EventStore,
        dictionaryLimit: Int
    ) throws(EventStoreError) {
        let codes = try reader.codes(of: segment, from: store, largest: dictionaryLimit)
        for index in blocks.indices {
            let own = blocks[index].arrivals.map { codes[Int($0)] }
            blocks[index].block.columns[property] = CodeColumn(own, largest: reader.dictionary.largestCode)
        }
    }

    /// Loads whole numbers of all blocks.
    mutating func load(_ column: LongColumn, from store: any EventStore) throws(EventStoreError) {
        let numbers = try segment.longs(column, from: store)
        for index in blocks.indices {
            blocks[index].block.longs[column] = blocks[index].arrivals.map { numbers[Int($0)] }
        }
    }

    // MARK: Clustering

    /// In arrival order.
    private struct Arriving {
        var people: [Int32] = []
        var times: [Int64] = []
        var types: [UInt32] = []
    }

    /// The block of some people.
    private static func cluster(_ found: [Arriving], _ persons: Range<Int>) -> ClusteredBlock {
        // A table by person, unless there are far more numbers of people than events.
        let events = found.reduce(0) { $0 + $1.people.count }
        let entries =
            persons.count <= 16 * events + 1_000 ? byCounting(found, persons) : bySorting(found, persons)
        var result = ClusteredBlock()
        result.arrivals = entries.events.map(\.arrival)
        result.block = EventBlock(
            people: entries.people,
            starts: entries.starts,
            seconds: entries.events.map { EventBlock.seconds(ofMilliseconds: $0.time) },
            types: CodeColumn(entries.events.map(\.type))
        )
        return result
    }

    private struct Event {
        var time: Int64 = 0
        var arrival: UInt32 = 0
        var type: UInt32 = 0

        static func isBefore(_ a: Event, _ b: Event) -> Bool {
            a.time != b.time ? a.time < b.time : a.arrival < b.arrival
        }
    }

    private typealias Entries = (people: [Int32], starts: [UInt32], events: [Event])

    private static func byCounting(_ found: [Arriving], _ persons: Range<Int>) -> Entries {
        var next = [UInt32](repeating: 0, count: persons.count + 1)
        for part in found {
            for person in part.people where persons.contains(Int(person)) {
                next[Int(person) - persons.lowerBound + 1] += 1
            }
        }
        var entries: Entries = ([], [0], [])
        for index in 0..<persons.count {
            let end = next[index] + next[index + 1]
            if end > next[index] {
                entries.people.append(Int32(persons.lowerBound + index))
                entries.starts.append(end)
            }
            next[index + 1] = end
        }
        entries.events = Array(repeating: Event(), count: Int(next[persons.count]))
        var arrival: UInt32 = 0
        for part in found {
            for (i, person) in part.people.enumerated() {
                if persons.contains(Int(person)) {
                    let place = Int(next[Int(person) - persons.lowerBound])
                    next[Int(person) - persons.lowerBound] += 1
                    entries.events[place] = Event(time: part.times[i], arrival: arrival, type: part.types[i])
                }
                arrival += 1
            }
        }
        for person in entries.people.indices {
            let places = Int(entries.starts[person])..<Int(entries.starts[person + 1])
            let isSorted = places.dropFirst().allSatisfy { entries.events[$0 - 1].time <= entries.events[$0].time }
            if !isSorted { entries.events[places].sort(by: Event.isBefore) }
        }
        return entries
    }

    private static func bySorting(_ found: [Arriving], _ persons: Range<Int>) -> Entries {
        var events: [(person: Int32, event: Event)] = []
        var arrival: UInt32 = 0
        for part in found {
            for (i, person) in part.people.enumerated() {
                if persons.contains(Int(person)) {
                    events.append((person, Event(time: part.times[i], arrival: arrival, type: part.types[i])))
                }
                arrival += 1
            }
        }
        events.sort { a, b in a.person != b.person ? a.person < b.person : Event.isBefore(a.event, b.event) }
        var entries: Entries = ([], [0], events.map(\.event))
        for (place, event) in events.enumerated() {
            if entries.people.last != event.person {
                entries.people.append(event.person)
                if place > 0 { entries.starts.append(UInt32(place)) }
            }
        }
        if !events.isEmpty { entries.starts.append(UInt32(events.count)) }
        return entries
    }
}
