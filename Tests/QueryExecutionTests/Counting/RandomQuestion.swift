import EventModel
import Formulas
import QueryModel
import TestSupport

/// Questions of every kind that the endpoint takes, about a ``RandomProject``.
struct RandomQuestion {
    var random: SeededRandom
    let days: ClosedRange<Int>
    let types: [String]
    let cohorts: [String]

    /// What `ce:` names stand for.
    static let customEvents: [String: [EventSelector]] = [
        "Any": [EventSelector(type: .any)],
        "Start or big stop": [
            EventSelector(type: .named(ExactText("Play"))),
            EventSelector(
                type: .named(ExactText("Stop")),
                filters: [
                    PropertyFilter(
                        property: .event(ExactText("size")),
                        operator: .greaterOrEqual,
                        values: [ExactText("2")]
                    )
                ]
            ),
            EventSelector(type: .revenue(.any)),
        ],
    ]

    private static let texts = [
        "Germany", "germany", "ER", "3", "1", "2.5", "a", "b", "(none)", "true", "fre", "{\"x\":1}", "ZÜ", "-4", "10",
        "2024-03-09", "2024-10-01", "*", "f*", "**/**", "[a-f]*", "[!a-f]*", "?", "fr",
    ]

    private mutating func property() -> PropertyReference {
        random.pick([
            .event(ExactText("level")), .event(ExactText("size")), .event(ExactText("price")), .user(ExactText("plan")),
            .builtIn(.country),
        ])
    }

    private mutating func userProperty() -> PropertyReference {
        random.pick([.user(ExactText("plan")), .builtIn(.country)])
    }

    private mutating func filter(_ property: PropertyReference) -> PropertyFilter {
        PropertyFilter(
            property: property,
            operator: random.pick(PropertyFilter.Operator.allCases),
            values: (0...random.below(3)).map { _ in ExactText(random.pick(Self.texts)) }
        )
    }

    private mutating func event() -> EventSelector {
        let known: [EventSelector.EventType] =
            types.map { .named(ExactText($0)) } + [
                .any, .anyActive, .revenue(.any), .revenue(.unverified), .revenue(.verified),
                .custom(ExactText("Any")), .custom(ExactText("Start or big stop")),
            ]
        let filters = random.once(in: 3) ? (0...random.below(2)).map { _ in filter(property()) } : []
        return EventSelector(type: random.pick(known), filters: filters)
    }

    private mutating func condition() -> SegmentCondition {
        switch random.below(4) {
        case 0: return .property(filter(userProperty()))
        case 1:
            let ids = (0...random.below(2)).map { _ in random.pick(cohorts) }
            return .cohort(ids: ids, isMember: random.once(in: 2))
        default:
            return .performed(
                PerformedCondition(
                    event: event(),
                    comparison: random.pick(PerformedCondition.Comparison.allCases),
                    count: random.below(4),
                    span: random.pick([
                        .bucket, .sinceEver, .trailing(days: 1), .trailing(days: 2), .trailing(days: 9),
                        .trailing(days: 40),
                    ])
                )
            )
        }
    }

    private mutating func segment() -> Segment {
        Segment(random.once(in: 2) ? [] : (0...random.below(2)).map { _ in condition() })
    }

    // MARK: Time

    private mutating func range(_ interval: Interval) -> DateRange {
        var first = days.lowerBound + random.below(3)
        var last = days.upperBound - random.below(3)
        switch interval {
        case .fiveMinutes, .minute: last = first
        case .hour: last = first + random.below(2)
        case .day, .all: break
        case .week: first -= random.below(20)
        case .month: first -= random.below(70)
        case .quarter: first -= random.below(200)
        case .year: first -= random.below(700)
        }
        func date(_ day: Int) -> CalendarDate { CalendarDate(daysSinceEpoch: day) }
        let firstHour = random.once(in: 2) ? random.below(24) : 0
        let lastHour = random.once(in: 2) ? firstHour + random.below(24 - firstHour) : 23
        return DateRange(first: date(first), last: date(last), firstHour: firstHour, lastHour: lastHour)!
    }

    private mutating func rolling() -> SegmentationQuery.Rolling {
        switch random.below(6) {
        case 0: .window(1 + random.below(4))
        case 1: .average(1 + random.below(4))
        default: .none
        }
    }

    // MARK: Formulas

    private static let aggregable = [
        "UNIQUES", "TOTALS", "AVG", "ACTIVE", "PROPSUM", "PROPAVG", "PROPMAX", "PROPMIN", "PROPCOUNT", "PROPCOUNTAVG",
        "REVENUETOTAL",
    ]

    private mutating func leaf(_ events: [String]) -> PlainFormula {
        let (event, name) = (random.pick(events), random.pick(Self.aggregable))
        switch random.below(10) {
        case 0: return .number(Double(random.below(5)) / 2)
        case 1: return .cumulative(name, of: event)
        case 2: return .window("ROLLWIN", name, of: event, buckets: 1 + random.below(4))
        case 3: return .window("ROLLWINBEFORE", name, of: event, buckets: 1 + random.below(4))
        case 4: return .average(name, of: event, buckets: 2 + random.below(3))
        case 5:
            let percentile = random.pick(["FREQPERCENTILE", "PERCENTILE"])
            return .measure(percentile, of: event, fraction: random.pick([0, 0.5, 0.9, 1]))
        case 6: return .measure("ARPAU", of: event)
        default: return .measure(name, of: event)
        }
    }

    private mutating func formula(_ events: [String], depth: Int, mayTrend: Bool) -> PlainFormula {
        if depth == 0 || random.once(in: 3) { return leaf(events) }
        // A trend that is zero but for the last digit must not come where that digit is made large.
        func inner(_ random: inout RandomQuestion, isExact: Bool = false) -> PlainFormula {
            random.formula(events, depth: depth - 1, mayTrend: mayTrend && !isExact)
        }
        switch random.below(9) {
        case 0: return .negative(inner(&self))
        case 1: return .function(random.pick(["LN", "LOG10", "SQRT"]), inner(&self, isExact: true))
        case 2: return .logarithm(inner(&self, isExact: true), base: random.pick([2, 10, 3]))
        case 3: return .power(inner(&self, isExact: true), exponent: random.pick([0.5, 2, 3]))
        case 4: return mayTrend ? .trend(inner(&self)) : .function("EXP", leaf(events))
        default:
            let sign = random.pick(["+", "-", "*", "/"])
            return .sign(inner(&self), sign, inner(&self, isExact: sign == "/"))
        }
    }

    /// Formulas need their property only where they say so, and only the range's length where they roll.
    private mutating func formulas(events: Int, segments: Int, rolling: SegmentationQuery.Rolling) -> [PlainFormula] {
        var names = (0..<events).map { ["A", "B"][$0] }
        if segments > 1 { names += names.flatMap { name in (1...segments).map { "\(name)\($0)" } } }
        var mayTrend = true
        if case .average = rolling { mayTrend = false }
        return (0...random.below(2)).map { _ in formula(names, depth: 2, mayTrend: mayTrend) }
    }

    // MARK: All of it

    mutating func next() throws -> Question {
        let interval = random.pick(
            [Interval.day, .day, .day, .week, .week, .month, .month, .hour, .hour, .fiveMinutes]
                + [.minute, .quarter, .year, .all]
        )
        var metrics: [SegmentationQuery.Metric] = [
            .uniques, .totals, .shareOfActive, .average, .histogram, .frequencyHistogram, .sum, .valueAverage,
        ]
        metrics += Array(repeating: .formulas([]), count: 4)
        var query = SegmentationQuery(
            events: random.once(in: 3) ? [event(), event()] : [event()],
            metric: random.pick(metrics),
            population: random.pick([.any, .any, .any, .active, .new]),
            range: range(interval),
            interval: interval,
            rolling: rolling(),
            limit: random.pick([1, 2, 3, 100, 100, 1000])
        )
        if random.once(in: 5) {
            query.groupBys = (0...random.below(2)).map { _ in userProperty() }
            query.segments = [segment()]
        } else {
            query.segments = (0...(random.once(in: 3) ? random.below(3) : 0)).map { _ in segment() }
        }
        var question = Question(query: query)
        if case .formulas = query.metric {
            question.formulas = formulas(
                events: query.events.count,
                segments: query.segments.count,
                rolling: query.rolling
            )
            let text = question.formulas.map(\.text).joined(separator: ";")
            question.query.metric = .formulas(try Formula.list(parsing: text))
            // Where several windows share a first pass, which groups are smallest but one is anybody's guess.
            if question.formulas.count > 1 { question.query.limit = 1000 }
        }
        for index in question.query.events.indices {
            let letter = ["A", "B"][index]
            let needsProperty =
                question.formulas.isEmpty
                ? question.query.metric.hasOperand
                : question.formulas.flatMap(\.measures).contains {
                    $0.event.hasPrefix(letter) && PlainFormula.needingProperty.contains($0.name)
                }
            var groupBy = needsProperty ? [property()] : []
            for _ in query.groupBys.count..<2 where random.once(in: 4) && groupBy.count < 2 {
                groupBy.append(property())
            }
            question.query.events[index].groupBy = groupBy
        }
        return question
    }
}
