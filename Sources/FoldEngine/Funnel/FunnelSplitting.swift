/// By what a funnel is split: the values of one or two properties, each of the event that fills a step of a way. Source:
/// Documentation/funnels.md F9, F13.
public struct FunnelSplitting: Sendable {
    /// One property.
    public struct Part: Sendable {
        /// Whose event has the value.
        public var step: Int
        /// How many values there are, counted from 0.
        public var count: Int
        /// The value of ways that do not come to the step; ``SeriesLists/none`` if they count in no series.
        public var unreached: Int32
        /// Of values, for events that have several.
        public var lists: SeriesLists

        public init(step: Int, count: Int, unreached: Int32 = SeriesLists.none, lists: SeriesLists = SeriesLists()) {
            self.step = step
            self.count = count
            self.unreached = unreached
            self.lists = lists
        }
    }

    public let first: Part
    public let second: Part?

    public init(by first: Part, and second: Part? = nil) {
        self.first = first
        self.second = second
    }

    /// One for each value or, of two properties, each pair of values; those of the second follow on from one another.
    public var seriesCount: Int { first.count * (second?.count ?? 1) }

    var parts: [Part] { second.map { [first, $0] } ?? [first] }

    /// - Parameters:
    ///   - a: a number of the first part's lists.
    ///   - b: one of the second's, if there is one.
    func forEachSeries(_ a: Int32, _ b: Int32, _ body: (Int32) -> Void) {
        first.lists.forEach(a) { value in
            guard let second else { return body(value) }
            second.lists.forEach(b) { body(value * Int32(truncatingIfNeeded: second.count) + $0) }
        }
    }
}
