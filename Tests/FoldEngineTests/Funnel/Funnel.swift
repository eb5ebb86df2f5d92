import TestSupport
import Testing

@testable import FoldEngine

/// One event of a person: a letter at a minute. The small letter is an event of the same type as the large one, with
/// another value of some property.
struct FunnelMoment: Equatable {
    var minute: Int
    var letter: Character

    var type: Character { Character(letter.uppercased()) }

    /// A step is a letter, `.` for either of the two cases of A, or `*` for any event.
    func matches(_ step: Character) -> Bool {
        step == "*" || step == letter || step == "." && type == "A"
    }
}

func moments(_ text: some Sequence<Character>) -> [FunnelMoment] {
    Timeline(text).moments.map { FunnelMoment(minute: $0.step, letter: $0.letter) }
}

/// A funnel: steps as letters, windows and times in minutes.
struct Funnel {
    var order: FunnelOrder
    var steps: [Character]
    var window: Int
    /// Minutes in which people may enter.
    var range = 0..<1000
    /// Whether the third bucket's time is that of the first once more, as where the clock goes back.
    var goesBack = false
    /// Types that make nobody active.
    var inactive = ""

    init(
        _ order: FunnelOrder,
        _ steps: String,
        window: Int,
        range: Range<Int> = 0..<1000,
        inactive: String = ""
    ) {
        self.order = order
        self.steps = Array(steps)
        self.window = window
        self.range = range
        self.inactive = inactive
    }

    func isActive(_ moment: FunnelMoment) -> Bool { !inactive.contains(moment.type) }

    func paths() -> FunnelPaths { FunnelPaths(order, stepCount: steps.count, window: Int64(window) * 60) }

    /// A funnel that counts in buckets of three minutes.
    func fold(splitting: FunnelSplitting? = nil, sumsAmounts: Bool = false) -> FunnelFold {
        FunnelFold(
            order,
            stepCount: steps.count,
            window: Int64(window) * 60,
            seconds: 60..<10_000,
            buckets: BucketTable(
                bounds: (0...4).map { 60 + $0 * 180 },
                repeats: goesBack ? [(0, 60 + 2 * 180..<60 + 3 * 180)] : []
            ),
            splitting: splitting,
            sumsAmounts: sumsAmounts
        )
    }

    func bucket(ofMinute minute: Int) -> Int { goesBack && minute / 3 == 2 ? 0 : minute / 3 }

    /// As whoever feeds the fold would hand them over: without what is no step. A ``LetterReader`` knows their places.
    func events(_ moments: [FunnelMoment]) -> [FunnelEvent] {
        var events: [FunnelEvent] = []
        for moment in moments {
            if order == .unordered, moment.minute < range.lowerBound { continue }
            let bits = steps(moment)
            guard bits != 0 else { continue }
            let next = moments.filter { $0.minute > moment.minute }
            let nextStep = next.first { steps($0) != 0 }?.minute ?? .max
            let isAlone = !moments.contains { $0.minute == moment.minute && isActive($0) }
            events.append(
                FunnelEvent(
                    second: second(moment),
                    steps: bits,
                    type: UInt32(moment.type.asciiValue!),
                    place: LetterReader.place(events.count, moment.letter),
                    enters: moment.matches(self.steps[0]) && range.contains(moment.minute),
                    isInterrupted: order == .sequential && next.contains { isActive($0) && $0.minute < nextStep },
                    letsPass: order == .sequential && isAlone
                )
            )
        }
        return events
    }

    private func steps(_ moment: FunnelMoment) -> UInt32 {
        steps.enumerated().reduce(0) { $0 | (moment.matches($1.element) ? 1 << UInt32($1.offset) : 0) }
    }

    /// No event is in second 0.
    private func second(_ moment: FunnelMoment) -> UInt32 { UInt32(moment.minute + 1) * 60 }
}

/// What a path is: when it begins, and the minute of each step.
struct FunnelWay: Equatable {
    var entry: Int
    var minutes: [Int]
    /// The same in order of time.
    var sorted: [Int] { minutes.sorted() }
}

func ways(_ funnel: Funnel, _ moments: [FunnelMoment], _ paths: inout FunnelPaths) -> [FunnelWay] {
    var ways: [FunnelWay] = []
    paths.forEachEntry(funnel.events(moments).span) { indexes, events in
        let path = indexes.indices.map { indexes[$0] }
        let minutes = path.map { Int(events[Int($0)].second) / 60 - 1 }
        ways.append(FunnelWay(entry: minutes[0], minutes: minutes))
        // One event is one step, and it is an event for that step.
        let isRight = path.indices.allSatisfy { events[Int(path[$0])].steps >> UInt32($0) & 1 == 1 }
        if !isRight || Set(path).count < path.count { Issue.record("\(funnel): \(path)") }
    }
    return ways
}

/// Knows events by their letters, and in which order they arrived.
struct LetterReader: FunnelEventReader {
    /// By part of what splits.
    var values: [(Character) -> Int32] = []
    var amounts: (Character) -> Double = { _ in 0 }

    static func place(_ number: Int, _ letter: Character) -> Int32 { Int32(number << 8) | Int32(letter.asciiValue!) }

    private func letter(_ place: Int32) -> Character { Character(Unicode.Scalar(UInt8(place & 0xFF))) }

    func value(_ part: Int, at place: Int32) -> Int32 { values[part](letter(place)) }
    func arrival(at place: Int32) -> UInt32 { UInt32(place >> 8) }
    func amount(at place: Int32) -> Double { amounts(letter(place)) }
}

extension FunnelFold {
    /// Adds people one after another.
    mutating func add(_ people: [[FunnelEvent]], _ reader: LetterReader = LetterReader()) {
        let people = people.filter { !$0.isEmpty }
        let ends = people.reduce(into: [Int32]()) { $0.append(($0.last ?? 0) + Int32($1.count)) }
        let events = people.flatMap { $0 }
        add(events.span, ends.span, reader)
    }
}
