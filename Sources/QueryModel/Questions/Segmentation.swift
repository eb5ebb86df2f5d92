public import Formulas

/// How often, by how many people, or to what amount, events were done in each bucket of time.
/// Source: Documentation/counting.md C13 to C23.
public struct SegmentationQuery: Framed, Hashable, Sendable {
    public enum Metric: Hashable, Sendable {
        /// People with at least one matching event.
        case uniques
        /// Matching events.
        case totals
        /// `uniques` by the active people of the segment, a fraction.
        case shareOfActive
        /// Matching events a person who has any.
        case average
        /// Events by the value of the operand, in ten equal bins.
        case histogram
        /// People by their number of events, in ten equal bins.
        case frequencyHistogram
        /// Sum of the operand: of the property that comes first among those that the event is grouped by.
        case sum
        /// Sum of the operand by the number of events that have it as a number.
        case valueAverage
        case formulas([Formula])

        /// Whether each series is a bin.
        public var isHistogram: Bool { self == .histogram || self == .frequencyHistogram }

        /// Whether the first property that an event is grouped by is what is computed with, and does not split the answer.
        public var hasOperand: Bool {
            switch self {
            case .histogram, .sum, .valueAverage: true
            default: false
            }
        }
    }

    /// Which people's events count in a bucket. Source: Documentation/counting.md C17. Raw value: its name in a
    /// question's document.
    public enum Population: String, CaseIterable, Sendable {
        case any
        /// Those who are active in the bucket.
        case active
        /// Those whose first event ever lies in the bucket.
        case new
    }

    public enum Rolling: Hashable, Sendable {
        case none
        /// The metric over the last n buckets together.
        case window(Int)
        /// The mean of the metric in the last n buckets.
        case average(Int)
    }

    /// One, or two.
    public var events: [EventSelector]
    public var metric: Metric
    public var population: Population
    public var rolling: Rolling
    /// At most two group-bys, those of the events included: these split the whole answer, an event's its part of it.
    public var frame: ChartFrame

    public init(
        events: [EventSelector],
        metric: Metric = .uniques,
        population: Population = .any,
        rolling: Rolling = .none,
        in frame: ChartFrame
    ) {
        self.events = events
        self.metric = metric
        self.population = population
        self.rolling = rolling
        self.frame = frame
    }

    public init(
        events: [EventSelector],
        segments: [Segment] = [.everybody],
        groupBy: [PropertyReference] = [],
        metric: Metric = .uniques,
        population: Population = .any,
        range: DateRange,
        interval: Interval = .day,
        rolling: Rolling = .none,
        limit: Int = 100
    ) {
        let frame = ChartFrame(range: range, interval: interval, segments: segments, groupBys: groupBy, limit: limit)
        self.init(events: events, metric: metric, population: population, rolling: rolling, in: frame)
    }
}

extension SegmentationQuery {
    /// Whether the first property that an event is grouped by is what is computed with.
    private func hasOperand(_ event: Int) -> Bool {
        guard case .formulas(let formulas) = metric else { return metric.hasOperand }
        return formulas.contains { formula in
            formula.measures.contains { $0.event.index == event && $0.quantity.needsProperty }
        }
    }

    /// The properties by which the event itself splits the answer. Source: Documentation/counting.md C14.
    public func splitting(_ event: Int) -> [PropertyReference] {
        Array(events[event].groupBy.dropFirst(hasOperand(event) ? 1 : 0))
    }
}

/// The answer to a ``SegmentationQuery``.
public struct SegmentationAnswer: Equatable, Sendable {
    public struct Series: Equatable, Sendable {
        /// Index of the event that it is about; `nil` for formulas.
        public var event: Int?
        public var segment: Int
        /// Index of the formula that it is the value of.
        public var formula: Int?
        /// The values of the properties that split the answer; empty if nothing does. For a histogram, last, the bin.
        public var group: [String]
        /// One for each bucket.
        public var values: [Double]
        /// The metric over the whole range, each person counted once.
        public var collapsed: Double

        public init(
            event: Int?,
            segment: Int,
            formula: Int? = nil,
            group: [String],
            values: [Double],
            collapsed: Double
        ) {
            self.event = event
            self.segment = segment
            self.formula = formula
            self.group = group
            self.values = values
            self.collapsed = collapsed
        }
    }

    public var axis: TimeAxis
    /// By event, then segment; within these the largest `collapsed` first, ties by group, code points ascending, `(none)`
    /// last. Source: Documentation/counting.md C21.
    public var series: [Series]

    public init(axis: TimeAxis, series: [Series]) {
        self.axis = axis
        self.series = series
    }
}
