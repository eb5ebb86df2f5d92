import EventModel
import ProjectStore
import Storage
import Testing

@testable import Ingestion

@Suite("Whose imported rows are") struct ImportedPeopleTests {
    private static let id: Int64 = 900_000_000_001

    private func person(_ importer: Importer, _ id: Int64 = Self.id) throws -> UserKey? {
        try importer.record.user(importedAs: AmplitudeID(id))
    }

    @Test("rows of one Amplitude ID are one person, whatever the device", arguments: [false, true])
    func onePerson(rereading: Bool) throws {
        var importer = try Importer()
        try importer.add([row(["uuid": "\"1\""]), row(["uuid": "\"2\"", "device_id": "\"tablet\""])])
        if rereading { try importer.forget() }
        try importer.add([
            row(["uuid": "\"3\"", "device_id": "\"tablet\"", "user_id": "\"ann\""]),
            row(["uuid": "\"4\"", "amplitude_id": "900000000002", "user_id": "\"bob\""]),
        ])
        let ann = try #require(try person(importer))
        let bob = try #require(try person(importer, 900_000_000_002))
        #expect(importer.stored.map(\.user) == [ann, ann, ann, bob])
        #expect(importer.stored.map(\.carriesUserID) == [false, false, true, true])
        #expect(importer.merges.isEmpty, "the rules of identity have no say")
        let state = try #require(try importer.record.user(ann))
        #expect(state.userID == "ann" && state.amplitudeID == AmplitudeID(Self.id))
        #expect(importer.stored.allSatisfy { $0.door == .imported })
        #expect(importer.stored[0].time == Timestamp(milliseconds: 1_769_903_999_123))
        #expect(importer.stored[0].receivedAt == Timestamp(milliseconds: 1_769_904_001_500))
    }

    @Test("what clients send later is found to be theirs, by user id and by device", arguments: [false, true])
    func live(rereading: Bool) throws {
        var importer = try Importer()
        try importer.add([
            row(["uuid": "\"1\"", "user_id": "\"ann\""]),
            row(["uuid": "\"2\"", "amplitude_id": "900000000002", "device_id": "\"tablet\""]),
        ])
        if rereading { try importer.forget() }
        let ann = try #require(try person(importer))
        let other = try #require(try person(importer, 900_000_000_002))
        #expect(try importer.send(#"{"user_id":"ann","event_type":"A"}"#)?.user == ann)
        #expect(try importer.send(#"{"device_id":"phone","event_type":"A"}"#)?.user == ann)
        #expect(try importer.send(#"{"device_id":"tablet","event_type":"A"}"#)?.user == other)
        #expect(try importer.send(#"{"user_id":"cleo1","device_id":"tablet","event_type":"A"}"#)?.user == other)
        let next = try #require(try importer.send(#"{"device_id":"new","event_type":"A"}"#)?.user)
        #expect(try importer.record.user(next)?.amplitudeID == AmplitudeID(900_000_000_003))
    }

    @Test("a number that somebody had who is gone from the files is not given again")
    func gone() throws {
        var importer = try Importer()
        let ann = try #require(try importer.send(#"{"user_id":"ann","device_id":"phone","event_type":"A"}"#)?.user)
        _ = try importer.send(#"{"user_id":"bob","device_id":"tablet","event_type":"A"}"#)
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let (_, deletions) = try importer.record.commit(
            RecordChange(batch: JournalBatch(receivedAt: now), fingerprints: [], ledger: LedgerCounts()),
            deleting: [ann],
            DeletionOrder(requester: "test", requestedAt: now, dueAt: now)
        )
        #expect(deletions.count == 1)
        let compaction = RecordCompaction(Departure(people: [ann]), in: importer.record)
        while try compaction.look() {}
        while try compaction.forget() {}
        #expect(try importer.record.user(ann) == nil)
        try importer.forget()
        try importer.add([row(["amplitude_id": "1", "user_id": "\"cleo\"", "device_id": "\"other\""])])
        let cleo = try #require(try person(importer, 1))
        #expect(try importer.record.user(cleo)?.amplitudeID == AmplitudeID(3), "1 was Ann's, 2 is Bob's")
    }

    @Test("a person who is here already is the one of that user id; a number that somebody has is not given twice")
    func known() throws {
        var importer = try Importer()
        let ann = try #require(try importer.send(#"{"user_id":"ann","device_id":"phone","event_type":"A"}"#)?.user)
        try importer.add([
            row(["uuid": "\"1\"", "amplitude_id": "7", "user_id": "\"ann\"", "device_id": "\"old\""]),
            row(["uuid": "\"2\"", "amplitude_id": "1", "user_id": "\"bob\"", "device_id": "\"b\""]),
            row(["uuid": "\"3\"", "amplitude_id": "7", "device_id": "\"old\""]),
        ])
        #expect(try person(importer, 7) == ann)
        let bob = try #require(try person(importer, 1))
        #expect(bob != ann)
        #expect(try importer.record.user(bob)?.amplitudeID == AmplitudeID(2), "1 is Ann's here")
        #expect(importer.stored.map(\.user) == [ann, ann, bob, ann])
    }

    @Test(
        "a device stands for who was seen on it last, a named one before an anonymous one, a client's before an imported one"
    )
    func devices() throws {
        func seen(_ id: Int, _ second: Int, user: String? = nil) -> String {
            row([
                "uuid": "\"\(id) \(second)\"", "amplitude_id": "\(id)", "user_id": user.map { "\"\($0)\"" } ?? "null",
                "server_upload_time": "\"2026-02-01 00:00:0\(second)\"",
            ])
        }
        func owner(_ rows: [String]) throws -> Int64? {
            var importer = try Importer()
            try importer.add(rows)
            let user = try #require(try importer.record.device(withID: "phone")?.user)
            return try importer.record.user(user)?.amplitudeID.number
        }
        #expect(try owner([seen(1, 1), seen(2, 2)]) == 2)
        #expect(try owner([seen(1, 2), seen(2, 1)]) == 1, "whatever the order of the rows")
        #expect(try owner([seen(1, 1), seen(1, 5), seen(2, 3)]) == 1)
        #expect(try owner([seen(1, 1, user: "ann"), seen(2, 2)]) == 1)
        #expect(try owner([seen(2, 2), seen(1, 1, user: "ann")]) == 1)
        #expect(try owner([seen(1, 1, user: "ann"), seen(2, 2, user: "bob")]) == 2)
        var importer = try Importer()
        let here = try importer.send(#"{"device_id":"phone","event_type":"A"}"#)?.user
        try importer.add([seen(5, 1, user: "ann")])
        #expect(try importer.record.device(withID: "phone")?.user == here)
    }

    @Test("context and properties are the row's; the next event starts from those of the last one")
    func snapshots() throws {
        var importer = try Importer()
        func seen(_ second: Int, _ color: String, _ city: String) -> String {
            row([
                "uuid": "\"\(second)\"", "user_id": "\"ann\"", "city": "\"\(city)\"", "language": "\"English\"",
                "user_properties": "{\"color\":\"\(color)\",\"n\":\(second)}",
                "server_upload_time": "\"2026-02-01 00:00:0\(second)\"",
            ])
        }
        try importer.add([seen(5, "red", "Rome"), seen(3, "blue", "Bonn")])
        func text(_ event: StoredEvent) throws -> String? { try importer.record.text(of: event.userProperties) }
        #expect(try importer.stored.map(text) == [#"{"color":"red","n":5}"#, #"{"color":"blue","n":3}"#])
        let contexts = try importer.stored.map { try importer.record.text(of: $0.context) }
        #expect(contexts == [#"{"city":"Rome","language":"English"}"#, #"{"city":"Bonn","language":"English"}"#])
        var next = try #require(try importer.send(#"{"user_id":"ann","event_type":"A"}"#))
        #expect(try text(next) == #"{"color":"red","n":5}"#, "of the row that was received last, not imported last")
        next = try #require(
            try importer.send(#"{"user_id":"ann","event_type":"A","user_properties":{"color":"green"}}"#)
        )
        try importer.forget()
        try importer.add([seen(9, "white", "Oslo")])
        next = try #require(try importer.send(#"{"user_id":"ann","event_type":"A"}"#))
        #expect(try text(next) == #"{"color":"green","n":5}"#, "what came here is later than what is imported")
    }

    @Test("large properties are kept whole, and are their person's own")
    func large() throws {
        var importer = try Importer()
        let long = String(repeating: "x", count: 900)
        func seen(_ second: Int) -> String {
            row([
                "uuid": "\"\(second)\"", "server_upload_time": "\"2026-02-01 00:00:0\(second)\"",
                "user_properties": "{\"a\":\"\(long)\",\"b\":\"\(long)\",\"n\":\(second)}",
            ])
        }
        try importer.add([seen(3), seen(1), seen(4)])
        try importer.forget()
        let texts = Dictionary(
            uniqueKeysWithValues: try importer.record.batches(after: .none, limit: 10).flatMap(\.propertyPatches)
                .map { ($0.set, $0.textSize) }
        )
        #expect(importer.stored.allSatisfy { texts[$0.userProperties] ?? 0 > 1_800 } && texts.count == 3)
        let next = try #require(try importer.send(#"{"device_id":"phone","event_type":"A"}"#))
        #expect(next.userProperties == importer.stored[2].userProperties)
        #expect(try importer.record.text(of: next.userProperties)?.hasSuffix("\"n\":4}") == true)
    }

    @Test("the same again is stored once, also by who has read all from the record, and after 7 days")
    func duplicates() throws {
        var importer = try Importer()
        let rows = (1...5).map { row(["uuid": "\"\($0)\""]) }
        var (_, counts) = try importer.add(rows + [rows[0]])
        #expect(counts.stored == 5 && counts.duplicate == 1 && counts.balances)
        try importer.forget()
        (_, counts) = try importer.add(rows + [row(["uuid": "\"6\""])], file: "other", at: 1_900_000_000_000)
        #expect(counts.stored == 1 && counts.duplicate == 5)
        let bare = row(["uuid": "null"])
        (_, counts) = try importer.add([bare, bare])
        #expect(counts.stored == 2)
        try importer.forget()
        (_, counts) = try importer.add([bare, bare, bare])
        #expect(counts.stored == 1 && counts.duplicate == 2)
        try importer.send(#"{"device_id":"phone","event_type":"A","insert_id":"sent"}"#)
        (_, counts) = try importer.add([row(["uuid": "\"7\"", "$insert_id": "\"sent\""])])
        #expect(counts.duplicate == 1, "a client has sent it here, too")
        let ledger = try importer.record.ledgerTotals()
        #expect(ledger.balances && ledger.stored == importer.stored.count)
    }

    @Test(
        "merges make one person of two; with two names, one that counts as the other; they are taken back, and not told twice"
    )
    func merges() throws {
        var importer = try Importer()
        func merge(_ from: Int, _ into: Int) -> String {
            #"{"amplitude_id":\#(from),"merge_event_time":"2026-02-01 00:00:00","merged_amplitude_id":\#(into)}"#
        }
        try importer.add([
            row(["uuid": "\"1\"", "amplitude_id": "1", "device_id": "\"a\""]),
            row(["uuid": "\"2\"", "amplitude_id": "2", "device_id": "\"b\"", "user_id": "\"ann\""]),
            row(["uuid": "\"3\"", "amplitude_id": "3", "device_id": "\"c\"", "user_id": "\"bob\""]),
        ])
        let keys = try (1...3).map { try #require(try person(importer, Int64($0))) }
        try importer.add([merge(1, 2), merge(3, 2), merge(1, 2), merge(8, 9)], as: .merges)
        try importer.forget()
        try importer.add([merge(1, 2), merge(3, 2)], as: .merges)
        let moment = Timestamp(milliseconds: 1_769_904_000_000)
        #expect(
            importer.merges.prefix(2) == [
                Merge(from: keys[0], into: keys[1], time: moment, cause: .login),
                Merge(from: keys[2], into: keys[1], time: moment, cause: .mapping),
            ]
        )
        #expect(importer.merges.count == 3, "8 and 9 are people of whom nothing has come yet")
        let ghosts = try [8, 9].map { try person(importer, $0) }
        #expect(importer.merges[2].from == ghosts[0] && importer.merges[2].into == ghosts[1])
        try importer.add([merge(3, 3), merge(2, 3)], as: .merges)
        #expect(importer.merges.dropFirst(3).map(\.cause) == [.unmapping, .mapping])
        // Into a circle: the latest word holds.
        try importer.add([merge(3, 2)], as: .merges)
        #expect(importer.merges.dropFirst(5).map(\.cause) == [.unmapping, .mapping])
        #expect(try importer.record.mergeTarget(of: keys[1]) == nil)
        #expect(try importer.record.mergeTarget(of: keys[2]) == keys[1])
    }

    @Test("properties after a merge are those of who was seen later")
    func joined() throws {
        func seen(_ id: Int, _ second: Int, _ properties: String, user: String = "null") -> String {
            row([
                "uuid": "\"\(id)\"", "amplitude_id": "\(id)", "device_id": "\"\(id)\"", "user_id": user,
                "user_properties": properties, "server_upload_time": "\"2026-02-01 00:00:0\(second)\"",
            ])
        }
        let merge = #"{"amplitude_id":1,"merge_event_time":"2026-02-01 00:00:00","merged_amplitude_id":2}"#
        for (second, wanted) in [(1, #"{"a":2}"#), (9, #"{"a":1,"b":1}"#)] {
            var importer = try Importer()
            try importer.add([seen(1, second, #"{"a":1,"b":1}"#), seen(2, 5, #"{"a":2}"#, user: "\"ann\"")])
            try importer.add([merge], as: .merges)
            let next = try #require(try importer.send(#"{"user_id":"ann","event_type":"A"}"#))
            #expect(try importer.record.text(of: next.userProperties) == wanted)
        }
    }

    @Test("events as clients send them find their people by the rules, in the order of the file, at their own time")
    func events() throws {
        var importer = try Importer()
        let (rejections, counts) = try importer.add(
            [
                #"{"device_id":"d","event_type":"A","time":1000,"user_properties":{"$set":{"x":1}}}"#,
                #"{"user_id":"ann","device_id":"d","event_type":"A","time":500}"#,
                #"{"user_id":"ann","event_type":"A"}"#,
            ],
            as: .events
        )
        #expect(rejections.map(\.line) == [3] && counts.stored == 2 && counts.rejected == 1 && counts.balances)
        #expect(importer.stored.map(\.user) == [UserKey(1), UserKey(1)])
        #expect(importer.stored.map(\.time.milliseconds) == [1000, 500])
        #expect(importer.stored.map(\.receivedAt) == [nil, nil], "here, and now")
        #expect(importer.stored.map(\.uploadTime.milliseconds) == [1_800_000_000_000, 1_800_000_000_000])
        #expect(try importer.record.text(of: importer.stored[1].userProperties) == #"{"x":1}"#)
    }
}
