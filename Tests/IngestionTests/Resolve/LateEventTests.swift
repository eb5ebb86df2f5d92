import EventModel
import ProjectStore
import Storage
import Testing

@testable import Ingestion

/// Events of days that have left. Source: Documentation/data.md D20.
@Suite struct LateEventTests {
    private static let cut: Int64 = 864_000_000

    private func event(_ user: String, _ type: String, at time: Int64, _ more: String = "") -> String {
        #"{"user_id":"\#(user)","device_id":"\#(user)-phone","event_type":"\#(type)","time":\#(time)\#(more)}"#
    }

    @Test("are counted, and leave no other trace: of a person, a device, a name or a property")
    func late() throws {
        var sender = try RecordSender()
        try sender.record.setCut(Timestamp(milliseconds: Self.cut))
        let plan = #","user_properties":{"plan":"old"},"event_properties":{"oldest":1},"country":"Oldland""#
        #expect(try sender.add(event("ann", "Old", at: Self.cut - 1, plan + #","insert_id":"a""#)) == nil)
        #expect(try sender.add(event("bob", "New", at: Self.cut)) == nil)
        let change = try sender.commit()
        #expect(change.ledger.received == 2 && change.ledger.stored == 2 && change.ledger.expired == 1)
        #expect(change.batch.events.map(\.time.milliseconds) == [Self.cut])
        #expect(change.batch.propertyNames.isEmpty && change.batch.contexts.count == 1)
        let record = sender.record
        #expect(try record.departed() == DepartedCounts(expired: 1))
        let total = try record.ledgerTotals()
        #expect(total.stored == 2 && total.balances)
        #expect(try record.user(withID: "ann") == nil && record.device(withID: "ann-phone") == nil)
        #expect(try record.eventType(named: "Old") == nil && record.user(withID: "bob") != nil)
        // Sent once more, it is known, as ever.
        #expect(try sender.add(event("ann", "Old", at: Self.cut - 1, #","insert_id":"a""#)) == nil)
        #expect(try sender.commit().ledger.duplicate == 1)
        #expect(try record.departed() == DepartedCounts(expired: 1))
    }

    @Test("change nobody who is known, also as $identify or of a group")
    func known() throws {
        var sender = try RecordSender()
        try sender.record.setCut(Timestamp(milliseconds: Self.cut))
        _ = try sender.add(event("ann", "Play", at: Self.cut, #","user_properties":{"plan":"new"}"#))
        try sender.commit()
        let before = try sender.record.user(withID: "ann")
        for type in ["Play", "$identify", "$groupidentify"] {
            let more = #","user_properties":{"plan":"old"},"groups":{"org":"x"},"group_properties":{"size":1}"#
            #expect(try sender.add(event("ann", type, at: 5, more)) == nil)
            #expect(try sender.commit().batch.events.isEmpty)
        }
        #expect(try sender.record.user(withID: "ann") == before)
        #expect(try sender.record.groupProperties(type: "org", value: "x") == nil)
        #expect(try sender.record.departed().expired == 3)
    }

    @Test("are taken as long as nothing has left, and by whoever reads the record again")
    func cut() throws {
        var sender = try RecordSender()
        _ = try sender.add(event("ann", "Play", at: 5))
        #expect(try sender.commit().batch.events.count == 1)
        try sender.record.setCut(Timestamp(milliseconds: Self.cut))
        _ = try sender.add(event("ann", "Play", at: 6))
        #expect(try sender.commit().ledger.expired == 1)
        try sender.forget()
        _ = try sender.add(event("ann", "Play", at: 7))
        #expect(try sender.commit().ledger.expired == 1)
    }

    @Test("count as expired when they are imported, too")
    func imported() throws {
        var importer = try Importer()
        try importer.record.setCut(Timestamp(iso8601: "2026-01-31T00:00:00Z")!)
        let old = row(["uuid": "\"u-2\"", "event_time": "\"2026-01-30 23:59:59.999000\"", "amplitude_id": "7"])
        let (rejections, counts) = try importer.add([row(), old])
        #expect(rejections.isEmpty && counts.stored == 2 && counts.expired == 1)
        #expect(importer.stored.count == 1 && importer.users.count == 1)
        let again = try importer.add([row(), old]).counts
        #expect(again.duplicate == 2 && again.expired == 0)
    }
}
