import EventModel
import Foundation
import GRDB
import ProjectStore
import Storage
import TestSupport
import Testing

@testable import Ingestion

extension RecordSender {
    @discardableResult
    fileprivate mutating func send(_ events: String) throws -> RecordChange {
        #expect(try add(events) == nil)
        return try commit()
    }

    fileprivate func properties(of userID: String) throws -> String? {
        let user = try #require(try record.user(withID: userID))
        return user.properties == .empty ? "{}" : try record.text(of: user.properties)
    }

    /// What the record has of large sets, and how many small ones.
    fileprivate func counts() throws -> (own: Int, shared: Int, ownBytes: Int) {
        try DatabaseQueue(path: folder.url.appendingPathComponent("project.sqlite").path).read { db in
            (
                try Int.fetchOne(db, sql: "SELECT count(*) FROM own_properties") ?? 0,
                try Int.fetchOne(db, sql: "SELECT count(*) FROM property_sets") ?? 0,
                try Int.fetchOne(db, sql: "SELECT sum(length(json)) FROM own_properties") ?? 0
            )
        }
    }

    /// The properties of each stored event, put together from the journal alone.
    fileprivate func journal() throws -> [String] {
        let store = MemoryEventStore()
        let batches = try record.batches(after: .none, limit: .max)
        try store.append(batches)
        let rows = Array(0..<batches.reduce(0) { $0 + $1.events.count })
        return store.events(at: rows).map(\.userProperties)
    }
}

private func event(
    _ properties: String,
    user: String = "ann",
    type: String = "$identify",
    _ more: String = ""
) -> String {
    "{\"user_id\":\"\(user)\",\"event_type\":\"\(type)\",\"user_properties\":\(properties)\(more)}"
}

private func text(_ character: Character, _ length: Int) -> String { String(repeating: character, count: length) }

private func list(_ range: Range<Int>) -> String {
    "{\"l\":[\(range.map { "\"\($0) \(text("x", 200))\"" }.joined(separator: ","))]}"
}

/// What a batch takes in the journal, before it is compressed; names and people aside.
private func journalBytes(_ batch: JournalBatch) -> Int {
    batch.events.size + batch.propertyPatches.reduce(0) { $0 + 40 + $1.bytes.count }
        + batch.propertySets.reduce(0) { $0 + $1.value.utf8.count }
}

@Suite("large sets of properties") struct PropertyMemoryTests {
    @Test(
        "one that grows takes the room of what comes, in the journal; and of one set, in the record",
        arguments: [1, 40]
    )
    func growth(perRequest: Int) throws {
        var sender = try RecordSender()
        var bytes = 0
        for start in stride(from: 0, to: 400, by: perRequest) {
            let events = (start..<start + perRequest).map { index in
                event("{\"$append\":{\"l\":\"\(index) \(text("x", 200))\"}}")
            }
            let change = try sender.send(events.joined(separator: ","))
            bytes += journalBytes(change.batch)
            if start % 80 == 0 { try sender.forget() }
        }
        #expect(try sender.properties(of: "ann") == list(0..<400))
        // 400 events of 200 bytes of text each; as whole sets it would be 16 MB.
        #expect(bytes < 400 * 700, "\(bytes)")
        let (own, shared, ownBytes) = try sender.counts()
        #expect(own == 1 && shared <= 5)
        #expect(ownBytes == list(0..<400).utf8.count)
        let journal = try sender.journal()
        #expect(journal.count == 400)
        for (index, properties) in journal.enumerated() { #expect(properties == list(0..<index + 1), "\(index)") }
    }

    @Test("one that loses its oldest with each that comes, too")
    func sliding() throws {
        var sender = try RecordSender()
        try sender.send(event("{\"$set\":{\"l\":[\((0..<1_000).map(String.init).joined(separator: ","))]}}"))
        var bytes = 0
        for number in 1_000..<1_060 {
            bytes += journalBytes(try sender.send(event("{\"$append\":{\"l\":\(number)}}")).batch)
        }
        #expect(bytes < 60 * 500, "\(bytes)")
        #expect(try sender.properties(of: "ann") == "{\"l\":[\((60..<1_060).map(String.init).joined(separator: ","))]}")
    }

    @Test("to each its own, though equal; small ones are shared", arguments: [false, true])
    func owners(forgets: Bool) throws {
        var sender = try RecordSender()
        func next() throws { if forgets { try sender.forget() } }
        let (large, small) = ("{\"a\":\"\(text("a", 1_000))\",\"b\":\"\(text("b", 100))\"}", "{\"a\":1}")
        try sender.send(
            [event(large), event(large, user: "bob"), event(small, user: "cat"), event(small, user: "dan")]
                .joined(separator: ",")
        )
        try next()
        #expect(try sender.counts().own == 2 && sender.counts().shared == 1)
        let (ann, bob) = (
            try #require(try sender.record.user(withID: "ann")), try #require(try sender.record.user(withID: "bob"))
        )
        #expect(ann.properties != bob.properties)
        try sender.send(event("{\"$set\":\(large)}"))
        #expect(
            try sender.record.user(withID: "ann")?.properties == ann.properties,
            "what changes nothing makes no new set"
        )
        try next()
        try sender.send(event("{\"$unset\":{\"a\":\"-\"}}"))
        try next()
        #expect(try sender.counts().own == 1)
        #expect(try sender.properties(of: "ann") == "{\"b\":\"\(text("b", 100))\"}")
        #expect(try sender.properties(of: "bob") == large)
        try sender.send(event("{\"$clearAll\":\"-\"}", user: "bob"))
        try next()
        #expect(try sender.counts().own == 0)
        try sender.send([event(large), event("{\"$unset\":{\"a\":\"-\"}}"), event(large)].joined(separator: ","))
        try next()
        #expect(try sender.properties(of: "ann") == large)
        #expect(try sender.counts().own == 1)
        #expect(
            try sender.record.text(of: bob.properties) == nil,
            "nobody has it any more, and its number is not given again"
        )
        try sender.send(event("{\"c\":1}", user: "eve"))
        let numbers = try sender.record.batches(after: .none, limit: .max).flatMap { batch in
            batch.propertySets.map(\.key.number) + batch.propertyPatches.map(\.set.number)
        }
        #expect(Set(numbers).count == numbers.count, "\(numbers)")
    }

    @Test("a login hands a large set over")
    func login() throws {
        var sender = try RecordSender()
        let large = "{\"a\":\"\(text("a", 1_000))\",\"b\":\"\(text("b", 1_000))\"}"
        try sender.send("{\"device_id\":\"pad\",\"event_type\":\"A\",\"user_properties\":\(large)}")
        try sender.send(event("{\"c\":\"\(text("c", 1_000))\"}"))
        #expect(try sender.counts().own == 1)
        try sender.forget()
        try sender.send("{\"user_id\":\"ann\",\"device_id\":\"pad\",\"event_type\":\"A\"}")
        #expect(try sender.counts().own == 1)
        #expect(try sender.properties(of: "ann") == "\(large.dropLast()),\"c\":\"\(text("c", 1_000))\"}")
        try sender.forget()
        try sender.send(event("{\"$unset\":{\"a\":\"-\",\"b\":\"-\"}}"))
        #expect(try sender.properties(of: "ann") == "{\"c\":\"\(text("c", 1_000))\"}")
        #expect(try sender.journal().last == "{\"c\":\"\(text("c", 1_000))\"}")
    }

    @Test("an event that leaves its person alone leaves no large set behind")
    func skipping() throws {
        var sender = try RecordSender()
        let large = "{\"a\":\"\(text("a", 1_000))\",\"b\":\"\(text("b", 1_000))\"}"
        try sender.send(event("{\"$set\":\(large)}", type: "$identify", ",\"$skip_user_properties_sync\":true"))
        #expect(try sender.counts().own == 0)
        #expect(try sender.properties(of: "ann") == "{}")
        #expect(try sender.journal() == [large])
    }

    @Test("a large set from before there were own ones is left for one's own")
    func earlier() throws {
        var sender = try RecordSender()
        let large = "{\"a\":\"\(text("a", 1_000))\",\"b\":\"\(text("b", 1_000))\"}"
        var change = RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0)))
        change.batch.propertySets = [Numbered(PropertySetID(1), large)]
        change.users = ["ann", "bob"].enumerated().map { index, name in
            UserState(key: UserKey(Int32(index + 1)), userID: name, properties: PropertySetID(1))
        }
        change.batch.users = change.users.map { UserFact(user: $0.key, userID: $0.userID) }
        _ = try sender.record.commit(change)
        try sender.forget()
        try sender.send(event("{\"$set\":\(large)}", user: "bob"))
        try sender.send(event("{\"$set\":{\"c\":1}}"))
        #expect(try sender.counts().own == 1)
        #expect(try sender.properties(of: "ann") == "\(large.dropLast()),\"c\":1}")
        #expect(try sender.properties(of: "bob") == large)
        #expect(try sender.journal() == [large, "\(large.dropLast()),\"c\":1}"])
    }
}
