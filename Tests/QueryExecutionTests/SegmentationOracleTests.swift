import ColumnEngine
import EventModel
import Foundation
import JSONTape
import QueryModel
import Storage
import Testing

@testable import QueryExecution

/// An event as the oracle sees it: plain values, nothing encoded.
private struct PlainEvent {
    var person: Int
    var type: String
    var time: Int64
    var properties: [String: Any]
    var country: String?
    var plan: Any?
}

/// A random small project, held twice: as plain values for the oracle, and as batches for the store.
private struct RandomProject {
    var events: [PlainEvent] = []
    var batches: [JournalBatch] = []
    /// By user key: the person after all merges.
    var person: [Int: Int] = [:]

    private var random: SeededRandom
    private static let types = ["Play", "Stop", "Köln", "$identify"]
    private static let countries = [nil, "Germany", "France", "germany"]
    private static let plans = [nil, "\"free\"", "3", "3.0", "[\"a\",\"b\"]", "[\"a\",\"a\"]", "true", "null", "\"3\""]
    private static let levels = [nil, "1", "\"1\"", "2.5", "[1,2.5]", "[]", "{\"x\":1}", "\"(none)\"", "null"]

    init(seed: UInt64, eventCount: Int, days: ClosedRange<Int>, in zone: ProjectTimeZone) throws {
        random = SeededRandom(seed: seed)
        var people = Array(1...6)
        for key in 1...6 { person[key] = key }
        var merges: [Merge] = []
        var sequence: Int64 = 0
        while events.count < eventCount {
            sequence += 1
            var batch = JournalBatch(
                sequence: JournalSequence(sequence),
                receivedAt: Timestamp(milliseconds: sequence)
            )
            if sequence == 1 { Self.name(&batch) }
            // Now and then two people turn out to be one.
            if random.below(3) == 0, people.count > 2 {
                let from = people.remove(at: random.below(people.count))
                let into = people[random.below(people.count)]
                let merge = Merge(
                    from: UserKey(Int32(from)),
                    into: UserKey(Int32(into)),
                    time: batch.receivedAt,
                    cause: .login
                )
                batch.merges = [merge]
                merges.append(merge)
                for (key, root) in person where root == from { person[key] = into }
            }
            for _ in 0..<(1 + random.below(5)) where events.count < eventCount { add(to: &batch, days: days, zone) }
            batches.append(batch)
        }
        for index in events.indices { events[index].person = person[events[index].person]! }
    }

    /// All names at once: their numbers are what the events of this project use.
    private static func name(_ batch: inout JournalBatch) {
        batch.eventTypes = types.enumerated().map { Numbered(EventTypeID(Int32($0.offset + 1)), $0.element) }
        batch.contexts = countries.enumerated().map { index, country in
            var context = EventContext()
            context[.country] = country
            return Numbered(ContextID(Int32(index + 1)), context)
        }
        batch.propertySets = plans.enumerated().dropFirst().map { index, plan in
            Numbered(PropertySetID(Int32(index)), "{\"plan\":\(plan!)}")
        }
        batch.propertyNames = [PropertyName(.event, "level"), PropertyName(.user, "plan")]
    }

    private mutating func add(to batch: inout JournalBatch, days: ClosedRange<Int>, _ zone: ProjectTimeZone) {
        let key = 1 + random.below(6)
        let type = random.below(Self.types.count)
        let country = random.below(Self.countries.count)
        let plan = random.below(Self.plans.count)
        let level = Self.levels[random.below(Self.levels.count)]
        // Around midnights in the zone, where mistakes are, and also just outside the range.
        let day = days.lowerBound - 1 + random.below(days.count + 2)
        let midnight = zone.start(of: CalendarDate(daysSinceEpoch: day)).milliseconds
        let time = midnight + [0, -1, 1, 3_600_000, 43_200_000, 7_199_999][random.below(6)]
        batch.events.append(
            StoredEvent(
                user: UserKey(Int32(key)),
                device: DeviceKey(1),
                carriesUserID: false,
                type: EventTypeID(Int32(type + 1)),
                time: Timestamp(milliseconds: time),
                clientTime: Timestamp(milliseconds: time),
                uploadTime: Timestamp(milliseconds: time),
                context: ContextID(Int32(country + 1)),
                userProperties: PropertySetID(Int32(plan)),
                eventProperties: level.map { "{\"level\":\($0)}" } ?? "{}"
            )
        )
        events.append(
            PlainEvent(
                person: key,
                type: Self.types[type],
                time: time,
                properties: level.map { ["level": Self.plain($0)] } ?? [:],
                country: Self.countries[country],
                plan: Self.plans[plan].map(Self.plain)
            )
        )
    }

    private static func plain(_ json: String) -> Any {
        try! JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
    }
}

// MARK: The specification, as plainly as it can be said. Shares no code with the engine.

/// The labels of a value: of a scalar, or of each element of a list. None if there is no value.
private func labels(_ value: Any?) -> [String] {
    switch value {
    case nil, is NSNull: []
    case let list as [Any]: list.flatMap { element in element is [Any] ? [] : labels(element) }
    case let text as String: [text]
    case let object as [String: Any]:
        [String(decoding: try! JSONSerialization.data(withJSONObject: object), as: UTF8.self)]
    case let number as NSNumber where isBool(number): [number.boolValue ? "true" : "false"]
    case let number as NSNumber:
        [number.doubleValue == number.doubleValue.rounded() ? "\(number.int64Value)" : "\(number.doubleValue)"]
    default: fatalError("not JSON")
    }
}

/// Whether JSONSerialization read `true` or `false`, which it gives as numbers of type char.
private func isBool(_ number: NSNumber) -> Bool { unsafe String(cString: number.objCType) == "c" }

private func values(_ event: PlainEvent, _ property: PropertyReference) -> [String] {
    switch property {
    case .event(let name): labels(event.properties[name.string])
    case .user: labels(event.plan)
    case .builtIn: event.country.map { [$0] } ?? []
    }
}

private func passes(_ event: PlainEvent, _ filter: PropertyFilter) -> Bool {
    let found = values(event, filter.property)
    let wanted = filter.values.map(\.string)
    let isAny = found.isEmpty ? wanted.contains("(none)") : found.contains { wanted.contains($0) }
    switch filter.operator {
    case .is: return isAny
    case .isNot: return !isAny
    case .contains:
        return found.contains { value in wanted.contains { value.range(of: $0, options: .caseInsensitive) != nil } }
    }
}

private func oracle(
    _ events: [PlainEvent],
    _ query: SegmentationQuery,
    zone: TimeZone
) -> [(group: String?, values: [Int], collapsed: Int)] {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    func day(_ event: PlainEvent) -> Int {
        let parts = calendar.dateComponents(
            [.year, .month, .day],
            from: Date(timeIntervalSince1970: Double(event.time) / 1000)
        )
        return CalendarDate(year: parts.year!, month: parts.month!, day: parts.day!)!.daysSinceEpoch
    }
    let first = query.range.first.daysSinceEpoch
    let matching = events.filter { event in
        guard event.type != "$identify", (0..<query.range.dayCount).contains(day(event) - first) else { return false }
        if case .named(let name) = query.event.type, name.string != event.type { return false }
        return query.event.filters.allSatisfy { passes(event, $0) }
    }
    func count(_ some: [PlainEvent]) -> Int {
        query.metric == .totals ? some.count : Set(some.map(\.person)).count
    }
    func row(_ group: String?, _ some: [PlainEvent]) -> (group: String?, values: [Int], collapsed: Int) {
        (group, (0..<query.range.dayCount).map { d in count(some.filter { day($0) - first == d }) }, count(some))
    }
    guard let property = query.event.groupBy ?? query.groupBy else { return [row(nil, matching)] }
    func groups(_ event: PlainEvent) -> Set<String> {
        let found = values(event, property)
        return found.isEmpty ? ["(none)"] : Set(found)
    }
    let rows = Set(matching.flatMap(groups)).map { group in row(group, matching.filter { groups($0).contains(group) }) }
    return Array(
        rows.sorted { a, b in
            if a.collapsed != b.collapsed { return a.collapsed > b.collapsed }
            if (a.group == "(none)") != (b.group == "(none)") { return b.group == "(none)" }
            return Array(a.group!.unicodeScalars).lexicographicallyPrecedes(Array(b.group!.unicodeScalars))
        }.prefix(query.limit)
    )
}

@Suite struct SegmentationOracleTests {
    /// New York's clocks change in the middle of the range.
    private static let first = CalendarDate(year: 2024, month: 3, day: 8)!

    @Test("equals a naive count, while events and merges arrive", arguments: 0..<60)
    func random(seed: Int) async throws {
        let name = ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"][seed % 4]
        let zone = try #require(ProjectTimeZone(name: name))
        let days = Self.first.daysSinceEpoch...Self.first.daysSinceEpoch + 4
        let project = try RandomProject(seed: UInt64(seed), eventCount: 60, days: days, in: zone)
        let store = MemoryEventStore(chunkSize: 7)
        // A tail of up to 8 events: all three kinds of block come into play.
        let engine = QueryEngine(columns: ColumnStore(store, smallTail: 8)) { () throws(EventStoreError) in }
        var random = SeededRandom(seed: UInt64(seed) &+ 1_000)

        for (index, batch) in project.batches.enumerated() {
            try store.append([batch])
            guard index == project.batches.count - 1 || random.below(4) == 0 else { continue }
            let known = project.events(upTo: index)
            for _ in 0..<6 {
                let query = random.query(days, typesSeen: Set(known.map(\.type)))
                let answer = try await engine.segmentation(query, zone: zone)
                let expected = oracle(known, query, zone: TimeZone(identifier: name)!)
                let found = answer.series.map { "\($0.group ?? "-"): \($0.values) \($0.collapsed)" }
                let wanted = expected.map { "\($0.group ?? "-"): \($0.values) \($0.collapsed)" }
                try #require(found == wanted, "seed \(seed), after batch \(index + 1), \(query)")
            }
        }
    }

    @Test("names that were never received are refused, with names like them")
    func unknownNames() async throws {
        let zone = ProjectTimeZone.utc
        let days = Self.first.daysSinceEpoch...Self.first.daysSinceEpoch
        let store = MemoryEventStore()
        try store.append(RandomProject(seed: 1, eventCount: 5, days: days, in: zone).batches)
        let engine = QueryEngine(columns: ColumnStore(store)) { () throws(EventStoreError) in }
        let range = DateRange(first: Self.first, last: Self.first)!
        func ask(_ event: EventSelector, groupBy: PropertyReference? = nil) async -> QueryError? {
            do {
                _ = try await engine.segmentation(
                    SegmentationQuery(event: event, metric: .uniques, range: range, groupBy: groupBy),
                    zone: zone
                )
                return nil
            } catch {
                return error
            }
        }
        #expect(
            await ask(EventSelector(type: .named(ExactText("play")))) == .unknownEventType("play", nearest: ["Play"])
        )
        #expect(
            await ask(EventSelector(type: .named(ExactText("$identify"))))
                == .unknownEventType("$identify", nearest: [])
        )
        #expect(
            await ask(EventSelector(type: .any, groupBy: .event(ExactText("levels"))))
                == .unknownProperty("levels", nearest: ["level"])
        )
        #expect(
            await ask(EventSelector(type: .any), groupBy: .user(ExactText("level")))
                == .unknownProperty("level", nearest: []),
            "an event's property is not a user's"
        )
        #expect(await ask(EventSelector(type: .any), groupBy: .builtIn(.city)) == nil, "built-in ones are always known")
    }
}

extension RandomProject {
    /// The events of the first batches, with people as they are after the merges known by then.
    func events(upTo last: Int) -> [PlainEvent] {
        var root = Dictionary(uniqueKeysWithValues: (1...6).map { ($0, $0) })
        for merge in batches[...last].flatMap(\.merges) {
            for (key, person) in root where person == Int(merge.from.number) { root[key] = Int(merge.into.number) }
        }
        let stored = batches[...last].flatMap(\.events)
        return zip(stored, events).map { stored, plain in
            var event = plain
            event.person = root[Int(stored.user.number)]!
            return event
        }
    }
}

/// A generator whose seed is printed with a failure (SplitMix64).
private struct SeededRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(limit))
    }

    mutating func property() -> PropertyReference {
        [.event(ExactText("level")), .user(ExactText("plan")), .builtIn(.country)][below(3)]
    }

    mutating func query(_ days: ClosedRange<Int>, typesSeen: Set<String>) -> SegmentationQuery {
        let first = days.lowerBound + below(2)
        let last = days.upperBound - below(2)
        let range = DateRange(
            first: CalendarDate(daysSinceEpoch: first),
            last: CalendarDate(daysSinceEpoch: last)
        )!
        let texts = ["Germany", "germany", "ER", "3", "1", "2.5", "a", "(none)", "true", "fre", "{\"x\":1}"]
        let filters = (0..<below(3)).map { _ in
            PropertyFilter(
                property: property(),
                operator: PropertyFilter.Operator.allCases[below(3)],
                values: (0...below(2)).map { _ in ExactText(texts[below(texts.count)]) }
            )
        }
        let named = typesSeen.subtracting(["$identify"]).sorted().map { EventSelector.EventType.named(ExactText($0)) }
        let types = named + [.any, .anyActive]
        var event = EventSelector(type: types[below(types.count)], filters: filters)
        let grouping = below(3)
        if grouping == 1 { event.groupBy = property() }
        return SegmentationQuery(
            event: event,
            metric: below(2) == 0 ? .uniques : .totals,
            range: range,
            groupBy: grouping == 2 ? property() : nil,
            limit: [1, 2, 100][below(3)]
        )
    }
}
