import Formulas
import TestSupport
import Testing

@Suite struct QuantileTests {
    @Test(
        "type 7: between neighbours in a straight line",
        arguments: [
            ([], 0.5, 0),
            ([5], 0, 5), ([5], 0.3, 5), ([5], 1, 5),
            ([1, 2], 0.5, 1.5), ([1, 2], 0.25, 1.25),
            ([1, 2, 3, 4], 0.25, 1.75), ([1, 2, 3, 4], 0.9, 3.7), ([1, 2, 3, 4], 1, 4),
            ([1, 1, 1, 9], 0.5, 1), ([1, 1, 1, 9], 0.75, 3), ([-4, 0, 10], 0.25, -2),
        ] as [([Double], Double, Double)]
    )
    func byHand(values: [Double], fraction: Double, expected: Double) throws {
        let quantile = try #require(Quantile(fraction))
        #expect(abs(quantile.value(in: histogram(values)) - expected) < 1e-12)
    }

    @Test("only 0 to 1 is a percentile", arguments: [-0.001, 1.001, 90, Double.nan, .infinity])
    func refused(fraction: Double) { #expect(Quantile(fraction) == nil) }

    @Test("an empty bin changes nothing")
    func emptyBins() throws {
        let median = try #require(Quantile(0.5))
        #expect(median.value(in: [(1, 0), (2, 1), (3, 0), (4, 1), (5, 0)]) == 3)
        #expect(median.value(in: [(1, 0)]) == 0)
    }

    @Test("a million of one value are no more work than one, and the ends of the number line do not overflow")
    func large() throws {
        let quantile = try #require(Quantile(0.75))
        #expect(quantile.value(in: [(1, 1_000_000_000_000), (2, 1)]) == 1)
        let whole = Double.greatestFiniteMagnitude
        #expect(abs(quantile.value(in: [(-whole, 1), (whole, 1)]) / whole - 0.5) < 1e-12)
    }

    @Test("equals the expanded list, sorted and interpolated", arguments: 1...50)
    func againstExpandedLists(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<40 {
            let values = (0..<random.below(30)).map { _ in Double(random.below(12)) - 4 }
            for fraction in [0, 1, Double(random.below(1000)) / 1000] {
                let quantile = try #require(Quantile(fraction))
                let naive = naivePercentile(values, fraction)
                #expect(abs(quantile.value(in: histogram(values)) - naive) < 1e-9, "\(values) at \(fraction)")
            }
        }
    }
}

private func histogram(_ values: [Double]) -> [(value: Double, count: Int)] {
    Set(values).sorted().map { value in (value, values.count { $0 == value }) }
}

/// The definition: the rank (n − 1) × p, counted from 0, between the values at the ranks around it.
private func naivePercentile(_ values: [Double], _ fraction: Double) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return 0 }
    let rank = Double(sorted.count - 1) * fraction
    for index in sorted.indices.dropLast() where rank < Double(index + 1) {
        return sorted[index] + (rank - Double(index)) * (sorted[index + 1] - sorted[index])
    }
    return last
}
