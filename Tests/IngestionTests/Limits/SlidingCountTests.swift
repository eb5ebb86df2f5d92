import TestSupport
import Testing

@testable import Ingestion

@Suite struct SlidingCountTests {
    /// What is added at a time, in milliseconds, and the count that is then there.
    struct Case: CustomTestStringConvertible {
        var added: [(time: Int64, count: Int)]
        var at: Int64
        var left: Int
        var why: String

        init(_ added: [(time: Int64, count: Int)], at: Int64, left: Int, _ why: String) {
            (self.added, self.at, self.left, self.why) = (added, at, left, why)
        }

        var testDescription: String { why }
    }

    @Test(
        "the current step and the two before it count",
        arguments: [
            Case([], at: 0, left: 0, "nothing was added"),
            Case([(0, 5)], at: 999, left: 5, "the same step"),
            Case([(999, 5)], at: 2_999, left: 5, "the second step after it"),
            Case([(999, 5)], at: 3_000, left: 0, "the third step after it, although 2.001 seconds have passed"),
            Case([(0, 5)], at: 1_000_000, left: 0, "long after"),
            Case([(0, 1), (1_000, 2), (2_000, 4)], at: 2_999, left: 7, "all three"),
            Case([(0, 1), (1_000, 2), (2_000, 4)], at: 3_000, left: 6, "the first has passed"),
            Case([(0, 1), (1_000, 2), (2_000, 4)], at: 4_500, left: 4, "and the second"),
            Case([(0, 1), (0, 2), (500, 4)], at: 500, left: 7, "one step, added to three times"),
            Case([(5_000, 1), (4_000, 2)], at: 7_999, left: 3, "a clock that goes back stands still"),
        ]
    )
    func counts(_ c: Case) {
        var counts = SlidingCount<String>(stepMs: 1_000, steps: 3, capacity: 100)
        for (time, count) in c.added {
            counts.advance(to: time)
            counts.add(count, to: "a")
        }
        counts.advance(to: c.at)
        #expect(counts["a"] == c.left)
        #expect(counts["b"] == 0)
        if c.left == 0 { #expect(counts.pairs == 0, "nothing is remembered of who has not come for so long") }
    }

    @Test("at the cap the oldest step is forgotten; within one step, newcomers are not counted")
    func cap() {
        var counts = SlidingCount<String>(stepMs: 1_000, steps: 3, capacity: 3)
        for (time, key) in [(0, "a"), (1_000, "a"), (1_000, "b")] as [(Int64, String)] {
            counts.advance(to: time)
            counts.add(1, to: key)
        }
        #expect(counts["a"] == 2 && counts.pairs == 3)
        counts.advance(to: 2_000)
        counts.add(1, to: "c")
        #expect(counts["a"] == 1 && counts["b"] == 1 && counts["c"] == 1 && counts.pairs == 3)
        counts.add(1, to: "d")
        #expect(counts["a"] == 0 && counts["b"] == 0 && counts["c"] == 1 && counts["d"] == 1 && counts.pairs == 2)
        counts.add(1, to: "e")
        counts.add(1, to: "f")
        #expect(counts["e"] == 1 && counts["f"] == 0 && counts.pairs == 3)
        counts.add(1, to: "c")
        #expect(counts["c"] == 2, "who is known is counted on")
    }

    @Test("what is taken back is gone, as long as its step is remembered")
    func remove() {
        var counts = SlidingCount<String>(stepMs: 1_000, steps: 3, capacity: 100)
        counts.add(5, to: "a")
        counts.advance(to: 1_500)
        counts.add(2, to: "a")
        counts.remove(4, from: "a", addedAt: 0)
        #expect(counts["a"] == 3 && counts.pairs == 2)
        counts.remove(9, from: "a", addedAt: 0)
        #expect(counts["a"] == 2 && counts.pairs == 1)
        counts.remove(1, from: "b", addedAt: 0)
        counts.advance(to: 5_000)
        counts.add(1, to: "a")
        counts.remove(1, from: "a", addedAt: 2_500)
        #expect(counts["a"] == 1, "step 2 has passed, and step 5 stands in its place")
        counts.remove(1, from: "a", addedAt: 5_000)
        #expect(counts.pairs == 0)
    }

    @Test("as a list of all that was ever added says, and never more than that at the cap", arguments: [1_000, 4])
    func oracle(capacity: Int) {
        var random = SeededRandom(seed: 11)
        var counts = SlidingCount<Int>(stepMs: 10, steps: 4, capacity: capacity)
        var log: [(step: Int64, key: Int, count: Int)] = []
        var time: Int64 = 0
        var forgotten = 0
        for _ in 0..<20_000 {
            time += [0, 1, 3, 8, 60].randomElement(using: &random) ?? 0
            let key = Int.random(in: 0..<6, using: &random)
            let count = Int.random(in: 1...3, using: &random)
            counts.advance(to: time)
            counts.add(count, to: key)
            let step = Int64((Double(time) / 10).rounded(.down))
            log = log.filter { $0.step + 4 > step } + [(step, key, count)]
            for key in 0..<6 {
                let exact = log.filter { $0.key == key }.map(\.count).reduce(0, +)
                if capacity == 4 {
                    #expect(counts[key] <= exact)
                    forgotten += exact - counts[key]
                } else {
                    #expect(counts[key] == exact)
                }
            }
            #expect(counts.pairs <= capacity)
        }
        #expect((forgotten > 0) == (capacity == 4))
    }
}
