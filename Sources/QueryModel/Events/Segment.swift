/// Conditions that a query applies to users; all must hold. Source: Documentation/counting.md C18.
public struct Segment: Hashable, Sendable {
    public static let everybody = Segment([])

    public var conditions: [SegmentCondition]
    /// What people call it, if they do; counts nothing.
    public var name: String?

    public init(_ conditions: [SegmentCondition], name: String? = nil) {
        self.conditions = conditions
        self.name = name
    }
}

public enum SegmentCondition: Hashable, Sendable {
    /// Of the user property as it stood at the event.
    case property(PropertyFilter)
    /// The person is in one of these cohorts or, if `isMember` is false, in none.
    case cohort(ids: [String], isMember: Bool)
    case performed(PerformedCondition)
}

/// How often a person did something, judged for each bucket of the chart.
public struct PerformedCondition: Hashable, Sendable {
    /// Raw value: its sign in a question's document.
    public enum Comparison: String, CaseIterable, Sendable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    /// In which time an event must lie to be counted for a bucket.
    public enum Span: Hashable, Sendable {
        /// The days up to the end of the bucket. At least one.
        case trailing(days: Int)
        /// The bucket itself.
        case bucket
        /// From the beginning of time to the end of the bucket.
        case sinceEver
    }

    public var event: EventSelector
    public var comparison: Comparison
    public var count: Int
    public var span: Span

    public init(event: EventSelector, comparison: Comparison, count: Int, span: Span) {
        self.event = event
        self.comparison = comparison
        self.count = count
        self.span = span
    }

    public func holds(for found: Int) -> Bool {
        switch comparison {
        case .equal: found == count
        case .notEqual: found != count
        case .less: found < count
        case .lessOrEqual: found <= count
        case .greater: found > count
        case .greaterOrEqual: found >= count
        }
    }
}
