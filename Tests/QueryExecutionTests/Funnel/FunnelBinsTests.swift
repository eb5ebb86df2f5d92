import QueryModel
import Testing

@testable import QueryExecution

@Suite struct FunnelBinsTests {
    @Test("the first bin of counts is from 0 to once, that of times to a second")
    func everybody() {
        let bins = FunnelBins.everybody(7, end: 1, revenue: 2.5)
        #expect(bins == [FunnelAnswer.Bin(start: 0, end: 1, people: 7, revenue: 2.5)])
    }

    @Test("counts have a bin each up to 20, and one for all above")
    func counts() {
        let bins = FunnelBins.counts(
            [1: 4, 3: 2, 20: 1, 21: 1, 40: 5],
            [(1, 2), (1, -0.5), (20, 3), (21, 4), (40, 5)]
        )
        #expect(bins.count == 21)
        #expect(bins[0] == FunnelAnswer.Bin(start: 1, end: 2, people: 4, revenue: 1.5))
        #expect(bins[1].people == 0)
        #expect(bins[19].revenue == 3)
        #expect(bins[20] == FunnelAnswer.Bin(start: 21, end: 41, people: 6, revenue: 9))
        #expect(FunnelBins.counts([:], []).isEmpty)
    }

    @Test("times have the first width that makes no more than sixty bins")
    func times() {
        let bins = FunnelBins.times([0, 9, 10], [(9, 1), (0, 2), (10, 4)])
        #expect(bins.map(\.people) == [2, 1])
        #expect(bins.map(\.revenue) == [3, 4])
        #expect(FunnelBins.times([599], []).count == 60)
        #expect(FunnelBins.times([600], []).count == 11)
        #expect(FunnelBins.times([600], [])[0].end == 60_000)
    }
}
