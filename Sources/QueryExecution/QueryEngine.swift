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
        var properties = Set(needs.properties)
        for event in needs.events { properties.formUnion(try context.properties(of: event)) }
        properties.formUnion(try context.properties(of: needs.segments))
        let events = try context.parts(of: needs.events + needs.segments.performedEvents)
        let (data, names) = try await data(needs, properties, events)
        let cohorts = try await context.cohorts(needs.segments)
        return Preparation(over: axis, times, data, names, cohorts, context)
    }

    private func data(
        _ needs: QuestionNeeds,
        _ properties: Set<PropertyReference>,
        _ events: [EventSelector]
    ) async throws(QueryError) -> (EventData, KnownNames) {
        do {
            try await waitUntilVisible()
            let names = try await columns.names()
            try Self.check(properties, events, names)
            let types = needs.looksAtOthers ? nil : names.types(of: events)
            return (try await EventData(columns, properties, needs.longs, types), names)
        } catch let error as QueryError {
            throw error
        } catch let error as EventStoreError {
            throw QueryError(error)
        } catch {
            throw .unavailable(detail: "\(error)")
        }
    }

    /// Names that were never received are mistakes. Source: Documentation/counting.md C7.
    private static func check(
        _ properties: Set<PropertyReference>,
        _ events: [EventSelector],
        _ names: KnownNames
    ) throws(QueryError) {
        for case .named(let name) in events.map(\.type) where !names.countedTypes.contains(where: { $0.value == name })
        {
            throw .unknownEventType(
                name.string,
                nearest: nearestNames(to: name.string, among: names.countedTypes.map(\.value.string))
            )
        }
        for property in properties {
            guard let wanted = property.name, !names.properties.contains(wanted) else { continue }
            let alike = names.properties.filter { $0.kind == wanted.kind }.map(\.name.string)
            throw .unknownProperty(wanted.name.string, nearest: nearestNames(to: wanted.name.string, among: alike))
        }
    }
}

extension KnownNames {
    /// Types whose events are something that somebody did: identifies are not.
    /// Source: Documentation/events-and-identity.md E33.
    var countedTypes: [Numbered<Int32, ExactText>] {
        eventTypes.filter { EventNames.isActivity($0.value) }
            .map { Numbered($0.key.number, ExactText($0.value)) }
    }
}

extension KnownNames {
    /// The types of these events; `nil` if any type may be among them.
    fileprivate func types(of events: [EventSelector]) -> Set<Int32>? {
        var types: Set<Int32> = []
        for event in events {
            guard case .named(let name) = event.type else { return nil }
            types.formUnion(countedTypes.filter { $0.value == name }.map(\.key))
        }
        return types
    }
}

extension PropertyReference {
    /// `nil` for built-in properties and revenue, which are always known.
    fileprivate var name: PropertyName? {
        switch self {
        case .event(let name): PropertyName(.event, name.string)
        case .user(let name): PropertyName(.user, name.string)
        case .builtIn, .revenue: nil
        }
    }
}
