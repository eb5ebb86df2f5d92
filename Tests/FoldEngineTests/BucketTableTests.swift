import FoldEngine
import TestSupport
import Testing

@Suite struct BucketTableTests {
    /// The last bucket that begins at or before a time: of those that begin at the same moment, the only one that lasts.
    private func search(_ bounds: [Int64], _ seconds: Int64) -> Int {
        var (low, high) = (0, bounds.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if bounds[middle] <= seconds { low = middle } else { high = middle - 1 }
        }
        return low
    }

    @Test("finds what a search finds, on axes with days of every length", arguments: 0..<60)
    func random(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed) + 1)
        let hour: Int64 = 3600
        let lengths: [[Int64]] = [
            [24 * hour], [24 * hour, 24 * hour, 24 * hour, 23 * hour, 25 * hour],
            [24 * hour, 24 * hour - 1800, 24 * hour + 1800], [hour, hour, hour, 0, 2 * hour], [300],
            [7 * 24 * hour, 7 * 24 * hour - hour], [28 * 24 * hour, 29 * 24 * hour, 30 * 24 * hour, 31 * 24 * hour],
            [24 * hour, 24 * hour - 2670],
        ]
        let kind = lengths[seed % lengths.count]
        // Zones lie whole quarters of an hour apart; some, once, did not.
        var bounds = [Int64(random.below(3_000)) * 900 * 600 + Int64([0, 2700, 19_800, 37][random.below(4)])]
        for _ in 0..<(1 + random.below(400)) {
            bounds.append(bounds[bounds.count - 1] + kind[random.below(kind.count)])
        }
        if bounds[0] == bounds[bounds.count - 1] { bounds.append(bounds[0] + 300) }
        let table = BucketTable(bounds: bounds)
        #expect(table.bucketCount == bounds.count - 1)
        let end = bounds[bounds.count - 1]
        var times = bounds.flatMap { [$0 - 1, $0, $0 + 1] }
        for _ in 0..<500 { times.append(bounds[0] + Int64(random.below(Int(end - bounds[0])))) }
        for time in times where bounds[0] <= time && time < end {
            try #require(table.bucket(of: time) == search(bounds, time), "seed \(seed), \(time), \(bounds)")
        }
    }

    @Test("a bucket that the clock skips has no second")
    func emptyBucket() {
        let table = BucketTable(bounds: [0, 3600, 3600, 7200])
        #expect(table.bucket(of: 3599) == 0)
        #expect(table.bucket(of: 3600) == 2)
    }

    @Test("times that are an earlier bucket's once more")
    func repeats() {
        let table = BucketTable(bounds: [0, 300, 600, 1500], repeats: [(0, 600..<900), (1, 900..<1200)])
        #expect(
            [0, 299, 300, 600, 899, 900, 1199, 1200, 1499].map { table.bucket(of: $0) } == [0, 0, 1, 0, 0, 1, 1, 2, 2]
        )
        #expect(table.goesBack)
        #expect(!BucketTable(bounds: [0, 300]).goesBack)
        #expect([-1, 0, 1499, 1500].map { table.bucketIfAny(of: $0) } == [nil, 0, 2, nil])
    }

    @Test("one second is a bucket, too")
    func narrow() {
        let table = BucketTable(bounds: [1_700_000_000, 1_700_000_001, 1_700_000_003])
        #expect((0..<3).map { table.bucket(of: 1_700_000_000 + $0) } == [0, 1, 1])
    }
}
