import EventModel
import Foundation
import Storage
import TestSupport
import Testing

@testable import ProjectStore

/// Two texts that are one up to a U+0000.
private let (short, long) = ("price", "price\u{0}x")

private func change() -> RecordChange {
    RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0)))
}

@Suite("texts in the record are whole (Documentation/events-and-identity.md E14)") struct RecordTextTests {
    @Test("names, people and devices that differ behind a U+0000 are two, also after reopening")
    func names() throws {
        let folder = TemporaryFolder()
        var both = change()
        for (index, text) in [long, short].enumerated() {
            let number = Int32(index + 1)
            both.batch.eventTypes.append(Numbered(EventTypeID(number), text))
            both.batch.propertyNames.append(PropertyName(.event, text))
            both.batch.propertySets.append(Numbered(PropertySetID(number), "{\"a\":\"\(text)\"}"))
            both.users.append(UserState(key: UserKey(number), userID: text))
            both.devices.append(
                DeviceState(key: DeviceKey(number), deviceID: text, user: UserKey(number + 10), isUnclaimed: true)
            )
            both.groups.append(GroupState(type: text, value: text, properties: "{\"n\":\(number)}"))
            both.arrivals.append(
                PropertyArrival(
                    user: UserKey(1),
                    property: PersonProperty(ExactText(text)),
                    arrival: Arrival(number: Int64(number))
                )
            )
        }
        do {
            let record = try ProjectDatabase(folder: folder.url)
            _ = try record.commit(both)
            record.close()
        }
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        for (index, text) in [long, short].enumerated() {
            let number = Int32(index + 1)
            #expect(try record.user(withID: text) == both.users[index])
            #expect(try record.device(withID: text) == both.devices[index])
            #expect(try record.eventType(named: text) == EventTypeID(number))
            #expect(try record.propertySet(withText: "{\"a\":\"\(text)\"}") == PropertySetID(number))
            #expect(try record.text(of: PropertySetID(number)).map(ExactText.init) == ExactText("{\"a\":\"\(text)\"}"))
            #expect(try record.groupProperties(type: text, value: text) == "{\"n\":\(number)}")
        }
        #expect(try record.groupProperties(type: short, value: long) == nil)
        #expect(try record.allUsers().compactMap(\.userID).map(ExactText.init) == [ExactText(long), ExactText(short)])
        #expect(try record.allDevices().map { ExactText($0.deviceID) } == [ExactText(long), ExactText(short)])
        #expect(try record.eventTypeNames().map { ExactText($0.value) } == [ExactText(long), ExactText(short)])
        #expect(try Set(record.propertyNames()) == Set(both.batch.propertyNames))
        // As users, and by their devices.
        let keys = both.users.indices.map { Set([both.users[$0].key, both.devices[$0].user]) }
        #expect(try record.users(withIDPrefix: "price") == keys[0].union(keys[1]).sorted())
        #expect(try record.users(withIDPrefix: "price\u{0}") == keys[0].sorted())
        let arrivals = try record.arrivals(of: UserKey(1)).ofProperties
        #expect(arrivals[PersonProperty(ExactText(long))] == Arrival(number: 1))
        #expect(arrivals[PersonProperty(ExactText(short))] == Arrival(number: 2))
    }

    @Test("settings and what is kept of refused requests, too")
    func settings() throws {
        let folder = TemporaryFolder()
        var settings = EventSettings()
        var type = EventTypeSettings()
        (type.displayName, type.description, type.owner, type.tags) = (long, "\u{0}", "o\u{0}", ["a\u{0}", "b"])
        settings.types = [ExactText(long): type, ExactText(short): EventTypeSettings()]
        settings.categories = [EventCategoryID(1): ExactText(long), EventCategoryID(2): ExactText(short)]
        settings.lastCategory = EventCategoryID(2)
        settings.customEvents = [ExactText(long): ExactText("[\u{0}]"), ExactText(short): ExactText("[]")]
        let time = Timestamp(milliseconds: 0)
        do {
            let record = try ProjectDatabase(folder: folder.url)
            try record.changeEventSettings { $0 = settings }
            var request = RejectedRequest(
                receivedAt: time,
                path: long,
                reason: short,
                events: 1,
                contentType: long,
                body: [0]
            )
            try record.reject(request)
            (request.reason, request.details) = (long, long)
            try record.reject(request)
            try record.forgetVainReplay(of: 1, sent: request, after: 1)
            #expect(try record.silence([long, short]))
            record.close()
        }
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        #expect(try record.eventSettings() == settings)
        let kept = try #require(try record.rejectedRequests(limit: 2).first)
        #expect(
            [kept.path, kept.reason, kept.details, kept.contentType ?? ""].map(ExactText.init)
                == [long, long, long, long].map(ExactText.init)
        )
        #expect(try record.rejectedRequests(limit: 2).map(\.id) == [1])
        #expect(try record.silencedDevices().map(ExactText.init) == [ExactText(short), ExactText(long)])
        #expect(try record.unsilence([long]).isEmpty)
        #expect(try record.silencedDevices() == [short])
    }

    @Test("what contradicts the record is refused, and says so")
    func refused() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        var type = change()
        type.batch.eventTypes = [Numbered(EventTypeID(1), "Play")]
        _ = try record.commit(type)
        let error = #expect(throws: ProjectRecordError.self) { try record.commit(type) }
        #expect(error?.code == .refused)
        #expect(try record.lastSequence() == JournalSequence(1))
        record.close()
        let closed = #expect(throws: ProjectRecordError.self) { try record.commit(type) }
        #expect(closed?.code == .unavailable)
    }
}
