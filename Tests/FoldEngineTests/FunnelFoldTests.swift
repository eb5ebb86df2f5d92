import TestSupport
import Testing

@testable import FoldEngine

/// One event of a person: a letter at a minute. The small letter is an event of the same type as the large one, with
/// another value of some property.
private struct Moment: Equatable {
    var minute: Int
    var letter: Character

    var type: Character { Character(letter.uppercased()) }

    /// A step is a letter, `.` for either of the two cases of A, or `*` for any event.
    func matches(_ step: Character) -> Bool {
        step == "*" || step == letter || step == "." && type == "A"
    }
}

private func moments(_ text: some Sequence<Character>) -> [Moment] {
    Timeline(text).moments.map { Moment(minute: $0.step, letter: $0.letter) }
}

/// A funnel: steps as letters, windows and times in minutes.
private struct Funnel {
    var order: FunnelOrder
    var steps: [Character]
    var window: Int
    /// Minutes in which people may enter.
    var range = 0..<1000

    init(_ order: FunnelOrder, _ steps: String, window: Int, range: Range<Int> = 0..<1000) {
        self.order = order
        self.steps = Array(steps)
        self.window = window
        self.range = range
    }

    func paths() -> FunnelPaths { FunnelPaths(order, stepCount: steps.count, window: Int64(window) * 60) }

    /// A funnel that counts in buckets of three minutes.
    func fold(series: Int = 1, splittingStep: Int? = nil, lists: SeriesLists = SeriesLists()) -> FunnelFold {
        FunnelFold(
            order,
            stepCount: steps.count,
            window: Int64(window) * 60,
            seconds: 60..<10_000,
            buckets: BucketTable(bounds: (0...4).map { 60 + $0 * 180 }),
            series: series,
            splittingStep: splittingStep,
            unreached: Int32(series) - 1,
            lists: lists
        )
    }

    /// As whoever feeds the fold would hand them over: without what is no step.
    ///
    /// - Parameter series: of an event, by its letter.
    func events(_ moments: [Moment], series: (Character) -> Int32 = { _ in 0 }) -> [FunnelEvent] {
        var events: [FunnelEvent] = []
        for moment in moments {
            if order == .unordered, moment.minute < range.lowerBound { continue }
            let bits = steps(moment)
            guard bits != 0 else { continue }
            let next = moments.filter { $0.minute > moment.minute }
            let nextStep = next.first { steps($0) != 0 }?.minute
            events.append(
                FunnelEvent(
                    second: second(moment),
                    steps: bits,
                    type: UInt32(moment.type.asciiValue!),
                    series: series(moment.letter),
                    enters: moment.matches(self.steps[0]) && range.contains(moment.minute),
                    isInterrupted: order == .sequential && next.first?.minute != nextStep
                )
            )
        }
        return events
    }

    private func steps(_ moment: Moment) -> UInt32 {
        steps.enumerated().reduce(0) { $0 | (moment.matches($1.element) ? 1 << UInt32($1.offset) : 0) }
    }

    /// No event is in second 0.
    private func second(_ moment: Moment) -> UInt32 { UInt32(moment.minute + 1) * 60 }
}

/// What a path is: when it begins, and the minute of each step.
private struct Way: Equatable {
    var entry: Int
    var minutes: [Int]
    /// The same in order of time.
    var sorted: [Int] { minutes.sorted() }
}

private func ways(_ funnel: Funnel, _ moments: [Moment], _ paths: inout FunnelPaths) -> [Way] {
    var ways: [Way] = []
    paths.forEachEntry(funnel.events(moments).span) { indexes, events in
        let path = indexes.indices.map { indexes[$0] }
        let minutes = path.map { Int(events[Int($0)].second) / 60 - 1 }
        ways.append(Way(entry: minutes[0], minutes: minutes))
        // One event is one step, and it is an event for that step.
        let isRight = path.indices.allSatisfy { events[Int(path[$0])].steps >> UInt32($0) & 1 == 1 }
        if !isRight || Set(path).count < path.count { Issue.record("\(funnel): \(path)") }
    }
    return ways
}

// MARK: The specification, as the plainest recursion: every assignment of events to steps is tried.

private struct Oracle {
    let funnel: Funnel
    let moments: [Moment]

    /// By minute in which the person may enter, latest first: the ways that reach the furthest.
    func furthest() -> [(entry: Int, ways: [[Int]])] {
        var byEntry: [Int: [[Int]]] = [:]
        for first in moments.indices {
            let moment = moments[first]
            guard moment.matches(funnel.steps[0]), funnel.range.contains(moment.minute) else { continue }
            extend([first]) { byEntry[moment.minute, default: []].append($0) }
        }
        return byEntry.sorted { $0.key > $1.key }.map { entry, all in
            let most = all.map(\.count).max()!
            return (entry, all.filter { $0.count == most })
        }
    }

    /// Calls `found` with this assignment and all longer ones, as indexes of moments.
    private func extend(_ assigned: [Int], _ found: ([Int]) -> Void) {
        found(assigned)
        guard assigned.count < funnel.steps.count else { return }
        for next in moments.indices where isAllowed(next, after: assigned) { extend(assigned + [next], found) }
    }

    private func isAllowed(_ next: Int, after assigned: [Int]) -> Bool {
        let moment = moments[next]
        guard moment.matches(funnel.steps[assigned.count]) else { return false }
        // One event is one step, and the same type twice in a second is one event.
        for other in assigned where moments[other].type == moment.type && moments[other].minute == moment.minute {
            return false
        }
        let minutes = assigned.map { moments[$0].minute }
        switch funnel.order {
        case .ordered: return moment.minute >= minutes.last! && moment.minute - minutes[0] <= funnel.window
        case .sequential:
            let isBetween = moments.contains { $0.minute > minutes.last! && $0.minute < moment.minute }
            return !isBetween && moment.minute >= minutes.last! && moment.minute - minutes[0] <= funnel.window
        case .unordered:
            let all = minutes + [moment.minute]
            return moment.minute >= funnel.range.lowerBound && all.max()! - all.min()! <= funnel.window
        }
    }

    /// Of the ways from one entry, the one that is counted: each step as early as it can be; where steps may come in any
    /// order, the one that is over first.
    func isBest(_ way: Way, of ways: [[Int]]) -> Bool {
        let all = ways.map { $0.map { moments[$0].minute } }
        switch funnel.order {
        case .ordered, .sequential:
            return all.allSatisfy { !$0.lexicographicallyPrecedes(way.minutes) } && all.contains(way.minutes)
        case .unordered:
            return all.contains(way.minutes) && all.allSatisfy { $0.max()! >= way.minutes.max()! }
        }
    }
}

extension Funnel: CustomStringConvertible {
    var description: String { "\(order) \(String(steps)) within \(window)" }

    /// - Returns: what is wrong; `nil` if nothing is.
    fileprivate func mistake(_ text: [Character], _ paths: inout FunnelPaths) -> String? {
        let moments = moments(text)
        let found = ways(self, moments, &paths)
        let oracle = Oracle(funnel: self, moments: moments)
        let expected = oracle.furthest()
        guard found.map(\.entry) == expected.map(\.entry) else {
            return "\(self), \(String(text)): entries \(found.map(\.entry))"
        }
        for (way, wanted) in zip(found, expected) {
            guard way.minutes.count == wanted.ways[0].count else {
                return "\(self), \(String(text)): \(way.minutes), but \(wanted.ways[0].count) steps can be reached"
            }
            guard oracle.isBest(way, of: wanted.ways) else {
                return "\(self), \(String(text)): \(way.minutes) is not the earliest way"
            }
        }
        return nil
    }
}

extension Funnel {
    /// The fold, which finds most ways without matching, must count the ways that matching finds.
    ///
    /// - Returns: what is wrong; `nil` if nothing is.
    fileprivate func mistakeOfFold(_ text: [Character], _ paths: inout FunnelPaths) -> String? {
        let moments = moments(text)
        var fold = fold()
        fold.add([events(moments)])
        let all = ways(self, moments, &paths)
        let cells = [(-1, all)] + (0..<3).map { bucket in (bucket, all.filter { $0.entry / 3 == bucket }) }
        for (bucket, ways) in cells {
            var best: [Int] = []
            for way in ways where way.minutes.count >= best.count { best = way.sorted }
            let tally = bucket < 0 ? fold.overall(series: 0) : fold.tally(series: 0, bucket: bucket)
            let isThrough = best.count == steps.count
            var times = zip(best.dropFirst(), best).map { [($0 - $1) * 60] }
            if bucket >= 0, !isThrough { times = [] }
            times += Array(repeating: [], count: steps.count - 1 - times.count)
            let expected = [isThrough ? [(best.last! - best[0]) * 60] : []] + times
            guard tally.reached == steps.indices.map({ $0 < best.count ? 1 : 0 }),
                tally.durations.map({ $0.seconds.map { Int($0) } }) == expected
            else { return "\(self), \(String(text)): bucket \(bucket): \(tally), but \(best)" }
        }
        var best: [Int] = []
        for way in all where way.minutes.count >= best.count { best = way.minutes }
        let counts = fold.overall(series: 0).previousCounts
        for step in 1..<max(1, best.count) {
            let times = previousTimes(step, best, moments)
            if let times, counts[step] != [times: 1] {
                return "\(self), \(String(text)): \(counts) before \(step), but \(times)"
            }
        }
        return nil
    }

    /// How often the step before was done from its minute to that of a step; `nil` where several events could be the step.
    private func previousTimes(_ step: Int, _ minutes: [Int], _ moments: [Moment]) -> Int? {
        let range = min(minutes[step - 1], minutes[step])...max(minutes[step - 1], minutes[step])
        let before = moments.filter { range.contains($0.minute) && $0.matches(steps[step - 1]) }
        if Set(moments.map(\.minute)).count == moments.count {
            // The event of the step itself is not before it.
            return before.count { $0.minute != minutes[step] }
        }
        let isShared = moments.contains { moment in steps.count { moment.matches($0) } > 1 }
        let isMixed = moments.contains { $0.letter.isLowercase }
        // Of a type in one minute, one.
        return isShared || isMixed ? nil : Set(before.map { "\($0.minute)\($0.type)" }).count
    }
}

struct FunnelCase: Sendable, CustomStringConvertible {
    var timeline: String
    var order: FunnelOrder
    var steps: String
    var window: Int
    var minutes: [Int]
    var why: String

    init(
        _ timeline: String,
        _ order: FunnelOrder = .ordered,
        steps: String,
        window: Int,
        _ minutes: [Int],
        _ why: String
    ) {
        self.timeline = timeline
        self.order = order
        self.steps = steps
        self.window = window
        self.minutes = minutes
        self.why = why
    }

    var description: String { why }
}

@Suite struct FunnelPathsTests {
    @Test(
        "the way that counts: minutes of its steps",
        arguments: [
            FunnelCase("A--B--C", steps: "ABC", window: 6, [0, 3, 6], "the window's last minute counts"),
            FunnelCase("A--B---C", steps: "ABC", window: 6, [0, 3], "one minute too late"),
            FunnelCase("A-A---B", steps: "AB", window: 4, [2, 6], "a later A opens a new window"),
            FunnelCase("AAB", steps: "AB", window: 9, [0, 2], "of those that reach as far, the one that begins first"),
            FunnelCase("A", steps: "AA", window: 4, [0], "one event is one step"),
            FunnelCase("AA", steps: "AA", window: 4, [0, 1], "the same step twice takes two events"),
            FunnelCase("(AA)", steps: "AA", window: 4, [0], "the same type twice in a second counts once"),
            FunnelCase("(Aa)", steps: "Aa", window: 4, [0], "whatever the properties"),
            FunnelCase("(aA)", steps: "AB", window: 4, [0], "an event of the same type takes no step away"),
            FunnelCase("(AB)", steps: "BA", window: 4, [0, 0], "same second, either order"),
            FunnelCase("(AB)", steps: "AB", window: 4, [0, 0], "same second, either order"),
            FunnelCase("BA", steps: "AB", window: 4, [1], "the wrong order"),
            FunnelCase("A", steps: "*A", window: 4, [0], "an event for both steps fills one"),
            FunnelCase("BA", steps: "*A", window: 4, [0, 1], "any event, then A"),
            FunnelCase("(AB)", steps: "*A", window: 4, [0, 0], "of two events at once, one each"),
            FunnelCase("AXB", steps: "AB", window: 4, [0, 2], "others may come between"),
            FunnelCase("AXB", .sequential, steps: "AB", window: 4, [0], "nothing may come between"),
            FunnelCase("A(XB)", .sequential, steps: "AB", window: 4, [0, 1], "at the same time is not between"),
            FunnelCase("(AX)B", .sequential, steps: "AB", window: 4, [0, 1], "at the same time is not between"),
            FunnelCase("AAB", .sequential, steps: "AB", window: 4, [1, 2], "a repeated step comes between"),
            FunnelCase(
                "(AB)BA",
                .sequential,
                steps: "ABA",
                window: 4,
                [0, 1, 2],
                "the B beside A need not be the step"
            ),
            FunnelCase("A-B", .sequential, steps: "AB", window: 1, [0], "too late"),
            FunnelCase("CBA", .unordered, steps: "ABC", window: 2, [2, 1, 0], "any order"),
            FunnelCase("C-BA", .unordered, steps: "ABC", window: 2, [3, 2], "all within one window"),
            FunnelCase("CB-A-B", .unordered, steps: "ABC", window: 3, [3, 1, 0], "the entry may be last"),
            FunnelCase("BC", .unordered, steps: "ABC", window: 9, [], "not without the first step"),
            FunnelCase("AB-BC", .unordered, steps: "ABC", window: 9, [0, 1, 4], "as early as can be"),
            FunnelCase("B-B-AB-C", .unordered, steps: "ABC", window: 9, [4, 5, 7], "rather later than the entry"),
            FunnelCase("B-B-A-C", .unordered, steps: "ABC", window: 9, [4, 2, 6], "else as late as can be"),
            FunnelCase("A-A", .unordered, steps: "AA", window: 2, [0, 2], "the same step twice"),
        ]
    )
    func counted(_ c: FunnelCase) {
        let funnel = Funnel(c.order, c.steps, window: c.window)
        var paths = funnel.paths()
        let all = ways(funnel, moments(c.timeline), &paths)
        var best: [Int] = []
        for way in all where way.minutes.count >= best.count { best = way.minutes }
        #expect(best == c.minutes, "\(c.why)")
    }

    private static let orders: [FunnelOrder] = [.ordered, .unordered, .sequential]

    @Test("equals a try of every assignment, on every timeline of six minutes", arguments: orders)
    func exhaustive(order: FunnelOrder) {
        for steps in ["ABC", "ABA", "AB*"] {
            for window in [1, 4] {
                let funnel = Funnel(order, steps, window: window)
                var paths = funnel.paths()
                Timeline.forEach(of: ["A", "B", "C", "-"], most: 6) { check(funnel, $0, &paths) }
            }
        }
    }

    @Test("and with more steps than a tile has", arguments: orders)
    func exhaustiveManySteps(order: FunnelOrder) {
        for window in [2, 5] {
            let funnel = Funnel(order, "ABCDE", window: window)
            var paths = funnel.paths()
            Timeline.forEach(of: ["A", "B", "C", "D", "E", "(ED)"], most: 5) { check(funnel, $0, &paths) }
        }
    }

    @Test("and with several events at once", arguments: orders)
    func exhaustiveAtOnce(order: FunnelOrder) {
        let symbols = ["A", "B", "-", "(AB)", "(BA)", "(AA)"]
        for steps in ["AB", "AA", "ABA", "*A", "A**"] {
            for window in [1, 3] {
                let funnel = Funnel(order, steps, window: window)
                var paths = funnel.paths()
                Timeline.forEach(of: symbols, most: 4) { check(funnel, $0, &paths) }
            }
        }
        for steps in ["ABC", "CAB", "Aa", ".A", "a.B"] {
            let funnel = Funnel(order, steps, window: 2)
            var paths = funnel.paths()
            Timeline.forEach(of: ["A", "a", "-", "(AB)", "(aA)", "(Aa)", "(CBA)", "C"], most: 4) {
                check(funnel, $0, &paths)
            }
        }
    }

    @Test("people may enter only in the range", arguments: orders)
    func range(order: FunnelOrder) {
        for steps in ["AB", "ABA", "*A"] {
            let funnel = Funnel(order, steps, window: 2, range: 1..<3)
            var paths = funnel.paths()
            Timeline.forEach(of: ["A", "B", "-", "(AB)"], most: 5) { check(funnel, $0, &paths) }
        }
    }

    private func check(_ funnel: Funnel, _ timeline: [Character], _ paths: inout FunnelPaths) -> Bool {
        guard let mistake = funnel.mistake(timeline, &paths) ?? funnel.mistakeOfFold(timeline, &paths) else {
            return true
        }
        Issue.record("\(mistake)")
        return false
    }

    @Test("a longer window never lowers a step", arguments: orders)
    func longerWindow(order: FunnelOrder) {
        for steps in ["ABC", "A*B"] {
            var paths = (1...5).map { Funnel(order, steps, window: $0).paths() }
            Timeline.forEach(of: ["A", "B", "(BC)", "-"], most: 5) { timeline in
                var before = 0
                for window in 1...5 {
                    let found = ways(Funnel(order, steps, window: window), moments(timeline), &paths[window - 1])
                    let reached = found.map(\.minutes.count).max() ?? 0
                    guard reached >= before else {
                        Issue.record("\(order) \(steps) \(String(timeline)): \(window)")
                        return false
                    }
                    before = reached
                }
                return true
            }
        }
    }

    @Test("many events that could be any of many steps are no work without end", arguments: orders)
    func hostile(order: FunnelOrder) {
        let steps = String(repeating: "*", count: 31) + "Z"
        let funnel = Funnel(order, steps, window: 100)
        var paths = funnel.paths()
        let timeline = Array(repeating: "(ABC)", count: 40).joined()
        let most = ways(funnel, moments(timeline), &paths).map(\.minutes.count).max()
        #expect(most == 31)
    }
}

extension FunnelFold {
    /// Adds people one after another.
    fileprivate mutating func add(_ people: [[FunnelEvent]]) {
        let people = people.filter { !$0.isEmpty }
        let ends = people.reduce(into: [Int32]()) { $0.append(($0.last ?? 0) + Int32($1.count)) }
        let events = people.flatMap { $0 }
        add(events.span, ends.span)
    }
}

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
        // By bucket, only of those who came through.
        #expect(fold.tally(series: 0, bucket: 0).durations.map(\.mean) == [240_000, 90_000, 150_000])
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
                    series: 0,
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
                series: 0,
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
            var fold = funnel.fold(series: 3, splittingStep: step)
            for person in people {
                // A and B count as 0, a as 1; who did not come so far, as 2.
                fold.add([funnel.events(moments(person)) { $0 == "a" ? 1 : 0 }])
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
        var fold = funnel.fold(series: 6, splittingStep: 0)
        // The small a is an event of the same type in the same second, which a step of its own would take.
        let first = FunnelEvent(second: 60, steps: 2, type: 1, series: 3, enters: false)
        let second = FunnelEvent(second: 60, steps: 1, type: 1, series: 4, enters: true)
        fold.add([[first, second]])
        #expect((0..<6).map { fold.overall(series: $0).reached[0] } == [0, 0, 0, 0, 1, 0])
        #expect((0..<6).map { fold.tally(series: $0, bucket: 0).reached[0] } == [0, 0, 0, 0, 1, 0])
    }

    @Test("a path whose event has a list counts in the series of each element; without one that is kept, in none")
    func seriesOfLists() {
        var lists = SeriesLists()
        let both = lists.number(of: [0, 2])
        var fold = Funnel(.ordered, "AB", window: 2).fold(series: 4, splittingStep: 1, lists: lists)
        let funnel = Funnel(.ordered, "AB", window: 2)
        fold.add([funnel.events(moments("AB")) { $0 == "B" ? both : 1 }])
        fold.add([funnel.events(moments("AB")) { $0 == "B" ? lists.number(of: []) : 1 }])
        #expect((0..<4).map { fold.overall(series: $0).reached } == [[1, 1], [0, 0], [1, 1], [0, 0]])
        #expect(fold.overall(series: 2).durations[0].seconds == [60])
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
            let furthest = Oracle(funnel: funnel, moments: moments(person)).furthest()
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
