import TestSupport
import Testing

@testable import FoldEngine

@Suite("lifecycles and stickiness (Documentation/asking.md Q12, Q13)")
struct HabitFoldsTests {
    /// A character a period, from the one before those that are counted on; `A` is a person who does it in that period.
    struct Life: Sendable, CustomTestStringConvertible {
        var timeline: String
        /// In which period they are new, counted from the first one shown; `nil` if before.
        var newIn: Int?
        /// A letter a period that is counted: New, Current, Resurrected, Dormant, or nothing.
        var states: String
        var testDescription: String { "\(timeline), new in \(newIn.map(String.init) ?? "none")" }
    }

    @Test(
        "what somebody is, period by period",
        arguments: [
            Life(timeline: "-----", newIn: nil, states: "----"),
            Life(timeline: "-A---", newIn: 0, states: "ND--"),
            Life(timeline: "-A---", newIn: nil, states: "RD--"),
            Life(timeline: "A----", newIn: nil, states: "D---"),
            Life(timeline: "AA---", newIn: nil, states: "CD--"),
            Life(timeline: "A-A--", newIn: nil, states: "DRD-"),
            Life(timeline: "A--A-", newIn: nil, states: "D-RD"),
            Life(timeline: "-AAAA", newIn: 0, states: "NCCC"),
            Life(timeline: "----A", newIn: 3, states: "---N"),
            Life(timeline: "--A-A", newIn: 1, states: "-NDR"),
        ]
    )
    func states(_ life: Life) {
        let moments = Timeline(life.timeline).moments
        // Also where there are several events in a period.
        for times in [1, 3] {
            var fold = LifecycleFold(buckets: 4)
            let active = moments.flatMap { Array(repeating: Int32($0.step - 1), count: times) }
            fold.add(active: active.span, newIn: Int32(life.newIn ?? -2))
            #expect(Self.letters(fold) == life.states)
        }
    }

    private static func letters(_ fold: LifecycleFold) -> String {
        String(
            (0..<4).map { bucket -> Character in
                let counts = [fold.new, fold.returning, fold.resurrected, fold.dormant].map { $0[bucket] }
                let index = counts.firstIndex(of: 1)
                return counts.reduce(0, +) > 1 ? "?" : index.map { Array("NCRD")[$0] } ?? "-"
            }
        )
    }

    @Test("every timeline of five periods, against the words of the rule")
    func everyTimeline() {
        Timeline.forEach(of: ["A", "-"], most: 5) { text in
            guard text.count == 5 else { return true }
            for newIn in [-2, 0, 1, 2, 3] {
                var fold = LifecycleFold(buckets: 4)
                let active = Timeline(text).moments.map { Int32($0.step - 1) }
                fold.add(active: active.span, newIn: Int32(newIn))
                let wanted = (0..<4).map { bucket -> Character in
                    let (now, before) = (text[bucket + 1] == "A", text[bucket] == "A")
                    if now { return newIn == bucket ? "N" : before ? "C" : "R" }
                    return before ? "D" : "-"
                }
                guard Self.letters(fold) == String(wanted) else {
                    Issue.record("\(String(text)), new in \(newIn): \(Self.letters(fold))")
                    return false
                }
            }
            return true
        }
    }

    private func add(_ buckets: [Int32], _ days: [Int32], to fold: inout StickinessFold) {
        fold.add(buckets: buckets.span, days: days.span)
    }

    @Test("days are counted once each, period by period; cumulative, also by those who did it on more")
    func days() {
        var fold = StickinessFold(buckets: 2, mostDays: 3)
        add([0, 0, 0, 1], [0, 0, 2, 7], to: &fold)
        var other = StickinessFold(buckets: 2, mostDays: 3)
        add([1, 1, 1], [7, 8, 9], to: &other)
        add([], [], to: &other)
        add([0], [1], to: &other)
        fold.merge(other)
        #expect(fold.counts == [[1, 1], [1, 0], [0, 1]])
        #expect(fold.cumulative == [[2, 2], [1, 1], [0, 1]])
        #expect(fold.people == [2, 2])
    }
}
