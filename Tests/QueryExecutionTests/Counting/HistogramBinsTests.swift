import TestSupport
import Testing

@testable import QueryExecution

@Suite struct HistogramBinsTests {
    @Test("ten bins of equal width, the last one closed")
    func ten() {
        let bins = HistogramBins(0, 20)
        #expect(bins.indices.map { bins.label($0) }.first == "0-2")
        #expect(bins.indices.map { bins.label($0) }.last == "18-20")
        #expect(bins.indices.count == 10)
        let found = [0, 1.999, 2, 3.5, 17.9, 18, 20].map { bins.index(of: $0) }
        #expect(found == [0, 0, 1, 1, 8, 9, 9])
        #expect(HistogramBins(80.5, 120).label(8) == "112.1-116.05", "no more digits than there must be")
        #expect(bins.index(of: -0.001) == nil)
        #expect(bins.index(of: 20.001) == nil)
    }

    @Test("one bin if all values are the same", arguments: [0, -3, 2.5])
    func one(value: Double) {
        let bins = HistogramBins(value, value)
        #expect(bins.indices.count == 1)
        #expect(bins.index(of: value) == 0)
        #expect(bins.index(of: value + 1) == nil)
        #expect(bins.label(0) == (value == 0 ? "0-0" : value == -3 ? "-3--3" : "2.5-2.5"))
    }

    @Test("the smallest is in the first bin and the largest in the last, whatever rounding does")
    func ends() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<5_000 {
            let a = Double(random.below(2_000) - 1_000) / Double(1 + random.below(99))
            let b = a + Double(1 + random.below(100_000)) / Double(1 + random.below(999))
            let bins = HistogramBins(a, b)
            try #require(bins.index(of: a) == 0, "\(a) to \(b)")
            try #require(bins.index(of: b) == 9, "\(a) to \(b)")
            let middle = a + (b - a) * Double(random.below(1000)) / 1000
            try #require(bins.index(of: middle) != nil, "\(middle) in \(a) to \(b)")
        }
        #expect(HistogramBins(0.1, 0.8).index(of: 0.8) == 9)
        #expect(HistogramBins(0.1, 0.8).label(9).hasSuffix("-0.8"))
    }

    @Test("numbers at the ends of what a number can be")
    func extremes() {
        let huge = Double.greatestFiniteMagnitude
        let bins = HistogramBins(-huge, huge)
        #expect(bins.index(of: -huge) == 0)
        #expect(bins.index(of: huge) == 9)
        #expect(bins.index(of: 0) != nil)
        let close = HistogramBins(1, 1.0000000000000002)
        #expect(close.index(of: 1) != nil)
        #expect(close.index(of: 1.0000000000000002) == 9)
    }
}
