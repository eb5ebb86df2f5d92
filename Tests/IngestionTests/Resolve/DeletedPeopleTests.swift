import EventModel
import ProjectStore
import Storage
import TestSupport
import Testing

@testable import Ingestion

/// Sends events, deletes and cancels on a real record, as ``ProjectWriter`` does.
private struct Sender {
    let folder = TemporaryFolder()
    let record: ProjectDatabase
    private var resolver: BatchResolver
    /// Whether everything is read from the record again before each step.
    private let isForgetful: Bool
    private let start = Timestamp(milliseconds: 0)

    init(isForgetful: Bool) throws {
        self.isForgetful = isForgetful
        record = try ProjectDatabase(folder: folder.url)
        resolver = try BatchResolver(record, folder: folder.url, now: start)
    }

    private mutating func forget() throws {
        if isForgetful { resolver = try BatchResolver(record, folder: folder.url, now: start) }
    }

    /// - Returns: whose event it is.
    @discardableResult
    mutating func send(_ user: String?, _ device: String?, plan: String? = nil) throws -> UserKey {
        try forget()
        var json = JSONWriter()
        json.raw("{\"event_type\":\"A\",\"user_id\":")
        json.string(user)
        json.raw(",\"device_id\":")
        json.string(device)
        if let plan {
            json.raw(",\"user_properties\":{\"plan\":")
            json.string(plan)
            json.raw("}")
        }
        json.raw("}")
        #expect(try resolver.add(try decoded(json.text), receivedAt: start) == nil)
        let change = try resolver.takeChange(receivedAt: start)
        _ = try record.commit(change)
        return try #require(change.batch.events.last).user
    }

    mutating func map(_ user: String, to global: String) throws {
        try forget()
        var batch = IncomingBatch()
        batch.mappings = [UserMapping(userID: user, globalUserID: global)]
        #expect(try resolver.add(batch, receivedAt: start) == nil)
        _ = try record.commit(try resolver.takeChange(receivedAt: start))
    }

    mutating func delete(_ user: UserKey) throws -> Deletion {
        try forget()
        let order = DeletionOrder(requester: "x", requestedAt: start, dueAt: start)
        let (_, deletions) = try record.commit(try resolver.takeChange(receivedAt: start), deleting: [user], order)
        let deletion = try #require(deletions.first)
        resolver.forget(deletion)
        return deletion
    }

    mutating func cancel(_ deletion: Deletion) throws {
        try forget()
        try resolver.restore(deletion, at: start)
        _ = try record.commit(try resolver.takeChange(receivedAt: start), cancelling: deletion.id)
    }

    /// The one into whom a key is counted.
    func person(_ user: UserKey) throws -> UserKey {
        var person = user
        while let next = try record.mergeTarget(of: person) { person = next }
        return person
    }

    func plan(of user: UserKey) throws -> String? {
        try record.user(user).flatMap { try record.text(of: $0.properties) }
    }
}

@Suite("deleted people on the way in") struct DeletedPeopleTests {
    @Test("who comes with a deleted person's user_id or device is somebody new", arguments: [false, true])
    func somebodyNew(isForgetful: Bool) throws {
        var sender = try Sender(isForgetful: isForgetful)
        let ann = try sender.send("ann", "phone", plan: "pro")
        #expect(try sender.send(nil, "phone") == ann)
        let other = try sender.send("bob", "laptop")
        let deletion = try sender.delete(ann)
        #expect(deletion.devices.map(\.deviceID) == ["phone"])

        let anonymous = try sender.send(nil, "phone")
        #expect(anonymous > other, "a new number")
        #expect(try sender.plan(of: anonymous) == nil, "who starts from nothing")
        #expect(try sender.send(nil, "phone") == anonymous)
        #expect(try sender.send("ann", "phone") == anonymous, "and may log in as a user who is new, too")
        #expect(try sender.record.user(withID: "ann")?.key == anonymous)
        #expect(try sender.send("ann", "tablet") == anonymous)
        #expect(try sender.send("bob", "laptop") == other, "others are who they were")
        #expect(try sender.record.standingMerges().isEmpty)
        #expect(try sender.record.device(withID: "phone")?.key == DeviceKey(1), "a device keeps its number")
        #expect(try sender.record.hiddenPeople().keys == [ann])
    }

    @Test("a mapping to or from a deleted person's user_id is one of somebody new", arguments: [false, true])
    func mapping(isForgetful: Bool) throws {
        var sender = try Sender(isForgetful: isForgetful)
        let ann = try sender.send("ann", nil)
        let bob = try sender.send("bob", nil)
        _ = try sender.delete(ann)
        try sender.map("bob", to: "ann")
        let new = try #require(try sender.record.user(withID: "ann")).key
        #expect(new != ann && new != bob)
        #expect(try sender.record.mergeTarget(of: bob) == new)
        _ = try sender.delete(bob)
        #expect(try sender.record.hiddenPeople().keys == [ann, bob, new], "with whom it is one by now")
        try sender.map("ann", to: "cleo")
        #expect(try sender.record.mergeTarget(of: new) == nil)
    }

    @Test("all that was merged goes, and comes back with a cancel as it was", arguments: [false, true])
    func wholePerson(isForgetful: Bool) throws {
        var sender = try Sender(isForgetful: isForgetful)
        let anonymous = try sender.send(nil, "tablet")
        let ann = try sender.send("ann", "phone", plan: "pro")
        try sender.send("ann", "tablet")
        let work = try sender.send("ann@work", "desk")
        try sender.map("ann@work", to: "ann")
        let merges = try sender.record.standingMerges()
        let (users, devices) = (try sender.record.allUsers(), try sender.record.allDevices())

        let deletion = try sender.delete(anonymous)
        #expect(deletion.person == ann && deletion.keys == [anonymous, ann, work])
        #expect(deletion.users.map(\.userID) == [nil, "ann", "ann@work"])
        try sender.cancel(deletion)
        #expect(try sender.record.hiddenPeople().isEmpty)
        #expect(try sender.record.standingMerges() == merges)
        #expect(try sender.record.allUsers() == users)
        #expect(try sender.record.allDevices() == devices)
        #expect(try sender.send("ann", "phone") == ann)
        #expect(try sender.send(nil, "tablet") == ann)
        #expect(try sender.send(nil, "desk") == work)
    }

    @Test(
        "a cancel joins who has taken the user_id since, whose properties are the later ones",
        arguments: [false, true]
    )
    func takenUserID(isForgetful: Bool) throws {
        var sender = try Sender(isForgetful: isForgetful)
        let ann = try sender.send("ann", "phone", plan: "pro")
        let deletion = try sender.delete(ann)
        let new = try sender.send("ann", "laptop")
        #expect(try sender.plan(of: new) == nil)
        try sender.cancel(deletion)
        #expect(try sender.person(ann) == new)
        #expect(try sender.plan(of: new) == "{\"plan\":\"pro\"}", "which came first, but there was no other value")
        #expect(try sender.send("ann", "phone") == new)
        #expect(try sender.send(nil, "phone") == new, "the device that came back stands for both")
        #expect(try sender.record.standingMerges().map(\.cause) == [.login])

        let again = try sender.delete(ann)
        #expect(again.keys == [ann, new] && again.person == new)
    }

    @Test("a later value of who came since stays", arguments: [false, true])
    func laterValue(isForgetful: Bool) throws {
        var sender = try Sender(isForgetful: isForgetful)
        let ann = try sender.send("ann", "phone", plan: "pro")
        let deletion = try sender.delete(ann)
        let new = try sender.send("ann", "laptop", plan: "free")
        try sender.cancel(deletion)
        #expect(try sender.plan(of: new) == "{\"plan\":\"free\"}")
    }

    @Test("who was mapped stays so, by whoever has the user_ids now", arguments: [false, true])
    func takenMapping(isForgetful: Bool) throws {
        var sender = try Sender(isForgetful: isForgetful)
        let work = try sender.send("ann@work", nil)
        let ann = try sender.send("ann", nil)
        try sender.map("ann@work", to: "ann")
        let deletion = try sender.delete(work)
        let newWork = try sender.send("ann@work", nil)
        #expect(try sender.person(newWork) == newWork)
        try sender.cancel(deletion)
        #expect(try sender.record.mergeTarget(of: work) == newWork)
        #expect(try sender.record.mergeTarget(of: newWork) == ann, "what ann@work was mapped to holds")
        #expect(try sender.record.user(withID: "ann")?.key == ann)

        let second = try sender.delete(ann)
        let newAnn = try sender.send("ann", nil)
        let newest = try sender.send("ann@work", nil)
        try sender.map("ann", to: "ann@work")
        try sender.cancel(second)
        let root = try sender.person(newest)
        for key in [work, ann, newWork, newAnn] { #expect(try sender.person(key) == root, "no circle, one person") }
        #expect(try sender.record.mergeTarget(of: newAnn) == newest, "the later mapping holds")
    }

    @Test(
        "an anonymous person who comes back is joined with whoever came after on the device",
        arguments: [false, true]
    )
    func takenDevice(isForgetful: Bool) throws {
        var sender = try Sender(isForgetful: isForgetful)
        let anonymous = try sender.send(nil, "phone")
        let deletion = try sender.delete(anonymous)
        let ann = try sender.send("ann", "phone")
        #expect(ann != anonymous)
        try sender.cancel(deletion)
        #expect(try sender.person(anonymous) == ann, "as if the deletion had never been asked for")
        #expect(try sender.send(nil, "phone") == ann)
    }

    @Test("an anonymous one who came after on a user's device is that user", arguments: [false, true])
    func anonymousSince(isForgetful: Bool) throws {
        var sender = try Sender(isForgetful: isForgetful)
        let ann = try sender.send("ann", "phone")
        let deletion = try sender.delete(ann)
        let anonymous = try sender.send(nil, "phone")
        try sender.cancel(deletion)
        #expect(try sender.person(anonymous) == ann)
        #expect(try sender.send(nil, "phone") == ann)
        #expect(try sender.send("bob", "phone") != ann, "the device was claimed, and is")
    }

    @Test("another user who has logged in on the device since keeps it", arguments: [false, true])
    func anotherUser(isForgetful: Bool) throws {
        var sender = try Sender(isForgetful: isForgetful)
        let ann = try sender.send("ann", "phone")
        let deletion = try sender.delete(ann)
        let bob = try sender.send("bob", "phone")
        try sender.cancel(deletion)
        #expect(try sender.record.standingMerges().isEmpty)
        #expect(try sender.send(nil, "phone") == bob)
        #expect(try sender.send("ann", nil) == ann)
    }

    @Test(
        "two who were deleted one after the other under one user_id are one when both come back",
        arguments: [false, true]
    )
    func twice(isForgetful: Bool) throws {
        var sender = try Sender(isForgetful: isForgetful)
        let ann = try sender.send("ann", "phone")
        let first = try sender.delete(ann)
        let new = try sender.send("ann", "phone")
        let second = try sender.delete(new)
        #expect(try sender.record.stagedDeletion(ofUserID: "ann")?.id == second.id, "the latest")
        try sender.cancel(first)
        #expect(try sender.record.user(withID: "ann")?.key == ann)
        try sender.cancel(second)
        #expect(try sender.person(new) == ann)
        #expect(try sender.record.user(withID: "ann")?.key == ann)
        #expect(try sender.record.hiddenPeople().isEmpty)
    }
}
