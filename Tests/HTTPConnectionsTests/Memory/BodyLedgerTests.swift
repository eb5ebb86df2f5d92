import NIOCore
import Testing

@testable import HTTPConnections

/// Documentation/http.md H22. Connections are numbers; each has one request.
@Suite struct BodyLedgerTests {
    private typealias ID = BodyLedger.BodyID
    private func id(_ connection: UInt64) -> ID { ID(connection: connection, request: 0) }
    private func second(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    @Test("within the limit everybody has room")
    func room() {
        var ledger = BodyLedger(limit: 1_000)
        for connection in 1...10 as ClosedRange<UInt64> {
            #expect(ledger.grow(id(connection), by: 100, from: "a", now: second(0)).isEmpty)
        }
        #expect(ledger.bytes == 1_000)
        ledger.remove(id(1))
        #expect(ledger.bytes == 900)
        ledger.remove(id(1))
        #expect(ledger.bytes == 900)
    }

    @Test("of equals the largest goes, and that may be the newcomer")
    func largest() {
        var ledger = BodyLedger(limit: 1_000)
        _ = ledger.grow(id(1), by: 600, from: "a", now: second(0))
        _ = ledger.grow(id(2), by: 300, from: "a", now: second(0))
        #expect(ledger.grow(id(3), by: 200, from: "a", now: second(0)) == [id(1)])
        #expect(ledger.bytes == 500)
        #expect(ledger.grow(id(3), by: 600_000, from: "a", now: second(0)) == [id(3)])
        #expect(ledger.bytes == 300)
    }

    @Test("whoever pauses goes before whoever sends")
    func pausing() {
        var ledger = BodyLedger(limit: 1_000)
        _ = ledger.grow(id(1), by: 100, from: "a", now: second(0))
        _ = ledger.grow(id(2), by: 800, from: "a", now: second(1))
        #expect(ledger.grow(id(2), by: 200, from: "a", now: second(2)) == [id(1)])
    }

    @Test("of many addresses the one that holds the most pays, however small its pieces are")
    func addresses() {
        var ledger = BodyLedger(limit: 1_000)
        for connection in 1...9 as ClosedRange<UInt64> {
            _ = ledger.grow(id(connection), by: 100, from: "many", now: second(0))
        }
        let gone = ledger.grow(id(20), by: 300, from: "other", now: second(0))
        #expect(gone.count == 2 && !gone.contains(id(20)))
    }

    @Test("what is whole stays, as it is being worked on; small ones find a reserve")
    func whole() {
        var ledger = BodyLedger(limit: 1 << 20)
        _ = ledger.grow(id(1), by: 1 << 20, from: "a", now: second(0))
        ledger.finish(id(1))
        #expect(ledger.grow(id(2), by: 1_000, from: "b", now: second(0)).isEmpty)
        #expect(ledger.grow(id(3), by: 100_000, from: "b", now: second(0)) == [id(3)])
        var last: [ID] = []
        for connection in 10...20 as ClosedRange<UInt64> {
            last = ledger.grow(id(connection), by: 60_000, from: "b", now: second(0))
        }
        #expect(!last.isEmpty)
        #expect(ledger.bytes <= (1 << 20) * 5 / 4)
    }

    @Test("what a body swells to counts, and takes the room of large bodies that still come in, not of small ones")
    func unpacked() {
        var ledger = BodyLedger(limit: 1 << 20)
        _ = ledger.grow(id(1), by: 1_000, from: "packed", now: second(0))
        ledger.finish(id(1))
        _ = ledger.grow(id(2), by: 600_000, from: "hostile", now: second(0))
        _ = ledger.grow(id(3), by: 60_000, from: "hostile", now: second(0))
        let first = ledger.hold(400_000, from: "packed", now: second(0))
        #expect(first.gone == [id(2)] && ledger.bytes == 461_000)
        let more = ledger.hold(900_000, from: "packed", now: second(0))
        #expect(more.gone.isEmpty && more.held != first.held, "a small one makes no room")
        #expect(ledger.grow(id(4), by: 100_000, from: "other", now: second(0)) == [id(4)])
        ledger.remove(first.held)
        ledger.remove(more.held)
        #expect(ledger.bytes == 61_000)
    }

    @Test("sixty bodies of 19 MB at once never hold more than the limit, and a small one is taken")
    func hostile() {
        let limit = 128 << 20
        var ledger = BodyLedger(limit: limit)
        var refused: Set<ID> = []
        for step in 0..<304 {
            for connection in 1...60 as ClosedRange<UInt64> where !refused.contains(id(connection)) {
                let now = NIODeadline.uptimeNanoseconds(0) + .milliseconds(Int64(step) * 10)
                refused.formUnion(ledger.grow(id(connection), by: 64 << 10, from: "a", now: now))
                #expect(ledger.bytes <= limit)
            }
        }
        #expect(60 - refused.count == limit / (19 << 20))
        let after = ledger.grow(id(100), by: 500, from: "a", now: second(10))
        #expect(!after.contains(id(100)))
    }
}
