/// Questions about sessions: all events of one person with the same session id.
/// Source: Documentation/sessions.md S1 to S7.
public struct SessionQuery: Hashable, Sendable {
    public enum Measure: Hashable, Sendable {
        /// How many sessions were how long.
        case lengths(SessionLengthBins)
        /// Seconds a session, by day.
        case averageLength
        /// Sessions an active person, by day.
        case perPerson

        public var bins: SessionLengthBins? {
            if case .lengths(let bins) = self { bins } else { nil }
        }
    }

    public var measure: Measure
    public var range: ChartRange

    public init(_ measure: Measure, range: ChartRange) {
        self.measure = measure
        self.range = range
    }

    public init(_ measure: Measure, range: DateRange) {
        self.init(measure, range: .days(range))
    }
}

/// Half-open bins of session lengths, in milliseconds. The last one of the usual bins is closed.
public struct SessionLengthBins: Hashable, Sendable {
    /// Ascending; bin i is `edges[i]..<edges[i + 1]`.
    public let edges: [Int64]
    public let isLastClosed: Bool

    /// Longer sessions have no length: the client has most likely slept.
    public static let longestMs: Int64 = 86_400_000

    public static let usual = SessionLengthBins(
        edges: [0, 3000, 10_000, 30_000, 60_000, 180_000, 600_000, 1_800_000, 3_600_000, longestMs],
        isLastClosed: true
    )

    /// `nil` unless there is at least one bin, all bins are wider than nothing, and they are at most 1,000.
    public init?(from first: Int64, to last: Int64, width: Int64) {
        guard width > 0, first >= 0, last > first, (last - first - 1) / width < 1000 else { return nil }
        edges = Array(stride(from: first, to: last, by: Int64.Stride(width))) + [last]
        isLastClosed = false
    }

    private init(edges: [Int64], isLastClosed: Bool) {
        self.edges = edges
        self.isLastClosed = isLastClosed
    }

    public var count: Int { edges.count - 1 }

    /// The bin of a length in milliseconds; `nil` if it lies in none.
    public func index(of length: Int64) -> Int? {
        if isLastClosed, length == edges[count] { return count - 1 }
        return (0..<count).first { edges[$0] <= length && length < edges[$0 + 1] }
    }
}

/// The answer to a ``SessionQuery``.
public enum SessionAnswer: Equatable, Sendable {
    /// Sessions by bin.
    case counts([Int])
    /// A value for each day, and the same over all of them together.
    case days(TimeAxis, [Double], whole: Double)
}
