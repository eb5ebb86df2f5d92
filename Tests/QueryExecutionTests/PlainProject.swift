import EventModel
import Foundation
import Storage
import TestSupport

/// A property's value, with what the reference says about it written down by hand.
struct PlainValue: Equatable {
    /// None: there is no value.
    var labels: [String] = []
    var number: Double?
}

/// An event as the oracle sees it: plain values, nothing encoded.
struct PlainEvent {
    /// Number of the user key, or of the person once merges are applied.
    var person: Int
    var type: String
    var time: PlainTime
    var milliseconds: Int64
    var arrival: Int
    /// By name.
    var properties: [String: PlainValue]
    var country: String?
    var plan: PlainValue
    var revenue: Double?
}

/// A random small project, held twice: as plain values for the oracle, and as batches for the store.
struct PlainProject {
    private(set) var events: [PlainEvent] = []
    private(set) var batches: [JournalBatch] = []
    /// The inactive one among the types, and the cohorts' user keys.
    let inactiveTypes: Set<String>
    let cohorts: [String: Set<Int>]
    let zone: TimeZone

    static let types = ["Play", "Stop", "Köln", "$identify"]
    static let people = 7
    private static let countries = [nil, "Germany", "France", "germany"]
    private static let revenues = [nil, nil, nil, 5, -2, 0.5, 0]
    private static let values: [(json: String?, value: PlainValue)] = [
        (nil, PlainValue()),
        ("null", PlainValue()),
        ("[]", PlainValue()),
        ("1", PlainValue(labels: ["1"], number: 1)),
        ("\"1\"", PlainValue(labels: ["1"], number: 1)),
        ("3.0", PlainValue(labels: ["3"], number: 3)),
        ("3", PlainValue(labels: ["3"], number: 3)),
        ("[3]", PlainValue(labels: ["3"])),
        ("2.5", PlainValue(labels: ["2.5"], number: 2.5)),
        ("-4", PlainValue(labels: ["-4"], number: -4)),
        ("[1,2.5]", PlainValue(labels: ["1", "2.5"])),
        ("[\"a\",\"b\"]", PlainValue(labels: ["a", "b"])),
        ("[\"a\",\"a\"]", PlainValue(labels: ["a", "a"])),
        ("\"free/fast\"", PlainValue(labels: ["free/fast"])),
        ("\"Zürich\"", PlainValue(labels: ["Zürich"])),
        ("\"(none)\"", PlainValue(labels: ["(none)"])),
        ("{\"x\":1}", PlainValue(labels: ["{\"x\":1}"])),
        ("true", PlainValue(labels: ["true"])),
        ("\"2024-03-09\"", PlainValue(labels: ["2024-03-09"])),
    ]

    /// - Parameters:
    ///   - days: around which events lie; some of them long before.
    init(seed: UInt64, eventCount: Int, days: ClosedRange<Int>, in zone: TimeZone) {
        var random = SeededRandom(seed: seed)
        self.zone = zone
        inactiveTypes = random.once(in: 2) ? ["Stop"] : []
        cohorts = ["odd": [1, 3, 5, 7], "two": [2], "nobody": [], "far": [4, 5, 99]]
        var people = Array(1...Self.people)
        var sequence: Int64 = 0
        while events.count < eventCount {
            sequence += 1
            var batch = JournalBatch(
                sequence: JournalSequence(sequence),
                receivedAt: Timestamp(milliseconds: sequence)
            )
            if sequence == 1 { Self.name(&batch) }
            // Now and then two people turn out to be one.
            if random.once(in: 4), people.count > 3 {
                let from = people.remove(at: random.below(people.count))
                batch.merges = [
                    Merge(
                        from: UserKey(Int32(from)),
                        into: UserKey(Int32(random.pick(people))),
                        time: batch.receivedAt,
                        cause: .login
                    )
                ]
            }
            for _ in 0..<(1 + random.below(6)) where events.count < eventCount { add(to: &batch, days, &random) }
            batches.append(batch)
        }
    }

    /// All names at once: their numbers are what the events of this project use.
    private static func name(_ batch: inout JournalBatch) {
        batch.eventTypes = types.enumerated().map { Numbered(EventTypeID(Int32($0.offset + 1)), $0.element) }
        batch.contexts = countries.enumerated().map { index, country in
            var context = EventContext()
            context[.country] = country
            return Numbered(ContextID(Int32(index + 1)), context)
        }
        batch.propertySets = values.enumerated().compactMap { index, value in
            value.json.map { Numbered(PropertySetID(Int32(index)), "{\"plan\":\($0)}") }
        }
        batch.propertyNames = [
            PropertyName(.event, "level"), PropertyName(.event, "size"), PropertyName(.user, "plan"),
        ]
    }

    private mutating func add(to batch: inout JournalBatch, _ days: ClosedRange<Int>, _ random: inout SeededRandom) {
        let (key, type) = (1 + random.below(Self.people), random.below(Self.types.count))
        let (country, plan) = (random.below(Self.countries.count), random.below(Self.values.count))
        let (level, size) = (random.pick(Self.values), random.pick(Self.values))
        let revenue = random.pick(Self.revenues)
        let milliseconds = time(days, &random)
        let properties = [("level", level), ("size", size)]
        let json = properties.compactMap { name, value in value.json.map { "\"\(name)\":\($0)" } }
        batch.events.append(
            StoredEvent(
                user: UserKey(Int32(key)),
                device: DeviceKey(1),
                carriesUserID: false,
                type: EventTypeID(Int32(type + 1)),
                time: Timestamp(milliseconds: milliseconds),
                clientTime: Timestamp(milliseconds: milliseconds),
                uploadTime: Timestamp(milliseconds: milliseconds),
                context: ContextID(Int32(country + 1)),
                userProperties: PropertySetID(Int32(plan)),
                eventProperties: "{\(json.joined(separator: ","))}",
                revenue: revenue
            )
        )
        events.append(
            PlainEvent(
                person: key,
                type: Self.types[type],
                time: PlainTime(milliseconds: milliseconds, in: zone),
                milliseconds: milliseconds,
                arrival: events.count,
                properties: Dictionary(uniqueKeysWithValues: properties.map { ($0, $1.value) }),
                country: Self.countries[country],
                plan: Self.values[plan].value,
                revenue: revenue
            )
        )
    }

    /// Around midnights and changes of the clocks, where mistakes are.
    private func time(_ days: ClosedRange<Int>, _ random: inout SeededRandom) -> Int64 {
        if let last = events.last, random.once(in: 8) { return last.milliseconds }
        let back = random.once(in: 4) ? random.below(80) : 0
        let day = days.lowerBound - 1 + random.below(days.count + 2) - back
        let midnight = Int64(PlainTime.start(ofDay: day, in: zone)) * 1000
        let minutes = random.pick([0, 1, 60, 90, 120, 150, 180, 720, 1380, 1425])
        return midnight + Int64(minutes) * 60_000 + Int64(random.pick([0, 0, -1, 1, 999]))
    }

    /// The events of the first batches, with people as they are after the merges known by then.
    func events(upToBatch last: Int) -> [PlainEvent] {
        let person = persons(upToBatch: last)
        let count = batches[...last].reduce(0) { $0 + $1.events.count }
        return events.prefix(count).map { event in
            var event = event
            event.person = person[event.person]!
            return event
        }
    }

    /// By user key: the person, after the merges known by then.
    func persons(upToBatch last: Int) -> [Int: Int] {
        var persons = Dictionary(uniqueKeysWithValues: (1...Self.people).map { ($0, $0) })
        for merge in batches[...last].flatMap(\.merges) {
            for (key, person) in persons where person == Int(merge.from.number) {
                persons[key] = Int(merge.into.number)
            }
        }
        return persons
    }
}
