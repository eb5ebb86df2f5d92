import EventModel
import Foundation
import GRDB
import SQLiteFiles
import Storage
import TestSupport
import Testing

@testable import ProjectStore

private func change() -> RecordChange {
    RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0)))
}

@Suite("records in which names were cut at a U+0000") struct CutNamesTests {
    /// A record as an earlier version left it: what was sent is in the journal, what it made of it in the tables.
    private func poisoned(_ folder: URL) throws {
        let record = try ProjectDatabase(folder: folder)
        var sent = change()
        sent.batch.eventTypes = [Numbered(EventTypeID(1), "Purchase\u{0}x"), Numbered(EventTypeID(2), "Play")]
        sent.batch.propertyNames = [
            PropertyName(.event, "price\u{0}x"), PropertyName(.event, "\u{0}"), PropertyName(.user, "plan\u{0}x"),
            PropertyName(.user, "price"), PropertyName(.event, "kept\u{0}"), PropertyName(.event, "kept"),
        ]
        sent.batch.users = [
            UserFact(user: UserKey(1), userID: nil), UserFact(user: UserKey(2), userID: "bob"),
            UserFact(user: UserKey(1), userID: "ann\u{0}"),
        ]
        sent.batch.devices = [Numbered(DeviceKey(1), "phone\u{0}x"), Numbered(DeviceKey(2), "pad")]
        _ = try record.commit(sent)
        record.close()
        let pool = try DatabasePool.durable(at: folder.appendingPathComponent("project.sqlite"))
        try pool.write { db in
            try db.execute(
                sql: """
                    DELETE FROM event_types; DELETE FROM property_names;
                    INSERT INTO event_types (id, name) VALUES (1, 'Purchase'), (2, 'Play');
                    INSERT INTO property_names (kind, name) VALUES
                        ('event', 'price'), ('event', ''), ('user', 'plan'), ('user', 'price'), ('event', 'kept');
                    INSERT INTO users (key, user_id, context, properties) VALUES (1, 'ann', NULL, 0), (2, 'bob', NULL, 0);
                    INSERT INTO devices (key, device_id, user, is_unclaimed) VALUES (1, 'phone', 1, 0), (2, 'pad', 2, 0);
                    DELETE FROM grdb_migrations WHERE identifier LIKE '7:%';
                    """
            )
        }
        try pool.close()
    }

    @Test("are mended when they are opened: the cut name is its own again, and free for whoever sends it")
    func mended() throws {
        let folder = try TemporaryFolder().made()
        try poisoned(folder.url)
        for _ in 0..<2 {
            let record = try ProjectDatabase(folder: folder.url)
            defer { record.close() }
            #expect(try record.eventType(named: "Purchase\u{0}x") == EventTypeID(1))
            #expect(try record.eventType(named: "Purchase") == nil)
            #expect(try record.eventType(named: "Play") == EventTypeID(2))
            #expect(try record.user(withID: "ann\u{0}")?.key == UserKey(1))
            #expect(try record.user(withID: "ann") == nil)
            #expect(try record.user(withID: "bob")?.key == UserKey(2))
            #expect(try record.device(withID: "phone\u{0}x")?.key == DeviceKey(1))
            #expect(try record.device(withID: "phone") == nil)
            let names = try Set(record.propertyNames())
            let events = ["price\u{0}x", "\u{0}", "kept\u{0}", "kept"].map { PropertyName(.event, $0) }
            let users = ["plan\u{0}x", "price"].map { PropertyName(.user, $0) }
            #expect(names == Set(events + users))
        }
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        var honest = change()
        honest.batch.eventTypes = [Numbered(EventTypeID(3), "Purchase")]
        honest.batch.propertyNames = [PropertyName(.event, "price"), PropertyName(.user, "plan")]
        honest.users = [UserState(key: UserKey(3), userID: "ann")]
        #expect(try record.commit(honest) == JournalSequence(2))
    }

    @Test("a journal row that cannot be read keeps none of the others from being mended")
    func damaged() throws {
        let folder = try TemporaryFolder().made()
        try poisoned(folder.url)
        let pool = try DatabasePool.durable(at: folder.url.appendingPathComponent("project.sqlite"))
        try pool.write { db in
            try db.execute(
                sql: "INSERT INTO journal (sequence, received_at, events, payload) VALUES (0, 0, 0, X'0207')"
            )
        }
        try pool.close()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(try record.eventType(named: "Purchase\u{0}x") == EventTypeID(1))
    }
}
