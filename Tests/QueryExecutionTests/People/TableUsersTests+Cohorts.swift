import ColumnEngine
import EventModel
import Foundation
import QueryModel
import Storage
import TestSupport
import Testing

@testable import QueryExecution

extension TableUsersTests {
    @Test("funnels", arguments: 0..<16)
    func funnels(seed: Int) async throws {
        try await ask(seed: seed, isSpread: seed % 2 == 0) { engine, context, apart, days, place, random in
            var steps = (0..<2 + random.below(2)).map { _ in random.selector() }
            var segments = random.segments()
            var groupBy: [PropertyReference] = []
            switch random.below(3) {
            case 0:
                groupBy = (0...random.below(2)).map { _ in random.property() }
                segments = [segments[0]]
            case 1: for _ in 0...random.below(2) { steps[random.below(steps.count)].groupBy.append(random.property()) }
            default: break
            }
            let query = FunnelQuery(
                steps: steps,
                order: FunnelQuery.StepOrder.allCases[random.below(3)],
                window: .init(seconds: [3600, 86_400, 864_000][random.below(3)])!,
                isOfNewPeople: random.below(4) == 0,
                segments: segments,
                groupBy: groupBy,
                range: random.range(days),
                interval: random.interval(),
                limit: [1, 100][random.below(2)]
            )
            let answer = try await engine.funnel(query, context)
            var cells: [FunnelCell] = []
            for series in answer.series.indices {
                for step in query.steps.indices {
                    for day in [nil] + answer.axis.labels.indices.map({ $0 as Int? }) {
                        cells.append(FunnelCell(series: series, step: step, day: day))
                        if step > 0 { cells.append(FunnelCell(series: series, step: step, day: day, isLost: true)) }
                    }
                }
            }
            var every = query
            every.limit = 1_000
            for cell in some(cells, 16, &random) {
                func people(_ series: FunnelAnswer.Series) -> Int {
                    let reached = cell.day.map { series.reachedByBucket[$0] } ?? series.reached
                    return cell.isLost ? reached[cell.step - 1] - reached[cell.step] : reached[cell.step]
                }
                let wanted = answer.series[cell.series]
                // A group in which somebody enters on some day only, not over all, is in no answer about that person.
                try await check(
                    "\(place), \(cell), \(query)",
                    cell: Double(people(wanted)),
                    mayHaveMore: wanted.group != nil && cell.day != nil,
                    apart,
                    limit: 2
                ) { page in
                    try await engine.users(of: cell, in: query, page, context)
                } alone: { alone in
                    // Whoever did not reach the step stands last, under a label that a value may have, too.
                    try await alone.funnel(every, context).series
                        .last { $0.segment == wanted.segment && $0.group == wanted.group }.map { Double(people($0)) }
                }
            }
        }
    }

    // MARK: Retention

    @Test("retention", arguments: 0..<16)
    func retention(seed: Int) async throws {
        try await ask(seed: seed) { engine, context, apart, days, place, random in
            let isGrouped = random.below(3) == 0
            let segments = random.segments()
            let query = RetentionQuery(
                start: random.below(3) == 0
                    ? EventSelector(type: .firstEver, filters: random.filters()) : random.selector(),
                return: random.selector(),
                mode: [.nDay, .rolling, .brackets([0..<1, 1..<3, 2..<40, 40..<100])][random.below(3)],
                range: random.range(days),
                interval: random.interval(),
                segments: isGrouped ? [segments[0]] : segments,
                groupBy: isGrouped ? random.property() : nil
            )
            var context = context
            context.retentionDays = [.windows, .calendar][random.below(2)]
            let answer = try await engine.retention(query, context)
            var cells: [RetentionCell] = []
            for (number, series) in answer.series.enumerated() {
                for row in [nil] + series.rows.indices.map({ $0 as Int? }) {
                    cells.append(RetentionCell(series: number, row: row, interval: nil))
                    let cellsOfRow = row.map { series.rows.reversed()[$0] } ?? series.combined
                    for interval in 0..<min(cellsOfRow.count - 1, 12) {
                        cells.append(RetentionCell(series: number, row: row, interval: interval))
                    }
                }
            }
            for cell in some(cells, 16, &random) {
                func people(_ series: RetentionAnswer.Series) -> Int {
                    let row = cell.row.map { series.rows.reversed()[$0] } ?? series.combined
                    return row[cell.interval.map { $0 + 1 } ?? 0].count
                }
                let wanted = answer.series[cell.series]
                try await check("\(place), \(cell), \(query)", cell: Double(people(wanted)), apart, limit: 2) { page in
                    try await engine.users(of: cell, in: query, page, context)
                } alone: { alone in
                    try await alone.retention(query, context).series
                        .first { $0.segment == wanted.segment && $0.group == wanted.group }.map { Double(people($0)) }
                }
            }
        }
    }

    // MARK: Lifetime values

    @Test("lifetime values", arguments: 0..<12)
    func lifetimeValues(seed: Int) async throws {
        try await ask(seed: seed) { engine, context, apart, days, place, random in
            let isGrouped = random.below(3) == 0
            let segments = random.segments()
            let query = LifetimeValueQuery(
                metric: LifetimeValueQuery.Metric.allCases[random.below(4)],
                range: random.range(days),
                interval: random.interval(),
                segments: isGrouped ? [segments[0]] : segments,
                groupBy: isGrouped ? random.property() : nil
            )
            let answer = try await engine.lifetimeValue(query, context)
            let keys: [LifetimeValueCell.Key] =
                [0, 1, 2, 4, 6, 13, 29, 89, 179].map { .age($0) } + [0, 2, 7, 12].map { .newPayers($0) }
                + [.people, .payers, .amount]
            var cells: [LifetimeValueCell] = []
            for (number, series) in answer.series.enumerated() {
                for row in [nil] + series.cohorts.indices.map({ $0 as Int? }) {
                    for key in keys { cells.append(LifetimeValueCell(series: number, row: row, key: key)) }
                }
            }
            // What people alone have: of quotients, what is above the line.
            var shares = query
            if query.metric != .payers { shares.metric = .total }
            let all = try await engine.lifetimeValue(shares, context)
            let payments = try apart.withPaymentsOfOne()
            for cell in some(cells, 20, &random) {
                func value(_ series: LifetimeValueAnswer.Series) -> Double {
                    let cohort = cell.row.map { series.cohorts.reversed()[$0] } ?? series.combined
                    return switch cell.key {
                    case .age(let index): cohort.values[index]
                    case .newPayers(let index): Double(cohort.newPayers[index])
                    case .people: Double(cohort.people)
                    case .payers: Double(cohort.payers)
                    case .amount: cohort.amount
                    }
                }
                let wanted = all.series[cell.series]
                let found = try await everyPage(2, place) { page in
                    try await engine.users(of: cell, in: query, page, context)
                }
                func values(_ engine: QueryEngine) async throws -> Double? {
                    try await engine.lifetimeValue(shares, context).series
                        .first { $0.segment == wanted.segment && $0.group == wanted.group }.map(value)
                }
                let alone = try await apart.shares(values)
                try #require(areNear(found.filter { $0.value != 0 }, alone), "\(place), \(cell), \(query)")
                // Who paid nothing, or got back what was paid, has a share of nothing.
                var isAmount = cell.key == .amount
                if case .age = cell.key { isAmount = query.metric != .payers }
                let members = isAmount ? try await payments.shares(values) : alone
                try #require(found.map(\.key) == members.map(\.key), "\(place), \(cell), \(query)")
                try #require(isNear(found.sum, value(wanted)), "\(place), \(cell), \(query)")
            }
        }
    }

    // MARK: Sessions, active people, composition, revenue
}
