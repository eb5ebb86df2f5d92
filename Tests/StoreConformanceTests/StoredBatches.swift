import EventModel
import Storage

func batch(_ sequence: Int64, events: Int, from first: Int) -> JournalBatch {
    var batch = JournalBatch(sequence: JournalSequence(sequence), receivedAt: Timestamp(milliseconds: sequence * 1000))
    for i in first..<first + events {
        var event = StoredEvent(
            user: UserKey(Int32(i % 5 + 1)),
            device: DeviceKey(Int32(i % 3 + 1)),
            carriesUserID: i % 2 == 0,
            type: EventTypeID(Int32(i % 2 + 1)),
            time: Timestamp(milliseconds: Int64(10_000 - i)),
            clientTime: Timestamp(milliseconds: Int64(i)),
            uploadTime: Timestamp(milliseconds: Int64(i)),
            context: ContextID(Int32(i % 2 + 1)),
            userProperties: PropertySetID(Int32(i % 3))
        )
        event.insertID = i % 4 == 0 ? nil : "insert \(i)"
        event.eventID = i % 3 == 0 ? nil : Int64(i)
        event.eventProperties =
            i % 3 == 0 ? "{}" : "{\"n\":\(i),\"a/b~c\":[\"x\",\(i)],\"\":\"empty\",\"q\\\"\":true,\"é\":null}"
        event.extras = i % 5 == 0 ? "{\"ip\":\"127.0.0.1\"}" : nil
        batch.events.append(event)
    }
    return batch
}

var named: JournalBatch {
    var named = batch(1, events: 0, from: 0)
    named.eventTypes = [Numbered(EventTypeID(1), "Played é"), Numbered(EventTypeID(2), "Played e\u{301}")]
    var first = EventContext()
    first[.country] = "Côte d'Ivoire"
    first[.platform] = "iOS"
    var second = EventContext()
    second[.country] = "Germany"
    named.contexts = [Numbered(ContextID(1), first), Numbered(ContextID(2), second)]
    named.propertySets = [
        Numbered(PropertySetID(1), "{\"plan\":\"free\",\"tags\":[1,\"a\"]}"),
        Numbered(PropertySetID(2), "{\"plan\":null,\"n\":3.5}"),
    ]
    named.users = [UserFact(user: UserKey(1), userID: nil), UserFact(user: UserKey(2), userID: "bob")]
    named.devices = [Numbered(DeviceKey(1), "phone"), Numbered(DeviceKey(2), "tablet")]
    named.merges = [Merge(from: UserKey(3), into: UserKey(2), time: Timestamp(milliseconds: 5), cause: .login)]
    named.propertyNames = [PropertyName(.event, "n"), PropertyName(.user, "plan")]
    return named
}
