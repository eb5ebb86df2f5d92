import ColumnEngine
import EventModel
import Foundation
import QueryModel
import Storage
import TestSupport

@testable import QueryExecution

/// An event as the oracles see it: plain values, nothing encoded.
struct OracleEvent {
    /// In order of arrival.
    var number: Int
    var person: Int
    /// All user keys of the person.
    var keys: Set<Int> = []
    var type: String
    var time: Int64
    /// Texts of the value, or of a list's elements; none without a value.
    var country: [String]
    var plan: [String]
    var level: [String]
    var session: Int64
    var clientTime: Int64
    var revenue: Double?

    /// Whole seconds, which is what charts count in.
    var second: Int64 { time / 1000 }
    var isCounted: Bool { type != "$identify" }
}

/// A random small project, held twice: as plain values for the oracles, and as batches for the store.
struct RandomPeople {
    static let peopleCount = 6
    static let types = ["Play", "Stop", "Old", "$identify"]
    /// Makes nobody active.
    static let inactive = "Old"

    private(set) var events: [OracleEvent] = []
    private(set) var batches: [JournalBatch] = []
    private var random: SeededRandom
    private var taken: Set<Int64> = []

    private static let countries = [nil, "Germany", "France"]
    private static let plans = [nil, "\"free\"", "3", "[\"a\",\"b\"]"]
    private static let plainPlans = [[], ["free"], ["3"], ["a", "b"]]
    private static let levels = [nil, "1", "2.5"]

    /// - Parameter isSpread: no two events in the same second.
    init(seed: UInt64, eventCount: Int, days: ClosedRange<Int>, in zone: ProjectTimeZone, isSpread: Bool) {
        random = SeededRandom(seed: seed)
        var people = Array(1...Self.peopleCount)
        var sequence: Int64 = 0
        while events.count < eventCount {
            sequence += 1
            var batch = JournalBatch(
                sequence: JournalSequence(sequence),
                receivedAt: Timestamp(milliseconds: sequence)
            )
            if sequence == 1 { Self.name(&batch) }
            // Now and then two people turn out to be one.
            if random.below(6) == 0, people.count > 3 {
                let from = people.remove(at: random.below(people.count))
                batch.merges = [
                    Merge(
                        from: UserKey(Int32(from)),
                        into: UserKey(Int32(people[random.below(people.count)])),
                        time: batch.receivedAt,
                        cause: .login
                    )
                ]
            }
            for _ in 0..<(1 + random.below(12)) where events.count < eventCount {
                add(to: &batch, days: days, zone, isSpread)
            }
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
        batch.propertySets = plans.enumerated().dropFirst().map { index, plan in
            Numbered(PropertySetID(Int32(index)), "{\"plan\":\(plan!)}")
        }
        batch.propertyNames = [PropertyName(.event, "level"), PropertyName(.user, "plan")]
    }

    private mutating func add(
        to batch: inout JournalBatch,
        days: ClosedRange<Int>,
        _ zone: ProjectTimeZone,
        _ isSpread: Bool
    ) {
        let (key, type) = (1 + random.below(Self.peopleCount), random.below(Self.types.count))
        let (country, plan) = (random.below(Self.countries.count), random.below(Self.plans.count))
        let level = Self.levels[random.below(Self.levels.count)]
        let time = time(days, zone, isSpread)
        let session = [-1, 100, 200, 300][random.below(4)]
        let clientTime = time - 5000 + Int64([0, 1, 999, 60_000, 90_000_000][random.below(5)])
        let revenue = [nil, nil, 4, 0.25, -2, 0][random.below(6)]
        batch.events.append(
            StoredEvent(
                user: UserKey(Int32(key)),
                device: DeviceKey(1),
                carriesUserID: false,
                type: EventTypeID(Int32(type + 1)),
                time: Timestamp(milliseconds: time),
                clientTime: Timestamp(milliseconds: clientTime),
                uploadTime: Timestamp(milliseconds: time),
                sessionID: Int64(session),
                context: ContextID(Int32(country + 1)),
                userProperties: PropertySetID(Int32(plan)),
                eventProperties: level.map { "{\"level\":\($0)}" } ?? "{}",
                revenue: revenue
            )
        )
        events.append(
            OracleEvent(
                number: events.count,
                person: key,
                type: Self.types[type],
                time: time,
                country: Self.countries[country].map { [$0] } ?? [],
                plan: Self.plainPlans[plan],
                level: level.map { [$0] } ?? [],
                session: Int64(session),
                clientTime: clientTime,
                revenue: revenue
            )
        )
    }

    /// Mostly in a few days and around edges, where mistakes are.
    private mutating func time(_ days: ClosedRange<Int>, _ zone: ProjectTimeZone, _ isSpread: Bool) -> Int64 {
        let span = random.below(3) == 0 ? days.count : min(days.count, 4)
        let day = days.lowerBound + random.below(span)
        let midnight = zone.start(of: CalendarDate(daysSinceEpoch: day)).milliseconds
        var time = midnight + [0, -1, 1000, 3_600_000, 43_200_000, 7_199_999, 7_200_000, 44_100_000][random.below(8)]
        if random.below(3) == 0 { time += Int64(random.below(7_200_000)) }
        while isSpread, taken.contains(time / 1000) { time += 1000 }
        taken.insert(time / 1000)
        return time
    }

    /// The events of the first batches, each person's in order, with people as they are after the merges known by then.
    func people(upTo last: Int) -> [[OracleEvent]] {
        var root = Dictionary(uniqueKeysWithValues: (1...Self.peopleCount).map { ($0, $0) })
        for merge in batches[...last].flatMap(\.merges) {
            for (key, person) in root where person == Int(merge.from.number) { root[key] = Int(merge.into.number) }
        }
        let count = batches[...last].reduce(0) { $0 + $1.events.count }
        var people: [Int: [OracleEvent]] = [:]
        for var event in events[..<count] {
            event.person = root[event.person]!
            event.keys = Set(root.filter { $0.value == event.person }.keys)
            people[event.person, default: []].append(event)
        }
        return people.sorted { $0.key < $1.key }.map { _, events in
            events.sorted { ($0.time, $0.number) < ($1.time, $1.number) }
        }
    }
}

// MARK: What the specification says of selectors, segments and time, as plainly as it can be said. Shares no code with
// the engine.

struct OracleRules {
    var calendar = Calendar(identifier: .gregorian)
    var range: DateRange
    var interval: Interval
    var now: Int64
    var cohorts: [String: Set<Int>] = [:]

    init(_ zone: TimeZone, _ range: DateRange, _ interval: Interval, now: Int64) {
        calendar.timeZone = zone
        calendar.firstWeekday = 2
        self.range = range
        self.interval = interval
        self.now = now
    }

    func date(_ second: Int64) -> Date { Date(timeIntervalSince1970: Double(second)) }

    func start(_ date: CalendarDate) -> Int64 {
        let parts = DateComponents(year: date.year, month: date.month, day: date.day)
        return Int64(calendar.startOfDay(for: calendar.date(from: parts)!).timeIntervalSince1970)
    }

    /// What was asked for.
    var shown: Range<Int64> { start(range.first)..<start(range.last.adding(days: 1)) }

    private var component: Calendar.Component {
        switch interval {
        case .week: .weekOfYear
        case .month: .month
        default: .day
        }
    }

    /// The calendar's day, week or month.
    func bucket(_ second: Int64) -> Range<Int64> {
        let bucket = calendar.dateInterval(of: component, for: date(second))!
        return Int64(bucket.start.timeIntervalSince1970)..<Int64(bucket.end.timeIntervalSince1970)
    }

    /// All that have some part of the range.
    var buckets: [Range<Int64>] {
        var buckets = [bucket(shown.lowerBound)]
        while buckets.last!.upperBound < shown.upperBound { buckets.append(bucket(buckets.last!.upperBound)) }
        return buckets
    }

    /// The date of a bucket's first day.
    func label(_ bucket: Range<Int64>) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: date(bucket.lowerBound))
        return String(format: "%04d-%02d-%02d", parts.year!, parts.month!, parts.day!)
    }

    func values(_ event: OracleEvent, _ property: PropertyReference) -> [String] {
        switch property {
        case .event: event.level
        case .user: event.plan
        case .builtIn: event.country
        case .revenue: []
        }
    }

    func groups(_ event: OracleEvent, _ property: PropertyReference?) -> [String] {
        guard let property else { return ["-"] }
        let values = values(event, property)
        return values.isEmpty ? ["(none)"] : values
    }

    func passes(_ event: OracleEvent, _ filter: PropertyFilter) -> Bool {
        let (found, wanted) = (values(event, filter.property), filter.values.map(\.string))
        let isAny = found.isEmpty ? wanted.contains("(none)") : found.contains { wanted.contains($0) }
        return filter.operator == .isNot ? !isAny : isAny
    }

    func isActive(_ event: OracleEvent) -> Bool { event.isCounted && event.type != RandomPeople.inactive }

    /// - Parameter all: the person's events.
    func matches(_ event: OracleEvent, _ selector: EventSelector, _ all: [OracleEvent]) -> Bool {
        let isType =
            switch selector.type {
            case .named(let name): event.type == name.string
            case .anyActive: isActive(event)
            case .any: event.isCounted
            case .firstEver: isFirstEver(event, all)
            case .revenue(let kind): event.isCounted && event.revenue != nil && kind != .verified
            case .custom: event.type == "Play" || event.type == "Stop"
            }
        return isType && selector.filters.allSatisfy { passes(event, $0) }
    }

    private func isFirstEver(_ event: OracleEvent, _ all: [OracleEvent]) -> Bool {
        event.number == all.first { $0.isCounted }?.number
    }

    /// Whether a person's event counts in a segment.
    func passes(_ event: OracleEvent, _ segment: Segment, _ all: [OracleEvent]) -> Bool {
        segment.conditions.allSatisfy { condition in
            switch condition {
            case .property(let filter): return passes(event, filter)
            case .cohort(let ids, let isMember):
                return ids.contains { !cohorts[$0, default: []].isDisjoint(with: event.keys) } == isMember
            case .performed(let performed):
                let bucket = bucket(event.second)
                let times: Range<Int64> =
                    switch performed.span {
                    case .bucket: bucket
                    case .sinceEver: 0..<bucket.upperBound
                    case .trailing(let days):
                        Int64(
                            calendar.date(byAdding: .day, value: -days, to: date(bucket.upperBound))!
                                .timeIntervalSince1970
                        )..<bucket.upperBound
                    }
                let found = all.count { matches($0, performed.event, all) && times.contains($0.second) }
                return performed.comparison == .greaterOrEqual
                    ? found >= performed.count : found == performed.count
            }
        }
    }

    /// Whether the event's day, week or month is the one in which the person was new.
    func isNew(_ event: OracleEvent, _ all: [OracleEvent]) -> Bool {
        bucket(event.second).contains(all.first { $0.isCounted }?.second ?? 0)
    }
}

// MARK: Random questions

extension SeededRandom {
    mutating func property() -> PropertyReference {
        [.event(ExactText("level")), .user(ExactText("plan")), .builtIn(.country)][below(3)]
    }

    mutating func filters() -> [PropertyFilter] {
        let texts = ["Germany", "3", "1", "2.5", "a", "(none)", "free"]
        return below(3) > 0
            ? []
            : [
                PropertyFilter(
                    property: property(),
                    operator: [.is, .isNot][below(2)],
                    values: (0...below(2)).map { _ in ExactText(texts[below(texts.count)]) }
                )
            ]
    }

    mutating func selector() -> EventSelector {
        let types: [EventSelector.EventType] = [
            .named(ExactText("Play")), .named(ExactText("Stop")), .named(ExactText("Old")), .anyActive, .any,
            .revenue(.any), .custom(ExactText("either")),
        ]
        return EventSelector(type: types[below(types.count)], filters: filters())
    }

    mutating func segments() -> [Segment] {
        (0...below(2)).map { _ in
            var conditions: [SegmentCondition] = []
            for filter in filters() where filter.property != .event(ExactText("level")) {
                conditions.append(.property(filter))
            }
            switch below(6) {
            case 0: conditions.append(.cohort(ids: ["odd"], isMember: below(2) == 0))
            case 1:
                conditions.append(
                    .performed(
                        PerformedCondition(
                            event: selector(),
                            comparison: [.greaterOrEqual, .equal][below(2)],
                            count: below(3),
                            span: [.bucket, .sinceEver, .trailing(days: 1 + below(9))][below(3)]
                        )
                    )
                )
            default: break
            }
            return Segment(conditions)
        }
    }

    mutating func range(_ days: ClosedRange<Int>) -> DateRange {
        let first = days.lowerBound + below(4)
        return DateRange(
            first: CalendarDate(daysSinceEpoch: first),
            last: CalendarDate(daysSinceEpoch: first + [0, 2, 9, days.count][below(4)])
        )!
    }

    mutating func interval() -> Interval { [.day, .day, .week, .month][below(4)] }
}

/// Feeds a random project, batch by batch, to an engine, and asks now and then.
func askRandomly(
    seed: Int,
    eventCount: Int = 70,
    isSpread: Bool,
    _ ask: (
        _ engine: QueryEngine, _ context: QueryContext, _ zone: TimeZone, _ people: [[OracleEvent]],
        _ days: ClosedRange<Int>, _ random: inout SeededRandom
    ) async throws -> Void
) async throws {
    let name = ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"][seed % 4]
    let zone = ProjectTimeZone(name: name)!
    // The clocks change on 10 March in New York, and on 7 April on Lord Howe.
    let first = CalendarDate(year: 2024, month: seed % 4 == 3 ? 4 : 3, day: seed % 4 == 3 ? 5 : 8)!.daysSinceEpoch
    let days = first...first + 40
    let project = RandomPeople(seed: UInt64(seed), eventCount: eventCount, days: days, in: zone, isSpread: isSpread)
    let store = MemoryEventStore(chunkSize: 7)
    // A tail of up to 8 events: all three kinds of block come into play.
    let engine = QueryEngine(columns: ColumnStore(store, smallTail: 8)) { () throws(EventStoreError) in }
    var random = SeededRandom(seed: UInt64(seed) &+ 1_000)
    let now = zone.start(of: CalendarDate(daysSinceEpoch: first + [3, 12, 45, 90][random.below(4)])).milliseconds
    let context = QueryContext(
        zone: zone,
        now: Timestamp(milliseconds: now + 40_000_000),
        inactiveTypes: [ExactText(RandomPeople.inactive)],
        customEvents: [
            ExactText("either"): CustomEvent(
                name: "either",
                parts: ["Play", "Stop"].map { EventSelector(type: .named(ExactText($0))) }
            )
        ],
        cohort: { id in id == "odd" ? [1, 3, 5] : nil }
    )
    for (index, batch) in project.batches.enumerated() {
        try store.append([batch])
        guard index == project.batches.count - 1 || random.below(5) == 0 else { continue }
        let people = project.people(upTo: index)
        for _ in 0..<4 { try await ask(engine, context, TimeZone(identifier: name)!, people, days, &random) }
    }
}
