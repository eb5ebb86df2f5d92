import EventModel
import Foundation
import QueryModel
import TestSupport

/// A question, and what its formulas are to the oracle.
struct Question {
    var query: SegmentationQuery
    /// Empty for plain metrics.
    var formulas: [PlainFormula] = []
}

/// One line of an answer.
struct PlainSeries {
    var event: Int?
    var segment: Int
    var formula: Int?
    var group: [String]
    var values: [Double]
    var collapsed: Double
}

/// The reference, as plainly as it can be said: looks at every event for every number. Shares no code with the sources.
struct PlainSegmentation {
    let question: Question
    let events: [PlainEvent]
    /// Of events of the question that are grouped by a property which is a number wherever it is.
    let numericEvents: Set<Int>
    let rules: PlainRules
    let axis: PlainAxis
    let firstEver: [Int: PlainEvent]
    let bucketByKey: [PlainAxis.Key: Int]

    var query: SegmentationQuery { question.query }

    /// An event that counts for one of the question's events under one of its segments, and where.
    struct Counted {
        var event: PlainEvent
        var bucket: Int
        var isInRange: Bool
        var groups: [[String]]
        var operand: PlainValue
    }

    init(_ question: Question, _ events: [PlainEvent], _ rules: PlainRules, zone: TimeZone) {
        self.question = question
        self.events = events.filter(\.isCounted)
        numericEvents = Set(
            question.query.events.indices.filter { index in
                guard let property = question.query.events[index].groupBy.first else { return false }
                let values = events.map { $0.value(of: property) }.filter { !$0.labels.isEmpty }
                return !values.isEmpty && values.allSatisfy { $0.number != nil }
            }
        )
        self.rules = rules
        axis = PlainAxis(question.query, zone, lead: 12)
        bucketByKey = Dictionary(uniqueKeysWithValues: axis.keys.enumerated().map { ($1, $0) })
        firstEver = Dictionary(grouping: self.events, by: \.person).mapValues { own in
            own.min { ($0.milliseconds, $0.arrival) < ($1.milliseconds, $1.arrival) }!
        }
    }

    // MARK: Which events count

    func matches(_ event: PlainEvent, _ selector: EventSelector) -> Bool {
        // The first event ever is none of a segmentation's.
        rules.matches(event, selector, [])
    }

    /// Whether the events of an event's person count in the bucket of the calendar in which it lies.
    func isLetIn(_ event: PlainEvent, _ segment: Segment, _ population: SegmentationQuery.Population) -> Bool {
        let key = axis.key(event.time)
        func own(_ selector: EventSelector) -> [PlainEvent] {
            events.filter { $0.person == event.person && matches($0, selector) }
        }
        switch population {
        case .any: break
        case .active:
            guard own(EventSelector(type: .anyActive)).contains(where: { axis.key($0.time) == key }) else {
                return false
            }
        case .new: guard axis.key(firstEver[event.person]!.time) == key else { return false }
        }
        return segment.conditions.allSatisfy { condition in
            switch condition {
            case .property: return true
            case .cohort(let ids, let isMember): return rules.isIn(ids, event) == isMember
            case .performed(let performed):
                let end = axis.end(of: key)
                let found = own(performed.event).count { event in
                    switch performed.span {
                    case .bucket: axis.key(event.time) == key
                    case .sinceEver: axis.isBefore(event.time, end)
                    case .trailing(let days): axis.trails(event.time, days: days, end)
                    }
                }
                return rules.isEnough(found, for: performed)
            }
        }
    }

    func counted(
        _ selector: EventSelector,
        _ segment: Segment,
        _ population: SegmentationQuery.Population,
        splitBy properties: [PropertyReference],
        operand: PropertyReference?
    ) -> [Counted] {
        // A person is judged once for each bucket of the calendar.
        var judged: [PlainAxis.Key: Bool] = [:]
        return events.compactMap { event in
            guard matches(event, selector), let bucket = bucketByKey[axis.key(event.time)], !axis.isAfter(event.time)
            else { return nil }
            for case .property(let filter) in segment.conditions where !event.passes(filter) { return nil }
            let place = [event.person] + axis.key(event.time)
            let isLetIn = judged[place] ?? isLetIn(event, segment, population)
            judged[place] = isLetIn
            guard isLetIn else { return nil }
            var groups: [[String]] = [[]]
            for property in properties {
                groups = groups.flatMap { group in event.value(of: property).groups.map { group + [$0] } }
            }
            return Counted(
                event: event,
                bucket: bucket,
                isInRange: axis.isInRange(event.time),
                groups: groups,
                operand: operand.map { event.value(of: $0) } ?? PlainValue()
            )
        }
    }

    // MARK: One line of the answer

    /// A formula, or a plain metric, under one segment.
    struct Output {
        var event: Int?
        var segment: Int
        var formula: Int?
        var expression: PlainFormula
        /// Over how many buckets its values are averaged.
        var average: Int
    }

    var outputs: [Output] {
        let names: [SegmentationQuery.Metric: String] = [
            .uniques: "UNIQUES", .totals: "TOTALS", .average: "AVG", .shareOfActive: "ACTIVE", .sum: "PROPSUM",
            .valueAverage: "PROPAVG", .histogram: "TOTALS", .frequencyHistogram: "UNIQUES",
        ]
        let isPlain = question.formulas.isEmpty
        let expressions =
            isPlain
            ? query.events.indices.map { PlainFormula.measure(names[query.metric]!, of: $0 == 0 ? "A" : "B") }
            : question.formulas
        return expressions.enumerated().flatMap { index, expression in
            query.segments.indices.map { segment in
                var output = Output(
                    event: isPlain ? index : nil,
                    segment: segment,
                    formula: isPlain ? nil : index,
                    expression: expression,
                    average: 1
                )
                switch query.rolling {
                case .none: break
                case .window(let buckets): output.expression = expression.rolled(over: buckets)
                case .average(let buckets): output.average = buckets
                }
                return output
            }
        }
    }

    func hasOperand(_ event: Int) -> Bool {
        if question.formulas.isEmpty { return [.sum, .valueAverage, .histogram].contains(query.metric) }
        let letter = event == 0 ? "A" : "B"
        return question.formulas.flatMap(\.measures).contains {
            let needsProperty = PlainFormula.needingProperty.contains($0.name)
            let isSum = $0.name == "REVENUETOTAL" && numericEvents.contains(event)
            return $0.event.hasPrefix(letter) && (needsProperty || isSum)
        }
    }

    func splitting(_ event: Int) -> [PropertyReference] {
        Array(query.events[event].groupBy.dropFirst(hasOperand(event) ? 1 : 0)) + query.groupBys
    }

    /// The event and the segment that `A`, `B` or `A2` are.
    func place(_ name: String, _ output: Output) -> (event: Int, segment: Int) {
        (name.hasPrefix("A") ? 0 : 1, Int(name.dropFirst()).map { $0 - 1 } ?? output.segment)
    }

    func answer() -> [PlainSeries] {
        var streams: [[Int]: [Counted]] = [:]
        for segment in query.segments.indices {
            for event in query.events.indices {
                streams[[event, segment]] = counted(
                    query.events[event],
                    query.segments[segment],
                    query.population,
                    splitBy: splitting(event),
                    operand: hasOperand(event) ? query.events[event].groupBy[0] : nil
                )
            }
            streams[[-1, segment]] = counted(
                EventSelector(type: .anyActive),
                query.segments[segment],
                .any,
                splitBy: query.groupBys,
                operand: nil
            )
        }
        return outputs.flatMap { output in
            switch query.metric {
            case .histogram: histogram(output, streams)
            case .frequencyHistogram: frequencies(output, streams)
            default: series(output, streams)
            }
        }
    }

    /// The groups in which an output has events that it looks at.
    func groups(_ output: Output, _ streams: [[Int]: [Counted]]) -> [[String]] {
        let measures = output.expression.measures
        if measures.isEmpty { return [[]] }
        let lead = output.expression.lead + output.average - 1
        let widest = measures.map { splitting(place($0.event, output).event).count }.max()!
        if widest == 0 { return [[]] }
        var groups: Set<[String]> = []
        for measure in measures {
            let (event, segment) = place(measure.event, output)
            guard splitting(event).count == widest else { continue }
            for counted in streams[[event, segment]]! {
                let looksBack = measure.looksBack || output.average > 1 && !measure.isCumulative
                let isSeen = looksBack ? counted.bucket >= axis.lead - lead : counted.isInRange
                if isSeen { groups.formUnion(counted.groups) }
            }
        }
        return Array(groups)
    }

    func ranked<Value>(_ groups: [(group: [String], size: Double, value: Value)]) -> [Value] {
        func text(_ label: String) -> [UInt32] { label.unicodeScalars.map(\.value) }
        let sorted = groups.sorted { a, b in
            if a.size != b.size { return a.size > b.size }
            for (x, y) in zip(a.group, b.group) where x != y {
                return text(x).lexicographicallyPrecedes(text(y))
            }
            return false
        }
        return sorted.prefix(query.limit).map(\.value)
    }

    /// The one group of nobody: as many values as an output is split by, none of them there.
    func nobody(_ output: Output) -> [String] {
        let width = output.expression.measures.map { splitting(place($0.event, output).event).count }.max() ?? 0
        return Array(repeating: "(none)", count: width)
    }

    func series(_ output: Output, _ streams: [[Int]: [Counted]]) -> [PlainSeries] {
        let groups = groups(output, streams)
        return ranked(
            (groups.isEmpty ? [nobody(output)] : groups).map { group in
                let evaluation = Evaluation(whole: self, output: output, streams: streams, group: group)
                let series = PlainSeries(
                    event: output.event,
                    segment: output.segment,
                    formula: output.formula,
                    group: group,
                    values: evaluation.values,
                    collapsed: evaluation.collapsed
                )
                return (group, series.collapsed, series)
            }
        )
    }
}
