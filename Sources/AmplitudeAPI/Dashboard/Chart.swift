import EventModel
import HTTPEdge
import Hummingbird
import QueryExecution
import QueryModel
import Storage

/// The way out: Amplitude's Dashboard REST API. Source: Documentation/README.md.
struct DashboardRoutes: Sendable {
    let host: any ProjectHost

    func add(to router: Router<some RequestContext>) {
        addCounting(to: router)
        addSessions(to: router)
        ask(
            router,
            "/api/2/funnels",
            FunnelQuery.init(parsing:),
            { QueryCost($0) },
            users: { $0.users },
            { query, project, context in
                try await project.queries.funnel(query, context).json(query, thisYear: context.today.year)
            }
        )
        ask(
            router,
            "/api/2/retention",
            RetentionQuery.init(parsing:),
            { QueryCost($0) },
            users: { $0.users },
            { query, project, context in
                try await project.queries.retention(query, context).json(thisYear: context.today.year)
            }
        )
        ask(
            router,
            "/api/2/revenue/ltv",
            LifetimeValueQuery.init(parsing:),
            { QueryCost(.other, $0.range, $0.segments, [$0.groupBy]) },
            users: { $0.users },
            { query, project, context in try await project.queries.lifetimeValue(query, context).json }
        )
    }

    private func addCounting(to router: Router<some RequestContext>) {
        ask(
            router,
            "/api/2/events/segmentation",
            SegmentationQuery.init(parsing:),
            { QueryCost($0) },
            users: { $0.users },
            { query, project, context in try await project.queries.segmentation(query, context).json(query) }
        )
        ask(
            router,
            "/api/2/users",
            ActiveUsersQuery.init(parsing:),
            { QueryCost(.other, $0.range, $0.segments, $0.groupBys) },
            users: { $0.users },
            { query, project, context in try await project.queries.activeUsers(query, context).usersJSON }
        )
        ask(
            router,
            "/api/2/composition",
            CompositionQuery.parse,
            { QueryCost(.other, $0.query.range, [.everybody], []) },
            users: { cell, question, page, project, context in
                let cell: SeriesCell = cell
                return try await project.queries.users(of: cell, in: question.query, page, context)
            },
            { question, project, context in
                try await project.queries.composition(question.query, context).json(question.name)
            }
        )
        ask(
            router,
            "/api/2/realtime",
            { (parameters) throws(QueryParameterError) in
                if parameters.nonEmpty("drill") != nil {
                    throw .unsupported("drill", "drill is not known to realtime; ask /api/2/users for people by day")
                }
                return try RealtimeQuery(parsing: parameters)
            },
            { _ in QueryCost(.other, days: 2) },
            { _, project, context in try await project.queries.realtime(context).json }
        )
        ask(
            router,
            "/api/2/revenue/day",
            RevenueQuery.init(parsing:),
            { QueryCost(.other, $0.range, $0.segments, $0.groupBys) },
            users: { $0.users },
            { query, project, context in try await project.queries.revenue(query, context).revenueJSON }
        )
    }

    private func addSessions(to router: Router<some RequestContext>) {
        ask(
            router,
            "/api/2/sessions/length",
            { (parameters) throws(QueryParameterError) in
                SessionQuery(
                    .lengths(try SessionLengthBins(parsing: parameters)),
                    range: try DateRange(parsingSessions: parameters)
                )
            },
            { QueryCost(.sessions, $0.range, [.everybody], []) },
            users: { $0.users },
            { query, project, context in try await project.queries.sessions(query, context).json(query) }
        )
        for (path, measure) in [("average", SessionQuery.Measure.averageLength), ("peruser", .perPerson)] {
            ask(
                router,
                "/api/2/sessions/\(path)",
                { (parameters) throws(QueryParameterError) in
                    SessionQuery(measure, range: try DateRange(parsingSessions: parameters))
                },
                { QueryCost(.sessions, $0.range, [.everybody], []) },
                users: { $0.users },
                { query, project, context in try await project.queries.sessions(query, context).json(query) }
            )
        }
    }

    /// The same where the question is all that it takes to list users.
    private func ask<Query: Sendable, Cell: DrilledCell>(
        _ router: Router<some RequestContext>,
        _ path: RouterPath,
        _ parse: @escaping @Sendable (FormFields) throws(QueryParameterError) -> Query,
        _ cost: @escaping @Sendable (Query) -> QueryCost,
        users:
            @escaping @Sendable (any Answering) -> (Cell, Query, UserPage, QueryContext) async throws(QueryError) ->
            CellUsers,
        _ answer: @escaping @Sendable (Query, HostedProject, QueryContext) async throws -> String
    ) {
        ask(
            router,
            path,
            parse,
            cost,
            users: { cell, query, page, project, context in try await users(project.queries)(cell, query, page, context)
            },
            answer
        )
    }

    /// The same for a path whose cells can be asked for their users.
    ///
    /// - Parameter users: lists those of a cell of the answer.
    private func ask<Query: Sendable, Cell: DrilledCell>(
        _ router: Router<some RequestContext>,
        _ path: RouterPath,
        _ parse: @escaping @Sendable (FormFields) throws(QueryParameterError) -> Query,
        _ cost: @escaping @Sendable (Query) -> QueryCost,
        users: @escaping @Sendable (Cell, Query, UserPage, HostedProject, QueryContext) async throws -> CellUsers,
        _ answer: @escaping @Sendable (Query, HostedProject, QueryContext) async throws -> String
    ) {
        ask(
            router,
            path,
            { (parameters) throws(QueryParameterError) in
                (query: try parse(parameters), drill: try DrillDown<Cell>(parsing: parameters))
            },
            { cost($0.query) },
            { asked, project, context in
                guard let drill = asked.drill else { return try await answer(asked.query, project, context) }
                let users = try await users(drill.cell, asked.query, drill.page, project, context)
                return users.json(userIDs: try await project.people.userIDs(of: users.users.map(\.key)))
            }
        )
    }

    /// Answers a path: keys checked, parameters read, within the limits, until the client goes away, errors in the
    /// envelope.
    private func ask<Query: Sendable>(
        _ router: Router<some RequestContext>,
        _ path: RouterPath,
        _ parse: @escaping @Sendable (FormFields) throws(QueryParameterError) -> Query,
        _ cost: @escaping @Sendable (Query) -> QueryCost,
        _ answer: @escaping @Sendable (Query, HostedProject, QueryContext) async throws -> String
    ) {
        router.get(path) { request, context in
            await host.answer(request, context) { project, parameters in
                let query = try parse(parameters)
                return try await project.limits.run(cost(query)) {
                    try await answer(query, project, project.queryContext())
                }
            }
        }
    }
}

extension HostedProject {
    /// What the project's questions take from it beside the events.
    func queryContext() throws(QueryError) -> QueryContext {
        let settings: EventSettings
        do {
            settings = try record.eventSettings()
        } catch {
            throw .unavailable(detail: "\(error)")
        }
        return QueryContext(
            zone: project.timeZone,
            now: now(),
            retentionDays: project.retentionDays,
            inactiveTypes: Set(settings.types.keys.filter { !settings.isActive($0) }),
            hiddenTypes: Set(settings.types.keys.filter { !settings.countsForSessionLength($0) }),
            customEvents: Dictionary(
                settings.customEvents.compactMap { name, json in
                    // They were checked when they were saved.
                    (try? CustomEvent(name: name.string, json: json.string)).map { (name, $0) }
                },
                uniquingKeysWith: { first, _ in first }
            )
        )
    }
}
