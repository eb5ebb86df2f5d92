import EventModel
import ProjectStore
import Storage
import TestSupport
import Testing

@Suite("A refused request that is sent again in vain")
struct ReplayTests {
    private let folder = TemporaryFolder()

    private static func request(
        _ body: String,
        minute: Int64,
        reason: String = "r",
        details: String = ""
    ) -> RejectedRequest {
        RejectedRequest(
            receivedAt: Timestamp(milliseconds: minute * 60_000),
            path: "/2/httpapi",
            reason: reason,
            details: details,
            events: 2,
            contentType: "application/json",
            body: Array(body.utf8)
        )
    }

    @Test("its copy and what it counted go; it keeps its number, and says the newer reason")
    func copy() throws {
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        try record.reject(Self.request("a", minute: 1))
        try record.reject(Self.request("b", minute: 1))
        let before = try record.ledgerTotals()
        let sent = try #require(try record.rejectedRequest(1))
        let last = try record.lastRejectedRequest()
        #expect(last == 2)
        try record.reject(Self.request("a", minute: 5, reason: "newer", details: "time of event 0 is invalid"))
        try record.reject(Self.request("c", minute: 5))
        try record.forgetVainReplay(of: 1, sent: sent, after: last)

        #expect(try record.rejectedRequests(limit: 9).map(\.id) == [4, 2, 1])
        let kept = try #require(try record.rejectedRequest(1))
        #expect(kept.reason == "newer" && kept.details == "time of event 0 is invalid")
        #expect(kept.receivedAt == sent.receivedAt && kept.body == sent.body)
        var after = before
        after.received += 2
        after.rejected += 2
        #expect(try record.ledgerTotals() == after, "of those that were sent meanwhile, only the stranger's count")
    }

    @Test("a mended body's copy goes, too, and leaves the reason of what is kept")
    func mended() throws {
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        try record.reject(Self.request("a", minute: 1))
        var sent = try #require(try record.rejectedRequest(1))
        sent.body = Array("mended".utf8)
        try record.reject(Self.request("mended", minute: 9, reason: "newer"))
        try record.forgetVainReplay(of: 1, sent: sent, after: 1)
        #expect(try record.rejectedRequests(limit: 9).map(\.reason) == ["r"])
        let minutes = try record.ledger(LedgerMinute(0)..<LedgerMinute(100))
        #expect(minutes.map(\.key.number) == [1], "a minute in which nothing came in is none")
    }

    @Test("where nothing was kept of it, or its place was taken, nothing goes")
    func nothing() throws {
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        try record.reject(Self.request("a", minute: 1))
        let sent = try #require(try record.rejectedRequest(1))
        try record.forgetVainReplay(of: 1, sent: sent, after: 1)
        #expect(try record.rejectedRequests(limit: 9).count == 1)
        try record.reject(Self.request("a", minute: 2))
        try record.forgetRejectedRequest(1)
        try record.forgetVainReplay(of: 1, sent: sent, after: 1)
        #expect(try record.rejectedRequests(limit: 9).map(\.id) == [2])
    }
}
