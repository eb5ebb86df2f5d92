import EventModel
import Foundation
import QueryModel

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
    private let question: Question
    private let events: [PlainEvent]
    private let inactiveTypes: Set<String>
    /// By custom event: what it stands for.
    private let customEvents: [String: [EventSelector]]
    /// By cohort: persons.
    private let cohorts: [String: Set<Int>]
    let axis: PlainAxis
    private let firstEver: [Int: PlainEvent]
    private let bucketByKey: [PlainAxis.Key: Int]

    private var query: SegmentationQuery { question.query }

    /// An event that counts for one of the question's events under one of its segments, and where.
    private struct Counted {
        var event: PlainEvent
        var bucket: Int
        var isInRange: Bool
        var groups: [[String]]
        var operand: PlainValue
    }

    init(
        _ question: Question,
        _ events: [PlainEvent],
        inactiveTypes: Set<String>,
        customEvents: [String: [EventSelector]],
        cohorts: [String: Set<Int>],
        zone: TimeZone
    ) {
        self.question = question
        self.events = events.filter { $0.type != "$identify" }
        self.inactiveTypes = inactiveTypes
        self.customEvents = customEvents
        self.cohorts = cohorts
        axis = PlainAxis(question.query, zone, lead: 12)
        bucketByKey = Dictionary(uniqueKeysWithValues: axis.keys.enumerated().map { ($1, $0) })
        firstEver = Dictionary(grouping: self.events, by: \.person).mapValues { own in
            own.min { ($0.milliseconds, $0.arrival) < ($1.milliseconds, $1.arrival) }!
        }
    }

    // MARK: Which events count

    private func values(_ event: PlainEvent, _ property: PropertyReference) -> PlainValue {
        switch property {
        case .event(let name): event.properties[name.string] ?? PlainValue()
        case .user: event.plan
        case .builtIn: PlainValue(labels: event.country.map { [$0] } ?? [])
        case .revenue: PlainValue(labels: event.revenue.map { ["\($0)"] } ?? [], number: event.revenue)
        }
    }

    private func matches(_ event: PlainEvent, _ selector: EventSelector) -> Bool {
        let isOfType =
            switch selector.type {
            case .named(let name): event.type == name.string
            case .anyActive: !inactiveTypes.contains(event.type)
            case .any: true
            case .revenue(.verified): false
            case .revenue: event.revenue != nil
            case .custom(let name): customEvents[name.string]!.contains { matches(event, $0) }
            case .firstEver: fatalError("no event of a segmentation")
            }
        return isOfType && selector.filters.allSatisfy { passes(event, $0) }
    }

    private func passes(_ event: PlainEvent, _ filter: PropertyFilter) -> Bool {
        plainlyPasses(values(event, filter.property), filter.operator, filter.values.map(\.string))
    }

    /// Whether a person's events count in the bucket of the calendar in which `time` lies.
    private func isLetIn(
        _ person: Int,
        _ segment: Segment,
        _ population: SegmentationQuery.Population,
        _ time: PlainTime
    )
        -> Bool
    {
        let key = axis.key(time)
        func own(_ selector: EventSelector) -> [PlainEvent] {
            events.filter { $0.person == person && matches($0, selector) }
        }
        switch population {
        case .any: break
        case .active:
            guard own(EventSelector(type: .anyActive)).contains(where: { axis.key($0.time) == key }) else {
                return false
            }
        case .new: guard axis.key(firstEver[person]!.time) == key else { return false }
        }
        return segment.conditions.allSatisfy { condition in
            switch condition {
            case .property: return true
            case .cohort(let ids, let isMember):
                return ids.contains { cohorts[$0]!.contains(person) } == isMember
            case .performed(let performed):
                let end = axis.end(of: key)
                let found = own(performed.event).count { event in
                    switch performed.span {
                    case .bucket: axis.key(event.time) == key
                    case .sinceEver: !key.lexicographicallyPrecedes(axis.key(event.time))
                    case .trailing(let days): axis.trails(event.time, days: days, end)
                    }
                }
                return switch performed.comparison {
                case .equal: found == performed.count
                case .notEqual: found != performed.count
                case .less: found < performed.count
                case .lessOrEqual: found <= performed.count
                case .greater: found > performed.count
                case .greaterOrEqual: found >= performed.count
                }
            }
        }
    }

    private func counted(
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
            for case .property(let filter) in segment.conditions where !passes(event, filter) { return nil }
            let place = [event.person] + axis.key(event.time)
            let isLetIn = judged[place] ?? isLetIn(event.person, segment, population, event.time)
            judged[place] = isLetIn
            guard isLetIn else { return nil }
            var groups: [[String]] = [[]]
            for property in properties {
                let labels = values(event, property).labels
                let own = labels.isEmpty ? ["(none)"] : Array(Set(labels))
                groups = groups.flatMap { group in own.map { group + [$0] } }
            }
            return Counted(
                event: event,
                bucket: bucket,
                isInRange: axis.isInRange(event.time),
                groups: groups,
                operand: operand.map { values(event, $0) } ?? PlainValue()
            )
        }
    }

    // MARK: Measures

    private func number(_ name: String, _ fraction: Double?, _ events: [Counted], active: () -> [Counted]) -> Double {
        func people(_ events: [Counted]) -> Double { Double(Set(events.map(\.event.person)).count) }
        let numbers = events.compactMap(\.operand.number)
        let operands = events.filter { !$0.operand.labels.isEmpty }
        func per(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
        func key(_ value: PlainValue) -> [String] { value.labels + [value.number == nil ? "text" : "number"] }
        switch name {
        case "UNIQUES": return people(events)
        case "TOTALS": return Double(events.count)
        case "AVG": return per(Double(events.count), people(events))
        case "ACTIVE": return per(people(events), people(active()))
        case "FREQPERCENTILE":
            return percentile(
                fraction!,
                Dictionary(grouping: events, by: \.event.person).values.map { Double($0.count) }
            )
        case "PROPSUM": return numbers.reduce(0, +)
        case "PROPAVG": return per(numbers.reduce(0, +), Double(numbers.count))
        case "PROPMAX": return numbers.max() ?? 0
        case "PROPMIN": return numbers.min() ?? 0
        case "PROPCOUNT": return Double(Set(operands.map { key($0.operand) }).count)
        case "PROPCOUNTAVG":
            let pairs = Set(operands.map { ["\($0.event.person)"] + key($0.operand) })
            return per(Double(pairs.count), people(events))
        case "PERCENTILE": return percentile(fraction!, numbers)
        case "REVENUETOTAL": return events.compactMap(\.event.revenue).reduce(0, +)
        case "ARPAU": return per(numbers.reduce(0, +), people(active()))
        default: fatalError("unknown measure \(name)")
        }
    }

    /// Type 7: the sorted list, read between its places.
    private func percentile(_ fraction: Double, _ values: [Double]) -> Double {
        if values.isEmpty { return 0 }
        let sorted = values.sorted()
        let position = fraction * Double(sorted.count - 1)
        let (below, above) = (Int(position.rounded(.down)), Int(position.rounded(.up)))
        return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
    }

    // MARK: One line of the answer

    /// A formula, or a plain metric, under one segment.
    private struct Output {
        var event: Int?
        var segment: Int
        var formula: Int?
        var expression: PlainFormula
        /// Over how many buckets its values are averaged.
        var average: Int
    }

    private var outputs: [Output] {
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

    private func hasOperand(_ event: Int) -> Bool {
        if question.formulas.isEmpty { return [.sum, .valueAverage, .histogram].contains(query.metric) }
        let letter = event == 0 ? "A" : "B"
        return question.formulas.flatMap(\.measures).contains {
            $0.event.hasPrefix(letter) && PlainFormula.needingProperty.contains($0.name)
        }
    }

    private func splitting(_ event: Int) -> [PropertyReference] {
        Array(query.events[event].groupBy.dropFirst(hasOperand(event) ? 1 : 0)) + query.groupBys
    }

    /// The event and the segment that `A`, `B` or `A2` are.
    private func place(_ name: String, _ output: Output) -> (event: Int, segment: Int) {
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
    private func groups(_ output: Output, _ streams: [[Int]: [Counted]]) -> [[String]] {
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

    private func ranked<Value>(_ groups: [(group: [String], size: Double, value: Value)]) -> [Value] {
        func text(_ label: String) -> [UInt32] { label.unicodeScalars.map(\.value) }
        let sorted = groups.sorted { a, b in
            if a.size != b.size { return a.size > b.size }
            for (x, y) in zip(a.group, b.group) where x != y {
                if x == "(none)" || y == "(none)" { return y == "(none)" }
                return text(x).lexicographicallyPrecedes(text(y))
            }
            return false
        }
        return sorted.prefix(query.limit).map(\.value)
    }

    private func series(_ output: Output, _ streams: [[Int]: [Counted]]) -> [PlainSeries] {
        ranked(
            groups(output, streams).map { group in
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

    private func histogram(_ output: Output, _ streams: [[Int]: [Counted]]) -> [PlainSeries] {
        let (event, segment) = (output.event!, output.segment)
        let stream = streams[[event, segment]]!.filter { $0.operand.number != nil }
        let groups = ranked(
            groups(output, streams).map { group in
                let own = stream.filter { $0.groups.contains(group) }
                return (group, Double(own.count { $0.isInRange }), (group: group, events: own))
            }
        )
        let numbers = groups.flatMap { $0.events.filter(\.isInRange).map { $0.operand.number! } }
        guard let least = numbers.min(), let most = numbers.max() else { return [] }
        let edges = least == most ? [least, most] : (0...10).map { least + (most - least) * Double($0) / 10 }
        return groups.flatMap { group, events in
            zip(edges, edges.dropFirst()).enumerated().map { index, edge in
                let inBin = events.filter { counted in
                    let number = counted.operand.number!
                    let isLast = index == edges.count - 2
                    return number >= edge.0 && (number < edge.1 || isLast && number == edge.1)
                }
                let evaluation = Evaluation(
                    whole: self,
                    output: output,
                    streams: [[event, segment]: inBin],
                    group: group
                )
                return PlainSeries(
                    event: event,
                    segment: segment,
                    formula: nil,
                    group: group + ["bin \(index)"],
                    values: evaluation.values,
                    collapsed: evaluation.collapsed
                )
            }
        }
    }

    /// People by how many events they have: the bins are those of all numbers that any bucket, or the range, shows.
    private func frequencies(_ output: Output, _ streams: [[Int]: [Counted]]) -> [PlainSeries] {
        let (event, segment) = (output.event!, output.segment)
        func eventsByPerson(_ events: [Counted]) -> [Double] {
            Dictionary(grouping: events, by: \.event.person).values.map { Double($0.count) }
        }
        func isIn(_ counted: Counted, _ bucket: Int) -> Bool {
            switch query.rolling {
            case .window(let n) where n > 1: counted.bucket <= bucket && counted.bucket > bucket - n
            case .average(let n) where n > 1: counted.bucket == bucket
            default: counted.bucket == bucket && counted.isInRange
            }
        }
        let groups = ranked(
            groups(output, streams).map { group in
                let own = streams[[event, segment]]!.filter { $0.groups.contains(group) }
                let whole = eventsByPerson(own.filter(\.isInRange))
                let buckets = axis.keys.indices.map { bucket in eventsByPerson(own.filter { isIn($0, bucket) }) }
                return (group, Double(whole.count), (group: group, whole: whole, buckets: buckets))
            }
        )
        let shown = groups.flatMap { $0.whole + $0.buckets.dropFirst(axis.lead).joined() }
        guard let least = shown.min(), let most = shown.max() else { return [] }
        let edges = least == most ? [least, most] : (0...10).map { least + (most - least) * Double($0) / 10 }
        return groups.flatMap { group, whole, buckets in
            zip(edges, edges.dropFirst()).enumerated().map { index, edge in
                func people(_ frequencies: [Double]) -> Double {
                    let isLast = index == edges.count - 2
                    return Double(
                        frequencies.count { $0 > edge.0 - 1e-9 && ($0 < edge.1 - 1e-9 || isLast && $0 <= edge.1) }
                    )
                }
                return PlainSeries(
                    event: event,
                    segment: segment,
                    formula: nil,
                    group: group + ["bin \(index)"],
                    values: (axis.lead..<axis.keys.count).map { bucket in
                        (bucket - output.average + 1...bucket).reduce(0) { $0 + people(buckets[$1]) }
                            / Double(output.average)
                    },
                    collapsed: people(whole)
                )
            }
        }
    }

    /// Computes the numbers of one line.
    private struct Evaluation {
        private let whole: PlainSegmentation
        private let output: Output
        /// Of the group.
        private let streams: [[Int]: [Counted]]

        init(whole: PlainSegmentation, output: Output, streams: [[Int]: [Counted]], group: [String]) {
            self.whole = whole
            self.output = output
            self.streams = Dictionary(
                uniqueKeysWithValues: streams.map { place, stream in
                    let width = place[0] < 0 ? whole.query.groupBys.count : whole.splitting(place[0]).count
                    let own = Array(group.suffix(width))
                    return (place, stream.filter { $0.groups.contains(own) })
                }
            )
        }

        private var axis: PlainAxis { whole.axis }

        var values: [Double] {
            let n = output.average
            return (axis.lead..<axis.keys.count).map { bucket in
                let sum = (bucket - n + 1...bucket).reduce(0) { $0 + value(output.expression, $1, wholeBuckets: n > 1) }
                return sum / Double(n)
            }
        }

        var collapsed: Double {
            func value(_ formula: PlainFormula) -> Double {
                finite(
                    formula.collapsing { name, event, fraction in
                        measure(name, event, fraction) { $0.isInRange }
                    }
                )
            }
            return value(output.expression)
        }

        private func value(_ formula: PlainFormula, _ bucket: Int, wholeBuckets: Bool) -> Double {
            func value(_ formula: PlainFormula) -> Double { self.value(formula, bucket, wholeBuckets: wholeBuckets) }
            switch formula {
            case .number(let number): return number
            case .measure(let name, let event, let fraction):
                return measure(name, event, fraction) { $0.bucket == bucket && (wholeBuckets || $0.isInRange) }
            case .cumulative(let name, let event):
                return measure(name, event, nil) { $0.bucket <= bucket && $0.isInRange }
            case .window(_, let name, let event, let n, let fraction):
                return measure(name, event, fraction) { counted in
                    if n == 1 { return counted.bucket == bucket && (wholeBuckets || counted.isInRange) }
                    return counted.bucket <= bucket && counted.bucket > bucket - n
                }
            case .average(let name, let event, let n):
                return (bucket - n + 1...bucket).reduce(0) { sum, b in
                    sum + measure(name, event, nil) { $0.bucket == b && (n > 1 || wholeBuckets || $0.isInRange) }
                } / Double(n)
            case .trend(let inner):
                let ys = (axis.lead..<axis.keys.count).map { self.value(inner, $0, wholeBuckets: wholeBuckets) }
                return line(ys, at: bucket - axis.lead)
            default: return finite(formula.combined(value))
            }
        }

        /// Ordinary least squares from the textbook's sums.
        private func line(_ ys: [Double], at x: Int) -> Double {
            let n = Double(ys.count)
            if ys.count == 1 { return ys[0] }
            let xs = ys.indices.map { Double($0) }
            let (sx, sy) = (xs.reduce(0, +), ys.reduce(0, +))
            let sxx = xs.reduce(0) { $0 + $1 * $1 }
            let sxy = zip(xs, ys).reduce(0) { $0 + $1.0 * $1.1 }
            let slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
            return (sy - slope * sx) / n + slope * Double(x)
        }

        private func measure(_ name: String, _ event: String, _ fraction: Double?, _ isIn: (Counted) -> Bool) -> Double
        {
            let (number, segment) = whole.place(event, output)
            return whole.number(name, fraction, streams[[number, segment]]!.filter(isIn)) {
                streams[[-1, segment]]!.filter(isIn)
            }
        }
    }
}

private func finite(_ number: Double) -> Double { number.isFinite ? number : 0 }

extension PlainFormula {
    /// Arithmetic and functions of one number.
    fileprivate func combined(_ value: (PlainFormula) -> Double) -> Double {
        switch self {
        case .negative(let inner): -value(inner)
        case .sign(let left, "+", let right): value(left) + value(right)
        case .sign(let left, "-", let right): value(left) - value(right)
        case .sign(let left, "*", let right): value(left) * value(right)
        case .sign(let left, "/", let right): value(left) / value(right)
        case .function("EXP", let inner): exp(value(inner))
        case .function("LN", let inner): log(value(inner))
        case .function("LOG10", let inner): log(value(inner)) / log(10)
        case .function("SQRT", let inner): pow(value(inner), 0.5)
        case .logarithm(let inner, let base): log(value(inner)) / log(base)
        case .power(let inner, let exponent): pow(value(inner), exponent)
        default: fatalError("not an operation")
        }
    }

    /// Over the whole range, where no window is left.
    fileprivate func collapsing(_ measure: (String, String, Double?) -> Double) -> Double {
        switch self {
        case .number(let number): number
        case .measure(let name, let event, let fraction): measure(name, event, fraction)
        case .cumulative(let name, let event), .average(let name, let event, _): measure(name, event, nil)
        case .window(_, let name, let event, _, let fraction): measure(name, event, fraction)
        case .trend(let inner): inner.collapsing(measure)
        default: finite(combined { finite($0.collapsing(measure)) })
        }
    }
}
