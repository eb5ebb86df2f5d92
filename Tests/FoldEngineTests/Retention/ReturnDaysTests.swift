import TestSupport
import Testing

@testable import FoldEngine

@Suite struct ReturnDaysTests {
    @Test(
        "few starts and many are told the same days, whatever the returns' order and number of days",
        arguments: 0..<24
    )
    func bothWays(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 1)
        let days = [1, 63, 64, 65, 128, 200][seed % 6]
        let returns = (0..<random.below(40)).map { _ in Int32(random.below(days * 24 + 90)) - 40 }
        var few = ReturnDays(days: days)
        var many = few
        // What was left by another person is gone.
        let others: [Int32] = [5, 24]
        many.begin(others.span, starts: 10_000)
        few.begin(returns.span, starts: 1)
        many.begin(returns.span, starts: 10_000)
        for start in Set((0..<20).map { _ in Int32(random.below(days * 24)) } + [0, Int32(days * 24) - 1]) {
            let firstDay = Int32(random.below(2))
            var naive = [UInt64](repeating: 0, count: few.words)
            var (asked, looked) = (naive, naive)
            for hour in returns where hour >= start + 24 * firstDay && hour < days * 24 {
                naive[Int(hour - start) / 24 / 64] |= 1 << (UInt64(hour - start) / 24 % 64)
            }
            add(few, returns, after: start, firstDay, to: &asked)
            add(many, returns, after: start, firstDay, to: &looked)
            #expect(asked == naive, "\(days) days, seed \(seed), start \(start)")
            #expect(looked == naive, "\(days) days, seed \(seed), start \(start)")
        }
    }

    /// Half of them in a row that has something else already, at an end of others.
    private func add(
        _ days: ReturnDays,
        _ returns: [Int32],
        after start: Int32,
        _ firstDay: Int32,
        to set: inout [UInt64]
    ) {
        var rows = [5, .max] + (start % 2 == 0 ? set.map { _ in .max } : set) + [7]
        var span = rows.mutableSpan
        let from = RetentionStart(hour: start, bucket: 0, series: 0, firstDay: firstDay)
        days.add(returns.span, after: from, toRow: 2, isNew: start % 2 == 0 ? -1 : 0, &span)
        #expect((rows[0], rows[1], rows[rows.count - 1]) == (5, .max, 7))
        set = Array(rows[2..<rows.count - 1])
    }
}
