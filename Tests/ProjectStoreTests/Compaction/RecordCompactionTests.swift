import EventModel
import Foundation
import Storage
import TestSupport
import Testing

@testable import ProjectStore

@Suite struct RecordCompactionTests {
    private static let day: Int64 = 86_400_000

    /// Anna (1), who has the devices 1 and 2, and Bob (2), who was on 2, too. Each has a context, a set and a large set.
    private func make(_ record: ProjectDatabase) throws {
        let patcher = Patcher()
        var batch = JournalBatch(receivedAt: Timestamp(milliseconds: 10 * Self.day))
        batch.eventTypes = [Numbered(EventTypeID(1), "Play"), Numbered(EventTypeID(2), "$identify")]
        batch.users = [UserFact(user: UserKey(1), userID: "anna-id"), UserFact(user: UserKey(2), userID: "bob-id")]
        batch.devices = [Numbered(DeviceKey(1), "anna-phone"), Numbered(DeviceKey(2), "shared-tablet")]
        batch.contexts = [
            Numbered(ContextID(1), context("Everywhere")), Numbered(ContextID(2), context("Annatown")),
            Numbered(ContextID(3), context("Bobtown")),
        ]
        batch.propertySets = [
            Numbered(PropertySetID(1), "{\"plan\":\"anna-only\"}"),
            Numbered(PropertySetID(2), "{\"plan\":\"bob-only\"}"),
        ]
        batch.events = [
            event(1, 1, day: 1, context: 1, set: 0), event(2, 2, day: 1, context: 1, set: 0),
            event(1, 1, day: 2, context: 2, set: 1), event(2, 2, day: 3, context: 3, set: 2),
        ]
        var change = RecordChange(batch: batch)
        change.users = [state(1, "anna-id", context: 2, set: 1), state(2, "bob-id", context: 3, set: 2)]
        change.devices = [device(1, "anna-phone", user: 1), device(2, "shared-tablet", user: 2)]
        change.ledger.received = 4
        change.ledger.stored = 4
        #expect(try record.commit(change).number == 1)

        let (anna, bob) = (long("anna-story"), long("bob-story"))
        batch = JournalBatch(receivedAt: Timestamp(milliseconds: 10 * Self.day + 1))
        batch.propertyPatches = [
            patcher.patch(3, anna, of: 1, "{\"plan\":\"anna-only\"}"),
            patcher.patch(4, bob, of: 2, "{\"plan\":\"bob-only\"}"),
        ]
        batch.merges = [
            Merge(from: UserKey(3), into: UserKey(1), time: Timestamp(milliseconds: 0), cause: .login),
            Merge(from: UserKey(4), into: UserKey(2), time: Timestamp(milliseconds: 0), cause: .login),
        ]
        batch.events = [
            event(1, 2, day: 5, context: 2, set: 3, text: "{\"note\":\"anna-secret\"}"),
            event(2, 2, day: 6, context: 3, set: 4, text: "{\"note\":\"bob-note\"}"),
            event(2, 2, day: 4, context: 1, set: 4),
        ]
        change = RecordChange(batch: batch)
        change.snapshots = [snapshot(1, context: 2, set: 3), snapshot(2, context: 3, set: 4)]
        change.ownProperties = [
            Numbered(UserKey(1), OwnProperties(PropertySetID(3), anna)),
            Numbered(UserKey(2), OwnProperties(PropertySetID(4), bob)),
        ]
        change.received = [1, 2].map {
            BundleArrival(
                user: UserKey($0),
                bundle: PropertyBundleID(1),
                arrival: Arrival(JournalSequence(2), index: Int($0))
            )
        }
        change.ledger.received = 3
        change.ledger.stored = 3
        #expect(try record.commit(change).number == 2)
    }

    private let annaLeaves = {
        var departure = Departure(people: [UserKey(1), UserKey(3)])
        departure.userIDs = ["anna-id"]
        departure.deviceIDs = [DeviceKey(1): "anna-phone"]
        return departure
    }()

    @Test("who leaves is in no row any more; who stays keeps all, with the same numbers")
    func person() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        try make(record)
        let before = try record.batches(after: .none, limit: .max)
        let receipt = try run(annaLeaves, record)
        #expect(receipt.departed == DepartedCounts(deleted: 3) && receipt.batches == 2)
        #expect(try record.departed() == DepartedCounts(deleted: 3))

        let after = try record.batches(after: .none, limit: .max)
        #expect(after.map(\.sequence) == before.map(\.sequence))
        #expect(after.map(\.remainder?.committed) == [4, 3])
        #expect(after.map(\.remainder?.places) == [[1, 3], [1, 2]])
        #expect(Array(after[0].events) == [before[0].events[1], before[0].events[3]])
        #expect(Array(after[1].events) == [before[1].events[1], before[1].events[2]])
        #expect(after[0].contexts.map(\.key.number) == [1, 3])
        #expect(after[0].propertySets.map(\.key.number) == [2])
        #expect(after[1].propertyPatches.map(\.set.number) == [4])
        #expect(after[0].users == [before[0].users[1]])
        #expect(after[0].devices.map(\.value) == ["shared-tablet"])
        #expect(after[1].merges == [.nothing, before[1].merges[1]])

        #expect(try record.user(UserKey(1)) == nil && record.user(withID: "anna-id") == nil)
        #expect(try record.user(UserKey(2)) == state(2, "bob-id", context: 3, set: 4))
        #expect(try record.device(withID: "anna-phone") == nil && record.device(withID: "shared-tablet") != nil)
        #expect(try record.text(of: ContextID(2)) == nil && record.text(of: ContextID(3)) != nil)
        #expect(try record.text(of: PropertySetID(1)) == nil && record.text(of: PropertySetID(2)) != nil)
        #expect(try record.text(of: PropertySetID(3)) == nil && record.text(of: PropertySetID(4)) != nil)
        #expect(try record.loggedArrivals().map(\.user) == [UserKey(2)])
        #expect(try record.standingMerges() == [before[1].merges[1]])
        record.close()
        let traces = try FileTraces(of: ["anna", "Anna", "bob-id"], in: folder.url)
        #expect(traces.found == ["bob-id in project.sqlite"] && traces.dirtyPages.isEmpty)
    }

    @Test("once more is no change; numbers are not given again, though the largest are gone")
    func again() throws {
        let folder = TemporaryFolder()
        var record = try ProjectDatabase(folder: folder.url)
        try make(record)
        var departure = Departure(people: [UserKey(2), UserKey(4)])
        departure.deviceIDs = [DeviceKey(2): "shared-tablet"]
        _ = try run(departure, record)
        // Anna was on that device, too.
        #expect(try record.device(withID: "shared-tablet") != nil)
        _ = try run(annaLeaves, record)
        let (before, departed) = (try record.counters(), try record.departed())
        #expect(before.user == 2 && before.device == 2 && before.context == 3 && before.propertySet == 4)
        #expect(departed == DepartedCounts(deleted: 7))
        #expect(try run(annaLeaves, record).batches == 0)
        #expect(try record.departed() == departed)
        record.close()
        record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(try record.counters() == before)
        #expect(try record.batches(after: .none, limit: .max).map(\.events.count) == [0, 0])
    }

    @Test("what is too old leaves, but for each person's first activity; all that the rest needs stays")
    func age() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        try make(record)
        let compaction = RecordCompaction(Departure(before: Timestamp(milliseconds: 5 * Self.day)), in: record)
        while try compaction.look() {}
        #expect(compaction.findings.events == 7)
        #expect(compaction.findings.departing == DepartedCounts(expired: 3))
        #expect(compaction.findings.newest == Timestamp(milliseconds: 10 * Self.day + 1))
        try finish(compaction)
        #expect(try record.departed() == DepartedCounts(expired: 3))
        let after = try record.batches(after: .none, limit: .max)
        #expect(after.map(\.remainder?.places) == [[0, 1], [0, 1]])
        // Set 1 has no event any more, but Anna's large one is told by it.
        #expect(after[0].propertySets.map(\.key.number) == [1, 2])
        #expect(after[0].contexts.map(\.key.number) == [1, 2, 3])
        #expect(try record.user(withID: "anna-id") != nil)
    }

    @Test("an identify makes nobody new: it leaves, and the first activity stays")
    func identify() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        var batch = JournalBatch(receivedAt: Timestamp(milliseconds: 0))
        batch.eventTypes = [Numbered(EventTypeID(1), "Play"), Numbered(EventTypeID(2), "$identify")]
        batch.events = [event(1, 1, day: 2, context: 1, set: 0), event(1, 1, day: 2, context: 1, set: 0)]
        batch.events.append(event(1, 1, day: 1, context: 1, set: 0, type: 2))
        batch.events.append(event(0, 0, day: 1, context: 1, set: 0))
        _ = try record.commit(RecordChange(batch: batch))
        _ = try run(Departure(before: Timestamp(milliseconds: 3 * Self.day)), record)
        #expect(try record.batches(after: .none, limit: 9).map(\.remainder?.places) == [[0]])
    }

    @Test("what came while the journal was looked at is seen before a name is forgotten")
    func meanwhile() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        try make(record)
        let compaction = RecordCompaction(annaLeaves, in: record)
        while try compaction.look() {}
        // Bob comes to Annatown, and gets her plan with a login that leaves no event with it.
        var batch = JournalBatch(receivedAt: Timestamp(milliseconds: 11 * Self.day))
        batch.events = [event(2, 2, day: 11, context: 2, set: 4)]
        var change = RecordChange(batch: batch)
        change.snapshots = [snapshot(2, context: 2, set: 1)]
        _ = try record.commit(change)
        try finish(compaction)
        #expect(try record.text(of: ContextID(2)) != nil && record.text(of: PropertySetID(1)) != nil)
        let first = try record.batches(after: .none, limit: 1)[0]
        #expect(first.contexts.map(\.key.number) == [1, 2, 3] && first.propertySets.map(\.key.number) == [1, 2])
    }

    @Test("a refused request that names somebody is forgotten, however it was written; others stay")
    func refused() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        try make(record)
        var departure = annaLeaves
        departure.userIDs = ["ann\"ä a"]
        let named = [
            #"{"user_id":"ann\"ä a"}"#, #"[{"device_id":"anna-phone"}]"#,
            "event=%7B%22user_id%22%3A%22ann%5C%22%C3%A4%20a%22",
            "user_id=ann%22%C3%A4+a&x=1",
        ]
        let others = [#"{"user_id":"anna-phone2"}"#, "ä a", #"{"user_id":"xann\"ä a"}"#]
        for body in named + others {
            try record.reject(
                RejectedRequest(
                    receivedAt: Timestamp(milliseconds: 0),
                    path: "/2/httpapi",
                    reason: "no",
                    events: 1,
                    body: Array(body.utf8)
                )
            )
        }
        #expect(try run(departure, record).refusedRequests == named.count)
        let left = try record.rejectedRequests(limit: 9).map { try record.rejectedRequest($0.id)!.body }
        #expect(left.reversed().map { String(decoding: $0, as: UTF8.self) } == others)
    }

    // MARK: Parts

    @discardableResult
    private func run(_ departure: Departure, _ record: ProjectDatabase) throws -> CompactionReceipt {
        let compaction = RecordCompaction(departure, in: record)
        while try compaction.look() {}
        try finish(compaction)
        return compaction.receipt
    }

    private func finish(_ compaction: RecordCompaction) throws {
        while try compaction.forget() {}
        while try compaction.forgetRefused() {}
        while try compaction.rewrite() {}
        while try compaction.wipe() {}
    }

    private func context(_ city: String) -> EventContext {
        var context = EventContext()
        context[.city] = city
        return context
    }

    private func long(_ word: String) -> String { "{\"story\":\"\(String(repeating: word, count: 300))\"}" }

    private func event(
        _ user: Int32,
        _ device: Int32,
        day: Int64,
        context: Int32,
        set: Int32,
        type: Int32 = 1,
        text: String = "{}"
    ) -> StoredEvent {
        let time = Timestamp(milliseconds: day * Self.day)
        return StoredEvent(
            user: UserKey(user),
            device: DeviceKey(device),
            carriesUserID: true,
            type: EventTypeID(type),
            time: time,
            clientTime: time,
            uploadTime: time,
            insertID: text == "{}" ? nil : "insert of \(text)",
            context: ContextID(context),
            userProperties: PropertySetID(set),
            eventProperties: text
        )
    }

    private func state(_ user: Int32, _ id: String, context: Int32, set: Int32) -> UserState {
        UserState(key: UserKey(user), userID: id, context: ContextID(context), properties: PropertySetID(set))
    }

    private func snapshot(_ user: Int32, context: Int32, set: Int32) -> Numbered<UserKey, UserSnapshot> {
        Numbered(UserKey(user), UserSnapshot(state(user, "", context: context, set: set)))
    }

    private func device(_ key: Int32, _ id: String, user: Int32) -> DeviceState {
        DeviceState(key: DeviceKey(key), deviceID: id, user: UserKey(user), isUnclaimed: false)
    }
}
