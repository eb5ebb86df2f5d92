import ColumnEngine
import EventModel
import Formulas
import QueryModel
import Storage
import TestSupport
import Testing

@testable import QueryExecution

/// A project as text: a timeline a person, with days for steps, from Thursday 2024-02-01 on, UTC; a letter is an event of
/// that type. What `levels` says of a letter is the event's `level`, as JSON.
private struct Timelines {
    var people: [String]
    var levels: [Character: String] = [:]
    /// How many seconds after midnight events of a letter are.
    var seconds: [Character: Int] = [:]
    /// User keys of later arrival that turn out to be earlier ones.
    var merges: [(from: Int, into: Int)] = []

    private static let firstDay = CalendarDate(year: 2024, month: 2, day: 1)!.daysSinceEpoch

    private var batch: JournalBatch {
        var batch = JournalBatch(sequence: JournalSequence(1), receivedAt: Timestamp(milliseconds: 0))
        let timelines = people.map { Timeline($0).moments }
        let letters = Set(timelines.joined().map(\.letter)).sorted()
        batch.eventTypes = letters.enumerated().map { Numbered(EventTypeID(Int32($0.offset + 1)), "\($0.element)") }
        batch.contexts = [Numbered(ContextID(1), EventContext())]
        batch.propertyNames = [PropertyName(.event, "level")]
        batch.merges = merges.map {
            Merge(
                from: UserKey(Int32($0.from)),
                into: UserKey(Int32($0.into)),
                time: batch.receivedAt,
                cause: .mapping
            )
        }
        for (number, moments) in timelines.enumerated() {
            for moment in moments {
                let letter = moment.letter
                let second = (Self.firstDay + moment.step) * 86_400 + seconds[letter, default: 0]
                let time = Timestamp(milliseconds: Int64(second) * 1000)
                batch.events.append(
                    StoredEvent(
                        user: UserKey(Int32(number + 1)),
                        device: DeviceKey(1),
                        carriesUserID: false,
                        type: EventTypeID(Int32(letters.firstIndex(of: letter)! + 1)),
                        time: time,
                        clientTime: time,
                        uploadTime: time,
                        context: ContextID(1),
                        eventProperties: levels[letter].map { "{\"level\":\($0)}" } ?? "{}"
                    )
                )
            }
        }
        return batch
    }

    /// A line for each series: its group, its values and, behind a bar, the value over all.
    func ask(
        _ type: String? = nil,
        days: ClosedRange<Int>,
        by interval: Interval = .day,
        mostCells: Int = 1_000_000,
        _ change: (inout SegmentationQuery) throws -> Void = { _ in }
    ) async throws -> [String] {
        let store = MemoryEventStore()
        try store.append([batch])
        let engine = QueryEngine(columns: ColumnStore(store), mostCells: mostCells) { () throws(EventStoreError) in }
        func date(_ day: Int) -> CalendarDate { CalendarDate(daysSinceEpoch: Self.firstDay + day - 1) }
        var query = SegmentationQuery(
            events: [EventSelector(type: type.map { .named(ExactText($0)) } ?? .any)],
            range: DateRange(first: date(days.lowerBound), last: date(days.upperBound))!,
            interval: interval
        )
        try change(&query)
        let context = QueryContext(zone: .utc, now: Timestamp(milliseconds: 0)) { id in
            .list([UserKey(Int32(id)!)])
        }
        return try await engine.segmentation(query, context).series.map { series in
            let numbers = series.values.map(PropertyValue.decimal).joined(separator: " ")
            let group = series.group.isEmpty ? "" : series.group.joined(separator: "; ") + ": "
            return "\(group)\(numbers) | \(PropertyValue.decimal(series.collapsed))"
        }
    }
}

private let level = PropertyReference.event(ExactText("level"))

@Suite struct SegmentationTimelineTests {
    // 2024-02-01 is a Thursday: days 1 to 4 are its week, the next begins on day 5.

    @Test("a partial first week counts what was asked for, and all of it where something rolls")
    func clippedWeek() async throws {
        let week = Timelines(people: ["A--A-A", "A-----"])
        var found = try await week.ask(days: 3...6, by: .week)
        #expect(found == ["1 1 | 1"])
        found = try await week.ask(days: 3...6, by: .week) { $0.rolling = .window(2) }
        #expect(found == ["2 2 | 1"], "windows read the days before the start")
        found = try await week.ask(days: 3...6, by: .week) { $0.rolling = .average(2) }
        #expect(found == ["1 1.5 | 1"], "averages, too: (0 + 2) / 2, (2 + 1) / 2")
        found = try await week.ask(days: 3...6, by: .week) { $0.rolling = .window(1) }
        #expect(found == ["1 1 | 1"], "a window of one is no window")
    }

    @Test("what rolls beside it changes no plain measure")
    func plainBesideRolling() async throws {
        let week = Timelines(people: ["A--A-A", "A-----"])
        for (formula, wanted) in [
            ("UNIQUES(A)+0*ROLLWIN(UNIQUES,A,2)", ["1 1 | 1"]), ("CUMSUM(TOTALS,A)+0*ROLLAVG(TOTALS,A,2)", ["1 2 | 2"]),
            ("UNIQUES(A);ROLLWIN(UNIQUES,A,2)", ["1 1 | 1", "2 2 | 1"]),
            ("ACTIVE(A);ROLLWIN(ACTIVE,A,2)", ["1 1 | 1", "1 1 | 1"]),
        ] {
            let found = try await week.ask(days: 3...6, by: .week) {
                $0.metric = .formulas(try Formula.list(parsing: formula))
            }
            #expect(found == wanted, "\(formula)")
        }
    }

    @Test("the average of a formula is that of its values")
    func averageOfFormula() async throws {
        let found = try await Timelines(people: ["AA-A", "-A-A", "-A--"]).ask(days: 2...4) {
            $0.metric = .formulas(try Formula.list(parsing: "1/TOTALS(A)"))
            $0.rolling = .average(2)
        }
        // Day by day 1/1, 1/3, nothing, 1/2.
        #expect(found[0].hasPrefix("0.6666666666666666 0.16666666666666666 0.25 | "))
    }

    @Test("who is new on a day has the first event in its first second, its last, or between")
    func newToTheSecond() async throws {
        let timelines = Timelines(
            people: ["-a--", "-z--", "za--", "-za-", "--a-"],
            seconds: ["z": 86_399]
        )
        let found = try await timelines.ask(days: 2...4) { $0.population = .new }
        #expect(found == ["3 1 0 | 4"], "the third came a second before the days that are shown")
    }

    @Test("groups found in a pass of their own are the same", arguments: [1, 1_000_000])
    func twoPasses(mostCells: Int) async throws {
        let timelines = Timelines(
            people: ["aab-", "-b-c", "c---", "---a"],
            levels: ["a": "\"x\"", "b": "\"y\"", "c": "[\"y\",\"z\"]"]
        )
        func ask(_ change: @escaping (inout SegmentationQuery) throws -> Void) async throws -> [String] {
            try await timelines.ask(days: 2...4, mostCells: mostCells) { query in
                query.events[0].groupBy = [level]
                query.limit = 2
                try change(&query)
            }
        }
        var found = try await ask { _ in }
        #expect(found == ["x: 1 0 1 | 2", "y: 1 1 1 | 2"])
        found = try await ask { $0.rolling = .average(2) }
        #expect(found == ["x: 1 0.5 0.5 | 2", "y: 1 1 1 | 2"])
        found = try await ask { $0.rolling = .window(2) }
        #expect(found == ["x: 1 1 1 | 2", "y: 2 2 2 | 2"])
        found = try await ask {
            $0.rolling = .window(2)
            $0.limit = 100
        }
        #expect(found == ["x: 1 1 1 | 2", "y: 2 2 2 | 2", "z: 1 0 1 | 1"])
        found = try await ask { $0.population = .new }
        #expect(found == ["x: 0 0 1 | 1", "y: 1 0 0 | 1"], "new on that day, not somewhere in the range")
        found = try await ask {
            $0.segments = [
                Segment([
                    .performed(
                        PerformedCondition(
                            event: EventSelector(type: .any),
                            comparison: .greaterOrEqual,
                            count: 3,
                            span: .sinceEver
                        )
                    )
                ])
            ]
        }
        #expect(found == ["y: 0 1 0 | 1"], "conditions hold day by day")
        found = try await ask {
            $0.events = [EventSelector(type: .revenue(.any), groupBy: [level]), EventSelector(type: .any)]
            $0.metric = .formulas(try Formula.list(parsing: "UNIQUES(A)/UNIQUES(B)"))
        }
        #expect(found == ["(none): 0 0 0 | 0"], "that of nobody, though the other event has no groups")
    }

    @Test("a group that only leads in is listed, last, as a window has it")
    func groupsThatLeadIn() async throws {
        let timelines = Timelines(people: ["a--", "-b-"], levels: ["a": "\"x\"", "b": "\"y\""])
        for mostCells in [1, 1_000_000] {
            let found = try await timelines.ask(days: 2...3, mostCells: mostCells) {
                $0.events[0].groupBy = [level]
                $0.rolling = .window(2)
            }
            #expect(found == ["y: 1 1 | 1", "x: 1 0 | 0"])
        }
    }

    @Test("a list with a number in it is no number, also if it came first")
    func listsAreNoNumbers() async throws {
        let timelines = Timelines(people: ["abc"], levels: ["a": "[3]", "b": "3", "c": "\"3\""])
        func ask(_ formula: String) async throws -> [String] {
            try await timelines.ask(days: 1...3) {
                $0.events[0].groupBy = [level]
                $0.metric = .formulas(try Formula.list(parsing: formula))
            }
        }
        for (formula, wanted) in [
            ("PROPSUM(A)", "0 3 3 | 6"), ("PROPMAX(A)", "0 3 3 | 3"), ("PERCENTILE(A,0.5)", "0 3 3 | 3"),
            ("PROPCOUNT(A)", "1 1 1 | 2"),
        ] {
            let found = try await ask(formula)
            #expect(found == [wanted], "\(formula)")
        }
    }

    @Test("a histogram ranks its groups by events, and rolls")
    func histogram() async throws {
        let timelines = Timelines(
            people: ["aab", "-c-", "-c-", "-c-"],
            levels: ["a": "1", "b": "11", "c": "1"]
        )
        func ask(_ change: @escaping (inout SegmentationQuery) -> Void) async throws -> [String] {
            try await timelines.ask(days: 2...3) { query in
                query.events[0].groupBy = [level]
                query.metric = .histogram
                change(&query)
            }.filter { !$0.hasSuffix("| 0") }
        }
        var found = try await ask { _ in }
        #expect(found == ["1-2: 4 0 | 4", "11-12: 0 1 | 1"])
        found = try await ask { $0.rolling = .window(2) }
        #expect(found == ["1-2: 5 4 | 4", "11-12: 0 1 | 1"])
        found = try await ask { $0.rolling = .average(2) }
        #expect(found == ["1-2: 2.5 2 | 4", "11-12: 0 0.5 | 1"])
        found = try await ask { $0.events[0].groupBy = [level, level] }
        #expect(found == ["1; 1-2: 4 0 | 4", "11; 11-12: 0 1 | 1"])
        found = try await ask {
            $0.events[0].groupBy = [level, level]
            $0.limit = 1
        }
        #expect(found == ["1; 1-1: 4 0 | 4"], "bins span the groups that are shown")
    }

    @Test("HIST: people by how often they did it, in the bucket or in all")
    func frequencyHistogram() async throws {
        let timelines = Timelines(people: ["Aaa-", "-a-a", "-a--", "A---"])
        func ask(_ change: @escaping (inout SegmentationQuery) -> Void) async throws -> [String] {
            try await timelines.ask("a", days: 2...4) { query in
                query.metric = .frequencyHistogram
                change(&query)
            }.filter { !$0.hasSuffix("| 0") }
        }
        var found = try await ask { _ in }
        #expect(found == ["1-1: 3 1 1 | 1", "2-2: 0 0 0 | 2"])
        found = try await ask { $0.rolling = .window(2) }
        #expect(found == ["1-1: 3 2 2 | 1", "2-2: 0 1 0 | 2"])
        found = try await ask { $0.events = [EventSelector(type: .named(ExactText("A")))] }
        #expect(found == [], "nobody did it in these days")
    }

    @Test("a cohort has a person by whichever key")
    func mergedCohorts() async throws {
        // Key 2 is one of person 1's; person 3 has become 4, who has no events.
        let timelines = Timelines(people: ["A-", "-B", "A-"], merges: [(2, 1), (3, 4)])
        for (id, wanted) in [("1", "1 1 | 1"), ("2", "1 1 | 1"), ("3", "1 0 | 1"), ("4", "1 0 | 1"), ("5", "0 0 | 0")] {
            let found = try await timelines.ask(days: 1...2) {
                $0.segments = [Segment([.cohort(ids: [id], isMember: true)])]
            }
            #expect(found == [wanted], "cohort of \(id)")
        }
        let found = try await timelines.ask(days: 1...2) {
            $0.segments = [Segment([.cohort(ids: ["2", "4"], isMember: false)])]
        }
        #expect(found == ["0 0 | 0"])
    }

    @Test("groups of a formula are those of its events that are split the most")
    func formulaOfUnequalGroups() async throws {
        let timelines = Timelines(people: ["ab", "a-"], levels: ["a": "\"x\"", "b": "\"y\""])
        let found = try await timelines.ask(days: 1...2) {
            $0.events = [EventSelector(type: .any, groupBy: [level]), EventSelector(type: .any)]
            $0.metric = .formulas(try Formula.list(parsing: "TOTALS(A)/TOTALS(B)"))
        }
        #expect(found == ["x: 1 0 | 0.6666666666666666", "y: 0 1 | 0.3333333333333333"])
    }
}
