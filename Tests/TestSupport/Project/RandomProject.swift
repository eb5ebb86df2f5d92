import EventModel
public import Foundation
public import Storage

/// A random small project, held twice: as plain values for the oracles, and as batches for the store. Now and then two of its
/// people turn out to be one.
public struct RandomProject: Sendable {
    /// What a project should be like.
    public struct Traits: Sendable {
        public var eventCount: Int
        /// Around which events lie.
        public var days: ClosedRange<Int>
        public let zoneName: String
        public let zone: TimeZone
        public var mostInBatch = 6
        /// No two events are in the same second.
        public var isSpread = false
        /// Some events lie weeks before the days, and the others all over them; else most lie in the first few.
        public var reachesBack = false
        /// Milliseconds; what happened before has left.
        public var cut: Int64?
        /// Whether the store has nothing of what has left but the first event of each key.
        public var isCleared = false

        public init(eventCount: Int, days: ClosedRange<Int>, zone name: String) {
            (self.eventCount, self.days) = (eventCount, days)
            (zoneName, zone) = (name, TimeZone(identifier: name)!)
        }
    }

    public static let peopleCount = 6
    public static let types = ["Play", "Stop", "Köln", "$identify"]

    public private(set) var events: [PlainEvent] = []
    public private(set) var batches: [JournalBatch] = []
    /// Those among the types that make nobody active.
    public let inactiveTypes: Set<String>
    /// By cohort: user keys.
    public let cohorts: [String: Set<Int>] = ["odd": [1, 3, 5], "two": [2], "nobody": [], "far": [4, 5, 99]]

    public let traits: Traits
    private var takenSeconds: Set<Int64> = []

    public init(seed: UInt64, _ traits: Traits) {
        var random = SeededRandom(seed: seed)
        self.traits = traits
        inactiveTypes = random.pick([[], ["Stop"], ["Köln"]])
        var people = Array(1...Self.peopleCount)
        while events.count < traits.eventCount {
            let sequence = Int64(batches.count + 1)
            var batch = JournalBatch(
                sequence: JournalSequence(sequence),
                receivedAt: Timestamp(milliseconds: sequence)
            )
            if sequence == 1 { RandomValues.name(types: Self.types, in: &batch) }
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
            for _ in 0...random.below(traits.mostInBatch) where events.count < traits.eventCount {
                add(to: &batch, &random)
            }
            batches.append(batch)
        }
        if let cut = traits.cut { leave(before: cut) }
    }

    private mutating func leave(before cut: Int64) {
        var firsts: [Int: PlainEvent] = [:]
        for event in events where event.isCounted && event.milliseconds < cut {
            if let first = firsts[event.person], first.milliseconds <= event.milliseconds { continue }
            firsts[event.person] = event
        }
        for index in events.indices { events[index].hasLeft = events[index].milliseconds < cut }
        guard traits.isCleared else { return }
        let stays = events.map { !$0.hasLeft || firsts[$0.person]?.arrival == $0.arrival }
        var first = 0
        for (index, batch) in batches.enumerated() {
            let kept = zip(batch.events, stays[first...]).filter(\.1).map(\.0)
            first += batch.events.count
            batches[index].events = StoredEvents(kept)
        }
        events = zip(events, stays).filter(\.1).map(\.0)
        for index in events.indices { events[index].arrival = index }
    }

    private mutating func add(to batch: inout JournalBatch, _ random: inout SeededRandom) {
        let (key, type) = (1 + random.below(Self.peopleCount), random.below(Self.types.count))
        let (country, plan) = (random.below(RandomValues.countries.count), RandomValues.index(&random))
        let level = RandomValues.all[RandomValues.index(&random)]
        let size = RandomValues.all[RandomValues.index(&random)]
        let price = random.pick(RandomValues.numbers)
        let revenue = random.pick([nil, nil, nil, 5, 0.25, -2, 0])
        let session = random.pick([-1, 100, 200, 300])
        let milliseconds = time(ofKey: key, &random)
        let clientTime = milliseconds - 5000 + random.pick([0, 1, 999, 60_000, 90_000_000])
        let properties = [("level", level), ("size", size), ("price", price)]
        let json = properties.compactMap { name, value in value.json.map { "\"\(name)\":\($0)" } }
        batch.events.append(
            StoredEvent(
                user: UserKey(Int32(key)),
                device: DeviceKey(1),
                carriesUserID: false,
                type: EventTypeID(Int32(type + 1)),
                time: Timestamp(milliseconds: milliseconds),
                clientTime: Timestamp(milliseconds: clientTime),
                uploadTime: Timestamp(milliseconds: milliseconds),
                sessionID: Int64(session),
                context: ContextID(Int32(country + 1)),
                userProperties: PropertySetID(Int32(plan)),
                eventProperties: "{\(json.joined(separator: ","))}",
                revenue: revenue
            )
        )
        events.append(
            PlainEvent(
                person: key,
                keys: [key],
                type: Self.types[type],
                time: PlainTime(milliseconds: milliseconds, in: traits.zone),
                milliseconds: milliseconds,
                arrival: events.count,
                properties: Dictionary(uniqueKeysWithValues: properties.map { ($0, $1.value) }),
                country: RandomValues.countries[country],
                plan: RandomValues.all[plan].value,
                revenue: revenue,
                session: Int64(session),
                clientTime: clientTime
            )
        )
    }

    /// Around midnights, hours and changes of the clocks, where mistakes are.
    private mutating func time(ofKey key: Int, _ random: inout SeededRandom) -> Int64 {
        if !traits.reachesBack, let last = events.last(where: { $0.person == key }), random.once(in: 6) {
            // Whole days later to the millisecond, or nearly; or in the same second, in no order of arrival.
            let days: Int64 = random.pick(traits.isSpread ? [1, 7, 14] : [0, 0, 0, 1, 7])
            let second = second(last.milliseconds) * 1000
            let time =
                days > 0
                ? last.milliseconds + random.pick([-999, -1, 0, 1, 999]) : second + random.pick([0, 1, 500, 999])
            return free(time + days * 86_400_000)
        }
        var day = traits.days.lowerBound
        if traits.reachesBack {
            if let last = events.last, random.once(in: 8) { return last.milliseconds }
            let back = random.once(in: 4) ? random.below(80) : 0
            day += random.below(traits.days.count + 2) - 1 - back
        } else {
            day += random.below(random.once(in: 3) ? traits.days.count : min(traits.days.count, 4))
        }
        let midnight = Int64(PlainTime.start(ofDay: day, in: traits.zone)) * 1000
        let minutes = random.pick([0, 0, 1, 60, 90, 120, 150, 180, 720, 735, 1380, 1425])
        var time = midnight + Int64(minutes) * 60_000 + random.pick([0, 0, -1, 1, 999, 1000])
        if !traits.reachesBack, random.once(in: 3) { time += Int64(random.below(7_200_000)) }
        return free(time)
    }

    /// That time or, if no two events are to be in the same second, one soon after it.
    private mutating func free(_ time: Int64) -> Int64 {
        var time = time
        while traits.isSpread, takenSeconds.contains(second(time)) { time += 1000 }
        takenSeconds.insert(second(time))
        return time
    }

    private func second(_ milliseconds: Int64) -> Int64 { Int64((Double(milliseconds) / 1000).rounded(.down)) }
}
