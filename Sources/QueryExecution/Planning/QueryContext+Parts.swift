import EventModel
import QueryModel

// What a question's events and segments stand for in a project.

extension QueryContext {
    /// The plain event selectors that stand for one: those of a custom event, with its filters on each of them.
    func parts(of selector: EventSelector) throws(QueryError) -> [EventSelector] {
        guard case .custom(let name) = selector.type else { return [selector] }
        guard let custom = customEvents[name] else {
            let nearest = nearestNames(to: name.string, among: customEvents.keys.map(\.string))
            throw .unknownCustomEvent(name.string, nearest: nearest)
        }
        return custom.parts.map { EventSelector(type: $0.type, filters: $0.filters + selector.filters) }
    }

    /// Every plain event selector that some stand for.
    func parts(of events: [EventSelector]) throws(QueryError) -> [EventSelector] {
        var all: [EventSelector] = []
        for event in events { all.append(contentsOf: try parts(of: event)) }
        return all
    }

    /// Every property that an event selector looks at.
    func properties(of event: EventSelector) throws(QueryError) -> Set<PropertyReference> {
        var needed = Set(event.groupBy)
        for part in try parts(of: event) {
            needed.formUnion(part.filters.map(\.property))
            if case .revenue = part.type { needed.insert(.revenue) }
        }
        return needed
    }

    /// Every property that the conditions of segments look at.
    func properties(of segments: [Segment]) throws(QueryError) -> Set<PropertyReference> {
        var needed: Set<PropertyReference> = []
        for condition in segments.flatMap(\.conditions) {
            switch condition {
            case .property(let filter): needed.insert(filter.property)
            case .performed(let performed): needed.formUnion(try properties(of: performed.event))
            case .cohort: break
            }
        }
        return needed
    }
}
