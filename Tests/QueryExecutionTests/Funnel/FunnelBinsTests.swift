import QueryModel
import Testing

@testable import QueryExecution

@Suite struct FunnelBinsTests {
    @Test("the first bin of counts is from 0 to once, that of times to a second")
    func everybody() {
        #expect(FunnelBins.everybody(7, end: 1) == [FunnelAnswer.Bin(start: 0, end: 1, people: 7)])
    }

    @Test("counts have a bin each up to 20, and one for all above")
    func counts() {
        let bins = FunnelBins.counts([1: 4, 3: 2, 20: 1, 21: 1, 40: 5])
        #expect(bins.count == 21)
        #expect(bins[0] == FunnelAnswer.Bin(start: 1, end: 2, people: 4))
        #expect(bins[1].people == 0)
        #expect(bins[20] == FunnelAnswer.Bin(start: 21, end: 41, people: 6))
        #expect(FunnelBins.counts([:]).isEmpty)
    }

    @Test("times have the first width that makes no more than sixty bins")
    func times() {
        #expect(FunnelBins.times([0, 9, 10]).map(\.people) == [2, 1])
        #expect(FunnelBins.times([599]).count == 60)
        #expect(FunnelBins.times([600]).count == 11)
        #expect(FunnelBins.times([600])[0].end == 60_000)
    }
}
