/// How many active people had each value of a property, or of two together, within a range of days. Source:
/// Documentation/counting.md C29.
public struct CompositionQuery: Framed, Hashable, Sendable {
    /// One or two group-bys, whose values are counted; one segment; and the whole range for an interval.
    public var frame: ChartFrame

    /// - Parameters:
    ///   - properties: one or two.
    ///   - limit: the most values to answer with, the most common first. At least 1.
    public init(
        properties: [PropertyReference],
        of segment: Segment = .everybody,
        range: ChartRange,
        limit: Int = 100
    ) {
        frame = ChartFrame(range: range, interval: .all, segments: [segment], groupBys: properties, limit: limit)
    }

    public init(property: PropertyReference, of segment: Segment = .everybody, range: DateRange) {
        self.init(properties: [property], of: segment, range: .days(range))
    }
}

/// The answer to a ``CompositionQuery``: the most common values first.
public struct CompositionAnswer: Equatable, Sendable {
    public struct Value: Equatable, Sendable {
        /// One value for each property.
        public var group: [String]
        public var people: Int

        public init(group: [String], people: Int) {
            self.group = group
            self.people = people
        }
    }

    public var values: [Value]

    public init(values: [Value]) {
        self.values = values
    }
}
