import ColumnEngine
import EventModel
import Foundation
import QueryModel
import Storage
import TestSupport
import Testing

@testable import QueryExecution

@Suite struct SegmentationOracleTests {
    /// Each with a first day shortly before its clocks change, or something else happens on the calendar.
    private static let zones: [(name: String, first: (Int, Int, Int))] = [
        ("UTC", (2024, 2, 26)),  // a leap day
        ("America/New_York", (2024, 3, 8)),  // an hour less
        ("Australia/Lord_Howe", (2024, 4, 5)),  // half an hour more
        ("Asia/Kathmandu", (2024, 12, 29)),  // the year ends
        ("America/Santiago", (2024, 9, 6)),  // midnight is skipped
        ("Africa/Cairo", (2024, 10, 29)),  // the hour before midnight comes twice
        ("Pacific/Auckland", (2024, 9, 27)),  // an hour less
        ("America/Havana", (2024, 11, 1)),  // the hour after midnight comes twice
    ]

    /// `ORACLE_SEEDS=5000` asks more, `ORACLE_FROM=17` begins there.
    private static let seeds: Range<Int> = {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["ORACLE_FROM"].flatMap { Int($0) } ?? 0
        return first..<first + (environment["ORACLE_SEEDS"].flatMap { Int($0) } ?? 32)
    }()

    @Test("equals the plainest count of everything, while events and merges arrive", arguments: seeds)
    func everything(seed: Int) async throws {
        let (name, date) = Self.zones[seed % Self.zones.count]
        let first = PlainTime.day(date.0, date.1, date.2)
        var traits = RandomProject.Traits(eventCount: 70, days: first...first + 5, zone: name)
        traits.reachesBack = true
        // Few cells: every other project has its groups found in a pass of their own.
        let asked = AskedProject(
            seed: seed,
            traits,
            customEvents: RandomQuestion.customEvents,
            mostCells: seed % 16 < 8 ? 4_000_000 : 6
        )
        let project = asked.project
        var questions = RandomQuestion(
            random: SeededRandom(seed: UInt64(seed) &+ 1_000_000),
            days: first...first + 5,
            types: RandomProject.types.filter { $0 != "$identify" },
            cohorts: project.cohorts.keys.sorted()
        )
        for (index, batch) in project.batches.enumerated() {
            try asked.store.append([batch])
            let isLast = index == project.batches.count - 1
            guard isLast || questions.random.once(in: 5) else { continue }
            let events = project.events(upToBatch: index)
            for number in 0..<(isLast ? 8 : 2) {
                let question = try questions.next()
                let oracle = PlainSegmentation(
                    question,
                    events,
                    asked.rules,
                    zone: asked.zone
                )
                let answer = try await asked.engine.segmentation(question.query, asked.context)
                let place = "seed \(seed), batch \(index + 1), question \(number + 1), \(name)"
                try #require(answer.axis.labels == oracle.axis.labels, "\(place): \(question.description)")
                let problem = difference(
                    answer.series,
                    oracle.answer(),
                    isHistogram: question.query.metric.isHistogram
                )
                try #require(problem == nil, "\(place): \(problem ?? "")\n\(question.description)")
            }
        }
    }

    /// What is wrong with an answer; `nil` if nothing is.
    private func difference(
        _ found: [SegmentationAnswer.Series],
        _ wanted: [PlainSeries],
        isHistogram: Bool
    ) -> String? {
        func line(_ event: Int?, _ segment: Int, _ formula: Int?, _ group: [String]) -> String {
            "event \(event ?? -1) segment \(segment) formula \(formula ?? -1) "
                + (isHistogram ? Array(group.dropLast()) : group).joined(separator: "; ")
        }
        let foundLines = found.map { line($0.event, $0.segment, $0.formula, $0.group) }
        let wantedLines = wanted.map { line($0.event, $0.segment, $0.formula, $0.group) }
        guard let order = order(of: wantedLines, in: foundLines, found.map(\.collapsed), wanted.map(\.collapsed)) else {
            return
                "found series\n\(foundLines) \(found.map(\.collapsed))\nwanted\n\(wantedLines) \(wanted.map(\.collapsed))"
        }
        for (index, (a, b)) in zip(order.map { found[$0] }, wanted).enumerated() {
            let numbers = zip(a.values + [a.collapsed], b.values + [b.collapsed])
            guard a.values.count == b.values.count, numbers.allSatisfy({ isNear($0, $1) }) else {
                return "series \(index), \(foundLines[index]):\nfound  \(a.values) \(a.collapsed)\n"
                    + "wanted \(b.values) \(b.collapsed)"
            }
        }
        return nil
    }

    /// Where each wanted line was found; `nil` if not in that order, nor in one that differs by rounding alone: then the
    /// sizes are almost those wanted, and descend.
    private func order(
        of wanted: [String],
        in found: [String],
        _ foundSizes: [Double],
        _ wantedSizes: [Double]
    ) -> [Int]? {
        if found == wanted { return Array(found.indices) }
        let order = wanted.compactMap { found.firstIndex(of: $0) }
        guard found.count == wanted.count, Set(order).count == found.count else { return nil }
        let isRounded = zip(foundSizes, wantedSizes).allSatisfy { isNear($0, $1) }
        let moved = order.indices.dropFirst().filter { order[$0 - 1] > order[$0] }
        let descends = moved.allSatisfy { foundSizes[order[$0]] > foundSizes[order[$0 - 1]] }
        return isRounded && descends ? order : nil
    }

    private func isNear(_ a: Double, _ b: Double) -> Bool {
        a == b || abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))
    }
}

extension Question {
    /// Short enough to read in a failure.
    fileprivate var description: String {
        func text(_ selector: EventSelector) -> String {
            "\(selector.type) \(selector.filters.map { "\($0.property) \($0.operator) \($0.values.map(\.string))" })"
                + " by \(selector.groupBy)"
        }
        let segments = query.segments.map { segment in
            segment.conditions.map { condition in
                if case .performed(let performed) = condition {
                    "\(text(performed.event)) \(performed.comparison.rawValue) \(performed.count) \(performed.span)"
                } else {
                    "\(condition)"
                }
            }
        }
        let metric = formulas.isEmpty ? "\(query.metric)" : formulas.map(\.text).joined(separator: "; ")
        return """
            \(metric), n=\(query.population), \(query.days.first.iso)T\(query.days.firstHour) to \
            \(query.days.last.iso)T\(query.days.lastHour) by \(query.interval), \(query.rolling), limit \(query.limit)
            events \(query.events.map(text))
            segments \(segments)
            g \(query.groupBys)
            """
    }
}
