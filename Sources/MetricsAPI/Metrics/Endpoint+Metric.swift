import EventModel
import HTTPEdge
import QueryExecution
import QueryModel

extension Endpoint {
    /// A metric over time.
    ///
    /// - Parameters:
    ///   - name: its last part of the path, and what `meta` calls it.
    ///   - own: parameters beside those that all have.
    ///   - frame: what this metric asks of the rest.
    ///   - states: of a lifecycle, those that each bucket has.
    static func metric(
        _ name: String,
        _ summary: String,
        own: [Parameter] = [],
        standard: Interval = .day,
        frame: @escaping @Sendable (inout SentMetric, SentParameters) throws(QueryParameterError) -> Void = { _, _ in },
        states: @escaping @Sendable (Metric) -> [String] = { _ in [] },
        parse: @escaping @Sendable (SentParameters) throws(QueryParameterError) -> Metric
    ) -> Endpoint {
        let parameters =
            SentMetric.parameters.map { standard == .day || $0.name != "granularity" ? $0 : $0.standing(standard) }
            + own
        return asking(name, summary, parameters) { sent throws(QueryParameterError) in
            var asked = try SentMetric(sent, standard: standard)
            try frame(&asked, sent)
            return (asked, try parse(sent))
        } answer: { metric, answer in
            let states = states(metric)
            return (
                TimeSeries(answer.period, states: states), answer.previous.map { TimeSeries($0, states: states) }
            )
        }
    }

    /// The values that a metric has most of, without time.
    static func ranking(
        _ name: String,
        _ summary: String,
        own: [Parameter] = [],
        _ parse: @escaping @Sendable (SentParameters) throws(QueryParameterError) -> (Metric, by: PropertyReference)
    ) -> Endpoint {
        asking(name, summary, SentMetric.rankingParameters + own) { sent throws(QueryParameterError) in
            var frame = try SentMetric(ranking: sent)
            let (metric, property) = try parse(sent)
            frame.breakdown = property
            return (frame, metric)
        } answer: { _, answer in
            (TimeSeries(ranking: answer.period), nil)
        }
    }

    private static func asking(
        _ name: String,
        _ summary: String,
        _ parameters: [Parameter],
        parse: @escaping @Sendable (SentParameters) throws(QueryParameterError) -> (SentMetric, Metric),
        answer: @escaping @Sendable (Metric, MetricAnswer) -> (TimeSeries, TimeSeries?)
    ) -> Endpoint {
        Endpoint(
            .get,
            at: "/api/v1/metrics/\(name)",
            summary,
            parameters: parameters,
            access: .viewer,
            endsWithClient: true
        ) { call in
            try call.parameters.check(parameters)
            let (frame, metric) = try parse(call.parameters)
            let project = try call.project
            return try await project.askingMetric { context in
                let query = try await frame.query(metric, project, context)
                let found = try await project.queries.metric(query, context)
                let (series, previous) = answer(metric, found)
                var json = JSONWriter()
                json.raw("{\"data\":")
                json.timeSeries(series, previous: previous)
                json.raw(",\"meta\":")
                json.meta(name.replacing("/", with: "_"), found.period.axis, context)
                json.raw("}")
                return .json(json)
            }
        }
    }
}

extension HostedProject {
    /// Works an answer out, within the project's limits; what cannot be answered is said in this API's words.
    func askingMetric(_ body: @escaping @Sendable (QueryContext) async throws -> Reply) async throws -> Reply {
        do {
            return try await limits.run(QueryCost(.other, days: 30)) {
                try await queries.threads.run { try await body(try queryContext()) }
            }
        } catch QueryError.unknownCohort(let id) {
            throw Failure(
                .notFound,
                "audience_unknown",
                "There is no audience with the id \"\(id)\".",
                field: "audience"
            )
        } catch QueryError.userProperty(let name) {
            throw Failure(.malformed, "property_of_users", "\"\(name)\" is a trait of users: write trait:\(name).")
        } catch QueryError.eventProperty(let name, _) {
            throw Failure(
                .malformed,
                "property_of_events",
                "\"\(name)\" is a property of events: write properties.\(name)."
            )
        }
    }
}

extension [Endpoint] {
    /// Those over time, and those without.
    static let metrics: [Endpoint] = [
        .dau, .wau, .mau, .knownUsers, .dailyStickiness, .weeklyStickiness, .lifecycle, .events, .eventsByProperty,
        .topEvents, .eventValues, .firstTimes, .eventsPerActor, .sessions, .sessionsUnderWay, .topOfSessions,
    ]
}

extension Parameter {
    fileprivate func standing(_ interval: Interval) -> Parameter {
        var parameter = self
        parameter.standard = interval.granularity
        return parameter
    }
}
