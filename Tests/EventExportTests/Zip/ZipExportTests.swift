import DuckDBStore
import EventModel
import Foundation
import Storage
import TestSupport
import Testing

@testable import EventExport

/// Whole files against a plain list of the same events.
@Suite struct ZipExportTests {
    private static let hourMs: Int64 = 3_600_000
    /// 2026-06-16T08:00:00Z
    private static let start: Int64 = 1_781_596_800_000

    private struct Made {
        var row: Int
        var user: Int32
        var time: Int64
        var received: Int64
    }

    /// Batches whose clock goes on, and now and then back.
    private static func batches(_ count: Int, seed: UInt64, eventsEach: Int) -> ([JournalBatch], [Made]) {
        var random = SeededRandom(seed: seed)
        var made: [Made] = []
        var received = start
        let batches = (1...count).map { sequence in
            received += Int64(random.below(30)) * 60_000
            if random.below(10) == 0 { received -= 40 * 60_000 }
            var batch = JournalBatch(
                sequence: JournalSequence(Int64(sequence)),
                receivedAt: Timestamp(milliseconds: received)
            )
            if sequence == 1 {
                batch.eventTypes = [Numbered(EventTypeID(1), "Played")]
                batch.users = (1...9).map { UserFact(user: UserKey($0), userID: "person \($0)") }
            }
            for _ in 0..<random.below(eventsEach) {
                let user = Int32(random.below(9) + 1)
                let time = received - Int64(random.below(4)) * 1_000
                made.append(Made(row: made.count, user: user, time: time, received: received))
                var event = StoredEvent(
                    user: UserKey(user),
                    device: .none,
                    carriesUserID: true,
                    type: EventTypeID(1),
                    time: Timestamp(milliseconds: time),
                    clientTime: Timestamp(milliseconds: time),
                    uploadTime: Timestamp(milliseconds: received),
                    context: ContextID(0),
                    userProperties: .empty
                )
                event.eventProperties = "{\"row\":\(made.count - 1)}"
                batch.events.append(event)
            }
            return batch
        }
        return (batches, made)
    }

    private static func file(
        _ times: Range<Timestamp>,
        _ store: any ArrivalStore,
        eventsPerPart: Int = 50_000
    ) async throws -> PlainZip? {
        let now = Timestamp(milliseconds: start + 100 * hourMs)
        let begun = try await ZipExport.begin(times, in: store, project: 7, now: now, eventsPerPart: eventsPerPart)
        guard let export = begun else { return nil }
        var bytes: [UInt8] = []
        while let more = try await export.next() { bytes += more }
        #expect(try await export.next() == nil)
        return try PlainZip(bytes)
    }

    /// What a row says its number is.
    private static func row(_ line: String) throws -> Int {
        try #require(line.firstMatch(of: /"event_properties":{"row":(\d+)}/).flatMap { Int($0.1) }, "\(line)")
    }

    @Test("every hour has its events, by person, time and arrival", arguments: 1...12)
    func hours(seed: UInt64) async throws {
        let (batches, made) = Self.batches(60, seed: seed, eventsEach: 9)
        let store: any EventStore & ArrivalStore =
            seed.isMultiple(of: 2) ? MemoryEventStore() : try DuckDBEventStore(path: nil)
        try store.append(batches)
        var random = SeededRandom(seed: seed + 1_000)
        for _ in 0..<6 {
            let first = Int64(random.below(20)) - 2
            let last = first + Int64(random.below(8))
            let times =
                Timestamp(
                    milliseconds: Self.start + first * Self.hourMs
                )..<Timestamp(
                    milliseconds: Self.start + (last + 1) * Self.hourMs
                )
            let file = try await Self.file(times, store)
            var expected: [String: [Int]] = [:]
            for hour in first...last {
                let rows = made.filter { $0.received / Self.hourMs == Self.start / Self.hourMs + hour }
                    .sorted { ($0.user, $0.time, $0.row) < ($1.user, $1.time, $1.row) }
                let (day, clock) = (16 + (8 + hour) / 24, (8 + hour) % 24)
                if !rows.isEmpty { expected["7/7_2026-06-\(day)_\(clock)#0.json.gz"] = rows.map(\.row) }
            }
            let found = try file?.lines() ?? []
            #expect(
                Dictionary(uniqueKeysWithValues: try found.map { ($0.name, try $0.lines.map(Self.row)) }) == expected
            )
            #expect((file == nil) == expected.isEmpty)
            // In the order of the hours.
            #expect(found.map(\.name) == found.map(\.name).sorted { Self.place($0) < Self.place($1) })
        }
    }

    private static func place(_ name: String) -> Int {
        let numbers = name.matches(of: /[-_](\d+)/).compactMap { Int($0.1) }
        return numbers.dropFirst().reduce(0) { $0 * 100 + $1 }
    }

    @Test("many events of an hour are several parts, with each event in one")
    func parts() async throws {
        let store = try DuckDBEventStore(path: nil)
        var made = 0
        for sequence in 1...13 {
            var (batches, _) = Self.batches(1, seed: 1, eventsEach: 1)
            batches[0].sequence = JournalSequence(Int64(sequence))
            batches[0].receivedAt = Timestamp(milliseconds: Self.start)
            if sequence > 1 {
                batches[0].eventTypes = []
                batches[0].users = []
            }
            batches[0].events = StoredEvents(
                (0..<400).map { number in
                    var event = StoredEvent(
                        user: UserKey(Int32(number % 9 + 1)),
                        device: .none,
                        carriesUserID: true,
                        type: EventTypeID(1),
                        time: Timestamp(milliseconds: Self.start),
                        clientTime: Timestamp(milliseconds: Self.start),
                        uploadTime: Timestamp(milliseconds: Self.start),
                        context: ContextID(0),
                        userProperties: .empty
                    )
                    event.eventProperties = "{\"row\":\(made)}"
                    made += 1
                    return event
                }
            )
            try store.append(batches)
        }
        let hour = Timestamp(milliseconds: Self.start)..<Timestamp(milliseconds: Self.start + Self.hourMs)
        let file = try await Self.file(hour, store, eventsPerPart: 1_000)
        let found = try #require(try file?.lines())
        #expect(found.map(\.name) == (0..<found.count).map { "7/7_2026-06-16_8#\($0).json.gz" })
        #expect(found.count > 2 && found.allSatisfy { $0.lines.count < 2_000 })
        #expect(try found.flatMap { try $0.lines.map(Self.row) }.sorted() == Array(0..<made))
    }

    @Test("places are taken and given back")
    func places() async throws {
        let places = ExportPlaces(2)
        var first = places.take()
        let second = places.take()
        #expect(first != nil && second != nil && places.take() == nil)
        first = nil
        #expect(places.take() != nil)
        _ = second
    }
}
