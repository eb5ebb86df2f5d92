import Compression
import EventModel
import Foundation
import GRDB
import Storage
import TestSupport
import Testing

@testable import ProjectStore

private var everything: JournalBatch {
    var batch = JournalBatch(receivedAt: Timestamp(milliseconds: 1_700_000_000_123))
    var context = EventContext()
    context[.country] = "Köln"
    context[.paying] = "true"
    batch.events = [
        StoredEvent(
            user: UserKey(1),
            device: DeviceKey(2),
            carriesUserID: true,
            type: EventTypeID(3),
            time: Timestamp(milliseconds: -5),
            clientTime: Timestamp(milliseconds: .max),
            uploadTime: Timestamp(milliseconds: .min),
            sessionID: 1_700_000_000_000,
            eventID: -1,
            insertID: "a\"b\\c\u{1}é",
            context: ContextID(4),
            userProperties: PropertySetID(5),
            eventProperties: "{\"big\":9223372036854775807,\"n\":1.5,\"l\":[1,null,{\"x\":\"🦊\"}],\"\":\"\"}",
            extras: "{\"ip\":\"$remote\"}"
        ),
        StoredEvent(
            user: UserKey(1),
            device: DeviceKey(1),
            carriesUserID: false,
            type: EventTypeID(1),
            time: Timestamp(milliseconds: 0),
            clientTime: Timestamp(milliseconds: 0),
            uploadTime: Timestamp(milliseconds: 0),
            context: ContextID(1)
        ),
    ]
    batch.eventTypes = [Numbered(EventTypeID(1), "é"), Numbered(EventTypeID(2), "e\u{301}")]
    batch.contexts = [Numbered(ContextID(1), EventContext()), Numbered(ContextID(2), context)]
    batch.propertySets = [Numbered(PropertySetID(1), "{\"a\":[1,\"b\"]}")]
    batch.users = [UserFact(user: UserKey(1), userID: "bob"), UserFact(user: UserKey(2), userID: nil)]
    batch.devices = [Numbered(DeviceKey(1), "phone")]
    batch.merges = [Merge(from: UserKey(2), into: UserKey(1), time: Timestamp(milliseconds: 9), cause: .login)]
    batch.propertyNames = [PropertyName(.event, "big"), PropertyName(.user, "a")]
    return batch
}

@Suite struct JournalCodecTests {
    @Test("a batch comes back as it was")
    func roundTrip() throws {
        var codec = JournalCodec()
        _ = codec.encode(JournalBatch(receivedAt: Timestamp(milliseconds: 0)))
        let read = try JournalCodec.decode(codec.encode(everything), sequence: JournalSequence(7))
        #expect(read.sequence == JournalSequence(7))
        #expect(read.receivedAt == everything.receivedAt)
        #expect(read.events == everything.events)
        #expect(read.eventTypes.map { ExactText($0.value) } == everything.eventTypes.map { ExactText($0.value) })
        #expect(read.contexts.map(\.key) == everything.contexts.map(\.key))
        for field in ContextField.allCases {
            #expect(read.contexts.map { $0.value[field] } == everything.contexts.map { $0.value[field] })
        }
        #expect(read.propertySets.map(\.value) == everything.propertySets.map(\.value))
        #expect(read.users == everything.users)
        #expect(read.devices.map(\.value) == ["phone"])
        #expect(read.merges == everything.merges)
        #expect(read.propertyNames == everything.propertyNames)
    }

    @Test("any events come back as they were", arguments: 0..<20)
    func random(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var batch = JournalBatch(receivedAt: Timestamp(milliseconds: .random(in: .min ... .max, using: &random)))
        /// Mostly small and often the same, now and then anything.
        func number() -> Int64 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: .random(in: .min ... .max, using: &random)
            case 1: [Int64.min, -1, 0, .max].randomElement(using: &random)!
            default: .random(in: 0..<3, using: &random)
            }
        }
        func text() -> String {
            String(
                (0..<Int.random(in: 0..<40, using: &random)).map { _ in "aé東\u{0}\"🦊".randomElement(using: &random)! }
            )
        }
        for _ in 0..<Int.random(in: 0..<300, using: &random) {
            var event = everything.events[1]
            event.user = UserKey(Int32(truncatingIfNeeded: number()))
            event.device = DeviceKey(Int32(truncatingIfNeeded: number()))
            event.type = EventTypeID(Int32(truncatingIfNeeded: number()))
            event.context = ContextID(Int32(truncatingIfNeeded: number()))
            event.userProperties = PropertySetID(Int32(truncatingIfNeeded: number()))
            event.carriesUserID = Bool.random(using: &random)
            event.time = Timestamp(milliseconds: number())
            event.clientTime = Timestamp(milliseconds: number())
            event.uploadTime = Timestamp(milliseconds: number())
            event.sessionID = number()
            event.eventID = Bool.random(using: &random) ? number() : nil
            event.revenue = Bool.random(using: &random) ? Double.random(in: -1e9...1e9, using: &random) : nil
            event.insertID = random.pick([nil, text(), UUIDText.text(.random(in: 0 ... .max, using: &random))])
            event.eventProperties = "{\"a\":\"\(text())\"}"
            event.extras = Bool.random(using: &random) ? text() : nil
            batch.events.append(event)
        }
        var codec = JournalCodec()
        let read = try JournalCodec.decode(codec.encode(batch), sequence: .none)
        #expect(read.events == batch.events)
        #expect(read.receivedAt == batch.receivedAt)
    }

    @Test("bytes that are no journal row are an error")
    func damaged() {
        var codec = JournalCodec()
        let good = codec.encode(everything)
        for bytes in [[], [1, 2, 3], Array(good.dropLast(5)), Zstd.compress(Array("{}".utf8)), Zstd.compress([1])] {
            #expect(throws: (any Error).self) { try JournalCodec.decode(bytes, sequence: .none) }
        }
        // One flipped bit anywhere: an error, or another UUID, but no crash.
        for index in good.indices {
            var bytes = good
            bytes[index] ^= 1 << UInt8(index % 8)
            _ = try? JournalCodec.decode(bytes, sequence: .none)
        }
    }
}

@Suite struct ProjectDatabaseTests {
    @Test("a commit is there after reopening: journal, names, people, fingerprints, ledger")
    func commits() throws {
        let folder = TemporaryFolder()
        var change = RecordChange(batch: everything)
        change.users = [
            UserState(key: UserKey(1), userID: "bob", context: ContextID(2), properties: PropertySetID(1)),
            UserState(key: UserKey(2)),
        ]
        change.devices = [
            DeviceState(key: DeviceKey(1), deviceID: "phone", user: UserKey(1), isUnclaimed: false)
        ]
        change.fingerprints = [Fingerprint(high: .max, low: 1), Fingerprint(high: 0, low: 0x0123_4567_89AB_CDEF)]
        change.ledger.received = 3
        change.ledger.stored = 2
        change.ledger.duplicate = 1
        do {
            let record = try ProjectDatabase(folder: folder.url)
            #expect(try record.lastSequence() == .none)
            #expect(try record.commit(change) == JournalSequence(1))
            record.close()
        }
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(try record.lastSequence() == JournalSequence(1))
        #expect(try record.user(withID: "bob") == change.users[0])
        #expect(try record.user(UserKey(2)) == change.users[1])
        #expect(try record.user(withID: "nobody") == nil)
        #expect(try record.device(withID: "phone") == change.devices[0])
        #expect(try record.eventType(named: "é") == EventTypeID(1))
        #expect(try record.eventType(named: "e\u{301}") == EventTypeID(2))
        #expect(try record.text(of: PropertySetID(1)) == "{\"a\":[1,\"b\"]}")
        #expect(try record.propertySet(withText: "{\"a\":[1,\"b\"]}") == PropertySetID(1))
        #expect(try record.text(of: ContextID(2)) == "{\"country\":\"Köln\",\"paying\":\"true\"}")
        #expect(try record.counters().user == 2)
        #expect(try record.counters().eventType == 2)
        var prints: [Fingerprint] = []
        try record.readFingerprints(since: Timestamp(milliseconds: 0)) { prints += $0.fingerprints }
        #expect(prints == change.fingerprints)
        try record.readFingerprints(since: Timestamp(milliseconds: 1_700_000_000_124)) { _ in prints = [] }
        #expect(prints == change.fingerprints, "nothing was accepted so late")
        #expect(try record.ledgerTotals() == change.ledger)
        #expect(try record.batches(after: .none, limit: 10).map(\.events) == [everything.events])
    }

    @Test("when properties arrived is there after reopening, until their person is another's")
    func arrivals() throws {
        let folder = TemporaryFolder()
        func arrival(_ sequence: Int64, _ index: Int) -> Arrival { Arrival(JournalSequence(sequence), index: index) }
        let (plan, platform) = (
            PersonProperty(ExactText("platform")), PersonProperty(ExactText("platform"), isBuiltIn: true)
        )
        var change = RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0)))
        change.users = [UserState(key: UserKey(1), arrival: arrival(1, 7))]
        change.arrivals = [
            PropertyArrival(user: UserKey(1), property: plan, arrival: arrival(1, 9)),
            PropertyArrival(user: UserKey(1), property: platform, arrival: arrival(1, 8)),
            PropertyArrival(user: UserKey(1), property: plan, arrival: arrival(1, 11)),
        ]
        var wanted = PersonArrivals(
            ofUser: arrival(1, 7),
            ofProperties: [plan: arrival(1, 11), platform: arrival(1, 8)]
        )
        do {
            let record = try ProjectDatabase(folder: folder.url)
            _ = try record.commit(change)
            record.close()
        }
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(try record.arrivals(of: UserKey(1)) == wanted)
        #expect(try record.user(UserKey(1)) == change.users[0])

        change.users = [UserState(key: UserKey(1), userID: "ann", arrival: .unknown)]
        change.arrivals = [PropertyArrival(user: UserKey(1), property: plan, arrival: arrival(2, 0))]
        _ = try record.commit(change)
        wanted.ofProperties[plan] = arrival(2, 0)
        #expect(try record.arrivals(of: UserKey(1)) == wanted, "who was there before came when it came")

        change = RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0)))
        change.batch.merges = [
            Merge(from: UserKey(1), into: UserKey(2), time: Timestamp(milliseconds: 0), cause: .mapping)
        ]
        _ = try record.commit(change)
        #expect(try record.arrivals(of: UserKey(1)) == wanted, "a mapped user stays somebody")
        change.batch.merges[0].cause = .login
        _ = try record.commit(change)
        #expect(try record.arrivals(of: UserKey(1)).ofProperties == [:])
    }

    @Test("a record of the time before arrivals were kept is read on: nobody knows when")
    func recordWithoutArrivals() throws {
        let folder = TemporaryFolder()
        do {
            try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
            let pool = try DatabasePool.durable(at: folder.url.appendingPathComponent("project.sqlite"))
            try ProjectSchema.migrator.migrate(pool, upTo: "4: event types' settings, custom events")
            try pool.write { db in
                try db.execute(sql: "INSERT INTO users (key, user_id, context, properties) VALUES (1, 'ann', 3, 4)")
            }
            try pool.close()
        }
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        let ann = UserState(key: UserKey(1), userID: "ann", context: ContextID(3), properties: PropertySetID(4))
        #expect(try record.user(withID: "ann") == ann)
        #expect(try record.allUsers() == [ann])
        #expect(try record.users(withIDPrefix: "a", limit: 2) == [ann])
        #expect(try record.arrivals(of: UserKey(1)) == PersonArrivals(ofUser: .unknown))
        #expect(Arrival.unknown < Arrival(JournalSequence(1), index: 0))
    }

    @Test("event types' settings are there after reopening; a change of one thing changes that alone")
    func eventSettings() throws {
        let folder = TemporaryFolder()
        var wanted = EventSettings()
        var play = EventTypeSettings()
        play.isActive = false
        play.isHiddenFromTimeline = true
        play.displayName = "Played"
        play.tags = ["x", "y z"]
        play.category = EventCategoryID(2)
        var stop = EventTypeSettings()
        stop.isHiddenFromDropdowns = true
        stop.isHiddenFromPathfinder = true
        stop.isHiddenFromPersonaResults = true
        stop.isDeleted = true
        stop.isBlocked = true
        stop.description = "é"
        stop.owner = "ann"
        wanted.types = [ExactText("é"): play, ExactText("e\u{301}"): stop]
        wanted.categories = [EventCategoryID(1): ExactText("A"), EventCategoryID(2): ExactText("B")]
        wanted.lastCategory = EventCategoryID(2)
        wanted.customEvents = [ExactText("C"): ExactText("[{\"event_type\":\"é\",\"filters\":[]}]")]
        do {
            let record = try ProjectDatabase(folder: folder.url)
            defer { record.close() }
            #expect(try record.eventSettings() == EventSettings())
            let answer = try record.changeEventSettings { settings in
                settings = wanted
                return 7
            }
            #expect(answer == 7)
            #expect(try record.eventSettings() == wanted)
            #expect(try record.droppedEventTypes() == [ExactText("e\u{301}")])
        }
        do {
            let record = try ProjectDatabase(folder: folder.url)
            defer { record.close() }
            #expect(try record.eventSettings() == wanted)
            wanted.types[ExactText("é")]?.isActive = true
            wanted.types[ExactText("e\u{301}")] = nil
            wanted.categories = [EventCategoryID(1): ExactText("B")]
            wanted.customEvents[ExactText("C")] = ExactText("[{\"event_type\":\"e\u{301}\",\"filters\":[]}]")
            try record.changeEventSettings { $0 = wanted }
        }
        do {
            let record = try ProjectDatabase(folder: folder.url)
            defer { record.close() }
            #expect(try record.eventSettings() == wanted, "a number given once stays given")
            #expect(try record.droppedEventTypes().isEmpty)
            try record.changeEventSettings { $0 = EventSettings(lastCategory: wanted.lastCategory) }
        }
        do {
            let record = try ProjectDatabase(folder: folder.url)
            defer { record.close() }
            #expect(try record.eventSettings() == EventSettings(lastCategory: wanted.lastCategory))
        }
    }

    @Test("people are found by the beginning of an id, byte by byte")
    func prefixes() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        var change = RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0)))
        let ids = ["ab", "a", "A", "b", "aé", "a%", "a_", "é", "e\u{301}"]
        change.users = ids.enumerated().map { UserState(key: UserKey(Int32($0.offset + 1)), userID: $0.element) }
        change.users.append(UserState(key: UserKey(99)))
        change.devices = ids.enumerated().map {
            DeviceState(
                key: DeviceKey(Int32($0.offset + 1)),
                deviceID: $0.element,
                user: UserKey(1),
                isUnclaimed: false
            )
        }
        _ = try record.commit(change)
        for (prefix, expected) in [
            ("a", ["a", "a%", "a_", "ab", "aé"]), ("A", ["A"]), ("a%", ["a%"]), ("e", ["e\u{301}"]), ("é", ["é"]),
            ("x", []),
        ] {
            let found = try record.users(withIDPrefix: prefix, limit: 10).map { ExactText($0.userID ?? "") }
            #expect(found == expected.map { ExactText($0) }, "\(prefix)")
            let devices = try record.devices(withIDPrefix: prefix, limit: 10).map { ExactText($0.deviceID) }
            #expect(devices == expected.map { ExactText($0) }, "\(prefix)")
        }
        #expect(try record.users(withIDPrefix: "a", limit: 2).map(\.userID) == ["a", "a%"])
    }

    @Test("merges are found from either side; one taken back is gone")
    func merges() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        func merge(_ from: Int32, _ into: Int32, _ cause: Merge.Cause) throws -> Merge {
            let merge = Merge(from: UserKey(from), into: UserKey(into), time: Timestamp(milliseconds: 5), cause: cause)
            var batch = JournalBatch(receivedAt: Timestamp(milliseconds: 0))
            batch.merges = [merge]
            _ = try record.commit(RecordChange(batch: batch))
            return merge
        }
        let login = try merge(3, 1, .login)
        let mapping = try merge(2, 1, .mapping)
        #expect(try record.merges(into: UserKey(1)) == [mapping, login])
        #expect(try record.merge(of: UserKey(3)) == login)
        #expect(try record.merge(of: UserKey(1)) == nil)
        _ = try merge(2, 2, .unmapping)
        #expect(try record.merges(into: UserKey(1)) == [login])
        #expect(try record.merge(of: UserKey(2)) == nil)
    }

    @Test("a commit that fails changes nothing")
    func allOrNothing() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        var change = RecordChange(batch: everything)
        change.users = [UserState(key: UserKey(1), userID: "bob")]
        _ = try record.commit(change)
        // The same names again break a uniqueness rule, after others were written.
        var second = change
        second.users = [UserState(key: UserKey(9), userID: "eve")]
        second.batch.devices = []
        #expect(throws: ProjectRecordError.self) { try record.commit(second) }
        #expect(try record.user(withID: "eve") == nil)
        #expect(try record.lastSequence() == JournalSequence(1))
    }

    @Test("batches are read in order, some at a time")
    func batches() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        for number in 1...5 {
            var batch = JournalBatch(receivedAt: Timestamp(milliseconds: Int64(number)))
            batch.events = StoredEvents(repeating: everything.events[1], count: number)
            #expect(try record.commit(RecordChange(batch: batch)) == JournalSequence(Int64(number)))
        }
        #expect(try record.batches(after: .none, limit: 100).map(\.events.count) == [1, 2, 3, 4, 5])
        #expect(try record.batches(after: JournalSequence(2), limit: 4).map(\.events.count) == [3, 4])
        #expect(try record.batches(after: JournalSequence(2), limit: 1).map(\.events.count) == [3])
        #expect(try record.batches(after: JournalSequence(5), limit: 1).isEmpty)
    }

    @Test("a commit waits for the disk")
    func durable() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(try record.writerSettings() == ["wal", "2"], "journal mode, and synchronous=FULL")
    }
}

@Suite struct ProjectDirectoryTests {
    @Test func projects() throws {
        let folder = TemporaryFolder()
        let directory = try ProjectDirectory(dataFolder: folder.url)
        #expect(try directory.all().isEmpty)
        let first = try directory.defaultProject(name: "default", timeZone: .utc)
        #expect(try directory.defaultProject(name: "default", timeZone: .utc) == first)
        let berlin = try #require(ProjectTimeZone(name: "Europe/Berlin"))
        let second = try directory.create(name: "shop", timeZone: berlin)
        #expect(second.timeZone == berlin)
        #expect(Set([first.apiKey, first.secretKey, second.apiKey, second.secretKey]).count == 4)
        #expect(second.apiKey.count == 32 && second.apiKey.allSatisfy(\.isHexDigit))
        // As another process would see it.
        let other = try ProjectDirectory(dataFolder: folder.url)
        #expect(try other.all() == [first, second])
        #expect(try other.project("shop") == second)
        #expect(try other.project("\(second.id)") == second)
        let rotated = try other.rotateKeys("shop")
        #expect(rotated.apiKey != second.apiKey && rotated.secretKey != second.secretKey)
        #expect(try directory.project("shop") == rotated)
        #expect(rotated.retentionDays == .windows)
        for days in [RetentionDays.calendar, .windows] {
            var changed = rotated
            changed.retentionDays = days
            #expect(try other.setRetentionDays("shop", to: days) == changed)
            #expect(try directory.all() == [first, changed])
        }
    }

    @Test func mistakes() throws {
        let folder = TemporaryFolder()
        let directory = try ProjectDirectory(dataFolder: folder.url)
        _ = try directory.create(name: "shop", timeZone: .utc)
        #expect(throws: ProjectDirectory.Failure.nameTaken("shop")) {
            try directory.create(name: "shop", timeZone: .utc)
        }
        #expect(throws: ProjectDirectory.Failure.unknownProject("shoe")) { try directory.project("shoe") }
        #expect(throws: ProjectDirectory.Failure.unknownProject("shoe")) { try directory.rotateKeys("shoe") }
        #expect(throws: ProjectDirectory.Failure.unknownProject("shoe")) {
            try directory.setRetentionDays("shoe", to: .calendar)
        }
    }
}

@Suite struct RejectedRequestTests {
    private func request(_ number: Int, bytes: Int) -> RejectedRequest {
        // Bytes that do not compress, so that the limit on what is kept is met by the body's own size.
        var random = SeededRandom(seed: UInt64(number))
        let body = (0..<bytes).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        return RejectedRequest(
            receivedAt: Timestamp(milliseconds: Int64(number)),
            path: "/batch",
            reason: "r",
            events: 1,
            body: body
        )
    }

    @Test("what is kept is bounded: the oldest go; the ledger keeps count of all")
    func bounded() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        for number in 1...6 { try record.reject(request(number, bytes: 15 << 20)) }
        let kept = try record.rejectedRequests(limit: 10)
        #expect(kept.map(\.id) == [6, 5, 4, 3], "64 MB hold four of 15 MB")
        #expect(try record.rejectedRequest(6)?.body == request(6, bytes: 15 << 20).body)
        #expect(try record.rejectedRequest(1) == nil)
        try record.forgetRejectedRequest(5)
        #expect(try record.rejectedRequests(limit: 2).map(\.id) == [6, 4])
        let ledger = try record.ledgerTotals()
        #expect(ledger.received == 6 && ledger.rejected == 6 && ledger.balances)
    }
}

@Suite struct SilencedDeviceTests {
    @Test("a list of exact ids that lasts")
    func list() throws {
        let folder = TemporaryFolder()
        var record = try ProjectDatabase(folder: folder.url)
        #expect(try record.silencedDevices() == [])
        // The last two look alike: é is one code point, or e and an accent.
        #expect(try record.silence(["b", "a", "b", "\u{E9}", "e\u{301}"]))
        record.close()
        record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(try record.silencedDevices().count == 4)
        #expect(try record.unsilence(["b", "\u{E9}", "c"]) == ["c"])
        #expect(try record.silencedDevices().map { Array($0.unicodeScalars) } == [["a"], ["e", "\u{301}"]])
    }

    @Test("no more than are quickly read")
    func most() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(try record.silence((1...ProjectDatabase.mostSilencedDevices).map { "device \($0)" }))
        let isTaken = try record.silence(["one more"])
        #expect(!isTaken)
        #expect(try record.silencedDevices().count == ProjectDatabase.mostSilencedDevices)
    }
}
