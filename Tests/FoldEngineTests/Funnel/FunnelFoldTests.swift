import TestSupport
import Testing

@testable import FoldEngine

@Suite struct FunnelFoldTests {
    /// Everything that a fold says, with times in minutes.
    private func answer(_ fold: FunnelFold, series: Int = 0, buckets: Int = 4) -> [String] {
        let tallies = [fold.overall(series: series)] + (0..<buckets).map { fold.tally(series: series, bucket: $0) }
        return tallies.map { tally in
            let times = tally.durations.map { $0.seconds.map { Int($0) / 60 }.sorted() }
            return "\(tally.reached) \(times) \(tally.previousCounts.map { $0.sorted { $0.key < $1.key } })"
        }
    }

    private func reached(_ people: [String], _ funnel: Funnel) -> FunnelFold {
        var fold = funnel.fold()
        fold.add(people.map { funnel.events(moments($0)) })
        return fold
    }

    @Test("each person once, and once in each bucket by the entry's best way there")
    func buckets() {
        let fold = reached(["A--A-B", "A----B", "-B"], Funnel(.ordered, "AB", window: 3))
        #expect(fold.overall(series: 0).reached == [2, 1])
        #expect(fold.tally(series: 0, bucket: 0).reached == [2, 0])
        #expect(fold.tally(series: 0, bucket: 1).reached == [1, 1])
        #expect(fold.overall(series: 0).durations[0].mean == 120_000)
        #expect(fold.tally(series: 0, bucket: 0).durations[0].mean == nil, "nobody came through")
    }

    @Test("times: first from the first step to the last, then to each step from the one before")
    func times() {
        let fold = reached(["A-B--C", "AB-C", "A-----B"], Funnel(.ordered, "ABC", window: 9))
        let tally = fold.overall(series: 0)
        #expect(tally.reached == [3, 3, 2])
        #expect(tally.durations.map(\.mean) == [240_000, 180_000, 150_000])
        #expect(tally.durations.map(\.median) == [240_000, 120_000, 150_000])
        #expect(fold.tally(series: 0, bucket: 0).durations.map(\.mean) == [240_000, 180_000, 150_000])
        #expect(fold.tally(series: 0, bucket: 1).durations.map(\.mean) == [nil, nil, nil], "nobody entered")
    }

    @Test("times by bucket are of all who came to a step, whether or not they came through")
    func timesByBucket() {
        let fold = reached(["A--B", "A-----B-C", "A", "---AB"], Funnel(.ordered, "ABC", window: 9))
        #expect(fold.tally(series: 0, bucket: 0).durations.map(\.mean) == [480_000, 270_000, 120_000])
        #expect(fold.tally(series: 0, bucket: 1).durations.map(\.mean) == [nil, 60_000, nil], "nobody came through")
    }

    @Test("somebody with very many events in any order is counted as others are")
    func veryMany() {
        func fold(_ events: Int) -> FunnelFold {
            var fold = FunnelFold(
                .unordered,
                stepCount: 3,
                window: 60,
                seconds: 1..<1_000_000,
                buckets: BucketTable(bounds: [1, 1_000_000])
            )
            // The second step is far from the others, but for the last time.
            let own = (1...events).map { index in
                let step = index == events - 20 ? 1 : index % 2 * 2
                return FunnelEvent(
                    second: UInt32(index * 3),
                    steps: 1 << UInt32(step),
                    type: UInt32(step),
                    place: 0,
                    enters: step == 0
                )
            }
            fold.add([own])
            return fold
        }
        let (few, many) = (fold(1000), fold(PlainWays.mostWithRows + 2))
        #expect(few.overall(series: 0).reached == [1, 1, 1])
        #expect(answer(few, buckets: 1) == answer(many, buckets: 1))
    }

    @Test(
        "seconds that lie too far apart for a lane, by themselves or with the window",
        arguments: [FunnelOrder.ordered, .unordered, .sequential],
        [2_100_000_000 as UInt32, 3_000_000_000]
    )
    func longRange(order: FunnelOrder, last: UInt32) {
        var fold = FunnelFold(
            order,
            stepCount: 3,
            window: Int64(last),
            seconds: 60..<last + 100,
            buckets: BucketTable(bounds: [60, Int64(last) + 100])
        )
        // The last step is never done.
        let events = [60, 120, last].enumerated().map { index, second in
            FunnelEvent(
                second: second,
                steps: index == 2 ? 2 : 1,
                type: UInt32(index),
                place: 0,
                enters: index == 1
            )
        }
        fold.add([events])
        #expect(fold.overall(series: 0).reached == [1, 1, 0])
        #expect(fold.overall(series: 0).durations.map(\.seconds) == [[], [last - 120], []])
        #expect(fold.overall(series: 0).previousCounts == [[:], [1: 1], [:]])
    }

    @Test("how often the step before was done")
    func previousCounts() {
        let fold = reached(["AAAB-C", "AB", "(AB)BC"], Funnel(.ordered, "ABC", window: 9))
        #expect(fold.overall(series: 0).previousCounts == [[:], [3: 1, 1: 2], [1: 1, 2: 1]])
    }

    @Test("a path counts in the series of the event of its step; without one, in none of them")
    func series() {
        let funnel = Funnel(.ordered, ".B", window: 2)
        func fold(_ people: [String], step: Int) -> [[Int]] {
            // A and B count as 0, a as 1; who did not come so far, as 2.
            var fold = funnel.fold(splitting: FunnelSplitting(by: .init(step: step, count: 3, unreached: 2)))
            for person in people {
                fold.add([funnel.events(moments(person))], LetterReader(values: [{ $0 == "a" ? 1 : 0 }]))
            }
            return (0..<3).map { fold.overall(series: $0).reached }
        }
        #expect(fold(["AB", "aB", "a", "AaB"], step: 0) == [[2, 2], [2, 1], [0, 0]])
        #expect(fold(["A---aB"], step: 0) == [[0, 0], [1, 1], [0, 0]], "the way first, then its group")
        #expect(fold(["AB", "a"], step: 1) == [[1, 1], [0, 0], [1, 0]])
        #expect(
            fold(["(aA)B"], step: 0) == [[0, 0], [1, 1], [0, 0]],
            "of a type twice in a second, the first received"
        )
    }

    @Test("of events that count as one, the first that fits the step is the one that splits")
    func seriesOfRepeated() {
        let funnel = Funnel(.ordered, "AB", window: 2)
        var fold = funnel.fold(splitting: FunnelSplitting(by: .init(step: 0, count: 6)))
        // The small a is an event of the same type in the same second, which a step of its own would take.
        let first = FunnelEvent(second: 60, steps: 2, type: 1, place: LetterReader.place(0, "3"), enters: false)
        let second = FunnelEvent(second: 60, steps: 1, type: 1, place: LetterReader.place(1, "4"), enters: true)
        fold.add([[first, second]], LetterReader(values: [{ Int32($0.wholeNumberValue!) }]))
        #expect((0..<6).map { fold.overall(series: $0).reached[0] } == [0, 0, 0, 0, 1, 0])
        #expect((0..<6).map { fold.tally(series: $0, bucket: 0).reached[0] } == [0, 0, 0, 0, 1, 0])
    }

    @Test("a path whose event has a list counts in the series of each element; without one that is kept, in none")
    func seriesOfLists() {
        var lists = SeriesLists()
        let both = lists.number(of: [0, 2])
        let none = lists.number(of: [])
        let funnel = Funnel(.ordered, "AB", window: 2)
        var fold = funnel.fold(splitting: FunnelSplitting(by: .init(step: 1, count: 4, unreached: 3, lists: lists)))
        fold.add([funnel.events(moments("AB"))], LetterReader(values: [{ $0 == "B" ? both : 1 }]))
        fold.add([funnel.events(moments("AB"))], LetterReader(values: [{ $0 == "B" ? none : 1 }]))
        #expect((0..<4).map { fold.overall(series: $0).reached } == [[1, 1], [0, 0], [1, 1], [0, 0]])
        #expect(fold.overall(series: 2).durations[0].seconds == [60])
    }

    @Test("of events that are one, the first received splits, wherever it stands")
    func firstReceived() {
        for (steps, order) in [("AB", FunnelOrder.ordered), ("A*", .ordered), ("AB", .sequential), ("AB", .unordered)] {
            let funnel = Funnel(order, steps, window: 2)
            var fold = funnel.fold(splitting: FunnelSplitting(by: .init(step: 0, count: 8)))
            func event(
                _ second: UInt32,
                _ steps: UInt32,
                _ type: UInt32,
                _ arrival: Int,
                _ digit: Character
            ) -> FunnelEvent {
                let place = LetterReader.place(arrival, digit)
                return FunnelEvent(second: second, steps: steps, type: type, place: place, enters: steps & 1 != 0)
            }
            let last = event(120, 2, 2, 0, "7")
            // The middle one came first.
            let own = [event(60, 1, 1, 3, "3"), event(60, 1, 1, 1, "5"), event(60, 1, 1, 2, "4"), last]
            fold.add([own], LetterReader(values: [{ Int32($0.wholeNumberValue!) }]))
            #expect((0..<8).filter { fold.overall(series: $0).reached[1] > 0 } == [5], "\(steps), \(order)")
        }
    }

    @Test("two properties: a series for each pair of values, of one step or of two")
    func pairs() {
        let funnel = Funnel(.ordered, ".B", window: 9)
        /// By series with people, who came how far.
        func fold(_ people: [String], _ first: Int, _ second: Int) -> [String] {
            var lists = SeriesLists()
            let both = lists.number(of: [0, 1])
            let splitting = FunnelSplitting(
                by: .init(step: first, count: first > 0 ? 3 : 2, unreached: first > 0 ? 2 : SeriesLists.none),
                and: .init(
                    step: second,
                    count: second > 0 ? 3 : 2,
                    unreached: second > 0 ? 2 : SeriesLists.none,
                    lists: lists
                )
            )
            var fold = funnel.fold(splitting: splitting)
            // By case; and by letter: A and a are 0, b is 1, B has both.
            let values: [(Character) -> Int32] = [
                { $0.isLowercase ? 1 : 0 }, { $0 == "B" ? both : $0 == "b" ? 1 : 0 },
            ]
            for person in people { fold.add([funnel.events(moments(person))], LetterReader(values: values)) }
            let width = second > 0 ? 3 : 2
            return (0..<splitting.seriesCount).map { ($0, fold.overall(series: $0).reached) }.filter { $0.1[0] > 0 }
                .map { "\($0.0 / width)-\($0.0 % width) \($0.1)" }
        }
        #expect(fold(["AB", "aB", "a", "A"], 0, 0) == ["0-0 [2, 1]", "1-0 [2, 1]"])
        #expect(
            fold(["AB", "aB", "a", "A"], 0, 1)
                == ["0-0 [1, 1]", "0-1 [1, 1]", "0-2 [1, 0]", "1-0 [1, 1]", "1-1 [1, 1]", "1-2 [1, 0]"],
            "who did not come to the second step is apart"
        )
        #expect(fold(["AB", "aB", "a"], 1, 1) == ["0-0 [2, 2]", "0-1 [2, 2]", "2-2 [1, 0]"])
    }

    @Test(
        "what the events of a way brought in, with the time from the step before and how often that was done",
        arguments: [
            (FunnelOrder.ordered, "AAB-C", "1; 2 after 2 of 2, 2; 4 after 2 of 1, 4"),
            (.ordered, "A", "1; ; "), (.ordered, "AB", "1; 2 after 1 of 1, 1; "),
            (.sequential, "AB-C", "1; 2 after 1 of 1, 1; 4 after 2 of 1, 3"),
            (.unordered, "AB-C", "1; 2 after 1 of 1, 1; 4 after 2 of 1, 3"), (.ordered, "-", "; ; "),
        ]
    )
    func amounts(order: FunnelOrder, person: String, wanted: String) {
        let funnel = Funnel(order, "ABC", window: 9)
        var fold = funnel.fold(sumsAmounts: true)
        fold.add([funnel.events(moments(person))], LetterReader(amounts: { ["A": 1, "B": 2, "C": 4][$0] ?? 0 }))
        var other = funnel.fold(sumsAmounts: true)
        other.merge(fold)
        let found = other.overall(series: 0).amounts.enumerated().map { step, amounts in
            amounts.map {
                step == 0
                    ? "\(Int($0.amount))"
                    : "\(Int($0.amount)) after \($0.seconds / 60) of \($0.previousCount), \($0.secondsInAll / 60)"
            }.joined(separator: ", ")
        }
        #expect(found.joined(separator: "; ") == wanted)
        #expect(other.tally(series: 0, bucket: 0).amounts.isEmpty)
    }

    @Test("equals the oracle's count over many people", arguments: 0..<24)
    func random(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 1)
        let order: FunnelOrder = [.ordered, .unordered, .sequential][seed % 3]
        let funnel = Funnel(order, ["ABC", "AA", "*A", "ABA"][seed / 3 % 4], window: 1 + random.below(4))
        var people: [String] = []
        for _ in 0..<12 {
            people.append(
                (0..<8).map { _ in ["A", "B", "C", "-", "-", "(AB)", "(BC)"][random.below(7)] }.joined()
            )
        }
        let whole = reached(people, funnel)
        var overall = [Int](repeating: 0, count: funnel.steps.count)
        var byBucket = Array(repeating: overall, count: 4)
        var longest: [Int] = []
        for person in people {
            let furthest = FunnelOracle(funnel: funnel, moments: moments(person)).furthest()
            func count(_ entries: [(entry: Int, ways: [[Int]])], _ counts: inout [Int]) {
                for step in 0..<(entries.map { $0.ways[0].count }.max() ?? 0) { counts[step] += 1 }
            }
            count(furthest, &overall)
            for number in 0..<4 { count(furthest.filter { $0.entry / 3 == number }, &byBucket[number]) }
            // Of those that come through, the one that begins first; its earliest way.
            guard let first = furthest.last(where: { $0.ways[0].count == funnel.steps.count }), order != .unordered
            else { continue }
            let minutes = first.ways.map { $0.map { moments(person)[$0].minute } }
            let earliest = minutes.min { $0.lexicographicallyPrecedes($1) }!
            longest.append(earliest.last! - earliest[0])
        }
        #expect(whole.overall(series: 0).reached == overall, "\(funnel), seed \(seed)")
        #expect((0..<4).map { whole.tally(series: 0, bucket: $0).reached } == byBucket, "\(funnel), seed \(seed)")
        if order != .unordered {
            #expect(
                whole.overall(series: 0).durations[0].seconds.map { Int($0) / 60 }.sorted() == longest.sorted()
            )
        }
        // Who enters has done the first step.
        let starters = people.count { moments($0).contains { $0.matches(funnel.steps[0]) } }
        #expect(overall[0] == starters)

        // Shared out in any way, the answer is the same; other people change nothing.
        var parts = [0..<2, 2..<3, 3..<12].map { reached(Array(people[$0]), funnel) }
        var leftFirst = parts[0]
        leftFirst.merge(parts[1])
        leftFirst.merge(parts[2])
        parts[1].merge(parts[2])
        var rightFirst = parts[1]
        rightFirst.merge(parts[0])
        #expect(answer(leftFirst) == answer(whole), "seed \(seed)")
        #expect(answer(rightFirst) == answer(whole), "seed \(seed)")
    }
}
