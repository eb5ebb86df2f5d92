import FoldEngine
import Testing

@Suite struct FunnelDurationsTests {
    /// People who take so many seconds from one step to the next.
    private func durations(_ seconds: [UInt32]) -> FunnelTally.Durations {
        var fold = FunnelFold(
            .ordered,
            stepCount: 2,
            window: 1_000_000,
            seconds: 10..<2_000_000,
            buckets: BucketTable(bounds: [10, 1_000_000])
        )
        for some in stride(from: 0, to: seconds.count, by: 1000) {
            let own = seconds[some..<min(some + 1000, seconds.count)]
            let events = own.flatMap { second in
                [
                    FunnelEvent(second: 10, steps: 1, type: 1, place: 0, enters: true),
                    FunnelEvent(second: 10 + second, steps: 2, type: 2, place: 0, enters: false),
                ]
            }
            let ends = own.indices.map { Int32(2 * ($0 - some + 1)) }
            fold.add(events.span, ends.span)
        }
        return fold.tally(series: 0, bucket: 0).durations[1]
    }

    @Test("the median is between the two in the middle, which may be equal")
    func median() {
        #expect(durations([9, 5, 3, 5]).median == 5000)
        #expect(durations([9, 5, 3, 4]).median == 4500)
        #expect(durations([9, 300_000, 5, 3]).median == 7000)
        #expect(durations([7]).median == 7000)
    }

    @Test("of many people, none is lost")
    func many() {
        let seconds = (1...50_000).map { UInt32($0 * 7919 % 50_001) }
        let found = durations(seconds)
        #expect(found.seconds.sorted() == seconds.sorted())
        #expect(found.mean == 25_000_500)
        #expect(found.median == 25_000_500)
    }
}
