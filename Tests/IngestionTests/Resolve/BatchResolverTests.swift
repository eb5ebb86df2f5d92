import EventModel
import ProjectStore
import Storage
import TestSupport
import Testing

@testable import Ingestion

/// Sends events to a resolver over a real record, one request at a time, and commits each.
private struct Sender {
    let folder = TemporaryFolder()
    let record: ProjectDatabase
    private var resolver: BatchResolver
    private(set) var stored: [StoredEvent] = []
    private(set) var merges: [Merge] = []

    init() throws {
        record = try ProjectDatabase(folder: folder.url)
        resolver = try BatchResolver(record, folder: folder.url, now: Timestamp(milliseconds: 0))
    }

    /// Who comes after this has read everything from the record.
    mutating func forget(now: Int64 = 0) throws {
        resolver = try BatchResolver(record, folder: folder.url, now: Timestamp(milliseconds: now))
    }

    /// - Parameter fields: more fields of the event, as JSON.
    @discardableResult
    mutating func send(
        user: String? = nil,
        device: String? = nil,
        type: String = "A",
        insertID: String? = nil,
        at time: Int64 = 0,
        _ fields: String = "\"plan\":null"
    ) throws -> StoredEvent? {
        var json = JSONWriter()
        json.raw("{\"user_id\":")
        json.string(user)
        json.raw(",\"device_id\":")
        json.string(device)
        json.raw(",\"event_type\":")
        json.string(type)
        json.raw(",\"insert_id\":")
        json.string(insertID)
        json.raw(",")
        json.raw(fields)
        json.raw("}")
        let now = Timestamp(milliseconds: time)
        #expect(try resolver.add(try decoded(json.text), receivedAt: now) == nil)
        let change = try resolver.takeChange(receivedAt: now)
        _ = try record.commit(change)
        stored += change.batch.events
        merges += change.batch.merges
        return change.batch.events.last
    }

    /// Adds somebody whom an import could have brought.
    mutating func insert(_ user: UserState) throws {
        var change = RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0)), users: [user])
        change.batch.users = [UserFact(user: user.key, userID: user.userID, amplitudeID: user.amplitudeID)]
        _ = try record.commit(change)
        try forget()
    }

    mutating func map(_ user: String, to global: String?) throws {
        var batch = IncomingBatch()
        batch.mappings = [UserMapping(userID: user, globalUserID: global)]
        #expect(try resolver.add(batch, receivedAt: Timestamp(milliseconds: 0)) == nil)
        let change = try resolver.takeChange(receivedAt: Timestamp(milliseconds: 0))
        _ = try record.commit(change)
        merges += change.batch.merges
    }

    func userID(of key: UserKey) throws -> String? { try record.user(key)?.userID }
}

@Suite("whose event it is") struct IdentityTests {
    @Test("a person's Amplitude ID is the next above the largest; it stays when the person gets a name")
    func amplitudeIDs() throws {
        var sender = try Sender()
        let first = try #require(try sender.send(device: "phone"))
        #expect(try sender.record.user(first.user)?.amplitudeID == AmplitudeID(1))
        try sender.insert(
            UserState(key: UserKey(2), amplitudeID: AmplitudeID(900_000_000_000), userID: "imported")
        )
        let next = try #require(try sender.send(device: "tablet"))
        #expect(next.user == UserKey(3))
        #expect(try sender.record.user(AmplitudeID(900_000_000_001))?.key == next.user)
        #expect(try sender.send(user: "ann", device: "tablet")?.user == next.user)
        #expect(try sender.send(user: "imported")?.user == UserKey(2))
        let ann = try #require(try sender.record.user(next.user))
        #expect(ann.userID == "ann" && ann.amplitudeID == AmplitudeID(900_000_000_001))
        let facts = try sender.record.batches(after: .none, limit: 100).flatMap(\.users).filter { $0.user == next.user }
        #expect(facts.map(\.userID) == [nil, "ann"])
        #expect(facts.allSatisfy { $0.amplitudeID == AmplitudeID(900_000_000_001) })
    }

    @Test("the table of Documentation/events-and-identity.md E25 to E27", arguments: [false, true])
    func table(rereading: Bool) throws {
        var sender = try Sender()
        func next() throws { if rereading { try sender.forget() } }

        let anonymous = try #require(try sender.send(device: "phone"))
        try next()
        #expect(try sender.send(device: "phone")?.user == anonymous.user, "a device seen anonymously")
        #expect(try sender.send(device: "other")?.user != anonymous.user, "a device never seen")
        try next()

        let ann = try #require(try sender.send(user: "ann", device: "phone"))
        #expect(ann.user == anonymous.user, "a new user_id takes over the device's anonymous person")
        #expect(try sender.userID(of: ann.user) == "ann")
        try next()
        #expect(try sender.send(device: "phone")?.user == ann.user, "device alone: its latest user")

        let bob = try #require(try sender.send(user: "bob", device: "phone"))
        #expect(bob.user != ann.user, "a second user on a device is another person")
        try next()
        #expect(try sender.send(device: "phone")?.user == bob.user, "device alone: now the newest user")
        #expect(try sender.send(user: "ann")?.user == ann.user, "user_id alone")
        #expect(sender.merges.isEmpty)
        try next()

        let tablet = try #require(try sender.send(device: "tablet"))
        try next()
        let known = try #require(try sender.send(user: "ann", device: "tablet", at: 77))
        #expect(known.user == ann.user, "user_id beats device_id")
        #expect(
            sender.merges == [
                Merge(from: tablet.user, into: ann.user, time: Timestamp(milliseconds: 77), cause: .login)
            ],
            "the device's anonymous person is merged into the known user"
        )
        try next()
        #expect(try sender.send(device: "tablet")?.user == ann.user)
        #expect(
            try sender.send(user: "bob", device: "tablet")?.user == bob.user,
            "claimed once, it is not merged again"
        )
        #expect(sender.merges.count == 1)
        try next()
        #expect(try sender.send(device: "tablet")?.user == bob.user)
    }

    @Test("a known user's new device is theirs")
    func newDevice() throws {
        var sender = try Sender()
        let ann = try #require(try sender.send(user: "ann", device: "phone"))
        #expect(try sender.send(user: "ann", device: "laptop")?.user == ann.user)
        #expect(try sender.send(device: "laptop")?.user == ann.user)
        #expect(sender.merges.isEmpty)
    }

    @Test("without a device, events have one that follows from the user_id")
    func derivedDevice() throws {
        var sender = try Sender()
        let first = try #require(try sender.send(user: "ann"))
        #expect(try sender.send(user: "ann")?.device == first.device)
        #expect(try sender.send(user: "bob")?.device != first.device)
        #expect(first.carriesUserID)
    }

    @Test("user ids that only look alike are two")
    func codePoints() throws {
        var sender = try Sender()
        let one = try #require(try sender.send(user: "é"))
        #expect(try sender.send(user: "e\u{301}")?.user != one.user)
    }
}

@Suite("what an event carries") struct SnapshotTests {
    @Test("user properties are those of the moment; later ones change nothing before")
    func snapshots() throws {
        var sender = try Sender()
        let first = try #require(
            try sender.send(user: "ann", "\"user_properties\":{\"plan\":\"free\"}")
        )
        let second = try #require(try sender.send(user: "ann"))
        let third = try #require(
            try sender.send(user: "ann", "\"user_properties\":{\"plan\":\"pro\"}")
        )
        #expect(try sender.record.text(of: first.userProperties) == "{\"plan\":\"free\"}")
        #expect(second.userProperties == first.userProperties)
        #expect(try sender.record.text(of: third.userProperties) == "{\"plan\":\"pro\"}")
        #expect(try sender.send(user: "bob")?.userProperties == .empty)
    }

    @Test("who sets one field of the device or place has said all of them")
    func context() throws {
        var sender = try Sender()
        func country(_ event: StoredEvent?) throws -> String? {
            try event.flatMap { try sender.record.text(of: $0.context) }
        }
        let first = try sender.send(
            user: "ann",
            "\"platform\":\"iOS\",\"os_version\":\"17\",\"country\":\"DE\",\"city\":\"Köln\",\"app_version\":\"1.0\""
        )
        #expect(
            try country(first)
                == "{\"version\":\"1.0\",\"platform\":\"iOS\",\"os_version\":\"17\",\"country\":\"DE\",\"city\":\"Köln\","
                + "\"library\":\"http/2.0\",\"start_version\":\"1.0\"}"
        )
        let second = try sender.send(user: "ann")
        #expect(second?.context == first?.context, "nothing said, nothing changed")
        let third = try sender.send(user: "ann", "\"country\":\"FR\",\"app_version\":\"2.0\"")
        #expect(
            try country(third)
                == "{\"version\":\"2.0\",\"platform\":\"iOS\",\"os_version\":\"17\",\"country\":\"FR\","
                + "\"library\":\"http/2.0\",\"start_version\":\"1.0\"}"
        )
    }

    @Test("an event that changes its person is told from one that repeats what is known", arguments: [false, true])
    func changesPerson(rereading: Bool) throws {
        var sender = try Sender()
        func changes(user: String? = "ann", device: String? = "phone", _ fields: String) throws -> Bool {
            if rereading { try sender.forget() }
            return try #require(try sender.send(user: user, device: device, fields)).changesPerson
        }
        #expect(try changes("\"plan\":null"), "a new person")
        #expect(try !changes("\"event_properties\":{\"a\":1}"))
        #expect(try changes("\"country\":\"DE\""))
        #expect(try !changes("\"country\":\"DE\""))
        #expect(try changes("\"user_properties\":{\"plan\":\"free\"}"))
        #expect(try !changes("\"user_properties\":{\"plan\":\"free\"}"))
        #expect(try !changes("\"user_properties\":{\"$setOnce\":{\"plan\":\"pro\"}}"))
        #expect(try changes("\"user_properties\":{\"$unset\":{\"plan\":\"-\"}}"))
        #expect(try changes("\"revenue\":1"), "now they are paying")
        #expect(try !changes("\"revenue\":1"))
        #expect(try !changes("\"$skip_user_properties_sync\":true,\"country\":\"FR\""))
        #expect(try changes(user: nil, device: "other", "\"plan\":null"), "a new person, who is nobody yet")
        #expect(try !changes(user: nil, device: "other", "\"plan\":null"))
    }

    @Test(
        "the sender's clock is corrected if it is off by more than a minute",
        arguments: [
            (100_000, 100_000, 500, 500), (160_000, 100_000, 500, 500), (160_001, 100_000, 500, 60_501),
            (0, 100_000, 500, -99_500), (0, Int64.min, 500, 500),
        ] as [(Int64, Int64, Int64, Int64)]
    )
    func clock(receivedAt: Int64, uploadTime: Int64, time: Int64, corrected: Int64) {
        let result = BatchResolver.serverTime(
            Timestamp(milliseconds: time),
            uploadTime: Timestamp(milliseconds: uploadTime),
            receivedAt: Timestamp(milliseconds: receivedAt)
        )
        #expect(result.milliseconds == corrected)
    }
}

@Suite("dedupe") struct DedupeTests {
    private let day: Int64 = 86_400_000

    @Test("the same insert_id on the same device counts once in seven days", arguments: [false, true])
    func window(rereading: Bool) throws {
        var sender = try Sender()
        func next(_ now: Int64) throws { if rereading { try sender.forget(now: now) } }
        try sender.send(device: "phone", insertID: "i", at: 0)
        try next(0)
        #expect(try sender.send(device: "phone", insertID: "i", at: 0) == nil)
        #expect(try sender.send(device: "phone", insertID: "j", at: 0) != nil)
        #expect(try sender.send(device: "tablet", insertID: "i", at: 0) != nil, "another device")
        try next(7 * day)
        #expect(try sender.send(device: "phone", insertID: "i", at: 7 * day) == nil, "the window's last moment")
        try next(7 * day + 1)
        #expect(try sender.send(device: "phone", insertID: "i", at: 7 * day + 1) != nil, "one too late")
        let ledger = try sender.record.ledgerTotals()
        #expect(ledger.received == 6 && ledger.stored == 4 && ledger.duplicate == 2 && ledger.balances)
    }

    @Test("without an insert_id nothing is a duplicate")
    func none() throws {
        var sender = try Sender()
        #expect(try sender.send(device: "phone") != nil)
        #expect(try sender.send(device: "phone") != nil)
    }

    @Test("without a device_id the derived one counts")
    func derived() throws {
        var sender = try Sender()
        #expect(try sender.send(user: "ann", insertID: "i") != nil)
        #expect(try sender.send(user: "ann", insertID: "i") == nil)
        #expect(try sender.send(user: "bob", insertID: "i") != nil)
    }
}

@Suite("mapping one user to another") struct MappingTests {
    @Test("the latest word holds, a circle is opened where it would close", arguments: [false, true])
    func mapping(rereading: Bool) throws {
        var sender = try Sender()
        func next() throws { if rereading { try sender.forget() } }
        let ann = try #require(try sender.send(user: "ann")).user
        let bob = try #require(try sender.send(user: "bob")).user
        func target(_ user: UserKey) throws -> UserKey? { try sender.record.mergeTarget(of: user) }

        try sender.map("ann", to: "bob")
        try next()
        #expect(try target(ann) == bob)
        try sender.map("bob", to: "cleo")
        try next()
        let cleo = try #require(try sender.record.user(withID: "cleo")).key
        #expect(try target(ann) == bob, "a chain keeps its links")
        #expect(try target(bob) == cleo, "a user_id that was never seen is made")
        try sender.map("cleo", to: "ann")
        try next()
        #expect(try target(cleo) == ann)
        #expect(try target(bob) == nil, "what would close the circle is taken back")
        #expect(try target(ann) == bob)
        try sender.map("ann", to: "cleo")
        try next()
        #expect(try target(cleo) == nil)
        #expect(try target(ann) == cleo, "and now the other way round")
        try sender.map("ann", to: nil)
        try next()
        #expect(try target(ann) == nil)
        let before = sender.merges.count
        try sender.map("ann", to: nil)
        try sender.map("bob", to: "bob")
        #expect(sender.merges.count == before, "nothing to take back, nothing to map")
        #expect(try sender.send(user: "ann")?.user == ann, "events keep the key that they were stored with")
    }
}

@Suite("what an event carries, next to its person's") struct SkippingTests {
    @Test("an event that skips the person's properties neither reads nor changes them")
    func skips() throws {
        var sender = try Sender()
        let first = try #require(
            try sender.send(user: "ann", "\"user_properties\":{\"plan\":\"free\"},\"country\":\"DE\"")
        )
        let skipping = try #require(
            try sender.send(
                user: "ann",
                "\"$skip_user_properties_sync\":true,\"user_properties\":{\"beta\":true},\"platform\":\"iOS\""
            )
        )
        #expect(try sender.record.text(of: skipping.userProperties) == "{\"beta\":true}")
        #expect(
            try sender.record.text(of: skipping.context) == "{\"platform\":\"iOS\",\"library\":\"http/2.0\"}"
        )
        let last = try #require(try sender.send(user: "ann"))
        #expect(last.userProperties == first.userProperties)
        #expect(last.context == first.context)
    }

    @Test("paying from the first revenue event on, that event included")
    func paying() throws {
        var sender = try Sender()
        func isPaying(_ event: StoredEvent?) throws -> Bool {
            try event.flatMap { try sender.record.text(of: $0.context) }?.contains("\"paying\":\"true\"") == true
        }
        let before = try sender.send(user: "ann")
        let sale = try sender.send(user: "ann", "\"revenue\":5")
        let after = try sender.send(user: "ann")
        #expect(try !isPaying(before))
        #expect(try isPaying(sale))
        #expect(try isPaying(after))
        #expect(try !isPaying(sender.send(user: "bob")))
        #expect(sale?.revenue == 5 && after?.revenue == nil)
    }

    @Test("an id into which a thousand were merged takes in no more")
    func megaUser() throws {
        var sender = try Sender()
        let kiosk = try #require(try sender.send(user: "kiosk")).user
        for number in 0..<1_001 {
            let anonymous = try #require(try sender.send(device: "visitor \(number)")).user
            #expect(try sender.send(user: "kiosk", device: "visitor \(number)")?.user == kiosk)
            if number == 500 { try sender.forget() }
            #expect((try sender.record.mergeTarget(of: anonymous) == kiosk) == (number < 1_000))
        }
        #expect(sender.merges.count == 1_000)
    }
}
