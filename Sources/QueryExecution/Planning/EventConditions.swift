import ColumnEngine
public import QueryModel
public import Storage

/// Conditions that are judged event by event, for what reads events whole instead of their columns: the same filters with
/// the same results. All must hold.
public struct EventConditions: Sendable {
    private let tests: [(property: PropertyReference, matcher: ValueMatcher)]

    public init(_ filters: [PropertyFilter]) {
        tests = filters.map { ($0.property, ValueMatcher($0)) }
    }

    public func hold(for event: ResolvedEvent) -> Bool {
        tests.allSatisfy { $0.matcher.passes(DistinctValue(of: $0.property, in: event)) }
    }
}
