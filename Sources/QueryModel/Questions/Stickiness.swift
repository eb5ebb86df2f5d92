/// On how many days of a period people do an event. Source: Documentation/asking.md Q13.
public struct StickinessQuery: Framed, Hashable, Sendable {
    public enum Rule: Hashable, Sendable {
        /// By week or month: how many did it on exactly n different days of it or, cumulative, on n or more.
        case amplitude(isCumulative: Bool)
        /// The people of a day, or of the week up to it, as a part of those of the month up to it.
        case calendar(Numerator)
    }

    /// Raw value: its name in a question's document.
    public enum Numerator: String, CaseIterable, Sendable {
        case day
        /// The seven days up to the day.
        case week
    }

    public var event: EventSelector
    public var rule: Rule
    /// One segment, and nothing that splits the answer.
    public var frame: ChartFrame

    public init(
        _ event: EventSelector,
        rule: Rule = .amplitude(isCumulative: true),
        in frame: ChartFrame
    ) {
        self.event = event
        self.rule = rule
        self.frame = frame
    }
}

/// The answer to a ``StickinessQuery``.
public enum StickinessAnswer: Equatable, Sendable {
    /// By period: the people who did it; and, for n = 1, 2, … days, by period, those who did it on so many.
    case days(TimeAxis, people: [Int], counts: [[Int]])
    /// By period: the mean of its days' parts, in percent.
    case shares(TimeAxis, [Double])

    public var axis: TimeAxis {
        switch self {
        case .days(let axis, _, _), .shares(let axis, _): axis
        }
    }
}
