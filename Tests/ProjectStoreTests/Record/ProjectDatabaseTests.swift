import EventModel
import Foundation
import GRDB
import SQLiteFiles
import Storage
import TestSupport
import Testing

@testable import ProjectStore

@Suite struct ProjectDatabaseTests {
    @Test("a commit is there after reopening: journal, names, people, fingerprints, ledger")
    func commits() throws {
        let folder = TemporaryFolder()
        var change = RecordChange(batch: everything)
        change.users = [
            UserState(key: UserKey(1), userID: "bob", context: ContextID(2), properties: PropertySetID(1)),
            UserState(key: UserKey(2), amplitudeID: AmplitudeID(900_000_000_001)),
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
        #expect(try record.user(AmplitudeID(900_000_000_001)) == change.users[1])
        #expect(try record.user(AmplitudeID(2)) == nil)
        #expect(try record.counters().amplitudeID == 900_000_000_001)
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

    @Test("what came is in the log, and by user after it is collected; what was settled holds no more")
    func bundles() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        func arrival(_ sequence: Int64, _ index: Int) -> Arrival { Arrival(JournalSequence(sequence), index: index) }
        func came(_ user: Int32, _ bundle: Int32, _ arrival: Arrival) -> BundleArrival {
            BundleArrival(user: UserKey(user), bundle: PropertyBundleID(bundle), arrival: arrival)
        }
        let (plan, platform) = (PersonProperty(ExactText("p\"é")), PersonProperty(ExactText("p"), isBuiltIn: true))
        let bundles = [PropertyBundle([plan]), PropertyBundle([platform, plan])]
        var change = RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0)))
        change.users = [1, 2].map { UserState(key: UserKey($0), arrival: arrival(1, 0)) }
        change.propertyBundles = bundles.enumerated().map {
            Numbered(PropertyBundleID(Int32($0.offset + 1)), $0.element)
        }
        change.received = [came(1, 1, arrival(1, 300)), came(2, 2, arrival(1, 70_000))]
        _ = try record.commit(change)
        #expect(try record.counters().propertyBundle == 2)
        #expect(try record.propertyBundle(withText: bundles[1].text) == PropertyBundleID(2))
        #expect(try record.text(of: PropertyBundleID(2)).flatMap { PropertyBundle(text: $0) } == bundles[1])
        #expect(try record.loggedArrivals() == change.received)

        change = RecordChange(batch: change.batch)
        change.settledUsers = [UserKey(2)]
        change.received = [came(1, 1, arrival(2, 4)), came(2, 1, arrival(2, 5))]
        _ = try record.commit(change)
        #expect(try record.loggedArrivals() == [came(1, 1, arrival(2, 4)), came(2, 1, arrival(2, 5))])
        #expect(try record.arrivals(of: UserKey(1)).ofProperties == [:], "what is in the log is asked of the log")

        change = RecordChange(batch: change.batch)
        change.collected = try record.loggedArrivals() + [came(1, 2, arrival(3, 1))]
        _ = try record.commit(change)
        #expect(try record.loggedArrivals() == [])
        #expect(
            try record.arrivals(of: UserKey(1)).ofProperties == [plan: arrival(3, 1), platform: arrival(3, 1)]
        )
        #expect(try record.arrivals(of: UserKey(2)).ofProperties == [plan: arrival(2, 5)])

        change = RecordChange(batch: change.batch)
        change.settledUsers = [UserKey(1)]
        change.arrivals = [PropertyArrival(user: UserKey(1), property: platform, arrival: arrival(1, 2))]
        _ = try record.commit(change)
        #expect(try record.arrivals(of: UserKey(1)).ofProperties == [platform: arrival(1, 2)])
        #expect(try record.loggedArrivals() == [], "nothing holds that stood before")
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
        #expect(try record.user(AmplitudeID(1)) == ann, "whoever was there keeps the number that was shown")
        #expect(try record.users(withIDPrefix: "a") == [ann.key])
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
        var color = PropertySettings()
        color.description = "\"Of\" it"
        color.type = .enum
        color.pattern = "^[a-z]\u{0}"
        color.values = ["red", "a,b"]
        color.classifications = [.sensitive, .personal]
        (color.isList, color.isRequired, color.isHidden, color.isDeleted, color.isBlocked) = (
            true, true, true, true, true
        )
        let shared = PlannedProperty(.event, ExactText("color"))
        let own = PlannedProperty(.event, of: ExactText("Play"), ExactText("color"))
        wanted.properties = [
            shared: color, own: PropertySettings(), PlannedProperty(.user, ExactText("color")): PropertySettings(),
        ]
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
            #expect(try record.droppedNames().types == [ExactText("e\u{301}")])
        }
        do {
            let record = try ProjectDatabase(folder: folder.url)
            defer { record.close() }
            #expect(try record.eventSettings() == wanted)
            #expect(try record.droppedNames().properties(of: .event, owner: ExactText("Stop")) == [shared.name])
            wanted.properties[own] = nil
            wanted.properties[shared]?.isDeleted = false
            wanted.properties[shared]?.isBlocked = false
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
            #expect(try record.droppedNames() == DroppedNames(EventSettings()))
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
                user: UserKey(Int32($0.offset + 11)),
                isUnclaimed: false
            )
        }
        _ = try record.commit(change)
        for (prefix, expected) in [
            ("a", ["a", "a%", "a_", "ab", "aé"]), ("A", ["A"]), ("a%", ["a%"]), ("e", ["e\u{301}"]), ("é", ["é"]),
            ("x", []),
        ] {
            let own = expected.map { id in Int32(ids.firstIndex { ExactText($0) == ExactText(id) }! + 1) }.sorted()
            let found = try record.users(withIDPrefix: prefix).map(\.number)
            #expect(found == own + own.map { $0 + 10 }, "\(prefix): as users, and by their devices")
        }
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
