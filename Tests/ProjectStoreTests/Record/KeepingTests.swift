import EventModel
import Storage
import TestSupport
import Testing

@testable import ProjectStore

@Suite("how long events are kept") struct KeepingTests {
    private static let day: Int64 = 86_400_000

    private func cut(day: Int64) -> Timestamp { Timestamp(milliseconds: day * Self.day) }

    @Test("for ever at first; what is set is there after a restart, and a cut never goes back")
    func record() throws {
        let folder = TemporaryFolder()
        var record = try ProjectDatabase(folder: folder.url)
        #expect(try record.keeping() == Keeping())
        #expect(try record.hiddenPeople().cut == nil)
        try record.keep(KeptDays(400), confirming: cut(day: 3))
        try record.setCut(cut(day: 5))
        try record.setCut(cut(day: 4))
        try record.noteCleared(cut(day: 2))
        var wanted = Keeping(days: KeptDays(400))
        wanted.cut = cut(day: 5)
        wanted.clearedCut = cut(day: 2)
        wanted.confirmedCut = cut(day: 3)
        for _ in 0..<2 {
            #expect(try record.keeping() == wanted)
            #expect(ProjectDatabase.keeping(in: folder.url) == wanted)
            #expect(try record.hiddenPeople().cut == cut(day: 5))
            record.close()
            record = try ProjectDatabase(folder: folder.url)
        }
        try record.keep(nil, confirming: nil)
        #expect(try record.keeping().days == nil && record.keeping().cut == cut(day: 5))
        record.close()
    }

    @Test("whoever is deleted afterwards leaves the cut as it is")
    func deletion() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        var change = RecordChange(batch: JournalBatch(receivedAt: cut(day: 1)))
        change.users = [UserState(key: UserKey(1), userID: "ann")]
        _ = try record.commit(change)
        try record.setCut(cut(day: 5))
        let order = DeletionOrder(requester: "x", requestedAt: cut(day: 6), dueAt: cut(day: 7))
        let empty = RecordChange(batch: JournalBatch(receivedAt: cut(day: 6)))
        _ = try record.commit(empty, deleting: [UserKey(1)], order)
        let hidden = try record.hiddenPeople()
        #expect(hidden.keys == [UserKey(1)] && hidden.cut == cut(day: 5))
    }

    @Test("what is due: whole days of the project's zone beside the present one, what was meant before the rest")
    func due() {
        let berlin = ProjectTimeZone(name: "Europe/Berlin")!
        let noon = Timestamp(iso8601: "2026-03-30T12:00:00Z")!
        var keeping = Keeping()
        #expect(keeping.dueCut(in: berlin, at: noon) == nil)
        keeping.days = KeptDays(1)
        // The clocks changed on that day.
        #expect(keeping.dueCut(in: berlin, at: noon)?.iso8601 == Timestamp(iso8601: "2026-03-28T23:00:00Z")!.iso8601)
        keeping.days = KeptDays(400)
        let due = keeping.dueCut(in: .utc, at: noon)
        #expect(due == Timestamp(iso8601: "2025-02-23T00:00:00Z"))
        keeping.cut = due
        #expect(keeping.dueCut(in: .utc, at: noon) == nil && keeping.isUnfinished)
        keeping.clearedCut = due
        #expect(!keeping.isUnfinished)
        // A clock that was set back takes nothing back.
        #expect(keeping.dueCut(in: .utc, at: Timestamp(milliseconds: 0)) == nil)
        let later = Timestamp(iso8601: "2026-04-02T00:00:00Z")!
        #expect(keeping.dueCut(in: .utc, at: later) == Timestamp(iso8601: "2025-02-26T00:00:00Z"))
        keeping.confirmedCut = Timestamp(iso8601: "2025-02-24T00:00:00Z")
        #expect(keeping.dueCut(in: .utc, at: later) == keeping.confirmedCut)
        keeping.cut = keeping.confirmedCut
        #expect(keeping.dueCut(in: .utc, at: later) == Timestamp(iso8601: "2025-02-26T00:00:00Z"))
        #expect(KeptDays(0) == nil && KeptDays(36_501) == nil && KeptDays(36_500) != nil)
    }
}
