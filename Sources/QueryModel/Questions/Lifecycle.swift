/// How many of the people who did an event are new to it, go on, came back or stayed away, period by period.
/// Source: Documentation/asking.md Q12.
public struct LifecycleQuery: Framed, Hashable, Sendable {
    /// Who is new. Raw value: its name in a question's document.
    public enum Rule: String, CaseIterable, Sendable {
        /// Those whose first event ever, of any type, lies in the period.
        case amplitude
        /// Those who do the event for the first time. The range is widened to whole periods.
        case calendar

        /// The periods that it knows.
        public var intervals: [Interval] {
            switch self {
            case .amplitude: [.day, .week, .month]
            case .calendar: [.day, .week, .month, .quarter, .year]
            }
        }
    }

    public var event: EventSelector
    public var rule: Rule
    /// One segment, and nothing that splits the answer.
    public var frame: ChartFrame

    public init(_ event: EventSelector, rule: Rule = .amplitude, in frame: ChartFrame) {
        self.event = event
        self.rule = rule
        self.frame = frame
    }
}

/// The answer to a ``LifecycleQuery``.
public struct LifecycleAnswer: Equatable, Sendable {
    /// What somebody is in a period. In the order of the answer's series.
    public enum State: Int, CaseIterable, Sendable {
        case new
        /// Did it in this period and in the one before. Amplitude calls them current.
        case returning
        /// Did it in this period, and not in the one before, but is not new.
        case resurrected
        /// Did it in the period before, and not in this one.
        case dormant
    }

    public var axis: TimeAxis
    /// By state, by period: people.
    public var people: [[Int]]

    public init(axis: TimeAxis, people: [[Int]]) {
        self.axis = axis
        self.people = people
    }

    /// By period: how many came for each who stayed away; 0 where nobody did.
    public var pulse: [Double] {
        (0..<axis.bucketCount).map { bucket in
            func count(_ state: State) -> Double { Double(people[state.rawValue][bucket]) }
            return count(.dormant) == 0 ? 0 : (count(.new) + count(.resurrected)) / count(.dormant)
        }
    }
}
