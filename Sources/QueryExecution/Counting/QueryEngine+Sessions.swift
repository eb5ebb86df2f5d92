import ColumnEngine
import EventModel
import FoldEngine
public import QueryModel
import Storage

extension QueryEngine {
    /// Source: Documentation/sessions.md S1 to S7.
    public func sessions(
        _ query: SessionQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> SessionAnswer {
        let plan = try await plan(query, context)
        let result = try await plan.result()
        let sessions = result.sessions
        func quotient(_ number: Double, _ count: Double) -> Double { count == 0 ? 0 : number / count }
        switch query.measure {
        case .lengths: return .counts(sessions.binned)
        case .averageLength:
            let seconds = sessions.milliseconds.map { Double($0) / 1000 }
            return .days(
                result.axis,
                zip(seconds, sessions.measured).map { quotient($0, Double($1)) },
                whole: quotient(
                    Double(sessions.milliseconds.reduce(0, +)) / 1000,
                    Double(sessions.measured.reduce(0, +))
                )
            )
        case .perPerson:
            let people = result.active.uniques(of: 0)
            return .days(
                result.axis,
                zip(sessions.counts, people.buckets).map { quotient(Double($0), $1) },
                whole: quotient(Double(sessions.counts.reduce(0, +)), people.collapsed)
            )
        }
    }

    /// What is folded, and over what.
    func plan(
        _ query: SessionQuery,
        _ context: QueryContext
    ) async throws(QueryError) -> FoldPlan<SessionScan> {
        let axis = TimeAxis(query.range, .day, in: context.zone)
        // A session may begin before the range, or end after it: all events are looked at.
        let ever = 0..<Int64(UInt32.max) + 1
        let needs = QuestionNeeds(longs: [.sessionID, .clientTime])
        let prepared = try await prepare(needs, over: axis, ever, context)
        let matchers = [prepared.sessionTypes, prepared.types(.anyActive)].map { EventScan.Matcher(types: $0) }
        return FoldPlan(
            SessionScan(axis, query.measure.bins),
            over: prepared.data,
            EventScan(times: ever, matchers: matchers)
        )
    }

    // MARK: Users of a cell

    /// The people of whom a cell of ``sessions(_:_:)`` is made, each with the number of sessions. There is one series,
    /// without values over the whole range.
    ///
    /// - Throws: `notMadeOfUsers` for average lengths.
    public func users(
        of cell: SeriesCell,
        in query: SessionQuery,
        _ page: UserPage,
        _ context: QueryContext
    ) async throws(QueryError) -> CellUsers {
        try QueryError.check(.series, cell.series, of: 1)
        if case .averageLength = query.measure {
            throw .notMadeOfUsers(.averageLength)
        }
        let plan = try await plan(query, context)
        let sessions = { @Sendable (scan: SessionScan) in
            if case .lengths = query.measure { scan.sessions.binned } else { scan.sessions.counts }
        }
        let cells = sessions(plan.nothing).count
        guard let index = cell.index else { throw .noSuchCell(.index, valid: 0..<cells) }
        try QueryError.check(.index, index, of: cells)
        return try await plan.users(page) { scan in
            let count = sessions(scan)[index]
            return count == 0 ? nil : Share(value: Double(count))
        }
    }
}

extension Preparation {
    /// By event type: whether its events belong to sessions.
    var sessionTypes: [Bool] {
        var types = types(.anyActive)
        for type in names.countedTypes where context.hiddenTypes.contains(type.value) { types[Int(type.key)] = false }
        return types
    }
}
