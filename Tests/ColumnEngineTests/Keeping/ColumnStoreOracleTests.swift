import EventModel
import QueryModel
import Storage
import Synchronization
import TestSupport
import Testing

@testable import ColumnEngine

/// A random project whose people are merged and parted again, and whose events come late, twice in a millisecond, and
/// from before 1970.
private struct RandomProject {
    private(set) var batches: [JournalBatch] = []
    private static let users: Int32 = 9
    static let types: Int32 = 6

    init(_ random: inout SeededRandom, batches count: Int) {
        var merged: Set<Int32> = []
        for sequence in 1...count {
            var batch = JournalBatch(
                sequence: JournalSequence(Int64(sequence)),
                receivedAt: Timestamp(milliseconds: 0)
            )
            if sequence == 1 { Self.name(&batch) }
            batch.contexts = [Numbered(ContextID(Int32(sequence)), Self.context(random.below(4)))]
            batch.propertySets = [
                Numbered(
                    PropertySetID(Int32(sequence)),
                    "{\"plan\":\(["1", "\"1\"", "null", "[2,\"b\"]"][random.below(4)])}"
                )
            ]
            batch.users = [UserFact(user: UserKey(Int32(1 + random.below(9))), userID: "user \(random.below(5))")]
            for _ in 0..<random.below(3) {
                if let merge = Self.merge(&random, &merged) { batch.merges.append(merge) }
            }
            for _ in 0..<random.below(7) { batch.events.append(Self.event(&random, sequence)) }
            batches.append(batch)
        }
    }

    private static func name(_ batch: inout JournalBatch) {
        batch.eventTypes = (1...types).map { Numbered(EventTypeID($0), "type \($0)") }
    }

    private static func context(_ number: Int) -> EventContext {
        var context = EventContext()
        context[.country] = [nil, "Germany", "3", "Côte d'Ivoire"][number]
        context[.osName] = [nil, "iOS", "iOS", nil][number]
        context[.osVersion] = [nil, "3", nil, "7"][number]
        return context
    }

    /// Nobody is merged into somebody who is merged: that could become a circle, which the writer forbids.
    private static func merge(_ random: inout SeededRandom, _ merged: inout Set<Int32>) -> Merge? {
        let from = Int32(1 + random.below(Int(users)))
        let time = Timestamp(milliseconds: 0)
        if merged.contains(from), random.below(2) == 0 {
            merged.remove(from)
            return Merge(from: UserKey(from), into: UserKey(from), time: time, cause: .unmapping)
        }
        // Chains go upwards only.
        guard from < users else { return nil }
        let into = from + 1 + Int32(random.below(Int(users - from)))
        merged.insert(from)
        return Merge(from: UserKey(from), into: UserKey(into), time: time, cause: .mapping)
    }

    private static func event(_ random: inout SeededRandom, _ sequence: Int) -> StoredEvent {
        let values = [
            nil, "1", "1.0", "\"1\"", "[1,\"x\"]", "[]", "{\"a\":[1]}", "true", "null", "\"\(random.below(400))\"",
        ]
        let value = values[random.below(values.count)]
        let time = Timestamp(
            milliseconds: [-5_000, 0, 7_000, 7_001, 7_001, 7_999, 8_000, 1 << 50][random.below(8)]
                + Int64(random.below(3)) * 1_000
        )
        var event = StoredEvent(
            user: UserKey(Int32(1 + random.below(Int(users)))),
            device: DeviceKey(1),
            carriesUserID: random.below(2) == 0,
            type: EventTypeID(Int32(1 + random.below(Int(types)))),
            time: time,
            clientTime: Timestamp(milliseconds: Int64(random.below(1_000))),
            uploadTime: time,
            sessionID: Int64(random.below(5)) - 1,
            context: ContextID(Int32(1 + random.below(sequence))),
            userProperties: PropertySetID(Int32(random.below(sequence + 1))),
            eventProperties: value.map { "{\"x\":\($0)}" } ?? "{}"
        )
        event.revenue = [nil, 1, 9.5, -1, 0][random.below(5)]
        return event
    }
}

// MARK: What must be shown, as plainly as it can be said.

private let all: [PropertyReference] = [
    .event(ExactText("x")), .user(ExactText("plan")), .builtIn(.country), .builtIn(.os), .revenue,
]

/// Who is deleted, as it changes while events arrive.
private final class Deletions: Sendable {
    private let now = Mutex(HiddenPeople.nobody)

    var hidden: HiddenPeople { now.withLock { $0 } }

    /// Now and then deletes somebody, or takes a deletion back.
    func change(_ random: inout SeededRandom, _ merges: [Merge]) {
        guard random.below(3) == 0 else { return }
        let identity = PlainIdentity(merges)
        let root = identity.root(of: 1 + random.below(9))
        let keys = (1...9).filter { identity.root(of: $0) == root }.map { UserKey(Int32($0)) }
        now.withLock { now in
            // Of whole people: nobody is merged with one who is deleted.
            let isDeleted = now.contains(keys[0])
            let all = isDeleted ? now.keys.subtracting(keys) : now.keys.union(keys)
            now = HiddenPeople(keys: all, version: now.version + 1)
        }
    }
}

/// Each person's events of some types in order, as text.
private func expected(
    _ batches: [JournalBatch],
    without hidden: HiddenPeople = .nobody,
    _ properties: Set<PropertyReference>,
    _ longs: Set<LongColumn>,
    _ types: Set<Int32>?
) -> [String] {
    let identity = PlainIdentity(batches.flatMap(\.merges))
    let contexts = batches.flatMap(\.contexts)
    let sets = batches.flatMap(\.propertySets)
    func label(_ property: PropertyReference, _ event: StoredEvent) -> String {
        let context = contexts.first { $0.key == event.context }?.value ?? EventContext()
        switch property {
        case .event: return labels(inObject: event.eventProperties)
        case .user, .userOrEvent: return labels(inObject: sets.first { $0.key == event.userProperties }?.value ?? "{}")
        case .context(let field): return context[field] ?? ""
        case .eventType: preconditionFailure("no column")
        case .builtIn(.country): return context[.country] ?? ""
        case .builtIn:
            let fields: [String?] = [context[.osName], context[.osVersion]]
            return fields.compactMap { $0 }.joined(separator: " ")
        case .revenue: return event.revenue.map { $0 == 9.5 ? "9.5" : String(Int($0)) } ?? ""
        }
    }
    let events = batches.flatMap(\.events).enumerated()
        .filter { types?.contains($0.element.type.number) ?? true }
        .filter { !hidden.contains($0.element.user) }
        .sorted { a, b in
            a.element.time != b.element.time ? a.element.time < b.element.time : a.offset < b.offset
        }
    return Dictionary(grouping: events) { identity.root(of: Int($0.element.user.number)) }.map {
        (person, events) -> String in
        let texts = events.map { _, event in
            let time = event.time.milliseconds
            let second = time < 0 ? "0" : time > 4_294_967_295_999 ? "\(UInt32.max)" : "\(time / 1000)"
            let values = all.filter(properties.contains).map { label($0, event) }
            let numbers = LongColumn.allCases.filter(longs.contains).map { column in
                switch column {
                case .sessionID: "\(event.sessionID)"
                case .clientTime: "\(event.clientTime.milliseconds)"
                case .time: "\(time)"
                }
            }
            return ([second, "\(event.type.number)"] + values + numbers).joined(separator: "/")
        }
        return "\(person): " + texts.joined(separator: " ") + " \(order(events.map(\.offset)))"
    }.sorted()
}

/// Indexes of numbers from the smallest to the largest.
private func order(_ numbers: [Int]) -> [Int] { numbers.indices.sorted { numbers[$0] < numbers[$1] } }

/// The labels of the one value that an object has, in the few forms that come up here.
private func labels(inObject object: String) -> String {
    guard let colon = object.firstIndex(of: ":") else { return "" }
    let json = object[object.index(after: colon)...].dropLast()
    return switch json {
    case "null", "[]": ""
    case "1", "1.0", "\"1\"": "1"
    case "[1,\"x\"]": "1,x"
    case "[2,\"b\"]": "2,b"
    default: json.filter { $0 != "\"" || json.hasPrefix("{") }
    }
}

private func shown(
    _ view: ColumnView,
    _ properties: Set<PropertyReference>,
    _ longs: Set<LongColumn>,
    _ types: Set<Int32>?
) -> [String] {
    view.blocks.flatMap { block in
        #expect(block.people == block.people.sorted())
        return block.people.indices.filter { block.hidden.isEmpty || !block.hidden[$0] }.compactMap {
            (person) -> String? in
            let places = block.places(ofPerson: person).filter { types?.contains(Int32(block.types[$0])) ?? true }
            if places.isEmpty { return nil }
            let texts = places.map { place in
                let values = all.filter(properties.contains).map { property in
                    view.values[property]![Int(block.columns[property]![place])].labels.joined(separator: ",")
                }
                let numbers = LongColumn.allCases.filter(longs.contains).map { "\(block.longs[$0]![place])" }
                return (["\(block.seconds[place])", "\(block.types[place])"] + values + numbers).joined(separator: "/")
            }
            let arrivals = places.map { Int(block.arrivals[$0]) }
            return "\(block.people[person]): " + texts.joined(separator: " ") + " \(order(arrivals))"
        }
    }
}

@Suite struct ColumnStoreOracleTests {
    /// Everything at once, little by little, and by ranges of people; on one thread and on several.
    @Test(
        "shows what a plain look through the journal shows, while events and merges arrive, and people are deleted",
        arguments: 0..<200
    )
    func random(seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        let project = RandomProject(&random, batches: 25)
        let store = MemoryEventStore(chunkSize: 3)
        let split =
            seed % 2 == 0
            ? WorkSplit.standard : WorkSplit(eventsPerSegment: 7, eventsPerThread: 2, threads: 1 + seed % 3)
        let smallTail = [0, 5, 1_000][random.below(3)]
        let budget = [1, 10_000, 100_000_000, 100_000_000][random.below(4)]
        let deletions = Deletions()
        let columns = ColumnStore(
            store,
            budget: budget,
            smallTail: smallTail,
            split: split,
            hiddenPeople: { deletions.hidden }
        )
        var batches: [JournalBatch] = []
        for (index, next) in project.batches.enumerated() {
            var batch = next
            let hidden = deletions.hidden
            batch.merges.removeAll { hidden.contains($0.from) || hidden.contains($0.into) }
            batches.append(batch)
            try store.append([batch])
            if seed % 3 > 0 { deletions.change(&random, batches.flatMap(\.merges)) }
            guard random.below(3) == 0 else { continue }
            // Now and then it starts anew, so that first views are met with any number of events.
            let columns =
                random.below(6) == 0
                ? ColumnStore(store, budget: nil, smallTail: 0, split: split) { deletions.hidden } : columns
            let properties = Set(all.filter { _ in random.below(3) == 0 })
            let longs = Set(LongColumn.allCases.filter { _ in random.below(4) == 0 })
            let types = random.below(2) == 0 ? nil : Set([1, 4].prefix(1 + random.below(2)).map { Int32($0) })
            var found: [String] = []
            do {
                if random.below(4) == 0 {
                    let plan = try await columns.plan(of: properties, longs: longs, most: 1 + random.below(20))
                    for range in plan.ranges {
                        found += shown(try await columns.view(range, plan), properties, longs, types)
                    }
                } else {
                    try await columns.forEachView(of: properties, longs: longs, types: types) { view in
                        found += shown(view, properties, longs, types)
                    }
                }
            } catch let error as EventStoreError {
                // Where even the values alone do not fit. Nothing else may be refused.
                try #require(error.code == .tooLarge && budget <= 10_000 && !properties.isEmpty)
                continue
            }
            let wanted = expected(batches, without: deletions.hidden, properties, longs, types)
            try #require(found.sorted() == wanted, "seed \(seed), after batch \(index + 1)")
        }
    }

    @Test("codes grow wider when there are more values, in the base and beside it")
    func widening() async throws {
        let property = PropertyReference.event(ExactText("x"))
        let store = MemoryEventStore()
        let columns = ColumnStore(store, budget: nil, smallTail: 10, split: WorkSplit(eventsPerSegment: 20_000))
        var sequence: Int64 = 0
        func append(_ values: Range<Int>) throws {
            sequence += 1
            var batch = JournalBatch(
                sequence: JournalSequence(sequence),
                receivedAt: Timestamp(milliseconds: 0)
            )
            batch.events = StoredEvents(
                values.map { value in
                    StoredEvent(
                        user: UserKey(Int32(value % 7)),
                        device: DeviceKey(1),
                        carriesUserID: false,
                        type: EventTypeID(Int32(value % 70_001)),
                        time: Timestamp(milliseconds: Int64(value) * 1000),
                        clientTime: Timestamp(milliseconds: 0),
                        uploadTime: Timestamp(milliseconds: 0),
                        context: ContextID(1),
                        eventProperties: "{\"x\":\(value)}"
                    )
                }
            )
            try store.append([batch])
        }
        func widths() async throws -> [Int] {
            let view = try await columns.view(of: [property])
            for block in view.blocks {
                for place in 0..<block.count where !block.isHidden(block.people.firstIndex { _ in true }!) {
                    let second = block.seconds[place]
                    try #require(view.values[property]![Int(block.columns[property]![place])].labels == ["\(second)"])
                    try #require(block.types[place] == second % 70_001)
                }
            }
            return view.blocks.map { $0.columns[property]!.width }
        }
        try append(0..<255)
        #expect(try await widths() == [1])
        try append(255..<260)
        #expect(try await widths() == [1, 2], "the joined block alone has the new values")
        try append(260..<400)
        #expect(try await widths() == [2])
        try append(400..<70_100)
        #expect(try await widths() == [4])
    }

    @Test("columns that are not needed go when the budget is short; those of a view in use still count")
    func budget() async throws {
        let store = MemoryEventStore()
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        batch.events = StoredEvents(
            (0..<1_000).map { index in
                StoredEvent(
                    user: UserKey(1),
                    device: DeviceKey(1),
                    carriesUserID: false,
                    type: EventTypeID(1),
                    time: Timestamp(milliseconds: Int64(index)),
                    clientTime: Timestamp(milliseconds: 0),
                    uploadTime: Timestamp(milliseconds: 0),
                    context: ContextID(1)
                )
            }
        )
        try store.append([batch])
        let columns = ColumnStore(store, budget: 22_000)
        var inUse: ColumnView? = try await columns.view(of: [], longs: [.sessionID])
        let one = await columns.residentBytes
        #expect((17_000...20_000).contains(one), "9 bytes an event and 8 for a whole number")
        let other = try await columns.view(of: [], longs: [.clientTime])
        let both = await columns.residentBytes
        #expect(both - one == 8_000, "the first one is still in use")
        #expect(inUse?.blocks[0].longs[.sessionID]?.count == 1_000 && inUse?.blocks[0].longs[.clientTime] == nil)
        #expect(other.blocks[0].longs[.clientTime]?.count == 1_000)
        inUse = nil
        #expect(await columns.residentBytes == one)
        let error = await #expect(throws: EventStoreError.self) {
            try await columns.view(of: [], longs: [.sessionID, .clientTime])
        }
        #expect(error?.code == .tooLarge)
        var events = 0
        try await columns.forEachView(of: [], longs: [.sessionID, .clientTime]) { view in
            events += view.blocks.reduce(0) { $0 + $1.longs[.clientTime]!.count }
        }
        #expect(events == 1_000)
    }

    @Test("a property whose values alone do not fit is refused by name, again and again, and others still answer")
    func tooManyValues() async throws {
        let store = MemoryEventStore()
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        batch.events = StoredEvents(
            (0..<2_000).map { index in
                StoredEvent(
                    user: UserKey(Int32(index % 100)),
                    device: DeviceKey(1),
                    carriesUserID: false,
                    type: EventTypeID(1),
                    time: Timestamp(milliseconds: Int64(index)),
                    clientTime: Timestamp(milliseconds: 0),
                    uploadTime: Timestamp(milliseconds: 0),
                    context: ContextID(1),
                    eventProperties: "{\"url\":\"https://example.org/\(index)\",\"small\":1}"
                )
            }
        )
        try store.append([batch])
        let columns = ColumnStore(store, budget: 60_000)
        for _ in 0..<2 {
            let error = await #expect(throws: EventStoreError.self) {
                try await columns.forEachView(of: [.event(ExactText("url"))]) { _ in }
            }
            #expect(error?.code == .tooLarge && error?.message.contains("\"url\"") == true)
            var events = 0
            try await columns.forEachView(of: [.event(ExactText("small"))]) { view in
                events += view.blocks.reduce(0) { $0 + $1.count }
            }
            #expect(events == 2_000)
            #expect(await columns.residentBytes < 60_000)
        }
    }
}
