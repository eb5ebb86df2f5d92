import ColumnEngine
import EventModel
import Foundation
import QueryModel
import Storage
import TestSupport
import Testing

@testable import QueryExecution

@Suite struct SegmentationUsersTests {
    private static let zones = ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]

    /// A cell of an answer, by what it is about.
    private struct Cell {
        var series: SegmentationAnswer.Series
        var index: Int?

        func value(_ answer: SegmentationAnswer) -> Double? {
            let same = answer.series.first {
                ($0.event, $0.segment, $0.formula) == (series.event, series.segment, series.formula)
                    && $0.group == series.group
            }
            return index.map { same?.values[$0] } ?? same?.collapsed
        }

        /// Of a histogram, all bins together.
        func valueOfBins(_ answer: SegmentationAnswer, _ group: ArraySlice<String>) -> Double {
            answer.series.filter {
                ($0.event, $0.segment) == (series.event, series.segment) && $0.group.dropLast() == group
            }.reduce(0) { sum, series in sum + (index.map { series.values[$0] } ?? series.collapsed) }
        }
    }

    @Test("every cell is made of the shares that people have when asked alone", arguments: 0..<32)
    func everyCell(seed: Int) async throws {
        let name = Self.zones[seed % 4]
        let first = PlainTime.day(2024, 3, 8)
        var traits = RandomProject.Traits(
            eventCount: 60,
            days: first...first + 5,
            zone: name
        )
        traits.reachesBack = true
        let asked = AskedProject(
            seed: seed,
            traits,
            customEvents: RandomQuestion.customEvents,
            mostCells: seed % 16 < 8 ? 4_000_000 : 6
        )
        let project = asked.project
        var questions = RandomQuestion(
            random: SeededRandom(seed: UInt64(seed) &+ 2_000_000),
            days: first...first + 5,
            types: RandomProject.types.filter { $0 != "$identify" },
            cohorts: project.cohorts.keys.sorted()
        )
        for (index, batch) in project.batches.enumerated() {
            try asked.store.append([batch])
            let isLast = index == project.batches.count - 1
            guard isLast || questions.random.once(in: 8) else { continue }
            let apart = try PeopleApart(project.batches[...index], without: project.traits.hidden)
            for number in 0..<(isLast ? 4 : 1) {
                let query = try questions.next().query
                try await check(
                    query,
                    asked.engine,
                    asked.context,
                    apart,
                    "seed \(seed), batch \(index + 1), question \(number + 1), \(query)",
                    &questions.random
                )
            }
        }
    }

    private func check(
        _ query: SegmentationQuery,
        _ engine: QueryEngine,
        _ context: QueryContext,
        _ apart: PeopleApart,
        _ question: String,
        _ random: inout SeededRandom
    ) async throws {
        let answer = try await engine.segmentation(query, context)
        guard let (metric, memberMetric) = metrics(query) else {
            await #expect(throws: QueryError.self, "\(question)") {
                _ = try await engine.users(of: SeriesCell(series: 0, index: nil), in: query, .first, context)
            }
            return
        }
        var shares = query
        shares.metric = metric
        shares.limit = 1_000
        var members = shares
        members.metric = memberMetric

        var cells = answer.series.indices.flatMap { series in
            [SeriesCell(series: series, index: nil)]
                + answer.axis.labels.indices.map { SeriesCell(series: series, index: $0) }
        }
        while cells.count > 12 { cells.remove(at: random.below(cells.count)) }
        for place in cells {
            let cell = Cell(series: answer.series[place.series], index: place.index)
            let found = try await everyPage(1 + random.below(4), "\(place) of \(question)") { page in
                try await engine.users(of: place, in: query, page, context)
            }
            let value = try #require(cell.value(answer))
            switch query.metric {
            case .average:
                try #require(
                    isNear(found.isEmpty ? 0 : found.sum / Double(found.count), value),
                    "\(place), \(question)"
                )
            case .shareOfActive:
                let uniques = cell.value(try await engine.segmentation(shares, context))
                try #require(found.sum == uniques, "\(place), \(question)")
            default: try #require(isNear(found.sum, value), "\(found) are \(value) at \(place) of \(question)")
            }
            // Bins are those of all people together.
            if query.metric.isHistogram { continue }
            let wanted = try await apart.shares { alone in
                cell.value(try await alone.segmentation(shares, context))
            }
            if metric != memberMetric {
                let group = ArraySlice(cell.series.group)
                let others = try await apart.shares { alone in
                    cell.valueOfBins(try await alone.segmentation(members, context), group)
                }
                // What rolls also looks at events before the range, for which there are no bins.
                if query.rolling == .none {
                    try #require(found.map(\.key) == others.map(\.key), "\(place) of \(question)")
                }
                try #require(areNear(found.filter { $0.value != 0 }, wanted), "\(place) of \(question)")
            } else {
                try #require(areNear(found, wanted), "found \(found)\nwanted \(wanted)\n\(place) of \(question)")
            }
        }
        if query.metric.isHistogram { try await checkBins(query, answer, engine, context, apart, question) }
    }

    /// In what people have a share, and what tells who they are. Sums may be of nothing or add up to nothing, so the
    /// numbers of which they are made tell it.
    private func metrics(
        _ query: SegmentationQuery
    ) -> (shares: SegmentationQuery.Metric, members: SegmentationQuery.Metric)? {
        var isAveraged = false
        if case .average = query.rolling { isAveraged = true }
        switch query.metric {
        case .uniques, .totals, .histogram, .frequencyHistogram: return (query.metric, query.metric)
        case .average: return isAveraged ? nil : (.totals, .totals)
        case .shareOfActive: return isAveraged ? nil : (.uniques, .uniques)
        case .sum: return (.sum, .histogram)
        case .valueAverage, .formulas: return nil
        }
    }

    /// What each person has in all bins of a group is all that the person has.
    private func checkBins(
        _ query: SegmentationQuery,
        _ answer: SegmentationAnswer,
        _ engine: QueryEngine,
        _ context: QueryContext,
        _ apart: PeopleApart,
        _ question: String
    ) async throws {
        for first in answer.series.prefix(1) {
            let group = first.group.dropLast()
            var events: [UserKey: Double] = [:]
            for (number, series) in answer.series.enumerated()
            where series.group.dropLast() == group && (series.event, series.segment) == (first.event, first.segment) {
                let cell = SeriesCell(series: number, index: nil)
                for user in try await engine.users(of: cell, in: query, .first, context).users {
                    events[user.key, default: 0] += user.value
                }
            }
            var alone = query
            alone.limit = 1_000
            let wanted = try await apart.shares { engine in
                Cell(series: first, index: nil).valueOfBins(try await engine.segmentation(alone, context), group)
            }
            let found = events.sorted { $0.key < $1.key }.map { CellUsers.User(key: $0.key, value: $0.value) }
            try #require(areNear(found, wanted), "bins of \(question)")
        }
    }

    @Test(
        "thousands of people on many cores, and by ranges where they do not fit into memory",
        arguments: [nil, 100_000]
    )
    func thousands(budget: Int?) async throws {
        let store = MemoryEventStore()
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        batch.eventTypes = [Numbered(EventTypeID(1), "Play")]
        batch.contexts = [Numbered(ContextID(1), EventContext())]
        // Person p plays on seven days, on day d p % 3 + 1 times.
        func plays(_ person: Int, _ day: Int) -> Int { (person * 11 + day) % 30 < 7 ? person % 3 + 1 : 0 }
        let people = 1...2_000
        // What some do last arrives late, so that they are put together anew, beside the others.
        var late = JournalBatch(sequence: JournalSequence(2), receivedAt: Timestamp(milliseconds: 0))
        for person in people {
            for day in 1...30 {
                let time = Timestamp(milliseconds: Int64(day) * 86_400_000)
                let event = StoredEvent(
                    user: UserKey(Int32(person)),
                    device: DeviceKey(1),
                    carriesUserID: false,
                    type: EventTypeID(1),
                    time: time,
                    clientTime: time,
                    uploadTime: time,
                    context: ContextID(1)
                )
                for _ in 0..<plays(person, day) {
                    if day == 30, person % 180 == 0 { late.events.append(event) } else { batch.events.append(event) }
                }
            }
        }
        try store.append([batch])
        let engine = QueryEngine(columns: ColumnStore(store, budget: budget)) { () throws(EventStoreError) in }
        var query = SegmentationQuery(
            events: [EventSelector(type: .any)],
            range: DateRange(first: CalendarDate(daysSinceEpoch: 1), last: CalendarDate(daysSinceEpoch: 30))!
        )
        let context = QueryContext(zone: .utc, now: Timestamp(milliseconds: 0))
        _ = try await engine.segmentation(query, context)
        try store.append([late])
        for (index, limit, metric) in [
            (4, 10_000, SegmentationQuery.Metric.totals), (29, 1, .totals), (4, 300, .uniques), (29, 50, .uniques),
        ] {
            query.metric = metric
            let wanted = people.compactMap { person -> CellUsers.User? in
                let events = plays(person, index + 1)
                let share = metric == .totals ? events : 1
                return events == 0 ? nil : CellUsers.User(key: UserKey(Int32(person)), value: Double(share))
            }
            let cell = SeriesCell(series: 0, index: index)
            for after in [nil, wanted[wanted.count / 2].key] {
                let page = UserPage(after: after, limit: limit)
                let found = try await engine.users(of: cell, in: query, page, context)
                let later = wanted.filter { $0.key > after ?? UserKey(0) }
                #expect(found.count == wanted.count)
                #expect(found.users == Array(later.prefix(limit)))
                #expect(found.next == (later.count > limit ? later[limit - 1].key : nil))
            }
        }
    }

    @Test("amounts of several people that make nothing together hide none of them")
    func amountsOfNothing() async throws {
        let store = MemoryEventStore()
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        batch.eventTypes = [Numbered(EventTypeID(1), "Buy")]
        batch.contexts = [Numbered(ContextID(1), EventContext())]
        batch.propertyNames = [PropertyName(.event, "price")]
        for (user, price) in [(1, "5"), (2, "-5"), (3, "0"), (4, "\"free\"")] {
            let time = Timestamp(milliseconds: 86_400_000)
            batch.events.append(
                StoredEvent(
                    user: UserKey(Int32(user)),
                    device: DeviceKey(1),
                    carriesUserID: false,
                    type: EventTypeID(1),
                    time: time,
                    clientTime: time,
                    uploadTime: time,
                    context: ContextID(1),
                    eventProperties: "{\"price\":\(price)}"
                )
            )
        }
        try store.append([batch])
        let engine = QueryEngine(columns: ColumnStore(store)) { () throws(EventStoreError) in }
        let day = CalendarDate(daysSinceEpoch: 1)
        let query = SegmentationQuery(
            events: [EventSelector(type: .any, groupBy: [.event(ExactText("price"))])],
            metric: .sum,
            range: DateRange(first: day, last: day)!
        )
        let context = QueryContext(zone: .utc, now: Timestamp(milliseconds: 0))
        let found = try await engine.users(of: SeriesCell(series: 0, index: 0), in: query, .first, context)
        #expect(found.users.map(\.key.number) == [1, 2, 3] && found.users.map(\.value) == [5, -5, 0])
        #expect(found.count == 3 && found.next == nil)
    }
}
