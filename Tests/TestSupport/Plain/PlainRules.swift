import EventModel
public import QueryModel

/// What is said of events, people and cohorts in the same words whatever is asked. Shares no code with the sources.
/// Source: Documentation/counting.md.
public struct PlainRules: Sendable {
    public var inactiveTypes: Set<String>
    /// By custom event: what it stands for.
    public var customEvents: [String: [EventSelector]]
    /// By cohort: user keys.
    public var cohorts: [String: Set<Int>]

    public init(inactiveTypes: Set<String>, customEvents: [String: [EventSelector]], cohorts: [String: Set<Int>]) {
        (self.inactiveTypes, self.customEvents, self.cohorts) = (inactiveTypes, customEvents, cohorts)
    }

    public func isActive(_ event: PlainEvent) -> Bool {
        event.isCounted && !event.hasLeft && !inactiveTypes.contains(event.type)
    }

    /// - Parameter all: the person's events, in order.
    public func matches(_ event: PlainEvent, _ selector: EventSelector, _ all: [PlainEvent]) -> Bool {
        if event.hasLeft, selector.type != .firstEver { return false }
        let isOfType =
            switch selector.type {
            case .named(let name): event.type == name.string
            case .anyActive: isActive(event)
            case .any: event.isCounted
            case .anyRow: true
            case .firstEver: event.arrival == first(of: all)?.arrival
            case .revenue(let kind): event.isCounted && event.revenue != nil && kind != .verified
            case .custom(let name): customEvents[name.string]!.contains { matches(event, $0, all) }
            }
        return isOfType && selector.filters.allSatisfy(event.passes)
    }

    /// The event with which a person was new.
    ///
    /// - Parameter all: the person's events, in order.
    public func first(of all: [PlainEvent]) -> PlainEvent? { all.first { $0.isCounted } }

    /// Whether the event's person is in one of some cohorts.
    public func isIn(_ ids: [String], _ event: PlainEvent) -> Bool {
        ids.contains { !cohorts[$0]!.isDisjoint(with: event.keys) }
    }

    /// Whether something that was done so many times was done as often as it should be.
    public func isEnough(_ times: Int, for performed: PerformedCondition) -> Bool {
        switch performed.comparison {
        case .equal: times == performed.count
        case .notEqual: times != performed.count
        case .less: times < performed.count
        case .lessOrEqual: times <= performed.count
        case .greater: times > performed.count
        case .greaterOrEqual: times >= performed.count
        }
    }
}
