import EventModel
import Storage
import TestSupport
import Testing

@Suite struct ArrivalStoreTests {
    private static func batch(_ sequence: Int64, received: Int64, texts: [String]) -> JournalBatch {
        var batch = JournalBatch(
            sequence: JournalSequence(sequence),
            receivedAt: Timestamp(milliseconds: received)
        )
        if sequence == 1 {
            batch.eventTypes = [Numbered(EventTypeID(1), "Played")]
            batch.propertySets = [
                Numbered(PropertySetID(1), "{\"plan\":\"free\"}"),
                Numbered(PropertySetID(2), "{\"large\":\"\(String(repeating: "x", count: 30_000))\"}"),
            ]
        }
        for (number, text) in texts.enumerated() {
            var event = StoredEvent(
                user: UserKey(1),
                device: .none,
                carriesUserID: false,
                type: EventTypeID(1),
                time: Timestamp(milliseconds: 0),
                clientTime: Timestamp(milliseconds: 0),
                uploadTime: Timestamp(milliseconds: 0),
                context: ContextID(0),
                userProperties: PropertySetID(Int32(number % 2 + 1))
            )
            event.eventProperties = "{\"t\":\"\(text)\"}"
            batch.events.append(event)
        }
        return batch
    }

    private static func times(_ first: Int64, _ last: Int64) -> Range<Timestamp> {
        Timestamp(milliseconds: first)..<Timestamp(milliseconds: last)
    }

    @Test("hours of receipt, and what lies in them, however long", arguments: StoreKind.allCases)
    func hours(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try kind.make(folder)
        #expect(try store.hours(receivedIn: Self.times(0, .max)).isEmpty)
        let hour: Int64 = 3_600_000
        // More than is in memory at once.
        let long = (0..<70).map { "\($0)" + String(repeating: "y", count: 500_000) }
        // The clock is set back between the second and the third.
        try store.append([
            Self.batch(1, received: 5 * hour, texts: ["a", "b"]),
            Self.batch(2, received: 6 * hour - 1, texts: ["c"] + long),
            Self.batch(3, received: 5 * hour - 1, texts: ["d"]),
            Self.batch(4, received: 6 * hour, texts: ["e"]),
        ])
        let found = try store.hours(receivedIn: Self.times(0, .max))
        #expect(
            found == [
                ArrivalHour(number: 4, rows: 73..<74), ArrivalHour(number: 5, rows: 0..<73),
                ArrivalHour(number: 6, rows: 74..<75),
            ]
        )
        #expect(try store.hours(receivedIn: Self.times(5 * hour, 6 * hour)).map(\.number) == [5])
        #expect(try store.hours(receivedIn: Self.times(5 * hour + 1, 6 * hour - 1)).isEmpty)

        var read: [Int: ResolvedEvent] = [:]
        try store.readEvents(in: 0..<75, where: ArrivalCondition(received: Self.times(5 * hour, 6 * hour))) { events in
            for event in events { #expect(read.updateValue(event, forKey: event.row) == nil) }
        }
        #expect(read.keys.sorted() == Array(0..<73))
        #expect(read[2]?.event.eventProperties == "{\"t\":\"c\"}" && read[2]?.userProperties == "{\"plan\":\"free\"}")
        for (number, text) in long.enumerated() {
            #expect(read[number + 3]?.event.eventProperties == "{\"t\":\"\(text)\"}")
            #expect(read[number + 3]?.userProperties.utf8.count == (number % 2 == 0 ? 30_012 : 15))
        }
        var some: [Int] = []
        try store.readEvents(in: 1..<3, where: ArrivalCondition(received: Self.times(0, .max))) {
            some += $0.map(\.row)
        }
        #expect(some.sorted() == [1, 2])
    }
}
