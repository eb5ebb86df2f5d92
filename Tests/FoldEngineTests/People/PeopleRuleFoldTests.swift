import TestSupport
import Testing

@testable import FoldEngine

/// A step of a timeline is an hour from 0 on. A to D are what clauses mean; x is somebody's first event and nothing else.
@Suite struct PeopleRuleFoldTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var timeline: String
        var groups: [PeopleRuleFold.Group]
        var holds: Bool
        var why: String

        init(_ timeline: String, _ clause: PeopleRuleFold.Clause, _ holds: Bool, _ why: String) {
            self.init(timeline, [PeopleRuleFold.Group([clause])], holds, why)
        }

        init(_ timeline: String, _ groups: [PeopleRuleFold.Group], _ holds: Bool, _ why: String) {
            (self.timeline, self.groups, self.holds, self.why) = (timeline, groups, holds, why)
        }

        var testDescription: String { "\(timeline): \(why)" }
    }

    private static let hour: Int64 = 3600
    private static let (a, b, c): (UInt64, UInt64, UInt64) = (1, 2, 4)
    private static let ever = PeopleRuleFold.Window.fixed(0..<1_000_000)

    /// Hours, the first one included and the last one not.
    private static func hours(_ range: Range<Int64>) -> PeopleRuleFold.Window {
        .fixed(range.lowerBound * hour..<range.upperBound * hour)
    }

    private static func atLeast(_ number: Double) -> NumberBounds { NumberBounds(number, .infinity) }
    private static func exactly(_ number: Double) -> NumberBounds { NumberBounds(number, number) }

    private static func count(
        _ bits: UInt64,
        _ bounds: NumberBounds,
        _ window: PeopleRuleFold.Window = ever
    ) -> PeopleRuleFold.Clause { .events(bits, .count(bounds), window) }

    /// Of A 1, of B 2.5, of C -3, of D no number; of their values A and C have the same one, and D has none.
    private static func holds(_ timeline: String, _ groups: [PeopleRuleFold.Group], fact: (Int) -> Bool) -> Bool {
        let moments = Timeline(timeline).moments
        guard let first = moments.first else { return false }
        var history = PersonHistory(sums: 1, distincts: 1)
        history.begin(first: Int64(first.step) * hour)
        for moment in moments {
            guard let number = "ABCD".firstIndex(of: moment.letter) else { continue }
            let letter = "ABCD".distance(from: "ABCD".startIndex, to: number)
            history.add(second: Int64(moment.step) * hour, mask: 1 << UInt64(letter))
            history.add(amount: [1, 2.5, -3, .nan][letter], 0)
            history.add(code: [7, 8, 7, 0][letter], 0)
        }
        var fold = PeopleRuleFold(groups)
        return fold.holds(for: history, fact: fact)
    }

    @Test(
        "how often something was done",
        arguments: [
            Case("A-A", count(a, atLeast(2)), true, "twice"),
            Case("A-B", count(a, atLeast(2)), false, "others do not count"),
            Case("A-B", count(a | b, atLeast(2)), true, "either of them"),
            Case("B", count(a, exactly(0)), false, "nobody is found by what was not done"),
            Case("B", count(a, NumberBounds(-.infinity, 0.9)), false, "nor by less than once"),
            Case("B", count(a, NumberBounds(2, 2, isInverted: true)), false, "nor by any other number"),
            Case("A", count(a, NumberBounds(-.infinity, 3)), true, "at most three times, but once"),
            Case("A-A", count(a, NumberBounds(2, 2, isInverted: true)), false, "not twice"),
            Case("--A", count(a, atLeast(1), hours(2..<4)), true, "the window's first second"),
            Case("-A", count(a, atLeast(1), hours(2..<4)), false, "before it"),
            Case("---A", count(a, atLeast(1), hours(2..<4)), true, "its last hour"),
            Case("----A", count(a, atLeast(1), hours(2..<4)), false, "its end is out"),
            Case("A-A", count(a, atLeast(2), .fromFirst(2 * hour)), false, "exactly so much later is out"),
            Case("xA-", count(a, atLeast(1), .fromFirst(2 * hour)), true, "from any first event on"),
            Case("x-A", count(a, atLeast(1), .fromFirst(2 * hour)), false, "too late after it"),
        ]
    )
    func counts(_ test: Case) { check(test) }

    @Test(
        "against others, sums, different values, the n-th time, days",
        arguments: [
            Case("AAB", .events(a, .difference(to: b, atLeast(1)), ever), true, "more A than B"),
            Case("AB", .events(a, .difference(to: b, atLeast(1)), ever), false, "as many"),
            Case("AB", .events(a, .difference(to: b, exactly(0)), ever), true, "as many as"),
            Case("ABB", .events(a, .difference(to: b, NumberBounds(-.infinity, -0.5)), ever), true, "fewer"),
            Case("BB", .events(a, .difference(to: b, NumberBounds(-.infinity, -0.5)), ever), false, "but A was done"),
            Case("A--B", .events(a, .difference(to: b, atLeast(1)), hours(0..<3)), true, "both in the same time"),
            Case("AB", .events(a | b, .sum(0, exactly(3.5)), ever), true, "1 + 2.5"),
            Case("AC", .events(a | c, .sum(0, exactly(-2)), ever), true, "1 - 3"),
            Case("AD", .events(a | 8, .sum(0, exactly(1)), ever), true, "what is no number adds nothing"),
            Case("D", .events(8, .sum(0, exactly(0)), ever), true, "done, and nothing added"),
            Case("B", .events(a, .sum(0, exactly(0)), ever), false, "not done"),
            Case("A-B", .events(a | b, .sum(0, exactly(1)), hours(0..<2)), true, "what is later adds nothing"),
            Case("AC", .events(a | c, .distinct(0, exactly(1)), ever), true, "the same value"),
            Case("ABC", .events(7, .distinct(0, exactly(2)), ever), true, "two of three"),
            Case("AD", .events(a | 8, .distinct(0, exactly(1)), ever), true, "no value is none"),
            Case("D", .events(8, .distinct(0, exactly(0)), ever), true, "done without a value"),
            Case("A-A-A", .events(a, .nth(2), hours(1..<4)), true, "the second time"),
            Case("A-A-A", .events(a, .nth(2), hours(3..<9)), false, "the second time was earlier"),
            Case("A-A", .events(a, .nth(3), ever), false, "there was no third time"),
            Case("AB-A", .events(a, .nth(2), hours(3..<4)), true, "others are not counted"),
            Case("A---A", .events(a, .days({ Int32($0 / (4 * hour)) }, atLeast(2)), ever), true, "on two days"),
            Case("A--A", .events(a, .days({ Int32($0 / (4 * hour)) }, atLeast(2)), ever), false, "on one"),
            Case("A---A---A", .events(a, .days({ Int32($0 / (4 * hour)) }, exactly(2)), hours(0..<8)), true, "in time"),
        ]
    )
    func measures(_ test: Case) { check(test) }

    @Test(
        "one after another; new",
        arguments: [
            Case("A-B", .inOrder([a, b], ever), true, "then"),
            Case("B-A", .inOrder([a, b], ever), false, "before"),
            Case("BAB", .inOrder([a, b], ever), true, "a later one"),
            Case("(AB)", .inOrder([a, b], ever), true, "at the same time, in order of arrival"),
            Case("(BA)", .inOrder([a, b], ever), false, "at the same time, the other way round"),
            Case("A", .inOrder([a, a], ever), false, "one event is one step"),
            Case("A-A", .inOrder([a, a], ever), true, "twice"),
            Case("A-C-B", .inOrder([a, b], ever), true, "others between"),
            Case("ABC", .inOrder([a, b, c], ever), true, "three"),
            Case("ACB", .inOrder([a, b, c], ever), false, "the third before the second"),
            Case("A--B", .inOrder([a, b], hours(0..<3)), false, "the second one too late"),
            Case("A--AB", .inOrder([a, b], hours(1..<9)), true, "the first one in time, too"),
            Case("A---B", .inOrder([a, b], hours(1..<9)), false, "the first one too early"),
            Case("-x", .new(hours(1..<2)), true, "new in it"),
            Case("x-A", .new(hours(1..<9)), false, "new before it"),
            Case("-x", .new(hours(0..<1)), false, "new after it"),
        ]
    )
    func order(_ test: Case) { check(test) }

    @Test(
        "all groups, any clause, and exclusions win",
        arguments: [
            Case("AB", [.init([count(a, atLeast(1))]), .init([count(b, atLeast(1))])], true, "both"),
            Case("A", [.init([count(a, atLeast(1))]), .init([count(b, atLeast(1))])], false, "one of both"),
            Case("B", [.init([count(a, atLeast(1)), count(b, atLeast(1))])], true, "either"),
            Case("C", [.init([count(a, atLeast(1)), count(b, atLeast(1))])], false, "neither"),
            Case(
                "A",
                [.init([count(a, atLeast(1))]), .init([count(b, atLeast(1))], isExclusion: true)],
                true,
                "not B"
            ),
            Case("AB", [.init([count(a, atLeast(1))]), .init([count(b, atLeast(1))], isExclusion: true)], false, "B"),
            Case(
                "AC",
                [
                    .init([count(a, atLeast(1))]),
                    .init([count(b, atLeast(1)), count(c, atLeast(1))], isExclusion: true),
                ],
                false,
                "either of what excludes"
            ),
            Case("x", [.init([count(a, atLeast(1))], isExclusion: true)], true, "everybody else"),
            Case("A", [.init([count(a, exactly(0))], isExclusion: true)], true, "no times excludes nobody"),
            Case("x", [.init([.fact(1)])], true, "what is known"),
            Case("x", [.init([.fact(0)])], false, "what is known not to be"),
            Case("x", [.init([.fact(1)], isExclusion: true)], false, "what is known excludes"),
        ]
    )
    func groups(_ test: Case) { check(test) }

    private func check(_ test: Case) {
        #expect(Self.holds(test.timeline, test.groups) { $0 == 1 } == test.holds, "\(test.why)")
    }

    @Test("nothing is left of the person before")
    func reuse() {
        var history = PersonHistory(sums: 1, distincts: 1)
        var fold = PeopleRuleFold([
            .init([Self.count(Self.a, Self.exactly(1)), .events(Self.a, .sum(0, Self.exactly(2)), Self.ever)])
        ])
        for expected in [true, true] {
            history.begin(first: 0)
            history.add(second: 1, mask: Self.a)
            history.add(amount: 2, 0)
            history.add(code: 1, 0)
            #expect(fold.holds(for: history) { _ in false } == expected)
            history.add(second: 2, mask: Self.a)
            history.add(amount: 2, 0)
            history.add(code: 2, 0)
            #expect(!fold.holds(for: history) { _ in false })
        }
    }
}
