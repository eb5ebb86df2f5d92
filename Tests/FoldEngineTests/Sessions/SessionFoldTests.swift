import Testing

@testable import FoldEngine

@Suite struct SessionFoldTests {
    /// Buckets of 100 s, of which 100 to 300 are shown; lengths below 10 ms and from 10 ms on, 1,000 ms at most.
    private func fold(_ people: [[(id: Int64, second: UInt32, clientTime: Int64)]]) -> SessionFold {
        var fold = SessionFold(
            BucketTable(bounds: [100, 200, 300]),
            shown: 100..<300,
            longestMs: 1000,
            binCount: 2
        ) { $0 < 10 ? 0 : 1 }
        for events in people {
            let (ids, times, seconds) = (events.map(\.id), events.map(\.clientTime), events.map(\.second))
            fold.add(sessions: ids.span, clientTimes: times.span, seconds: seconds.span)
        }
        return fold
    }

    @Test("a session is dated by its first event, and as long as the client's clock says")
    func dated() {
        let fold = fold([[(7, 199, 500), (7, 200, 400), (7, 350, 700)]])
        #expect(fold.counts == [1, 0])
        #expect(fold.milliseconds == [300, 0], "also what lies after the range")
        #expect(fold.binned == [0, 1])
    }

    @Test("sessions that begin elsewhere, and events without one, do not count")
    func elsewhere() {
        let fold = fold([[(7, 99, 0), (7, 100, 5), (-1, 150, 0), (8, 300, 0)]])
        #expect(fold.counts == [0, 0])
        #expect(fold.binned == [0, 0])
    }

    @Test("one event is a session of length 0; the longest is in, a longer one only counts")
    func lengths() {
        let fold = fold([[(1, 100, 9), (2, 110, 0), (2, 111, 1000), (3, 120, 0), (3, 121, 1001)]])
        #expect(fold.counts == [3, 0])
        #expect(fold.measured == [2, 0])
        #expect(fold.milliseconds == [1000, 0])
        #expect(fold.binned == [1, 1])
    }

    @Test("the same id of two people is two sessions; sharing people out changes nothing")
    func merged() {
        let people: [[(id: Int64, second: UInt32, clientTime: Int64)]] = [
            [(1, 100, 0), (1, 101, 50)], [(1, 250, 3)], [(1, 260, 4), (2, 270, 9)],
        ]
        var merged = fold([people[2]])
        merged.merge(fold(Array(people[..<2])))
        for fold in [merged, fold(people)] {
            #expect(fold.counts == [1, 3])
            #expect(fold.milliseconds == [50, 0])
            #expect(fold.binned == [3, 1])
        }
    }

    @Test("clocks that cannot be right have no length, and do no harm")
    func overflow() {
        let fold = fold([[(1, 100, .min), (1, 101, .max)]])
        #expect((fold.counts, fold.measured) == ([1, 0], [0, 0]))
    }
}
