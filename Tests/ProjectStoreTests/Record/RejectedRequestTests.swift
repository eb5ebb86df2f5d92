import EventModel
import Foundation
import GRDB
import Storage
import TestSupport
import Testing

@testable import ProjectStore

@Suite struct RejectedRequestTests {
    private func request(_ number: Int, bytes: Int) -> RejectedRequest {
        // Bytes that do not compress, so that the limit on what is kept is met by the body's own size.
        var random = SeededRandom(seed: UInt64(number))
        let body = (0..<bytes).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        return RejectedRequest(
            receivedAt: Timestamp(milliseconds: Int64(number)),
            path: "/batch",
            reason: "r",
            events: 1,
            body: body
        )
    }

    @Test("what is kept is bounded: the oldest go; the ledger keeps count of all")
    func bounded() throws {
        let folder = TemporaryFolder()
        let record = try ProjectDatabase(folder: folder.url)
        defer { record.close() }
        for number in 1...6 { try record.reject(request(number, bytes: 15 << 20)) }
        let kept = try record.rejectedRequests(limit: 10)
        #expect(kept.map(\.id) == [6, 5, 4, 3], "64 MB hold four of 15 MB")
        #expect(try record.rejectedRequest(6)?.body == request(6, bytes: 15 << 20).body)
        #expect(try record.rejectedRequest(1) == nil)
        try record.forgetRejectedRequest(5)
        #expect(try record.rejectedRequests(limit: 2).map(\.id) == [6, 4])
        let ledger = try record.ledgerTotals()
        #expect(ledger.received == 6 && ledger.rejected == 6 && ledger.balances)
    }
}
