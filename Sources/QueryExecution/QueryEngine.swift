public import ColumnEngine
import EventModel
import QueryModel
public import Storage

/// Answers a project's questions: which columns, which events, which fold; then the answer's order and limits.
public struct QueryEngine: Sendable {
    private let columns: ColumnStore
    private let waitUntilVisible: @Sendable () async throws(EventStoreError) -> Void

    /// - Parameter waitUntilVisible: returns when everything acknowledged before the call is in `columns`.
    public init(
        columns: ColumnStore,
        waitUntilVisible: @escaping @Sendable () async throws(EventStoreError) -> Void
    ) {
        self.columns = columns
        self.waitUntilVisible = waitUntilVisible
    }

    /// Everything acknowledged before the call, with the properties that `plan` finds that it needs.
    func view(
        needing needed: Set<PropertyReference>,
        events: [EventSelector]
    ) async throws(QueryError) -> (view: ColumnView, names: KnownNames) {
        do {
            try await waitUntilVisible()
            let names = try await columns.names()
            try Self.check(needed, events, names)
            return (try await columns.view(of: needed), names)
        } catch let error as QueryError {
            throw error
        } catch {
            throw .unavailable(detail: "\(error)")
        }
    }

    /// Runs a fold; whatever goes wrong there is the caller's going away.
    func folding<Fold>(_ body: () async throws -> Fold) async throws(QueryError) -> Fold {
        do {
            return try await body()
        } catch {
            throw .cancelled
        }
    }

    /// Names that were never received are mistakes. Source: decisions.md 14.
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
    /// Types whose events are something that somebody did: identifies are not. Source: reference/dashboard.md §4.
    var countedTypes: [Numbered<Int32, ExactText>] {
        eventTypes.filter { EventNames.isActivity($0.value) }
            .map { Numbered($0.key.number, ExactText($0.value)) }
    }
}

extension PropertyReference {
    /// `nil` for built-in properties, which are always known.
    fileprivate var name: PropertyName? {
        switch self {
        case .event(let name): PropertyName(.event, name.string)
        case .user(let name): PropertyName(.user, name.string)
        case .builtIn: nil
        }
    }
}
