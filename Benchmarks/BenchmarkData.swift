import EventModel
import Storage

/// Seeded events whose types and countries are unevenly common, as in life; users arrive evenly.
struct BenchmarkData {
    static let days = 90
    static let types = 50
    static let countries = 200
    /// 2024-01-01T00:00:00Z
    static let start = Timestamp(milliseconds: 1_704_067_200_000)
    static let firstDay = CalendarDate(year: 2024, month: 1, day: 1)!

    let events: Int
    let seed: UInt64 = 1
    /// About 60 events a user.
    var users: Int { max(1, events / 60) }

    private static let batchSize = 100_000

    /// Everything, a batch at a time, in order of time.
    func forEachBatch(_ body: (JournalBatch) throws -> Void) rethrows {
        var random = SplitMix64(state: seed)
        let span = Int64(Self.days) * 86_400_000
        var sequence: Int64 = 0
        for first in stride(from: 0, to: events, by: Self.batchSize) {
            sequence += 1
            var batch = JournalBatch(sequence: JournalSequence(sequence), receivedAt: Self.start)
            if sequence == 1 { Self.name(&batch) }
            let count = min(Self.batchSize, events - first)
            batch.events.reserveCapacity(count)
            for i in first..<first + count {
                let time = Self.start.milliseconds + Int64(Double(i) / Double(events) * Double(span))
                batch.events.append(event(at: time, &random))
            }
            try body(batch)
        }
    }

    /// Some more events at the end, of whoever it be.
    func batch(_ sequence: Int64, _ count: Int) -> JournalBatch {
        var random = SplitMix64(state: seed &+ UInt64(sequence))
        var batch = JournalBatch(sequence: JournalSequence(sequence), receivedAt: Self.start)
        let end = Self.start.milliseconds + Int64(Self.days) * 86_400_000
        batch.events = StoredEvents((0..<count).map { event(at: end + Int64($0), &random) })
        return batch
    }

    private func event(at milliseconds: Int64, _ random: inout SplitMix64) -> StoredEvent {
        let time = Timestamp(milliseconds: milliseconds)
        let user = random.below(users)
        return StoredEvent(
            user: UserKey(Int32(user + 1)),
            device: DeviceKey(1),
            carriesUserID: true,
            type: EventTypeID(Int32(random.skewed(Self.types) + 1)),
            time: time,
            clientTime: time,
            uploadTime: time,
            context: ContextID(
                Int32(user % 7 == 0 ? random.skewed(Self.countries) + 1 : user % Self.countries + 1)
            ),
            eventProperties: Self.properties[random.skewed(Self.properties.count)]
        )
    }

    /// A text, a number and a list.
    private static let properties = (0..<1_000).map { number in
        "{\"page\":\"/shop/shelf-\(number)\",\"price\":\(number % 90).5,\"tags\":[\"new\",\"tag \(number % 7)\"]}"
    }

    private static func name(_ batch: inout JournalBatch) {
        batch.eventTypes = (1...types).map { Numbered(EventTypeID(Int32($0)), "event \($0)") }
        batch.propertyNames = ["page", "price", "tags"].map { PropertyName(.event, $0) }
        batch.contexts = (1...countries).map { number in
            var context = EventContext()
            context[.country] = "country \(number)"
            return Numbered(ContextID(Int32(number)), context)
        }
    }
}
