import EventModel
import Formulas
public import QueryModel

extension QueryEngine {
    /// Source: Documentation/counting.md C28.
    ///
    /// - Returns: the largest groups first, by the sum of their buckets.
    public func activeUsers(
        _ query: ActiveUsersQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> SegmentationAnswer {
        let query = try await resolved(query, context)
        var answer = try await segmentation(query.plan, query.axis(context), context)
        answer.series = query.ordered(answer.series)
        return answer
    }

    /// Source: Documentation/counting.md C29.
    ///
    /// - Returns: the most common values first.
    public func composition(
        _ query: CompositionQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> CompositionAnswer {
        let query = try await resolved(query, context)
        let answer = try await segmentation(query.plan, query.axis(context), context)
        return CompositionAnswer(
            values: answer.series.map { series in
                CompositionAnswer.Value(group: series.group, people: Int(series.collapsed))
            }
        )
    }

    /// Source: Documentation/time.md T10.
    public func realtime(_ context: QueryContext) async throws(QueryError) -> RealtimeAnswer {
        let buckets: Int64 = 288
        // Zones lie whole quarters of an hour apart, so five minutes begin everywhere at the same moments.
        let end = context.now.seconds - (context.now.seconds % 300 + 300) % 300
        let bounds = (0...2 * buckets).map { end - (2 * buckets - $0) * 300 }
        let labels = bounds.dropLast().map { start in
            let minute = context.zone.secondOfDay(at: start) / 60
            return "\(minute / 600)\(minute / 60 % 10):\(minute % 60 / 10)\(minute % 10)"
        }
        let today = context.zone.date(of: context.now)
        let axis = TimeAxis(
            .fiveMinutes,
            bounds: bounds,
            labels: labels,
            dates: Array(repeating: today, count: labels.count)
        )
        let query = SegmentationQuery(
            events: [EventSelector(type: .anyActive)],
            range: DateRange(first: today, last: today)!,
            interval: .fiveMinutes
        )
        let answer = try await segmentation(SegmentationPlan(query), axis, context)
        let people = answer.series[0].values.map { Int($0) }
        return RealtimeAnswer(
            labels: Array(labels.suffix(Int(buckets))),
            today: Array(people.suffix(Int(buckets))),
            yesterday: Array(people.prefix(Int(buckets)))
        )
    }

    /// Source: Documentation/revenue.md M5.
    public func revenue(
        _ query: RevenueQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> SegmentationAnswer {
        try await segmentation(query.segmentation(query.metric), context)
    }
}

extension ActiveUsersQuery {
    var plan: SegmentationPlan {
        let event = EventSelector(type: metric == .active ? .anyActive : .firstEver)
        return SegmentationPlan(SegmentationQuery(events: [event], in: frame))
    }

    func axis(_ context: QueryContext) -> TimeAxis {
        TimeAxis(range, interval, in: context.zone)
    }

    /// By segment; within one the largest sum of buckets first.
    func ordered(_ series: [SegmentationAnswer.Series]) -> [SegmentationAnswer.Series] {
        segments.indices.flatMap { segment in
            series.filter { $0.segment == segment }.largestFirst(by: { $0.values.reduce(0, +) }, group: \.group)
        }
    }
}

extension CompositionQuery {
    var plan: SegmentationPlan {
        SegmentationPlan(SegmentationQuery(events: [EventSelector(type: .anyActive)], in: frame))
    }

    func axis(_ context: QueryContext) -> TimeAxis { TimeAxis(range, .all, in: context.zone) }
}

extension RevenueQuery {
    func segmentation(_ metric: Metric) -> SegmentationQuery {
        let payers = EventSelector(
            type: .revenue(.any),
            filters: [PropertyFilter(property: .revenue, operator: .greater, values: [ExactText("0")])]
        )
        return SegmentationQuery(
            events: [EventSelector(type: .revenue(.any)), payers, EventSelector(type: .anyActive)],
            metric: .formulas([metric.formula]),
            in: frame
        )
    }
}

extension RevenueQuery.Metric {
    /// Of the events A (with revenue), B (with revenue above 0) and C (active).
    fileprivate var formula: Formula {
        let text =
            switch self {
            case .total: "REVENUETOTAL(A)"
            case .paying: "UNIQUES(B)"
            case .perActivePerson: "REVENUETOTAL(A)/UNIQUES(C)"
            case .perPayingPerson: "REVENUETOTAL(A)/UNIQUES(B)"
            }
        guard let formulas = try? Formula.list(parsing: text) else { preconditionFailure("a formula of our own") }
        return formulas[0]
    }
}
