public import QueryModel

/// How much of a project's budget a query takes, as Amplitude reckons it: days × conditions × weight of the question.
/// Source: Documentation/http.md H18.
public struct QueryCost: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// - Parameter groupBys: of all events together.
        case segmentation(events: Int, groupBys: Int)
        /// - Parameter groupBys: of all events together.
        case funnel(events: Int, groupBys: Int)
        case retention
        case sessions
        case other

        var weight: Int {
            switch self {
            case .segmentation(let events, let groupBys): events + 4 * groupBys
            case .funnel(let events, let groupBys): 2 * events + 4 * groupBys
            case .retention: 8
            case .sessions: 4
            case .other: 1
            }
        }
    }

    /// At least 1.
    public let points: Int

    private init(points: Int) {
        self.points = points
    }

    /// - Parameters:
    ///   - segments: 1 also where none is sent: everybody.
    ///   - conditions: the top-level ones in all segments; filters of events are free.
    ///   - groupBys: that split the whole answer (`g`, `g2`); each counts as much as four segments.
    public init(_ kind: Kind, days: Int, segments: Int = 1, conditions: Int = 0, groupBys: Int = 0) {
        points = max(1, days * (segments + conditions + 4 * groupBys) * kind.weight)
    }
}

extension QueryCost {
    public init(_ kind: Kind, _ frame: ChartFrame) {
        self.init(
            kind,
            days: frame.range.dayCount,
            segments: frame.segments.count,
            conditions: frame.segments.reduce(0) { $0 + $1.conditions.count },
            groupBys: frame.groupBys.count
        )
    }

    public init(_ query: SegmentationQuery) {
        self.init(
            .segmentation(events: query.events.count, groupBys: query.events.reduce(0) { $0 + $1.groupBy.count }),
            query.frame
        )
    }

    public init(_ query: FunnelQuery) {
        self.init(
            .funnel(events: query.steps.count, groupBys: query.steps.reduce(0) { $0 + $1.groupBy.count }),
            query.frame
        )
    }

    public init(_ query: RetentionQuery) {
        self.init(.retention, query.frame)
    }
}

extension QueryCost {
    public init(_ question: Question) {
        switch question {
        case .segmentation(let query): self.init(query)
        case .funnel(let query): self.init(query)
        case .retention(let query): self.init(query)
        case .lifetimeValue(let query): self.init(.other, query.frame)
        case .revenue(let query): self.init(.other, query.frame)
        case .users(let query): self.init(.other, query.frame)
        case .sessions(let query): self.init(.sessions, days: query.range.dayCount)
        // The properties are what is asked for, and split nothing.
        case .composition(let query):
            self.init(.other, days: query.range.dayCount, conditions: query.segments[0].conditions.count)
        case .lifecycle(let query): self.init(.other, query.frame)
        case .stickiness(let query): self.init(.other, query.frame)
        case .dataTable(let query):
            // Each column is asked once by rows, and once of everybody.
            self.init(
                points: query.columns.indices.reduce(0) { points, column in
                    let whole = QueryCost(query.question(column, isSplit: false, limit: 1)).points
                    let split = QueryCost(query.question(column, isSplit: true, limit: 1)).points
                    return points + whole + (query.groupBys.isEmpty ? 0 : split)
                }
            )
        }
    }
}
