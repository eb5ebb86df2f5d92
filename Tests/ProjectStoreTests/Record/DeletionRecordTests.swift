import EventModel
import Foundation
import GRDB
import Storage
import TestSupport
import Testing

@testable import ProjectStore

@Suite("deleted people in the record") struct DeletionRecordTests {
    private let folder = TemporaryFolder()
    private let order = DeletionOrder(
        requester: "dpo\u{0}é",
        requestedAt: Timestamp(milliseconds: 1_000),
        dueAt: Timestamp(milliseconds: 5_000)
    )

    /// Ann (1) and Bob (2), into whom an anonymous one (3) was merged, and then all of Ann; Bob's are all devices but one.
    private func filled() throws -> ProjectDatabase {
        let record = try ProjectDatabase(folder: folder.url)
        var change = RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 0)))
        change.users = [
            UserState(key: UserKey(1), userID: "ann\u{0}x"), UserState(key: UserKey(2), userID: "bob"),
            UserState(key: UserKey(3)), UserState(key: UserKey(4), userID: "cleo"),
        ]
        change.devices = [
            DeviceState(key: DeviceKey(1), deviceID: "phone", user: UserKey(1), isUnclaimed: false),
            DeviceState(key: DeviceKey(2), deviceID: "tablet\u{0}", user: UserKey(3), isUnclaimed: true),
            DeviceState(key: DeviceKey(3), deviceID: "laptop", user: UserKey(4), isUnclaimed: false),
        ]
        change.batch.merges = [
            Merge(from: UserKey(3), into: UserKey(2), time: Timestamp(milliseconds: 0), cause: .login),
            Merge(from: UserKey(1), into: UserKey(2), time: Timestamp(milliseconds: 0), cause: .mapping),
        ]
        _ = try record.commit(change)
        return record
    }

    private var empty: RecordChange { RecordChange(batch: JournalBatch(receivedAt: Timestamp(milliseconds: 1_000))) }

    private func wanted(_ state: Deletion.State = .staging) -> Deletion {
        Deletion(
            id: DeletionID(1),
            person: UserKey(2),
            users: [
                DeletedUser(key: UserKey(1), userID: "ann\u{0}x"), DeletedUser(key: UserKey(2), userID: "bob"),
                DeletedUser(key: UserKey(3)),
            ],
            devices: [
                DeletedDevice(key: DeviceKey(1), deviceID: "phone", user: UserKey(1), isUnclaimed: false),
                DeletedDevice(key: DeviceKey(2), deviceID: "tablet\u{0}", user: UserKey(3), isUnclaimed: true),
            ],
            requester: order.requester,
            requestedAt: order.requestedAt,
            dueAt: order.dueAt,
            state: state,
            sequence: JournalSequence(2)
        )
    }

    @Test("by any key the whole person is deleted, once, and no id leads to them; also after reopening")
    func deletes() throws {
        var record = try filled()
        #expect(try record.hiddenPeople().isEmpty)
        let before = try record.hiddenPeople().version
        let (sequence, deletions) = try record.commit(
            empty,
            deleting: [UserKey(3), UserKey(1), UserKey(77), .nobody],
            order
        )
        #expect(sequence == JournalSequence(2))
        #expect(deletions == [wanted()])
        for _ in 0..<2 {
            #expect(try record.hiddenPeople().keys == [UserKey(1), UserKey(2), UserKey(3)])
            #expect(try record.deletedAmplitudeIDs().map(\.number).sorted() == [1, 2, 3])
            #expect(try record.deletions(in: nil) == [wanted()])
            #expect(try record.deletions(in: .staging) == [wanted()])
            #expect(try record.deletions(in: .done).isEmpty)
            #expect(try record.deletion(of: UserKey(3)) == wanted())
            #expect(try record.deletion(of: UserKey(4)) == nil)
            #expect(try record.deletion(of: AmplitudeID(3)) == wanted() && wanted().amplitudeID == AmplitudeID(2))
            #expect(try record.deletion(of: AmplitudeID(4)) == nil)
            #expect(try record.stagedDeletion(ofUserID: "ann\u{0}x") == wanted())
            #expect(try record.stagedDeletion(ofUserID: "ann") == nil)
            #expect(try record.user(withID: "bob") == nil)
            #expect(try record.user(withID: "ann\u{0}x") == nil)
            #expect(try record.device(withID: "phone")?.user == .nobody)
            #expect(try record.device(withID: "tablet\u{0}")?.user == .nobody)
            #expect(try record.device(withID: "laptop")?.user == UserKey(4))
            #expect(try record.users(withIDPrefix: "").map(\.number) == [4])
            #expect(try record.peopleCount() == 1)
            record.close()
            record = try ProjectDatabase(folder: folder.url)
        }
        #expect(try record.hiddenPeople().version >= before)
        #expect(try record.commit(empty, deleting: [UserKey(2)], order).1.isEmpty, "that was done")
        record.close()
    }

    @Test(
        "a cancel forgets the deletion; one that is submitted cannot be cancelled, and one that is done keeps no text"
    )
    func states() throws {
        let record = try filled()
        defer { record.close() }
        _ = try record.commit(empty, deleting: [UserKey(1)], order)
        let version = try record.hiddenPeople().version
        #expect(try record.commit(empty, cancelling: DeletionID(1)) == JournalSequence(3))
        #expect(try record.hiddenPeople().isEmpty)
        #expect(try record.hiddenPeople().version > version)
        #expect(try record.deletions(in: nil).isEmpty)

        let (_, again) = try record.commit(empty, deleting: [UserKey(4)], order)
        #expect(again.map(\.id) == [DeletionID(2)], "no number is given twice")
        #expect(try record.submitDeletions(dueBy: Timestamp(milliseconds: 4_999)).isEmpty)
        #expect(try record.submitDeletions(dueBy: Timestamp(milliseconds: 5_000)).map(\.state) == [.submitted])
        #expect(throws: ProjectRecordError.self) { try record.commit(empty, cancelling: DeletionID(2)) }
        #expect(try record.lastSequence() == JournalSequence(4), "what was refused left nothing")

        try record.finishDeletions([DeletionID(2)], receipt: "{\"rows\":7}", at: Timestamp(milliseconds: 9))
        var done = again[0]
        done.state = .done
        done.users = [DeletedUser(key: UserKey(4))]
        done.devices[0].deviceID = nil
        done.receipt = "{\"rows\":7}"
        done.doneAt = Timestamp(milliseconds: 9)
        #expect(try record.deletions(in: .done) == [done])
        #expect(try record.hiddenPeople().keys == [UserKey(4)], "for ever")
        #expect(throws: ProjectRecordError.self) { try record.commit(empty, cancelling: DeletionID(2)) }
    }

    @Test("all that is staged can be submitted at once, and what is not submitted is not done")
    func submitsAll() throws {
        let record = try filled()
        defer { record.close() }
        let (_, deletions) = try record.commit(empty, deleting: [UserKey(4), UserKey(1)], order)
        #expect(deletions.map(\.person) == [UserKey(4), UserKey(2)])
        try record.finishDeletions([DeletionID(1)], receipt: "{}", at: Timestamp(milliseconds: 9))
        #expect(try record.deletions(in: .staging) == deletions)
        #expect(try record.submitDeletions(dueBy: nil).map(\.id) == deletions.map(\.id))
    }

    @Test("who is gone is no member of a cohort, and in no file of one")
    func cohorts() throws {
        let record = try filled()
        defer { record.close() }
        let (id, now) = (ExactText("abcd1234"), Timestamp(milliseconds: 0))
        let cohort = Cohort(id: id, name: "All", isPublished: true, createdAt: now, changedAt: now, countedAt: now)
        #expect(try record.save(cohort, members: [UserKey(1), UserKey(2), UserKey(4)]))
        let download = CohortDownload(id: ExactText("efgh5678"), cohort: id, requestedAt: now)
        try record.begin(download, forgettingThoseBefore: now)
        func text(_ number: Int) throws -> String? {
            try record.part(number, of: download.id).map { String(decoding: $0, as: UTF8.self) }
        }
        let lines = ["amplitude_id,user_id\r\n", "2,\"b\n4,ob\"\r\n", "4,cleo\r\n"]
        try record.append(Array(lines.joined().utf8), 0, to: download.id)
        try record.append(Array("14,4\r\n".utf8), 1, to: download.id)
        _ = try record.commit(empty, deleting: [UserKey(4)], order)
        _ = try record.submitDeletions(dueBy: nil)
        #expect(try record.members(of: id).map(\.number) == [1, 2, 4], "hidden, and nothing is rewritten")
        try record.finishDeletions([DeletionID(1)], receipt: "{}", at: now)
        #expect(try text(0) == lines[..<2].joined() && text(1) == "14,4\r\n")
        #expect(try record.members(of: id).map(\.number) == [1, 2])
    }

    @Test("the numbers of people and devices that were deleted are not given again")
    func numbers() throws {
        let record = try filled()
        defer { record.close() }
        _ = try record.commit(empty, deleting: [UserKey(4)], order)
        try record.write { db in
            try db.execute(sql: "DELETE FROM users WHERE key = 4; DELETE FROM devices WHERE key = 3")
        }
        #expect(try record.counters().user == 4)
        #expect(try record.counters().device == 3)
    }
}
