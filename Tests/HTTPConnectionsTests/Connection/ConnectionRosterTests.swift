import NIOCore
import Testing

@testable import HTTPConnections

@Suite struct ConnectionRosterTests {
    private func second(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    @Test("first whoever waits longest, then whoever pauses within a body, at last the newcomer")
    func order() {
        var roster = ConnectionRoster(most: 3)
        for id in 1...3 as ClosedRange<UInt64> { #expect(roster.open(id, now: second(0)) == []) }
        roster.note(1, .waiting, now: second(5))
        roster.note(2, .sending, now: second(6))
        roster.note(3, .beingAnswered, now: second(1))
        #expect(roster.open(4, now: second(7)) == [1])
        roster.close(1)
        roster.note(4, .beingAnswered, now: second(7))
        #expect(roster.open(5, now: second(8)) == [5])
        roster.close(5)
        #expect(roster.open(6, now: second(11)) == [2])
        #expect(roster.count == 4)
    }

    @Test("of many, several go at once")
    func batch() {
        var roster = ConnectionRoster(most: 64)
        for id in 1...64 as ClosedRange<UInt64> { _ = roster.open(id, now: second(Int64(id))) }
        #expect(roster.open(100, now: second(100)) == [1, 2])
    }
}
