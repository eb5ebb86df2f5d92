import FoldEngine
import TestSupport
import Testing

/// One person's events as text: `|` begins the next bucket, a digit is an event whose operand has that code (0: none), `>`
/// stands before the first event that is shown. A letter says in which series the next ones are, `A` to begin with.
private struct Person {
    var buckets: [Int32] = []
    var series: [Int32] = []
    var codes: [UInt32] = []
    var shownFrom = 0

    init(_ text: String) {
        var (bucket, number) = (Int32(0), Int32(0))
        for character in text {
            switch character {
            case "|": bucket += 1
            case ">": shownFrom = buckets.count
            case "0"..."9":
                buckets.append(bucket)
                series.append(number)
                codes.append(UInt32(character.wholeNumberValue!))
            default: number = Int32(character.asciiValue! - 65)
            }
        }
    }
}

/// By code: 1 to 6 are themselves, 7 and 8 have a fraction and a sign, 9 is no number.
private let numbers: [Double] = [.nan, 1, 2, 3, 4, 5, 6, 0.25, -4, .nan]

private func fold(
    _ people: [String],
    series: Int = 1,
    buckets: Int,
    lead: Int = 0,
    _ window: BucketWindow = .bucket
)
    -> SegmentationFold
{
    var measures = SegmentationFold.Measures()
    measures.totals = true
    measures.uniques = [window]
    measures.numbers = numbers
    measures.values = true
    measures.pairs = [window]
    measures.frequencies = [window]
    var fold = SegmentationFold(TallyShape(series: series, buckets: buckets, lead: lead), measures)
    for person in people.map(Person.init) {
        fold.add(
            buckets: person.buckets.span,
            series: person.series.span,
            codes: person.codes.span,
            shownFrom: person.shownFrom
        )
    }
    return fold
}

struct TallyCase: Sendable, CustomTestStringConvertible {
    var people: [String]
    var window: BucketWindow
    var lead: Int
    var uniques: [Double]
    var totals: [Double]
    var collapsed: (uniques: Double, totals: Double)
    var why: String
    var testDescription: String { why }

    init(
        _ people: [String],
        _ window: BucketWindow = .bucket,
        lead: Int = 0,
        uniques: [Double],
        totals: [Double],
        collapsed: (Double, Double),
        _ why: String
    ) {
        self.people = people
        self.window = window
        self.lead = lead
        self.uniques = uniques
        self.totals = totals
        self.collapsed = collapsed
        self.why = why
    }
}

@Suite struct TallyTests {
    @Test(
        "people and events over windows",
        arguments: [
            TallyCase(
                ["1|1||"],
                .trailing(2),
                uniques: [1, 1, 1, 0],
                totals: [1, 2, 1, 0],
                collapsed: (1, 2),
                "a person counts once a window"
            ),
            TallyCase(
                ["1|||1"],
                .trailing(2),
                uniques: [1, 1, 0, 1],
                totals: [1, 1, 0, 1],
                collapsed: (1, 2),
                "and again once a window has passed"
            ),
            TallyCase(
                ["1||1|"],
                .trailing(3),
                uniques: [1, 1, 1, 1],
                totals: [1, 1, 2, 1],
                collapsed: (1, 2),
                "windows that touch do not count twice"
            ),
            TallyCase(
                ["1|||"],
                .trailing(9),
                uniques: [1, 1, 1, 1],
                totals: [1, 1, 1, 1],
                collapsed: (1, 1),
                "a window longer than the axis"
            ),
            TallyCase(
                ["|||1"],
                .trailing(3),
                uniques: [0, 0, 0, 1],
                totals: [0, 0, 0, 1],
                collapsed: (1, 1),
                "no window reaches beyond the end"
            ),
            TallyCase(
                ["1|1||", "|1||1"],
                .trailing(2),
                uniques: [1, 2, 2, 1],
                totals: [1, 3, 2, 1],
                collapsed: (2, 4),
                "two people are two"
            ),
            TallyCase(
                ["1||1|"],
                .fromStart,
                uniques: [1, 1, 1, 1],
                totals: [1, 1, 2, 2],
                collapsed: (1, 2),
                "from the start: once for good"
            ),
            TallyCase(
                ["|1||", "|||1"],
                .fromStart,
                uniques: [0, 1, 1, 2],
                totals: [0, 1, 1, 2],
                collapsed: (2, 2),
                "from the start: one after another"
            ),
            TallyCase(
                ["1|1|>|1"],
                .fromStart,
                lead: 2,
                uniques: [0, 0, 0, 1],
                totals: [0, 0, 0, 1],
                collapsed: (1, 1),
                "the start is the first bucket shown"
            ),
            TallyCase(
                ["1|1|>|"],
                .fromStart,
                lead: 2,
                uniques: [0, 0, 0, 0],
                totals: [0, 0, 0, 0],
                collapsed: (0, 0),
                "what leads in is not counted from the start"
            ),
            TallyCase(
                ["|1|>|"],
                .trailing(2),
                lead: 2,
                uniques: [0, 1, 1, 0],
                totals: [0, 1, 1, 0],
                collapsed: (0, 0),
                "what leads in counts in windows, not over all"
            ),
            TallyCase(
                ["||1>1|"],
                .trailing(2),
                lead: 2,
                uniques: [0, 0, 1, 1],
                totals: [0, 0, 2, 2],
                collapsed: (1, 1),
                "also in a partial first bucket"
            ),
            TallyCase(
                ["||1>|"],
                .trailing(2),
                lead: 2,
                uniques: [0, 0, 1, 1],
                totals: [0, 0, 1, 1],
                collapsed: (0, 0),
                "which may have nothing that is shown"
            ),
            TallyCase(
                ["1|1|>1|1"],
                .bucket,
                lead: 2,
                uniques: [1, 1, 1, 1],
                totals: [1, 1, 1, 1],
                collapsed: (1, 2),
                "a bucket alone looks at no other"
            ),
        ]
    )
    func windows(_ c: TallyCase) {
        let fold = fold(c.people, buckets: 4, lead: c.lead, c.window)
        #expect(fold.uniques(of: 0, c.window) == TallyValues(c.uniques, collapsed: c.collapsed.uniques))
        #expect(fold.totals(of: 0, c.window) == TallyValues(c.totals, collapsed: c.collapsed.totals))
    }

    @Test("series are apart, and one person may be in each")
    func series() {
        let fold = fold(["A1B2|B2|A1", "B3||"], series: 2, buckets: 3, .trailing(2))
        #expect(fold.uniques(of: 0, .trailing(2)) == TallyValues([1, 1, 1], collapsed: 1))
        #expect(fold.uniques(of: 1, .trailing(2)) == TallyValues([2, 2, 1], collapsed: 2))
        #expect(fold.sums(of: 0, .trailing(2)) == TallyValues([1, 1, 1], collapsed: 2))
        #expect(fold.sums(of: 1, .trailing(2)) == TallyValues([5, 7, 2], collapsed: 7))
        #expect(fold.pairs(of: 0, .trailing(2)) == TallyValues([1, 1, 1], collapsed: 1))
        #expect(fold.pairs(of: 1, .trailing(2)) == TallyValues([2, 2, 1], collapsed: 2))
    }

    @Test("sums leave out what is no number, and say how many are")
    func sums() {
        let fold = fold(["129|0|78", "|9|3"], buckets: 3, .trailing(2))
        #expect(fold.sums(of: 0) == TallyValues([3, 0, -0.75], collapsed: 2.25))
        #expect(fold.numberCounts(of: 0) == TallyValues([2, 0, 3], collapsed: 5))
        #expect(fold.sums(of: 0, .trailing(2)) == TallyValues([3, 3, -0.75], collapsed: 2.25))
        #expect(fold.sums(of: 0, .fromStart) == TallyValues([3, 3, 2.25], collapsed: 2.25))
        #expect(fold.numberCounts(of: 0, .fromStart) == TallyValues([2, 2, 5], collapsed: 5))
    }

    @Test("sums before the range count in windows alone")
    func sumsThatLeadIn() {
        let fold = fold(["1|2>3|4"], buckets: 3, lead: 1, .trailing(2))
        #expect(fold.sums(of: 0, .trailing(2)) == TallyValues([1, 6, 9], collapsed: 7))
        #expect(fold.numberCounts(of: 0, .trailing(2)) == TallyValues([1, 3, 3], collapsed: 2))
    }

    @Test("sums lose nothing to rounding, in whatever order people come")
    func rounding() {
        var measures = SegmentationFold.Measures()
        measures.numbers = [.nan, 1e16, 1, -1e16, 0.1]
        func sum(_ codes: [[UInt32]]) -> Double {
            var folds = codes.map { codes in
                var fold = SegmentationFold(TallyShape(series: 1, buckets: 1), measures)
                for code in codes {
                    let (zero, own) = ([Int32(0)], [code])
                    fold.add(buckets: zero.span, series: zero.span, codes: own.span)
                }
                return fold
            }
            for other in folds[1...] { folds[0].merge(other) }
            return folds[0].sums(of: 0).collapsed
        }
        #expect(sum([[1, 2, 3]]) == 1)
        #expect(sum([[1, 2], [2, 3]]) == 2)
        #expect(sum([[3], [2], [1]]) == 1)
        #expect(sum([Array(repeating: 4, count: 10)]) == 1)
        #expect(sum([Array(repeating: 4, count: 7), Array(repeating: 4, count: 3)]) == 1)
    }

    @Test("events by value; no value is none")
    func values() {
        let fold = fold(["1120|9|1", "|2|2"], buckets: 3, .trailing(2))
        let (buckets, collapsed) = fold.valueCounts(of: 0)
        #expect(buckets == [[1: 2, 2: 1], [9: 1, 2: 1], [1: 1, 2: 1]])
        #expect(collapsed == [1: 3, 2: 3, 9: 1])
        #expect(
            fold.valueCounts(of: 0, .trailing(2)).buckets == [[1: 2, 2: 1], [1: 2, 2: 2, 9: 1], [1: 1, 2: 2, 9: 1]]
        )
        #expect(fold.valueCounts(of: 0, .fromStart).buckets.last == [1: 3, 2: 3, 9: 1])
    }

    @Test("values before the range count in windows alone")
    func valuesThatLeadIn() {
        let fold = fold(["1|1>2|"], buckets: 3, lead: 1, .trailing(2))
        let (buckets, collapsed) = fold.valueCounts(of: 0, .trailing(2))
        #expect(buckets == [[1: 1], [1: 2, 2: 1], [1: 1, 2: 1]])
        #expect(collapsed == [2: 1])
    }

    @Test(
        "pairs of a person and a value",
        arguments: [
            (["11|1|2"], BucketWindow.bucket, [1, 1, 1], 2),
            (["12|1|2"], .trailing(2), [2, 2, 2], 2),
            (["12|1|2", "1||"], .trailing(2), [3, 3, 2], 3),
            (["10||2", "9||"], .fromStart, [2, 2, 3], 3),
            (["0||"], .bucket, [0, 0, 0], 0),
            (["1|||"], .trailing(3), [1, 1, 1], 1),
        ] as [([String], BucketWindow, [Double], Double)]
    )
    func pairs(people: [String], window: BucketWindow, buckets: [Double], collapsed: Double) {
        #expect(fold(people, buckets: 3, window).pairs(of: 0, window).buckets == buckets)
        #expect(fold(people, buckets: 3, window).pairs(of: 0, window).collapsed == collapsed)
    }

    @Test("people by how often they did it")
    func frequencies() {
        let fold = fold(["11|1|", "1||1", "|>|111"], buckets: 3, .trailing(2))
        let (buckets, collapsed) = fold.frequencies(of: 0, .trailing(2))
        #expect(buckets == [[2: 1, 1: 1], [3: 1, 1: 1], [1: 2, 3: 1]])
        #expect(collapsed == [3: 2, 2: 1])
    }

    @Test("how often before the range counts in windows alone")
    func frequenciesThatLeadIn() {
        let fold = fold(["11|1>1|"], buckets: 3, lead: 1, .trailing(2))
        let (buckets, collapsed) = fold.frequencies(of: 0, .trailing(2))
        #expect(buckets == [[2: 1], [4: 1], [2: 1]])
        #expect(collapsed == [1: 1])
    }

    @Test("only sparse counts have a size")
    func size() {
        #expect(fold([], buckets: 3).size == 0)
        #expect(fold(["1|2|1"], buckets: 3).size > fold(["1||"], buckets: 3).size)
        var dense = SegmentationFold.Measures()
        dense.totals = true
        dense.uniques = [.bucket]
        #expect(SegmentationFold(TallyShape(series: 9, buckets: 9), dense).size == 0)
    }

    @Test("sharing people out among folds, in any order, changes nothing", arguments: 0..<40)
    func mergeIsAssociative(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 1)
        let window = [BucketWindow.bucket, .trailing(2), .trailing(9), .fromStart][seed % 4]
        let people = (0..<9).map { _ in
            var text = (0..<10).map { _ in ["|", "|", "A1", "B2", "A9", "B0", "A7", "B1"][random.below(8)] }
            if random.below(2) == 0 { text.insert(">", at: random.below(11)) }
            return text.joined()
        }
        func part(_ range: Range<Int>) -> SegmentationFold {
            fold(Array(people[range]), series: 2, buckets: 11, lead: 1, window)
        }
        func numbers(_ fold: SegmentationFold) -> [TallyValues] {
            [0, 1].flatMap { series in
                [
                    fold.uniques(of: series, window), fold.totals(of: series, window), fold.sums(of: series, window),
                    fold.numberCounts(of: series, window), fold.pairs(of: series, window),
                ]
            }
        }
        let whole = part(0..<9)
        let (a, b, c) = (part(0..<2), part(2..<3), part(3..<9))
        var leftFirst = a
        leftFirst.merge(b)
        leftFirst.merge(c)
        var rightFirst = b
        rightFirst.merge(c)
        var turned = rightFirst
        turned.merge(a)
        rightFirst = a
        rightFirst.merge(
            {
                var both = b
                both.merge(c)
                return both
            }()
        )
        for merged in [leftFirst, rightFirst, turned] {
            #expect(numbers(merged) == numbers(whole), "seed \(seed)")
            for series in [0, 1] {
                #expect(merged.valueCounts(of: series, window).buckets == whole.valueCounts(of: series, window).buckets)
                #expect(
                    merged.valueCounts(of: series, window).collapsed == whole.valueCounts(of: series, window).collapsed
                )
                #expect(merged.frequencies(of: series, window).buckets == whole.frequencies(of: series, window).buckets)
                #expect(
                    merged.frequencies(of: series, window).collapsed == whole.frequencies(of: series, window).collapsed
                )
            }
        }
    }
}
