/// How many active people had each value of a property within a range of days. Source: Documentation/counting.md C29.
public struct CompositionQuery: Hashable, Sendable {
    public var property: PropertyReference
    public var range: ChartRange
    /// The most values to answer with, the most common first. At least 1.
    public var limit: Int

    public init(property: PropertyReference, range: ChartRange, limit: Int = 100) {
        self.property = property
        self.range = range
        self.limit = limit
    }

    public init(property: PropertyReference, range: DateRange) {
        self.init(property: property, range: .days(range))
    }
}

/// The answer to a ``CompositionQuery``: the most common values first.
public struct CompositionAnswer: Equatable, Sendable {
    public struct Value: Equatable, Sendable {
        public var label: String
        public var people: Int

        public init(label: String, people: Int) {
            self.label = label
            self.people = people
        }
    }

    public var values: [Value]

    public init(values: [Value]) {
        self.values = values
    }
}
