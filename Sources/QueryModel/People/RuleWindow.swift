public import EventModel

/// The time in which events count for a clause of a rule. Days are the project's. Source: Documentation/cohorts.md G8.
public enum RuleWindow: Hashable, Sendable {
    /// From the beginning of time on, without an end.
    case ever
    /// Both days included.
    case between(DateRange)
    /// From the day's beginning on, without an end.
    case since(CalendarDate)
    /// So many days, of which the last one is `before` days before today: 0 is today, to its end.
    case lastDays(Int, before: Int)
    /// So many times 24 hours, up to the present moment.
    case elapsed(days: Int)
    /// So many times 24 hours from a person's first event on.
    case fromFirstUse(days: Int)

    /// The longest look back, in days.
    public static let mostDays = 3650

    /// Whether it moves with time: with the days of the project, or with every moment.
    public var moves: Moves {
        switch self {
        case .ever, .between, .since, .fromFirstUse: .never
        case .lastDays: .daily
        case .elapsed: .always
        }
    }

    public enum Moves: Int, Comparable, Sendable {
        case never, daily, always

        public static func < (lhs: Moves, rhs: Moves) -> Bool { lhs.rawValue < rhs.rawValue }
    }
}

extension PeopleRule {
    /// How often who they are changes without anybody's doing something.
    public var moves: RuleWindow.Moves { clauses.compactMap { $0.window?.moves }.max() ?? .never }
}

extension PeopleRule.Clause {
    /// `nil` if time does not matter to it.
    public var window: RuleWindow? {
        switch self {
        case .did(_, _, let window), .didInOrder(_, let window), .had(_, let window), .wasActive(let window),
            .wasNew(let window):
            window
        case .has, .isIn: nil
        }
    }

    /// The events that it looks for by their selectors.
    public var events: [EventSelector] {
        switch self {
        case .did(let event, .countComparedTo(let other, _), _): [event, other]
        case .did(let event, _, _): [event]
        case .didInOrder(let events, _): events
        case .had(let filters, _): [EventSelector(type: .any, filters: filters)]
        case .wasActive: [EventSelector(type: .anyActive)]
        case .has, .wasNew, .isIn: []
        }
    }
}
