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
    private func ask(
        seed: Int,
        isSpread: Bool = false,
        _ body: (
            _ engine: QueryEngine, _ context: QueryContext, _ apart: PeopleApart, _ days: ClosedRange<Int>,
            _ place: String, _ random: inout SeededRandom
        ) async throws -> Void
    ) async throws {
        let name = ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"][seed % 4]
        let zone = try #require(ProjectTimeZone(name: name))
        let first = CalendarDate(year: 2024, month: 3, day: 8)!.daysSinceEpoch
        let days = first...first + 40
        let project = RandomPeople(seed: UInt64(seed), eventCount: 70, days: days, in: zone, isSpread: isSpread)
        let store = MemoryEventStore(chunkSize: 7)
        let engine = QueryEngine(columns: ColumnStore(store, smallTail: 8)) { () throws(EventStoreError) in }
        var random = SeededRandom(seed: UInt64(seed) &+ 3_000)
        let now = zone.start(of: CalendarDate(daysSinceEpoch: first + [3, 12, 45, 90][random.below(4)])).milliseconds
        let context = QueryContext(
            zone: zone,
            now: Timestamp(milliseconds: now + 40_000_000),
            inactiveTypes: [ExactText(RandomPeople.inactive)],
            customEvents: [
                ExactText("either"): CustomEvent(
                    name: "either",
                    parts: ["Play", "Stop"].map { EventSelector(type: .named(ExactText($0))) }
                )
            ],
            cohort: { id in id == "odd" ? [1, 3, 5] : nil }
        )
        for (index, batch) in project.batches.enumerated() {
            try store.append([batch])
            let isLast = index == project.batches.count - 1
            guard isLast || random.below(6) == 0 else { continue }
            let apart = try PeopleApart(project.batches[...index])
            for number in 0..<3 {
                let place = "seed \(seed), batch \(index + 1), question \(number + 1)"
                try await body(engine, context, apart, days, place, &random)
            }
        }
    }

    /// Holds a cell's users against what each person alone has, and against the cell.
    ///
    /// - Parameters:
    ///   - isPeople: whether the cell is how many they are; else it is their values together.
    ///   - mayHaveMore: whether people alone may have a share of which their own answer says nothing.
    private func check(
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

    private func some<Cell>(_ cells: [Cell], _ most: Int, _ random: inout SeededRandom) -> [Cell] {
        var cells = cells
        while cells.count > most { cells.remove(at: random.below(cells.count)) }
        return cells
    }

    // MARK: Funnels

    @Test("funnels", arguments: 0..<16)
    func funnels(seed: Int) async throws {
        try await ask(seed: seed, isSpread: seed % 2 == 0) { engine, context, apart, days, place, random in
            var steps = (0..<2 + random.below(2)).map { _ in random.selector() }
            var segments = random.segments()
            var groupBy: PropertyReference?
            switch random.below(3) {
            case 0:
                groupBy = random.property()
                segments = [segments[0]]
            case 1: steps[random.below(steps.count)].groupBy = [random.property()]
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
                    for interval in 0..<min(series.combined.count - 1, 12) {
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
                LifetimeValueQuery.days.indices.map { .age($0) } + [.total, .people, .payers, .amount]
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
            for cell in some(cells, 20, &random) {
                func value(_ series: LifetimeValueAnswer.Series) -> Double {
                    let cohort = cell.row.map { series.cohorts.reversed()[$0] } ?? series.combined
                    return switch cell.key {
                    case .age(let index): cohort.values[index]
                    case .total: cohort.total
                    case .people: Double(cohort.people)
                    case .payers: Double(cohort.payers)
                    case .amount: cohort.amount
                    }
                }
                let wanted = all.series[cell.series]
                let found = try await everyPage(2, place) { page in
                    try await engine.users(of: cell, in: query, page, context)
                }
                let alone = try await apart.shares { engine in
                    try await engine.lifetimeValue(shares, context).series
                        .first { $0.segment == wanted.segment && $0.group == wanted.group }.map(value)
                }
                // Who got back what was paid has a share of nothing.
                try #require(areNear(found.filter { $0.value != 0 }, alone), "\(place), \(cell), \(query)")
                try #require(isNear(found.sum, value(wanted)), "\(place), \(cell), \(query)")
            }
        }
    }

    // MARK: Sessions, active people, composition, revenue

    @Test("sessions", arguments: 0..<8)
    func sessions(seed: Int) async throws {
        try await ask(seed: seed) { engine, context, apart, days, place, random in
            let range = random.range(days)
            func values(_ engine: QueryEngine, _ query: SessionQuery) async throws -> [Double] {
                switch try await engine.sessions(query, context) {
                case .counts(let counts): counts.map { Double($0) }
                case .days(_, let values): values
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
                    let alone = try await apart.shares { engine in
                        isRevenue
                            ? value(try await engine.revenue(sums, context), series, index)
                            : value(try await engine.activeUsers(users, context), series, index)
                    }
                    let whole = isRevenue ? value(paidSums, series, index) : series.values[index]
                    try #require(areNear(found.filter { $0.value != 0 }, alone), "\(place), \(cell), \(isRevenue)")
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
                    try await alone.composition(composition, context).values.first { $0.label == value.label }
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
                (LifetimeValueCell(series: 1, row: nil, key: .total), CellPart.series, 0..<1),
                (LifetimeValueCell(series: 0, row: buckets, key: .total), .row, 0..<buckets),
            ] {
                await expect(part, valid) { try await engine.users(of: cell, in: worth, .first, context) }
            }
        }
    }
}
