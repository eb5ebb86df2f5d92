import EventModel
import Storage

/// A batch with something of everything that a batch may have.
var everything: JournalBatch {
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
    batch.events.set(doors: [.batch, .unknown])
    batch.eventTypes = [Numbered(EventTypeID(1), "é"), Numbered(EventTypeID(2), "e\u{301}")]
    batch.contexts = [Numbered(ContextID(1), EventContext()), Numbered(ContextID(2), context)]
    batch.propertySets = [Numbered(PropertySetID(1), "{\"a\":[1,\"b\"]}")]
    batch.users = [
        UserFact(user: UserKey(1), userID: "bob"),
        UserFact(user: UserKey(2), userID: nil, amplitudeID: AmplitudeID(900_000_000_001)),
    ]
    batch.devices = [Numbered(DeviceKey(1), "phone")]
    batch.merges = [Merge(from: UserKey(2), into: UserKey(1), time: Timestamp(milliseconds: 9), cause: .login)]
    batch.propertyPatches = [
        PropertySetPatch(PropertySetID(2), of: PropertySetID(1), bytes: [0, 255, 7]),
        PropertySetPatch(PropertySetID(3), of: .empty, bytes: []),
    ]
    batch.propertyNames = [PropertyName(.event, "big"), PropertyName(.user, "a")]
    return batch
}
