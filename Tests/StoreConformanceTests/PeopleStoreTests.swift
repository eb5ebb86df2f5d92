import DuckDBStore
import EventModel
import Storage
import TestSupport
import Testing

/// Events as short texts: `user type time`, with what else matters behind them.
private struct Line {
    var user: Int32
    var type: Int32
    var time: Int64
    var session: Int64 = -1
    var device: Int32 = 1
    var set: Int32 = 0
    var clientTime: Int64?
    var revenue: Double?
    var extras: String?
    var insertID: String?
}

private func store(_ kind: StoreKind, _ folder: TemporaryFolder, _ lines: [Line]) throws -> any PeopleStore {
    var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 777))
    batch.eventTypes = [Numbered(EventTypeID(1), "Play"), Numbered(EventTypeID(2), "Stop")]
    batch.devices = [Numbered(DeviceKey(1), "phone"), Numbered(DeviceKey(2), "tablet")]
    var context = EventContext()
    context[.country] = "Côte d'Ivoire"
    context[.paying] = "true"
    batch.contexts = [Numbered(ContextID(1), context)]
    batch.propertySets = [Numbered(PropertySetID(1), "{\"a\":1}")]
    batch.users = [
        UserFact(user: UserKey(1), userID: nil), UserFact(user: UserKey(1), userID: "ann"),
        UserFact(user: UserKey(2), userID: "bob", amplitudeID: AmplitudeID(900_000_000_001)),
    ]
    let events = lines.map { line in
        StoredEvent(
            user: UserKey(line.user),
            device: DeviceKey(line.device),
            carriesUserID: line.user == 1,
            type: EventTypeID(line.type),
            time: Timestamp(milliseconds: line.time),
            clientTime: Timestamp(milliseconds: line.clientTime ?? line.time),
            uploadTime: Timestamp(milliseconds: 3),
            sessionID: line.session,
            insertID: line.insertID,
            context: ContextID(1),
            userProperties: PropertySetID(line.set),
            revenue: line.revenue,
            extras: line.extras
        )
    }
    batch.events = StoredEvents(events)
    let store = try kind.make(folder)
    try store.append([batch])
    return store
}

private let ann = UserKey(1)
private let bob = UserKey(2)

@Suite struct PeopleStoreTests {
    @Test("an insert id is what was sent, whether it is a UUID, another text or none", arguments: StoreKind.allCases)
    func insertIDs(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let sent = ["67c5f0d4-1b7e-4b7e-8b7e-0123456789ab", "order 7", nil]
        let lines = sent.enumerated().map { Line(user: 1, type: 1, time: Int64($0.offset), insertID: $0.element) }
        let store = try store(kind, folder, lines)
        #expect(try store.events(at: [0, 1, 2]).map(\.event.insertID) == sent)
    }

    @Test("nobody and nothing", arguments: StoreKind.allCases)
    func empty(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try store(kind, folder, [])
        for users in [[], [ann]] {
            #expect(try store.places(of: users, without: [], newestFirst: true, offset: 0, limit: 5).isEmpty)
            #expect(try store.activity(of: users, ActivityTypes(ignored: [])) == PersonActivity())
            #expect(try store.spans(of: users, without: []).isEmpty)
            #expect(try store.changes(of: .userProperties, users: users, limit: 5).isEmpty)
        }
        #expect(try store.events(at: []).isEmpty)
        #expect(try store.events(at: [0, 7]).isEmpty)
        #expect(try store.users(onDevice: DeviceKey(1), limit: 5).isEmpty)
        let ever = Timestamp(milliseconds: .min)..<Timestamp(milliseconds: .max)
        #expect(try store.eventCounts(ever, without: []).isEmpty)
    }

    @Test("places: by time, ties as stored, some types left out", arguments: StoreKind.allCases)
    func places(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try store(
            kind,
            folder,
            [
                Line(user: 1, type: 1, time: 5, session: 50), Line(user: 2, type: 1, time: 1),
                Line(user: 1, type: 1, time: 3), Line(user: 1, type: 2, time: 4), Line(user: 1, type: 1, time: 3),
            ]
        )
        func rows(_ users: [UserKey], _ newestFirst: Bool, _ offset: Int, _ limit: Int) throws -> [Int] {
            try store.places(
                of: users,
                without: [EventTypeID(2)],
                newestFirst: newestFirst,
                offset: offset,
                limit: limit
            ).map(\.row)
        }
        #expect(try rows([ann], true, 0, 10) == [0, 4, 2])
        #expect(try rows([ann], false, 0, 10) == [2, 4, 0])
        #expect(try rows([ann, bob], false, 0, 10) == [1, 2, 4, 0])
        #expect(try rows([ann], true, 1, 1) == [4])
        #expect(try rows([ann], true, 3, 1).isEmpty)
        #expect(
            try store.places(of: [ann], without: [], newestFirst: true, offset: 0, limit: 2)
                == [EventPlace(row: 0, sessionID: 50), EventPlace(row: 3, sessionID: -1)]
        )
    }

    @Test("whole events with their names, in the order asked for", arguments: StoreKind.allCases)
    func events(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let lines = [
            Line(user: 1, type: 1, time: .max, session: 9, device: 2, set: 1, clientTime: .min, revenue: -1.5),
            Line(user: 2, type: 2, time: 1, extras: "{\"ip\":\"::1\"}"),
            Line(user: 0, type: 2, time: 1, device: 0),
        ]
        let store = try store(kind, folder, lines)
        #expect(try store.events(at: [1, 1, 7]).map(\.row) == [1, 1])
        let found = try store.events(at: [2, 0, 1])
        #expect(found.map(\.row) == [2, 0, 1])
        #expect(found.map(\.type) == ["Stop", "Play", "Stop"])
        #expect(found.map(\.userID) == [nil, "ann", nil], "only what the event itself carried")
        for event in found {
            let expected = [ann: AmplitudeID(1), bob: AmplitudeID(900_000_000_001)][event.event.user]
            #expect(event.amplitudeID == expected)
        }
        #expect(try store.amplitudeIDs(of: [bob, UserKey(77)]) == [bob: AmplitudeID(900_000_000_001)])
        #expect(found.map(\.deviceID) == [nil, "tablet", "phone"])
        #expect(found.map(\.userProperties) == ["{}", "{\"a\":1}", "{}"])
        #expect(found.map(\.receivedAt.milliseconds) == [777, 777, 777])
        #expect(found.map { $0.context[.country] } == Array(repeating: "Côte d'Ivoire", count: 3))
        #expect(found.map { $0.context[.paying] } == Array(repeating: "true", count: 3))
        #expect(found[0].context[.city] == nil)
        #expect(found[1].event.time == Timestamp(milliseconds: .max))
        #expect(found[1].event.clientTime == Timestamp(milliseconds: .min))
        #expect(found[1].event.revenue == -1.5 && found[1].event.sessionID == 9 && found[1].event.carriesUserID)
        #expect(found[2].event.extras == "{\"ip\":\"::1\"}" && !found[2].event.carriesUserID)
    }

    @Test("what people have done in all", arguments: StoreKind.allCases)
    func activity(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let day: Int64 = 86_400_000
        let store = try store(
            kind,
            folder,
            [
                // A session of 30 ms on the sender's clock, of which the hidden type 3 would make 99.
                Line(user: 1, type: 1, time: 1000, session: 7, clientTime: 10, revenue: 2),
                Line(user: 2, type: 1, time: 2000, session: 7, device: 2, clientTime: 40, revenue: -0.5),
                Line(user: 1, type: 3, time: 1500, session: 7, clientTime: 109, revenue: 0),
                // Exactly a day counts, a millisecond more does not, nor does one beyond all measure.
                Line(user: 1, type: 1, time: 900, session: 8, clientTime: 0),
                Line(user: 1, type: 1, time: 901, session: 8, clientTime: day),
                Line(user: 1, type: 1, time: 902, session: 9, clientTime: 0),
                Line(user: 1, type: 1, time: 903, session: 9, clientTime: day + 1),
                Line(user: 1, type: 1, time: 904, session: 10, clientTime: .min),
                Line(user: 1, type: 1, time: 905, session: 10, clientTime: .max),
                // The inactive type 4 opens no session; hidden events alone make one without length.
                Line(user: 1, type: 4, time: 906, session: 11),
                Line(user: 1, type: 3, time: 907, session: 12, clientTime: 0),
                Line(user: 1, type: 3, time: 908, session: 12, clientTime: 5),
                Line(user: 1, type: 1, time: 909),
                // The ignored type 5 counts for nothing, but shows where the device was.
                Line(user: 1, type: 5, time: 9999, session: 13, revenue: 100, extras: place(1, 1)),
                Line(user: 3, type: 1, time: 5),
            ]
        )
        let types = ActivityTypes(
            ignored: [EventTypeID(5)],
            inactive: [EventTypeID(4)],
            lengthless: [EventTypeID(3), EventTypeID(4)]
        )
        var expected = PersonActivity()
        expected.events = 13
        expected.sessions = 5
        expected.sessionMilliseconds = 30 + day
        expected.first = Timestamp(milliseconds: 900)
        expected.last = Timestamp(milliseconds: 2000)
        expected.purchases = 1
        expected.revenue = 1.5
        expected.devices = ["phone", "tablet"]
        #expect(try store.activity(of: [ann, bob], types) == expected)
    }

    private func place(_ latitude: Double, _ longitude: Double) -> String {
        "{\"location_lat\":\(latitude),\"location_lng\":\(longitude)}"
    }

    @Test("the last place that was sent, in numbers", arguments: StoreKind.allCases)
    func location(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try store(
            kind,
            folder,
            [
                Line(user: 1, type: 1, time: 9, extras: place(52.5, -13)),
                Line(user: 1, type: 1, time: 3, extras: place(1, 1)),
                Line(user: 1, type: 1, time: 12, extras: "{\"location_lat\":\"52\",\"location_lng\":3}"),
                Line(user: 1, type: 1, time: 13, extras: "{\"location_lat\":52}"),
                Line(user: 1, type: 1, time: 14, extras: "{\"ip\":\"\\\"location_lat\"}"),
                Line(user: 1, type: 5, time: 15, extras: place(2, 2)), Line(user: 1, type: 1, time: 16),
            ]
        )
        let activity = try store.activity(of: [ann], ActivityTypes(ignored: [EventTypeID(5)]))
        #expect(activity.location == PersonActivity.Location(latitude: 52.5, longitude: -13))
        #expect(try store.activity(of: [bob], ActivityTypes(ignored: [])).location == nil)
    }

    @Test("when each user was there, and where last", arguments: StoreKind.allCases)
    func spans(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try store(
            kind,
            folder,
            [
                Line(user: 2, type: 5, time: 7, device: 2), Line(user: 1, type: 1, time: 5),
                Line(user: 1, type: 1, time: 9, device: 2), Line(user: 1, type: 5, time: 1),
                Line(user: 1, type: 1, time: 9, device: 1), Line(user: 1, type: 1, time: 3, device: 2),
            ]
        )
        #expect(
            try store.spans(of: [bob, ann, UserKey(9)], without: [EventTypeID(5)]) == [
                UserSpan(
                    user: ann,
                    first: Timestamp(milliseconds: 3),
                    last: Timestamp(milliseconds: 9),
                    lastRow: 5,
                    lastDeviceID: "phone"
                ), UserSpan(user: bob, first: nil, last: nil, lastRow: 0, lastDeviceID: "tablet"),
            ]
        )
        #expect(try lastTimes(store, without: [EventTypeID(5)]) == [1: 9])
        #expect(try lastTimes(store, without: []) == [1: 9, 2: 7])
        #expect(try store.users(onDevice: DeviceKey(2), limit: 9) == [ann, bob])
        #expect(try store.users(onDevice: DeviceKey(2), limit: 1) == [ann])
        #expect(try store.users(onDevice: DeviceKey(1), limit: 9) == [ann])
    }

    private func lastTimes(_ store: any PeopleStore, without types: [EventTypeID]) throws -> [Int32: Int64] {
        var last: [Int32: Int64] = [:]
        try store.readLastTimes(without: types) { users, times in
            for index in users.indices { last[users[index]] = times[index] }
        }
        return last
    }

    @Test("where a number changed, each user for itself", arguments: StoreKind.allCases)
    func changes(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try store(
            kind,
            folder,
            [
                Line(user: 1, type: 1, time: 9), Line(user: 2, type: 1, time: 1, set: 1),
                Line(user: 1, type: 1, time: 2), Line(user: 1, type: 1, time: 1, set: 1),
                Line(user: 2, type: 1, time: 1, set: 1), Line(user: 1, type: 1, time: 1),
            ]
        )
        let changes = [(5, ann, 0), (3, ann, 1), (1, bob, 1), (0, ann, 0)].map { row, user, set in
            NumberChange(row: row, user: user, number: Int32(set))
        }
        #expect(try store.changes(of: .userProperties, users: [ann, bob], limit: 9) == changes)
        #expect(try store.changes(of: .userProperties, users: [ann, bob], limit: 2) == Array(changes.prefix(2)))
        #expect(try store.changes(of: .userProperties, users: [bob], limit: 9) == [changes[2]])
        let contexts = try store.changes(of: .context, users: [ann, bob], limit: 9)
        #expect(contexts.map(\.row) == [1, 0] && contexts.map(\.number) == [1, 1])
    }

    @Test("events of each type in a stretch of time, whose end is not in it", arguments: StoreKind.allCases)
    func counts(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try store(
            kind,
            folder,
            [(1, 1, 9), (1, 1, 10), (2, 2, 10), (1, 1, 19), (2, 2, 20), (3, 1, 12)].map {
                Line(user: $0.0, type: $0.1, time: $0.2)
            }
        )
        let times = Timestamp(milliseconds: 10)..<Timestamp(milliseconds: 20)
        #expect(try store.eventCounts(times, without: []) == [EventTypeID(1): 3, EventTypeID(2): 1])
        #expect(try store.eventCounts(times, without: [UserKey(1), UserKey(2)]) == [EventTypeID(1): 1])
        #expect(try store.eventCounts(times, without: [UserKey(7)]) == [EventTypeID(1): 3, EventTypeID(2): 1])
    }

    /// Ann (1) begins with an identify and has a day that left and one that did not; Bob (2) has only what left, of which the
    /// last is his earliest; a third event of that time is nobody's.
    private static let kept = [
        Line(user: 1, type: 2, time: 10, device: 2), Line(user: 1, type: 1, time: 20, session: 5, revenue: 4),
        Line(user: 1, type: 1, time: 30, session: 5, device: 2, revenue: 8), Line(user: 2, type: 1, time: 50),
        Line(user: 1, type: 1, time: 100, session: 5, revenue: 16), Line(user: 1, type: 1, time: 120, session: 7),
        Line(user: 2, type: 1, time: 40, device: 2), Line(user: 0, type: 1, time: 45, device: 0),
    ]
    private static let cut = Timestamp(milliseconds: 100)

    @Test(
        "days that left: a person's first event says when they were new, and is none of theirs",
        arguments: StoreKind.allCases
    )
    func departed(kind: StoreKind) throws {
        let folders = [try TemporaryFolder().made(), try TemporaryFolder().made()]
        // The same, whether what has left is still stored or not.
        for (folder, left) in zip(folders, [[], [0, 2, 3, 7]]) {
            let lines = Self.kept.enumerated().filter { !left.contains($0.offset) }.map(\.element)
            let store = try store(kind, folder, lines)
            func times(_ rows: [Int]) throws -> [Int64] { try store.events(at: rows).map(\.event.time.milliseconds) }
            let places = try store.places(
                of: [ann, bob],
                without: [EventTypeID(2)],
                since: Self.cut,
                newestFirst: false,
                offset: 0,
                limit: 9
            )
            #expect(try times(places.map(\.row)) == [100, 120])
            let types = ActivityTypes(ignored: [EventTypeID(2)])
            var activity = try store.activity(of: [ann], types, since: Self.cut)
            #expect(activity.events == 2 && activity.sessions == 2 && activity.sessionMilliseconds == 0)
            #expect(activity.purchases == 1 && activity.revenue == 16)
            #expect(activity.first?.milliseconds == 20 && activity.last?.milliseconds == 120)
            #expect(activity.devices == ["phone"])
            activity = try store.activity(of: [bob], types, since: Self.cut)
            #expect(activity.events == 0 && activity.devices == ["tablet"])
            #expect(activity.first?.milliseconds == 40 && activity.last?.milliseconds == 40)
            let spans = try store.spans(of: [ann, bob], without: [EventTypeID(2)], since: Self.cut)
            #expect(spans.map(\.first?.milliseconds) == [20, 40] && spans.map(\.last?.milliseconds) == [120, 40])
            #expect(spans.map(\.lastDeviceID) == ["phone", "tablet"])
            var lasts: [Int32: Int64] = [:]
            try store.readLastTimes(without: [EventTypeID(2)], since: Self.cut) { users, times in
                for i in users.indices { lasts[users[i]] = times[i] }
            }
            lasts[0] = nil
            #expect(lasts == [1: 120, 2: 40])
        }
    }

    @Test("what leaves with a cut: all of before but for each person's first", arguments: StoreKind.allCases)
    func departing(kind: StoreKind) throws {
        let folder = try TemporaryFolder().made()
        let store = try store(kind, folder, Self.kept)
        func departing(
            _ cut: Int64,
            since last: Int64? = nil,
            without users: Set<UserKey> = []
        ) throws -> DepartingEvents {
            try store.departures(
                before: Timestamp(milliseconds: cut),
                since: last.map { Timestamp(milliseconds: $0) },
                ignoring: [EventTypeID(2)],
                without: users
            )
        }
        #expect(try departing(100) == DepartingEvents(events: 4, first: Timestamp(milliseconds: 10)))
        #expect(try departing(100, since: 40) == DepartingEvents(events: 4, first: Timestamp(milliseconds: 40)))
        #expect(try departing(101) == DepartingEvents(events: 5, first: Timestamp(milliseconds: 10)))
        #expect(try departing(100, without: [ann]) == DepartingEvents(events: 2, first: Timestamp(milliseconds: 40)))
        #expect(try departing(10) == DepartingEvents())
        #expect(try departing(30, since: 30) == DepartingEvents(events: 1, first: nil))
    }
}
