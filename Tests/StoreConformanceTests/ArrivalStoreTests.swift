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
                ArrivalHour(number: 4, numbers: 73..<74), ArrivalHour(number: 5, numbers: 0..<73),
                ArrivalHour(number: 6, numbers: 74..<75),
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

    @Test("an event keeps its number when others have left, however it is asked for", arguments: StoreKind.allCases)
    func gaps(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try kind.make(folder)
        let long = String(repeating: "z", count: 20_000)
        // Of these are left: number 1; none; 6 and 8; 9.
        var batches = [
            Self.batch(1, received: 1, texts: ["b"]), Self.batch(2, received: 2, texts: []),
            Self.batch(3, received: 3, texts: ["g", long]), Self.batch(4, received: 4, texts: ["j"]),
        ]
        batches[0].remainder = BatchRemainder(committed: 3, places: [1])
        batches[1].remainder = BatchRemainder(committed: 2, places: [])
        batches[2].remainder = BatchRemainder(committed: 4, places: [1, 3])
        try store.append([batches[0]])
        try store.append(Array(batches[1...]))
        #expect(try store.progress() == StoreProgress(sequence: JournalSequence(4), rows: 4, arrivals: 10))
        #expect(try store.hours(receivedIn: Self.times(0, .max)) == [ArrivalHour(number: 0, numbers: 1..<10)])
        var found: [Int: String] = [:]
        try store.readEvents(in: 2..<9, where: ArrivalCondition()) { events in
            for event in events { found[event.number] = event.event.eventProperties }
        }
        #expect(found == [6: "{\"t\":\"g\"}", 8: "{\"t\":\"\(long)\"}"])
        let places = try store.places(of: [UserKey(1)], without: [], newestFirst: false, offset: 1, limit: 2)
        #expect(places.map(\.row) == [6, 8])
        let events = try store.events(at: [9, 8, 7, 1])
        #expect(events.map(\.number) == [9, 8, 1])
        #expect(events.map(\.event.eventProperties.utf8.count) == [9, 20_008, 9])
        #expect(try store.spans(of: [UserKey(1)], without: []).map(\.lastRow) == [9])
        let changes = try store.changes(of: .userProperties, users: [UserKey(1)], limit: 9)
        #expect(changes.map(\.row) == [9, 8, 1])
    }
}
