/// How many people did one event after another. Source: Documentation/funnels.md F1 to F13.
public struct FunnelQuery: Framed, Hashable, Sendable {
    /// Raw value: its name in a question's document.
    public enum StepOrder: String, CaseIterable, Sendable {
        /// Other events may come between.
        case ordered
        /// All within one window, in any order.
        case unordered
        /// No other active event may come between.
        case sequential
    }

    /// How long after its first step a user may still convert. Always above zero.
    public struct ConversionWindow: Hashable, Sendable {
        public let seconds: Int64

        public init?(seconds: Int64) {
            guard seconds > 0 else { return nil }
            self.seconds = seconds
        }

        /// As it holds for an order: whole days where steps may come in any order, but never below one.
        public func seconds(for order: StepOrder) -> Int64 {
            order == .unordered ? max(1, seconds / 86_400) * 86_400 : seconds
        }
    }

    /// At least two.
    public var steps: [EventSelector]
    public var order: StepOrder
    public var window: ConversionWindow
    /// Only people for whom the first step lies in the bucket in which they were new.
    public var isOfNewPeople: Bool
    /// Segments and group-bys are judged on the first step. At most two properties split it, those of the steps included.
    public var frame: ChartFrame

    public init(
        steps: [EventSelector],
        order: StepOrder = .ordered,
        window: ConversionWindow,
        isOfNewPeople: Bool = false,
        in frame: ChartFrame
    ) {
        self.steps = steps
        self.order = order
        self.window = window
        self.isOfNewPeople = isOfNewPeople
        self.frame = frame
    }

    public init(
        steps: [EventSelector],
        order: StepOrder = .ordered,
        window: ConversionWindow,
        isOfNewPeople: Bool = false,
        segments: [Segment] = [.everybody],
        groupBy: [PropertyReference] = [],
        range: DateRange,
        interval: Interval = .day,
        limit: Int = 100
    ) {
        self.init(
            steps: steps,
            order: order,
            window: window,
            isOfNewPeople: isOfNewPeople,
            in: ChartFrame(
                range: range,
                interval: interval,
                segments: segments,
                groupBys: groupBy,
                limit: limit
            )
        )
    }
}

/// The answer to a ``FunnelQuery``.
public struct FunnelAnswer: Equatable, Sendable {
    /// Times that people took, in milliseconds; -1 if nobody did.
    public struct Times: Equatable, Sendable {
        public var mean: Double
        public var median: Double

        public init(mean: Double, median: Double) {
            self.mean = mean
            self.median = median
        }
    }

    /// People by how long, or how often: `start..<end`, and what the step's events brought in.
    public struct Bin: Equatable, Sendable {
        public var start: Int64
        public var end: Int64
        public var people: Int
        public var revenue: Double

        public init(start: Int64, end: Int64, people: Int, revenue: Double) {
            self.start = start
            self.end = end
            self.people = people
            self.revenue = revenue
        }
    }

    public struct Series: Equatable, Sendable {
        public var segment: Int
        /// The values of the properties that split it; `nil` if nothing does.
        public var group: String?
        /// By step: the people who reached it.
        public var reached: [Int]
        /// First from the first step to the last, of those who reached the last; then to each step from the one before.
        public var times: [Times]
        /// By bucket: the same as `reached`, of each person's best way in that bucket.
        public var reachedByBucket: [[Int]]
        /// By bucket: the same as `times`, of those who reached the last step.
        public var timesByBucket: [[Times]]
        /// First everybody in one bin, then by step the time from the one before, then from the first to the last.
        public var timeBins: [[Bin]]
        /// In the same places: by how often the step before was done before this one.
        public var countBins: [[Bin]]

        public init(
            segment: Int,
            group: String?,
            reached: [Int],
            times: [Times],
            reachedByBucket: [[Int]],
            timesByBucket: [[Times]],
            timeBins: [[Bin]],
            countBins: [[Bin]]
        ) {
            self.segment = segment
            self.group = group
            self.reached = reached
            self.times = times
            self.reachedByBucket = reachedByBucket
            self.timesByBucket = timesByBucket
            self.timeBins = timeBins
            self.countBins = countBins
        }
    }

    public var axis: TimeAxis
    /// By bucket: whether nobody who entered in it can still convert.
    public var isComplete: [Bool]
    /// By segment; within one the largest groups first.
    public var series: [Series]

    public init(axis: TimeAxis, isComplete: [Bool], series: [Series]) {
        self.axis = axis
        self.isComplete = isComplete
        self.series = series
    }
}
