import TestSupport
import Testing

@testable import FoldEngine

@Suite struct BitCountersTests {
    @Test("equal a plain count", arguments: 0..<12)
    func random(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 1)
        let (words, count) = (1 + seed % 3, 1 + seed % 4)
        var (one, other) = (BitCounters(count: count, words: words), BitCounters(count: count, words: words))
        var counts = Array(repeating: [Int](repeating: 0, count: words * 64), count: count)
        // Now one, now the other has more planes than the one it takes in.
        let portion = [2, 3, 100][seed % 3]
        for number in 0..<300 {
            let counter = random.below(count)
            let bits = (0..<words * 64).map { _ in random.below(4) > 0 }
            var set = [UInt64](repeating: 0, count: words)
            for (bit, isOn) in bits.enumerated() where isOn {
                set[bit / 64] |= 1 << UInt64(bit % 64)
                counts[counter][bit] += 1
            }
            if number % portion == 0 {
                other.makeRoom(for: 1)
                other.add(set + [.max], width: words + 1, to: [Int32(counter)], 1)
            } else {
                one.makeRoom(for: 1)
                one.add(set, width: words, to: [Int32(counter)], 1)
            }
        }
        var (leftFirst, rightFirst) = (one, other)
        leftFirst.merge(other)
        rightFirst.merge(one)
        for counters in [leftFirst, rightFirst] {
            #expect((0..<count).map { counters.counts($0) } == counts, "seed \(seed)")
        }
        leftFirst.merge(BitCounters(count: count, words: words))
        #expect((0..<count).map { leftFirst.counts($0) } == counts)
    }
}
