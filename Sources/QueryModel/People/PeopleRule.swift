/// Who belongs together by what they did and what is known of them: a cohort, or an audience. No API's spelling is in it.
/// Source: Documentation/cohorts.md G6 to G9.
public struct PeopleRule: Hashable, Sendable {
    /// All of them must hold. Whoever has no event that counts is nobody to any rule.
    public var groups: [Group]

    public init(_ groups: [Group]) {
        self.groups = groups
    }

    /// Holds where any of its clauses does.
    public struct Group: Hashable, Sendable {
        /// Then it must not hold: whoever it holds for is out, whatever else is true of them.
        public var isExclusion: Bool
        /// At least one.
        public var clauses: [Clause]

        public init(_ clauses: [Clause], isExclusion: Bool = false) {
            self.clauses = clauses
            self.isExclusion = isExclusion
        }
    }

    public enum Clause: Hashable, Sendable {
        /// It was done at least once in that time, and what is measured of it is as it should be. So nobody is found by
        /// doing something no times.
        case did(EventSelector, Measure, RuleWindow)
        /// One after another in that time, each event a later one than that of the step before.
        case didInOrder([EventSelector], RuleWindow)
        /// The last event that makes active has all of these. In comparisons, a value that is missing is 0.
        case has([PropertyFilter])
        /// Some event in that time has all of these.
        case had([PropertyFilter], RuleWindow)
        case wasActive(RuleWindow)
        /// The first event ever lies in that time.
        case wasNew(RuleWindow)
        /// The person is in one of these cohorts.
        case isIn([String])
    }

    /// What is asked of the events that were done.
    public enum Measure: Hashable, Sendable {
        case count(NumberTest)
        /// There are more of them than of others in the same time, or fewer.
        case countComparedTo(EventSelector, PerformedCondition.Comparison)
        /// The sum of those values that are numbers.
        case sum(of: PropertyReference, NumberTest)
        /// How many different values there are. A list is one, and no value is none.
        case distinctValues(of: PropertyReference, NumberTest)
        /// The n-th time ever that it was done lies in the time. 1 to ``mostTimes``.
        case nthTime(Int)
        /// On how many days, in how many weeks from Monday, or in how many months it was done.
        case intervals(RuleInterval, NumberTest)
    }

    /// What people can be found by having done it the n-th time.
    public static let mostTimes = 5
    public static let mostGroups = 20
    public static let mostClauses = 20
    public static let mostSteps = 10

    /// The ids of all cohorts that it names.
    public var cohorts: [String] {
        clauses.flatMap { clause -> [String] in
            if case .isIn(let ids) = clause { ids } else { [] }
        }
    }

    public var clauses: [Clause] { groups.flatMap(\.clauses) }
}

/// Raw value: its name in a definition.
public enum RuleInterval: String, CaseIterable, Sendable {
    case day, week, month

    public var interval: Interval {
        switch self {
        case .day: .day
        case .week: .week
        case .month: .month
        }
    }
}

/// How a number must compare.
public struct NumberTest: Hashable, Sendable {
    public var comparison: PerformedCondition.Comparison
    public var value: Double

    public init(_ comparison: PerformedCondition.Comparison, _ value: Double) {
        self.comparison = comparison
        self.value = value
    }
}
