import TestSupport
import Testing

@testable import FoldEngine

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

    @Test(
        "only active events come between the steps of a sequential funnel; X is inactive",
        arguments: [
            FunnelCase(
                "AXBX",
                steps: "ABX",
                window: 9,
                [0, 2, 3],
                "an inactive step that is not the next breaks nothing"
            ),
            FunnelCase("AXB", steps: "AB", window: 9, [0, 2], "nor does an inactive event that is none"),
            FunnelCase("AYB", steps: "AB", window: 9, [0], "an active one does"),
            FunnelCase("AXXB", steps: "AXB", window: 9, [0, 1, 3], "each step as early as it can be"),
            FunnelCase("A(XY)B", steps: "AB", window: 9, [0], "one in its second does"),
            FunnelCase("A(XY)B", steps: "AXB", window: 9, [0, 1, 2], "but not if the second is a step's"),
            FunnelCase("AX(XY)B", steps: "AXB", window: 9, [0, 2, 3], "beyond the first X, Y would come between"),
            FunnelCase("AX-YB", steps: "AXB", window: 9, [0, 1], "as it does here"),
            FunnelCase("AX(XY)B", steps: "AXB", window: 2, [0, 1], "the window is too short for the longer way"),
            FunnelCase("XXB", steps: "XB", window: 9, [0, 2], "of the entries that come as far, the first"),
            FunnelCase("AAB", steps: "AB", window: 9, [1, 2], "an active step that comes again is between"),
        ]
    )
    func inactive(_ c: FunnelCase) {
        let funnel = Funnel(.sequential, c.steps, window: c.window, inactive: "X")
        var paths = funnel.paths()
        var best: [Int] = []
        for way in ways(funnel, moments(c.timeline), &paths) where way.minutes.count >= best.count {
            best = way.minutes
        }
        #expect(best == c.minutes, "\(c.why)")
        _ = check(funnel, Array(c.timeline), &paths)
    }

    @Test("and equal a try of every assignment with inactive steps, on every timeline")
    func exhaustiveInactive() {
        for steps in ["ABX", "AXB", "XAX", "XX", "*X", "AX*"] {
            for window in [2, 5] {
                let funnel = Funnel(.sequential, steps, window: window, inactive: "X")
                var paths = funnel.paths()
                Timeline.forEach(of: ["A", "B", "X", "Y", "(XY)", "(AX)", "-"], most: 5) { check(funnel, $0, &paths) }
            }
        }
        for steps in ["XYZ", "X*Y"] {
            let funnel = Funnel(.sequential, steps, window: 4, inactive: "XYZ")
            var paths = funnel.paths()
            Timeline.forEach(of: ["X", "Y", "Z", "(XY)", "(ZA)", "A"], most: 5) { check(funnel, $0, &paths) }
        }
    }

    @Test("a bucket that comes twice has the better of a person's ways, from either time", arguments: orders)
    func clockGoesBack(order: FunnelOrder) {
        for steps in ["AB", "ABA"] {
            var funnel = Funnel(order, steps, window: 2)
            funnel.goesBack = true
            var paths = funnel.paths()
            Timeline.forEach(of: ["A", "B", "-"], most: 8) { check(funnel, $0, &paths) }
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

    @Test("nor are inactive events that each begin a way", .timeLimit(.minutes(1)))
    func hostileInactive() {
        var paths = FunnelPaths(.sequential, stepCount: 3, window: 1_000_000)
        let events = (0..<100_000).map { index in
            FunnelEvent(second: UInt32(index + 1), steps: 3, type: 1, place: 0, enters: true, letsPass: true)
        }
        var most = 0
        paths.forEachEntry(events.span) { path, _ in most = max(most, path.count) }
        #expect(most == 2)
    }
}
