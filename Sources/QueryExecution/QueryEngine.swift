public import ColumnEngine
import EventModel
import QueryModel
public import Storage

/// Answers a project's questions: which columns, which events, which fold; then the answer's order and limits.
public struct QueryEngine: Sendable {
    public let threads = QueryThreads()
    private let columns: ColumnStore
    private let waitUntilVisible: @Sendable () async throws(EventStoreError) -> Void
    /// Where groups have more cells than these, the largest groups are found in a pass of their own.
    let mostCells: Int
    let knownPeople = KnownPeople()

    /// - Parameter waitUntilVisible: returns when everything acknowledged before the call is in `columns`.
    public init(
        columns: ColumnStore,
        waitUntilVisible: @escaping @Sendable () async throws(EventStoreError) -> Void
    ) {
        self.init(columns: columns, mostCells: 4_000_000, waitUntilVisible: waitUntilVisible)
    }

    init(
        columns: ColumnStore,
        mostCells: Int,
        waitUntilVisible: @escaping @Sendable () async throws(EventStoreError) -> Void
    ) {
        self.columns = columns
        self.mostCells = mostCells
        self.waitUntilVisible = waitUntilVisible
    }

    /// Everything acknowledged before the call, with what a question needs of it.
    ///
    /// - Parameter times: seconds of the events that it looks at; what its conditions look at is added.
    func prepare(
        _ needs: QuestionNeeds,
        over axis: TimeAxis,
        _ times: Range<Int64>,
        _ context: QueryContext
    ) async throws(QueryError) -> Preparation {
        // First, as what it takes to find people needs not be in memory any more then.
        let cohorts = try await people(of: needs.segments.flatMap { $0.cohorts.flatMap(\.ids) }, context)
        let (data, names) = try await data(needs, context)
        return Preparation(over: axis, times, data, needs.segments, names, cohorts, context)
    }

    /// All events of everything acknowledged before the call that a question may look at, and all names.
    func data(_ needs: QuestionNeeds, _ context: QueryContext) async throws(QueryError) -> (EventData, KnownNames) {
        var properties: [PropertyReference: QueryError.PropertyPlace] = [:]
        for property in needs.properties { properties[property] = .group }
        for property in try context.properties(of: needs.segments) { properties[property] = .segment }
        for event in needs.events + needs.segments.performedEvents {
            for property in try context.properties(of: event) { properties[property] = .event }
        }
        let events = try context.parts(of: needs.events + needs.segments.performedEvents)
        return try await data(needs, properties, events, context)
    }

    private func data(
        _ needs: QuestionNeeds,
        _ properties: [PropertyReference: QueryError.PropertyPlace],
        _ events: [EventSelector],
        _ context: QueryContext
    ) async throws(QueryError) -> (EventData, KnownNames) {
        let names = try await names()
        try names.check(events)
        let joins = try await context.joins(of: properties.keys, names)
        let joined = Set(joins.map(\.property))
        try names.check(properties.filter { !joined.contains($0.key) })
        let types = needs.looksAtOthers ? nil : names.types(of: events)
        do {
            return (
                try await EventData(columns, Set(properties.keys).subtracting([.eventType]), joins, needs.longs, types),
                names
            )
        } catch let error as EventStoreError {
            throw QueryError(error)
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw .unavailable(detail: "\(error)")
        }
    }

    /// Those of everything acknowledged before the call.
    private func names() async throws(QueryError) -> KnownNames {
        do throws(EventStoreError) {
            try await waitUntilVisible()
            return try await columns.names()
        } catch {
            throw QueryError(error)
        }
    }

    /// How far everything is that was acknowledged before the call.
    func state() async throws(QueryError) -> ColumnState {
        do throws(EventStoreError) {
            try await waitUntilVisible()
            return try await columns.state()
        } catch {
            throw QueryError(error)
        }
    }

    /// People whose events are others than they were; `nil` if that may be anybody.
    func changed(since before: ColumnState, until now: ColumnState) async throws(QueryError) -> UserKeySet? {
        do throws(EventStoreError) {
            return try await columns.changed(since: before, until: now)
        } catch {
            throw QueryError(error)
        }
    }

    /// All keys of the people to whom these keys belong.
    func allKeys(ofSamePeople keys: UserKeySet) async -> UserKeySet { await columns.keys(ofSamePeople: keys) }

    /// The same question, split by properties that are either the users' or the events'.
    func resolved<Query: Framed>(_ query: Query, _ context: QueryContext) async throws(QueryError) -> Query {
        var query = query
        query.groupBys = try await resolved(query.groupBys, context)
        return query
    }

    func resolved(
        _ properties: [PropertyReference],
        _ context: QueryContext
    ) async throws(QueryError) -> [PropertyReference] {
        guard properties.contains(where: { if case .userOrEvent = $0 { true } else { false } }) else {
            return properties
        }
        let names = try await names()
        var resolved: [PropertyReference] = []
        for property in properties { resolved.append(try context.resolved(property, names)) }
        return resolved
    }
}
