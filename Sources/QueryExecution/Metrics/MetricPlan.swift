import ColumnEngine
import EventModel
import FoldEngine
import QueryModel
import Storage

/// What a metric looks at.
struct MetricPlan {
    let query: MetricQuery

    init(_ query: MetricQuery) { self.query = query }

    /// The rows that it is about, before conditions.
    private var selector: EventSelector {
        let type: EventSelector.EventType =
            switch query.metric {
            case .activeUsers, .stickiness, .lifecycle, .sessions, .sessionsUnderWay: query.event ?? .anyActive
            case .identifiedUsers: query.event ?? .anyRow
            default: query.event ?? .any
            }
        return EventSelector(type: type)
    }

    /// Rows that count.
    private var matching: EventSelector {
        var selector = selector
        selector.filters = query.conditions
        return selector
    }

    /// What is computed with.
    private var operand: PropertyReference? {
        switch query.metric {
        case .values(let property, _): property
        case .perActor(let property, _): property
        case .identifiedUsers: .builtIn(.userID)
        default: nil
        }
    }

    private var needsSessions: Bool { query.metric == .sessions || query.metric == .sessionsUnderWay }

    /// Points of one bucket of one dimension.
    var statesPerBucket: Int {
        guard case .lifecycle(let includesDormant) = query.metric else { return 1 }
        return includesDormant ? 4 : 3
    }

    var needs: QuestionNeeds {
        let looksAtOthers =
            switch query.metric {
            case .activeUsers, .stickiness, .lifecycle, .identifiedUsers, .sessions, .sessionsUnderWay: true
            default: false
            }
        return QuestionNeeds(
            events: [matching],
            segments: audience,
            properties: [query.breakdown, operand].compactMap { $0 },
            longs: needsSessions ? [.sessionID] : [],
            looksAtOthers: looksAtOthers
        )
    }

    /// Others are not looked at: see ``Preparation``.
    private var audience: [Segment] { query.audience.map { [Segment([.cohort(ids: [$0], isMember: true)])] } ?? [] }

    /// What is read of the rows.
    func reading(_ prepared: inout Preparation) throws(QueryError) -> MetricReading {
        var reading = MetricReading(breakdown: query.breakdown, operand: operand, needsSessions: needsSessions)
        switch query.metric {
        case .events: reading.rows = try prepared.match(matching).bits
        case .values(let property, .count):
            reading.rows = try prepared.match(matching).bits
            reading.numbers = prepared.data.hasValue(of: property).map { $0 ? 1 : .nan }
        case .values(let property, _), .perActor(let property?, _):
            reading.rows = try prepared.match(matching).bits
            reading.numbers = prepared.data.numbers(of: property)
        case .perActor: reading.rows = try prepared.match(matching).bits
        case .lifecycle:
            // Of days that have left, a first event says no more than that somebody is not new.
            reading.firstTypes = prepared.countedTypes
            reading.rows = try prepared.match(matching, takingFirsts: true).bits
            reading.meets = try prepared.match(matching).bits
            if query.event != nil {
                reading.all = try prepared.match(EventSelector(type: .anyActive), takingFirsts: true).bits
            }
        case .activeUsers, .stickiness:
            reading.rows = try prepared.match(matching).bits
            // A type that makes nobody active does not do so under its name either.
            if query.event != nil { reading.all = try prepared.match(EventSelector(type: .anyActive)).bits }
        case .firstTime(let first):
            reading.firstTypes = prepared.countedTypes
            if first.ofThoseThatMatch {
                reading.rows = try prepared.match(matching, takingFirsts: true).bits
            } else {
                reading.rows = try prepared.match(selector, takingFirsts: true).bits
                reading.meets = try prepared.match(matching, takingFirsts: true).bits
            }
        case .identifiedUsers:
            reading.rows = try prepared.match(EventSelector(type: .anyRow)).bits
            reading.meets = try prepared.match(matching).bits
            reading.numbers = prepared.data.hasValue(of: .builtIn(.userID)).map { $0 ? 1 : .nan }
        case .sessions, .sessionsUnderWay:
            reading.rows = try prepared.match(types: prepared.sessionTypes).bits
            reading.meets = try prepared.match(matching).bits
        }
        return reading
    }

    /// Seconds of the rows that are looked at.
    func times(_ axis: MetricAxis, _ spans: [Range<Int64>]) -> Range<Int64> {
        let end = axis.counted.upperBound
        switch query.metric {
        case .events, .values, .perActor, .sessionsUnderWay: return axis.counted
        case .activeUsers, .stickiness:
            let start = axis.counted.lowerBound
            return min(start, spans.first.map(\.lowerBound) ?? start)..<end
        case .firstTime(let first):
            let start = first.lookbackDays.map { axis.counted.lowerBound - Int64($0) * 86_400 } ?? 0
            return max(0, start)..<end
        // A session may begin before the range, and so may whoever is not new.
        case .sessions, .lifecycle: return 0..<end
        // Whoever is known later was known.
        case .identifiedUsers: return 0..<Int64(UInt32.max) + 1
        }
    }

    /// By bucket: the seconds in which people are counted, each once; of stickiness by day, those below the fraction line.
    func spans(_ axis: MetricAxis, in zone: ProjectTimeZone) -> [Range<Int64>] {
        switch query.metric {
        case .activeUsers(.week) where !axis.interval.isWeekOrLonger: axis.spans(days: 7, in: zone)
        case .activeUsers(.month) where !axis.interval.isMonthOrLonger: axis.spans(days: 30, in: zone)
        case .stickiness: axis.days(in: zone).spans(days: 30, in: zone)
        default: axis.spans
        }
    }

    /// What is widened to whole periods is.
    func axis(_ range: ChartRange, in zone: ProjectTimeZone) -> MetricAxis {
        guard case .lifecycle = query.metric else { return MetricAxis(range, query.interval, in: zone) }
        return MetricAxis(range.whole(query.interval, in: zone), query.interval, in: zone)
    }
}

extension MetricAxis {
    /// By bucket: what was asked for of it.
    var spans: [Range<Int64>] {
        (0..<bucketCount).map { max(bounds[$0], counted.lowerBound)..<end(of: $0) }
    }

    /// The same time, day by day.
    func days(in zone: ProjectTimeZone) -> MetricAxis {
        guard let times = TimeRange(start: counted.lowerBound, end: counted.upperBound) else { return self }
        return MetricAxis(.times(times), .day, in: zone)
    }

    /// By bucket: so many days up to its end.
    func spans(days: Int, in zone: ProjectTimeZone) -> [Range<Int64>] {
        (0..<bucketCount).map { bucket in
            let end = end(of: bucket)
            return max(0, zone.time(days: days, before: end))..<end
        }
    }
}

extension ChartRange {
    /// From the beginning of the first bucket to the end of the last one.
    fileprivate func whole(_ interval: Interval, in zone: ProjectTimeZone) -> ChartRange {
        guard !interval.isBelowDay, interval != .all else { return self }
        let days = days(in: zone)
        let last = days.last.start(of: interval).adding(1, interval).adding(days: -1)
        return DateRange(first: days.first.start(of: interval), last: last).map { .days($0) } ?? self
    }
}

extension Interval {
    fileprivate var isWeekOrLonger: Bool { self == .week || isMonthOrLonger }

    fileprivate var isMonthOrLonger: Bool {
        switch self {
        case .month, .quarter, .year: true
        default: false
        }
    }
}

extension ProjectTimeZone {
    /// The same time of the day so many days of the calendar before.
    func time(days: Int, before second: Int64) -> Int64 {
        let date = date(of: Timestamp(milliseconds: second * 1000))
        let midnight = start(of: date).seconds
        // Clocks that change at midnight may show another hour there.
        if midnight == second { return start(of: date.adding(days: -days)).seconds }
        return start(of: date.adding(days: -days)).seconds + Int64(secondOfDay(at: second))
    }
}
