import ColumnEngine
import EventModel
import QueryModel
import TestSupport
import Testing

@testable import QueryExecution

struct MatchCase: Sendable, CustomTestStringConvertible {
    /// Of the value: none is missing, one a scalar or a list of one, more a list.
    var labels: [String]
    var operation: PropertyFilter.Operator
    var wanted: [String]
    var passes: Bool
    var testDescription: String { "\(labels) \(operation.rawValue) \(wanted)" }

    init(_ labels: [String], _ operation: PropertyFilter.Operator, _ wanted: [String], _ passes: Bool) {
        self.labels = labels
        self.operation = operation
        self.wanted = wanted
        self.passes = passes
    }
}

@Suite struct ValueMatcherTests {
    private func passes(_ labels: [String], _ operation: PropertyFilter.Operator, _ wanted: [String]) -> Bool {
        let filter = PropertyFilter(
            property: .event(ExactText("x")),
            operator: operation,
            values: wanted.map { ExactText($0) }
        )
        return ValueMatcher(filter).passes(DistinctValue(labels: labels))
    }

    @Test(
        "is and is not: exact, any of; missing is (none)",
        arguments: [
            MatchCase(["jazz"], .is, ["jazz"], true), MatchCase(["jazz"], .is, ["Jazz"], false),
            MatchCase(["jazz"], .is, ["rock", "jazz"], true), MatchCase(["jazz"], .is, ["jaz"], false),
            MatchCase(["3"], .is, ["3"], true), MatchCase(["3"], .is, ["3.0"], false),
            MatchCase(["true"], .is, ["true"], true), MatchCase(["true"], .is, ["True"], false),
            MatchCase(["caf\u{E9}"], .is, ["cafe\u{301}"], false), MatchCase([], .is, ["(none)"], true),
            MatchCase([], .is, ["x"], false), MatchCase([], .is, [""], false), MatchCase([""], .is, [""], true),
            MatchCase(["a", "b"], .is, ["b"], true), MatchCase(["a", "b"], .is, ["c"], false),
            MatchCase(["jazz"], .isNot, ["jazz"], false), MatchCase(["jazz"], .isNot, ["rock", "jazz"], false),
            MatchCase(["jazz"], .isNot, ["rock"], true), MatchCase([], .isNot, ["rock"], true),
            MatchCase([], .isNot, ["(none)"], false), MatchCase(["jazz"], .isNot, ["(none)"], true),
            MatchCase(["a", "b"], .isNot, ["b"], false), MatchCase(["a", "b"], .isNot, ["c"], true),
        ]
    )
    func equality(_ c: MatchCase) { #expect(passes(c.labels, c.operation, c.wanted) == c.passes) }

    @Test(
        "contains and starts with, case aside",
        arguments: [
            MatchCase(["Smooth Jazz"], .contains, ["JAZZ"], true),
            MatchCase(["Jazz"], .contains, ["rock", "az"], true),
            MatchCase(["Jazz"], .contains, ["rock"], false), MatchCase([], .contains, ["a"], false),
            MatchCase([], .contains, ["(none)"], false), MatchCase(["ZÜRICH"], .contains, ["zü"], true),
            MatchCase(["rock", "jazz"], .contains, ["az"], true), MatchCase(["a"], .contains, [""], true),
            MatchCase(["Jazz"], .doesNotContain, ["JAZZ"], false),
            MatchCase(["Jazz"], .doesNotContain, ["x", "y"], true),
            MatchCase(["Jazz"], .doesNotContain, ["x", "a"], false), MatchCase([], .doesNotContain, ["a"], true),
            MatchCase(["rock", "jazz"], .doesNotContain, ["az"], false),
            MatchCase(["Jazz"], .startsWith, ["jA"], true), MatchCase(["Jazz"], .startsWith, ["az"], false),
            MatchCase(["Jazz"], .startsWith, ["x", "j"], true), MatchCase(["J"], .startsWith, ["jazz"], false),
            MatchCase([], .startsWith, ["("], false), MatchCase(["rock", "jazz"], .startsWith, ["ja"], true),
            MatchCase(["Jazz"], .doesNotStartWith, ["ja"], false), MatchCase(["Jazz"], .doesNotStartWith, ["az"], true),
            MatchCase([], .doesNotStartWith, ["a"], true),
        ]
    )
    func substrings(_ c: MatchCase) { #expect(passes(c.labels, c.operation, c.wanted) == c.passes) }

    @Test(
        "comparisons: as numbers if both are, else by code points; any of; missing is neither",
        arguments: [
            MatchCase(["9"], .less, ["10"], true), MatchCase(["10"], .less, ["9"], false),
            MatchCase(["9"], .less, ["9"], false), MatchCase(["9"], .lessOrEqual, ["9.0"], true),
            MatchCase(["9.5"], .lessOrEqual, ["9"], false), MatchCase(["10"], .greater, ["9"], true),
            MatchCase(["9"], .greater, ["9"], false), MatchCase(["9"], .greaterOrEqual, ["9"], true),
            MatchCase(["8"], .greaterOrEqual, ["9"], false), MatchCase(["-2"], .less, ["1e1"], true),
            MatchCase(["2024-03-09"], .less, ["2024-03-10"], true),
            MatchCase(["2024-03-10"], .greaterOrEqual, ["2024-03-10"], true),
            MatchCase(["2024-03-10"], .greater, ["2024-03-10"], false),
            MatchCase(["10a"], .less, ["9"], true), MatchCase(["9"], .greater, ["10a"], true),
            MatchCase(["Z"], .less, ["a"], true), MatchCase(["true"], .greater, ["false"], true),
            MatchCase(["5"], .greater, ["9", "3"], true), MatchCase(["5"], .greater, ["9", "7"], false),
            MatchCase(["1", "20"], .greater, ["10"], true), MatchCase(["1", "2"], .greater, ["10"], false),
            MatchCase([], .less, ["10"], false), MatchCase([], .greaterOrEqual, ["(none)"], false),
            MatchCase([], .lessOrEqual, [""], false), MatchCase([""], .less, ["1"], true),
        ]
    )
    func comparisons(_ c: MatchCase) { #expect(passes(c.labels, c.operation, c.wanted) == c.passes) }

    @Test(
        "sets: all values together; a scalar is a list of one",
        arguments: [
            MatchCase(["a", "b"], .setIs, ["b", "a"], true), MatchCase(["a", "b"], .setIs, ["a"], false),
            MatchCase(["a"], .setIs, ["a", "b"], false), MatchCase(["a", "a"], .setIs, ["a"], true),
            MatchCase(["a"], .setIs, ["a"], true), MatchCase(["a"], .setIs, ["A"], false),
            MatchCase([], .setIs, ["(none)"], false), MatchCase([], .setIsNot, ["a"], true),
            MatchCase(["a", "b"], .setIsNot, ["b", "a"], false), MatchCase(["a", "b"], .setIsNot, ["a"], true),
            MatchCase(["a", "b", "c"], .setContains, ["c", "a"], true),
            MatchCase(["a"], .setContains, ["a", "b"], false),
            MatchCase([], .setContains, ["a"], false), MatchCase(["a", "b"], .setDoesNotContain, ["a"], false),
            MatchCase(["a"], .setDoesNotContain, ["a", "b"], true), MatchCase([], .setDoesNotContain, ["a"], true),
        ]
    )
    func sets(_ c: MatchCase) { #expect(passes(c.labels, c.operation, c.wanted) == c.passes) }

    @Test(
        "globs: any of the patterns, any element, case kept",
        arguments: [
            MatchCase(["/a/b"], .globMatch, ["/a/*"], true), MatchCase(["/a/b/c"], .globMatch, ["/a/*"], false),
            MatchCase(["/a/b/c"], .globMatch, ["x", "/a/**"], true), MatchCase(["A"], .globMatch, ["[a-z]"], false),
            MatchCase(["x", "y1"], .globMatch, ["y[0-9]"], true), MatchCase([], .globMatch, ["**"], false),
        ]
    )
    func globs(_ c: MatchCase) { #expect(passes(c.labels, c.operation, c.wanted) == c.passes) }

    @Test("equals the plain reading on every operator, value and pair of wanted ones")
    func everything() {
        let texts = [
            "", "a", "B", "b/", "3", "3.0", "-1", "10", "1e1", "true", "(none)", "Ü", "2024-01-02", "*", "[a-c]",
        ]
        let values = [[]] + texts.map { [$0] } + [["a", "3"], ["B", "B"], ["3", "10"]]
        for operation in PropertyFilter.Operator.allCases {
            for value in values {
                for first in texts {
                    for wanted in [[first]] + texts.map({ [first, $0] }) {
                        let plain = plainlyPasses(PlainValue(labels: value), operation, wanted)
                        guard passes(value, operation, wanted) != plain else { continue }
                        Issue.record("\(value) \(operation.rawValue) \(wanted) should be \(plain)")
                        return
                    }
                }
            }
        }
    }
}
