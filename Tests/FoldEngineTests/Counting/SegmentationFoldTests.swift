import FoldEngine
import TestSupport
import Testing

/// What a fold gives, as flat lists: series × buckets, then one for each series.
private struct Counts {
    var fold: SegmentationFold
    var seriesCount: Int

    private func flat(_ values: (Int) -> TallyValues) -> [Int] {
        (0..<seriesCount).flatMap { values($0).buckets.map { Int($0) } }
    }

    var uniques: [Int] { flat { fold.uniques(of: $0) } }
    var totals: [Int] { flat { fold.totals(of: $0) } }
    var collapsedUniques: [Int] { (0..<seriesCount).map { Int(fold.uniques(of: $0).collapsed) } }
    var collapsedTotals: [Int] { (0..<seriesCount).map { Int(fold.totals(of: $0).collapsed) } }

    mutating func merge(_ other: Counts) { fold.merge(other.fold) }
}

/// - Parameter people: a timeline each, by the minute; a letter is an event that counts in the series of that letter (A is 0).
private func fold(_ people: [String], bucketMinutes: [Int], series: Int) -> Counts {
    let table = BucketTable(bounds: bucketMinutes.map { Int64($0) * 60 })
    var measures = SegmentationFold.Measures()
    measures.totals = true
    measures.uniques = [.bucket]
    var fold = SegmentationFold(TallyShape(series: series, buckets: bucketMinutes.count - 1), measures)
    for person in people {
        let moments = Timeline(person).moments
        let buckets = moments.map { Int32(table.bucket(of: Int64($0.step) * 60)) }
        let numbers = moments.map { Int32($0.letter.asciiValue! - 65) }
        let codes: [UInt32] = []
        fold.add(buckets: buckets.span, series: numbers.span, codes: codes.span)
    }
    return Counts(fold: fold, seriesCount: series)
}

struct SegmentationCase: Sendable, CustomStringConvertible {
    var people: [String]
    var uniques: [Int]
    var totals: [Int]
    var collapsed: Int
    var why: String

    init(_ people: [String], uniques: [Int], totals: [Int], collapsed: Int, _ why: String) {
        self.people = people
        self.uniques = uniques
        self.totals = totals
        self.collapsed = collapsed
        self.why = why
    }

    var description: String { why }
}

@Suite struct SegmentationFoldTests {
    @Test(
        "one series, buckets of three minutes",
        arguments: [
            SegmentationCase([], uniques: [0, 0], totals: [0, 0], collapsed: 0, "nobody"),
            SegmentationCase(["A"], uniques: [1, 0], totals: [1, 0], collapsed: 1, "the first minute is in"),
            SegmentationCase(
                ["--A"],
                uniques: [1, 0],
                totals: [1, 0],
                collapsed: 1,
                "a bucket's last minute is in it"
            ),
            SegmentationCase(["---A"], uniques: [0, 1], totals: [0, 1], collapsed: 1, "the next minute is not"),
            SegmentationCase(
                ["-----A"],
                uniques: [0, 1],
                totals: [0, 1],
                collapsed: 1,
                "the axis' last minute is in"
            ),
            SegmentationCase(["AAA"], uniques: [1, 0], totals: [3, 0], collapsed: 1, "a person counts once a bucket"),
            SegmentationCase(["A--A"], uniques: [1, 1], totals: [1, 1], collapsed: 1, "and once over the range"),
            SegmentationCase(["(AA)"], uniques: [1, 0], totals: [2, 0], collapsed: 1, "two events at once are two"),
            SegmentationCase(["A", "A"], uniques: [2, 0], totals: [2, 0], collapsed: 2, "two people are two"),
            SegmentationCase(["", "A"], uniques: [1, 0], totals: [1, 0], collapsed: 1, "no events, no person"),
        ]
    )
    func oneSeries(_ c: SegmentationCase) {
        let result = fold(c.people, bucketMinutes: [0, 3, 6], series: 1)
        #expect(result.uniques == c.uniques, "\(c.why)")
        #expect(result.totals == c.totals, "\(c.why)")
        #expect(result.collapsedUniques == [c.collapsed], "\(c.why)")
        #expect(result.collapsedTotals == [c.totals.reduce(0, +)], "\(c.why)")
    }

    @Test("a person counts in each series that an event of theirs is in")
    func severalSeries() {
        let result = fold(["(AB)-A", "B"], bucketMinutes: [0, 2, 4], series: 2)
        #expect(result.uniques == [1, 1, 2, 0])
        #expect(result.totals == [1, 1, 2, 0])
        #expect(result.collapsedUniques == [1, 2])
    }

    @Test("buckets may be of unequal length, as days are when clocks change")
    func unequalBuckets() {
        #expect(fold(["A-A--A"], bucketMinutes: [0, 1, 5, 6], series: 1).totals == [1, 1, 1])
    }

    /// Every pair of people with up to four minutes of A, B, both or quiet, against the plainest count.
    @Test("equals a naive count on every small timeline")
    func exhaustive() {
        let minutes = ["-", "A", "B", "(AB)"]
        var timelines = [""]
        var last = timelines
        for _ in 0..<3 {
            last = last.flatMap { timeline in minutes.map { timeline + $0 } }
            timelines += last
        }
        for first in timelines {
            for second in timelines {
                let result = fold([first, second], bucketMinutes: [0, 2, 4], series: 2)
                let naive = naiveCounts([first, second], bucketMinutes: [0, 2, 4], series: 2)
                guard result.uniques == naive.uniques, result.totals == naive.totals,
                    result.collapsedUniques == naive.collapsed
                else {
                    Issue.record("differs for \"\(first)\" and \"\(second)\"")
                    return
                }
            }
        }
    }

    @Test("sharing people out among folds, in any order, changes nothing", arguments: 0..<20)
    func mergeIsAssociative(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 1)
        let people = (0..<9).map { _ in
            (0..<12).map { _ in ["-", "-", "A", "B", "C", "(AC)"][random.below(6)] }.joined()
        }
        let axis = [0, 4, 8, 12]
        let whole = fold(people, bucketMinutes: axis, series: 3)
        var parts = [0..<2, 2..<3, 3..<9].map { fold(Array(people[$0]), bucketMinutes: axis, series: 3) }
        var leftFirst = parts[0]
        leftFirst.merge(parts[1])
        leftFirst.merge(parts[2])
        parts[1].merge(parts[2])
        var rightFirst = parts[1]
        rightFirst.merge(parts[0])
        for merged in [leftFirst, rightFirst] {
            #expect(merged.uniques == whole.uniques, "seed \(seed)")
            #expect(merged.totals == whole.totals, "seed \(seed)")
            #expect(merged.collapsedUniques == whole.collapsedUniques, "seed \(seed)")
            #expect(merged.collapsedTotals == whole.collapsedTotals, "seed \(seed)")
        }
    }
}

/// Counts by looking at every event for every cell.
private func naiveCounts(
    _ people: [String],
    bucketMinutes: [Int],
    series: Int
) -> (uniques: [Int], totals: [Int], collapsed: [Int]) {
    var uniques: [Int] = []
    var totals: [Int] = []
    var collapsed: [Int] = []
    let parsed = people.map { Timeline($0).moments }
    for letter in "ABCDEF".prefix(series) {
        for bucket in 0..<bucketMinutes.count - 1 {
            let counts = parsed.map { moments in
                moments.count {
                    $0.letter == letter && $0.step >= bucketMinutes[bucket] && $0.step < bucketMinutes[bucket + 1]
                }
            }
            uniques.append(counts.count { $0 > 0 })
            totals.append(counts.reduce(0, +))
        }
        collapsed.append(parsed.count { moments in moments.contains { $0.letter == letter } })
    }
    return (uniques, totals, collapsed)
}
