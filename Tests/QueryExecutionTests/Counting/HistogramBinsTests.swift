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

    @Test(
        "over whole numbers: ten bins at most, of one whole width, labelled with both ends inside",
        arguments: [
            (1.0, 25.0, "1-3 4-6 7-9 10-12 13-15 16-18 19-21 22-24 25-27"),
            (0, 20, "0-2 3-5 6-8 9-11 12-14 15-17 18-20"),
            (0, 9, "0-0 1-1 2-2 3-3 4-4 5-5 6-6 7-7 8-8 9-9"), (0, 10, "0-1 2-3 4-5 6-7 8-9 10-11"),
            (-5, -3, "-5--5 -4--4 -3--3"), (7, 7, "7-7"),
            (0, 100, "0-10 11-21 22-32 33-43 44-54 55-65 66-76 77-87 88-98 99-109"),
            (1_000_000_000_000, 1_000_000_000_001, "1000000000000-1000000000000 1000000000001-1000000000001"),
        ]
    )
    func whole(smallest: Double, largest: Double, labels: String) {
        let bins = HistogramBins(smallest, largest, areWhole: true)
        #expect(bins.indices.map { bins.label($0) }.joined(separator: " ") == labels)
        #expect(bins.index(of: smallest - 1) == nil)
        #expect(bins.index(of: smallest) == 0)
        #expect(bins.index(of: largest) == bins.indices.last)
    }

    @Test("every whole number is in the bin whose label has it")
    func wholeNumbers() throws {
        var random = SeededRandom(seed: 2)
        for _ in 0..<300 {
            let smallest = Double(random.below(2_000) - 1_000)
            let largest = smallest + Double(random.below(500))
            let bins = HistogramBins(smallest, largest, areWhole: true)
            try #require((1...10).contains(bins.indices.count))
            for value in stride(from: smallest, through: largest, by: 1) {
                let bin = try #require(bins.index(of: value))
                let ends = bins.label(bin).matches(of: /^(-?\d+)-(-?\d+)$/).map { (Double($0.1)!, Double($0.2)!) }
                try #require(ends[0].0 <= value && value <= ends[0].1, "\(value) of \(smallest) to \(largest)")
            }
        }
    }

    @Test("whole numbers too large to be told apart are binned as others are")
    func largeWhole() {
        let bins = HistogramBins(0, 0x1p60, areWhole: true)
        #expect(bins.indices.count == 10)
        #expect(bins.index(of: 0x1p60) == 9)
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
