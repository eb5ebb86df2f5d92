import ColumnEngine
import EventModel
import Foundation
import QueryModel
import Storage
import TestSupport
import Testing

@testable import QueryExecution

@Suite struct TableUsersTests {
    /// Feeds a random project, batch by batch, to an engine, and asks now and then.
    func ask(
        seed: Int,
        isSpread: Bool = false,
        _ body: (
            _ engine: QueryEngine, _ context: QueryContext, _ apart: PeopleApart, _ days: ClosedRange<Int>,
            _ place: String, _ random: inout SeededRandom
        ) async throws -> Void
    ) async throws {
        var random = SeededRandom(seed: UInt64(seed) &+ 3_000)
        let (asked, days) = AskedProject.ofTables(seed: seed, isSpread: isSpread, &random)
        let batches = asked.project.batches
        for (index, batch) in batches.enumerated() {
            try asked.store.append([batch])
            let isLast = index == batches.count - 1
            guard isLast || random.once(in: 6) else { continue }
            let apart = try PeopleApart(batches[...index], without: asked.project.traits.hidden)
            for number in 0..<3 {
                let place = "seed \(seed), batch \(index + 1), question \(number + 1)"
                try await body(asked.engine, asked.context, apart, days, place, &random)
            }
        }
    }

    /// Holds a cell's users against what each person alone has, and against the cell.
    ///
    /// - Parameters:
    ///   - isPeople: whether the cell is how many they are; else it is their values together.
    ///   - mayHaveMore: whether people alone may have a share of which their own answer says nothing.
    func check(
        _ place: String,
        cell: Double,
        isPeople: Bool = true,
        mayHaveMore: Bool = false,
        _ apart: PeopleApart,
        limit: Int,
        users: (UserPage) async throws -> CellUsers,
        alone: (QueryEngine) async throws -> Double?
    ) async throws {
        let found = try await everyPage(limit, place, users)
        let wanted = try await apart.shares(alone)
        let seen = mayHaveMore ? found.filter { wanted.contains($0) } : found
        try #require(areNear(seen, wanted), "found \(found)\nwanted \(wanted)\n\(place)")
        try #require(isNear(isPeople ? Double(found.count) : found.sum, cell), "\(found) are \(cell) at \(place)")
    }

    func some<Cell>(_ cells: [Cell], _ most: Int, _ random: inout SeededRandom) -> [Cell] {
        var cells = cells
        while cells.count > most { cells.remove(at: random.below(cells.count)) }
        return cells
    }

    @Test("sessions", arguments: 0..<8)
    func sessions(seed: Int) async throws {
        try await ask(seed: seed) { engine, context, apart, days, place, random in
            let range = random.range(days)
            func values(_ engine: QueryEngine, _ query: SessionQuery) async throws -> [Double] {
                switch try await engine.sessions(query, context) {
                case .counts(let counts): counts.map { Double($0) }
                case .days(_, let values, _): values
                }
            }
            let lengths = SessionQuery(.lengths(.usual), range: range)
            let bins = try await values(engine, lengths)
            for bin in bins.indices {
                let cell = SeriesCell(series: 0, index: bin)
                try await check("\(place), \(range), bin \(bin)", cell: bins[bin], isPeople: false, apart, limit: 2) {
                    try await engine.users(of: cell, in: lengths, $0, context)
                } alone: {
                    try await values($0, lengths)[bin]
                }
            }
            let perPerson = SessionQuery(.perPerson, range: range)
            let daily = try await values(engine, perPerson)
            let active = try await engine.activeUsers(ActiveUsersQuery(metric: .active, range: range), context)
            for day in daily.indices {
                let (cell, people) = (SeriesCell(series: 0, index: day), active.series[0].values[day])
                let sessions = daily[day] * people
                try await check("\(place), \(range), \(day)", cell: sessions, isPeople: false, apart, limit: 2) {
                    try await engine.users(of: cell, in: perPerson, $0, context)
                } alone: {
                    // Alone, one person is active or nobody is.
                    try await values($0, perPerson)[day]
                }
            }
            await #expect(throws: QueryError.self) {
                let cell = SeriesCell(series: 0, index: 0)
                _ = try await engine.users(of: cell, in: SessionQuery(.averageLength, range: range), .first, context)
            }
        }
    }

    @Test("active and new people, composition, revenue", arguments: 0..<12)
    func counting(seed: Int) async throws {
        try await ask(seed: seed) { engine, context, apart, days, place, random in
            let isGrouped = random.below(2) == 0
            let segments = isGrouped ? [Segment.everybody] : random.segments()
            let groupBy = isGrouped ? [random.property()] : []
            let (range, interval) = (random.range(days), random.interval())
            let users = ActiveUsersQuery(
                metric: [.active, .new][random.below(2)],
                segments: segments,
                groupBy: groupBy,
                range: range,
                interval: interval
            )
            let revenue = RevenueQuery(
                metric: RevenueQuery.Metric.allCases[random.below(4)],
                segments: segments,
                groupBy: groupBy,
                range: range,
                interval: interval
            )
            var sums = revenue
            if revenue.metric != .paying { sums.metric = .total }
            func value(_ answer: SegmentationAnswer, _ like: SegmentationAnswer.Series, _ index: Int) -> Double? {
                answer.series.first { $0.segment == like.segment && $0.group == like.group }?.values[index]
            }
            let active = try await engine.activeUsers(users, context)
            let paid = try await engine.revenue(revenue, context)
            let paidSums = try await engine.revenue(sums, context)
            let payments = try apart.withPaymentsOfOne()
            for (answer, isRevenue) in [(active, false), (paid, true)] {
                let cells = answer.series.indices.flatMap { series in
                    answer.axis.labels.indices.map { SeriesCell(series: series, index: $0) }
                }
                for cell in some(cells, 10, &random) {
                    let (series, index) = (answer.series[cell.series], cell.index!)
                    let found = try await everyPage(2, place) { page in
                        isRevenue
                            ? try await engine.users(of: cell, in: revenue, page, context)
                            : try await engine.users(of: cell, in: users, page, context)
                    }
                    func values(_ engine: QueryEngine) async throws -> Double? {
                        isRevenue
                            ? value(try await engine.revenue(sums, context), series, index)
                            : value(try await engine.activeUsers(users, context), series, index)
                    }
                    let alone = try await apart.shares(values)
                    let whole = isRevenue ? value(paidSums, series, index) : series.values[index]
                    try #require(areNear(found.filter { $0.value != 0 }, alone), "\(place), \(cell), \(isRevenue)")
                    // Who paid nothing, or got back what was paid, has a share of nothing.
                    let isAmount = isRevenue && revenue.metric != .paying
                    let members = isAmount ? try await payments.shares(values) : alone
                    try #require(found.map(\.key) == members.map(\.key), "\(place), \(cell), \(isRevenue)")
                    // A quotient also has the groups of active people who paid nothing.
                    try #require(isNear(found.sum, whole ?? 0), "\(place), \(cell), \(isRevenue)")
                }
            }
            let composition = CompositionQuery(property: random.property(), range: range)
            let values = try await engine.composition(composition, context).values
            for (index, value) in values.enumerated() {
                let cell = SeriesCell(series: 0, index: index)
                try await check("\(place), \(value)", cell: Double(value.people), apart, limit: 2) { page in
                    try await engine.users(of: cell, in: composition, page, context)
                } alone: { alone in
                    try await alone.composition(composition, context).values.first { $0.group == value.group }
                        .map { Double($0.people) }
                }
            }
        }
    }

    // MARK: Cells that are not there

    @Test("a place that the answer does not have is refused with the places that it has")
    func outside() async throws {
        try await ask(seed: 3) { engine, context, _, days, _, random in
            let range = random.range(days)
            let buckets = range.dayCount
            func expect(
                _ part: CellPart,
                _ valid: Range<Int>,
                _ body: () async throws -> CellUsers
            ) async {
                await #expect(throws: QueryError.noSuchCell(part, valid: valid)) { _ = try await body() }
            }
            let any = EventSelector(type: .any)
            let segmentation = SegmentationQuery(events: [any], range: range)
            for (series, index, part, valid) in [
                (1, 0, CellPart.series, 0..<1), (-1, 0, .series, 0..<1), (0, buckets, .index, 0..<buckets),
                (0, -1, .index, 0..<buckets),
            ] {
                let cell = SeriesCell(series: series, index: index)
                await expect(part, valid) { try await engine.users(of: cell, in: segmentation, .first, context) }
            }
            let whole = SeriesCell(series: 0, index: nil)
            await expect(.index, 0..<buckets) {
                try await engine.users(of: whole, in: ActiveUsersQuery(metric: .active, range: range), .first, context)
            }
            await expect(.index, 0..<buckets) {
                try await engine.users(of: whole, in: RevenueQuery(metric: .total, range: range), .first, context)
            }
            await expect(.index, 0..<buckets) {
                try await engine.users(of: whole, in: SessionQuery(.perPerson, range: range), .first, context)
            }
            await expect(.index, 0..<9) {
                try await engine.users(of: whole, in: SessionQuery(.lengths(.usual), range: range), .first, context)
            }
            let composition = CompositionQuery(property: .builtIn(.country), range: range)
            let values = try await engine.composition(composition, context).values.count
            for index in [nil, values] {
                await expect(.index, 0..<values) {
                    let cell = SeriesCell(series: 0, index: index)
                    return try await engine.users(of: cell, in: composition, .first, context)
                }
            }
            let funnel = FunnelQuery(steps: [any, any], window: .init(seconds: 60)!, range: range)
            for (cell, part, valid) in [
                (FunnelCell(series: 1, step: 0), CellPart.series, 0..<1),
                (FunnelCell(series: 0, step: 2), .step, 0..<2),
                (FunnelCell(series: 0, step: 0, isLost: true), .step, 1..<2),
                (FunnelCell(series: 0, step: 0, day: buckets), .day, 0..<buckets),
            ] {
                await expect(part, valid) { try await engine.users(of: cell, in: funnel, .first, context) }
            }
            let retention = RetentionQuery(start: any, return: any, mode: .brackets([0..<1, 1..<3]), range: range)
            for (cell, part, valid) in [
                (RetentionCell(series: 1, row: nil, interval: nil), CellPart.series, 0..<1),
                (RetentionCell(series: 0, row: buckets, interval: nil), .row, 0..<buckets),
                (RetentionCell(series: 0, row: nil, interval: 2), .interval, 0..<2),
            ] {
                await expect(part, valid) { try await engine.users(of: cell, in: retention, .first, context) }
            }
            let worth = LifetimeValueQuery(range: range)
            for (cell, part, valid) in [
                (LifetimeValueCell(series: 1, row: nil, key: .amount), CellPart.series, 0..<1),
                (LifetimeValueCell(series: 0, row: buckets, key: .amount), .row, 0..<buckets),
            ] {
                await expect(part, valid) { try await engine.users(of: cell, in: worth, .first, context) }
            }
        }
    }
}
