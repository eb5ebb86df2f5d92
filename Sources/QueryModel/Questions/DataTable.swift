/// Several measures side by side over one range, a row for each value of one or two properties. Source:
/// Documentation/asking.md Q14.
public struct DataTableQuery: Hashable, Sendable {
    public struct Column: Hashable, Sendable {
        public enum Measure: Hashable, Sendable {
            /// One value over the whole range: of one event, or of one formula.
            case count(SegmentationQuery)
            /// The part of those who did the first step who did the last one.
            case conversion(FunnelQuery)
            /// The part of those who started who were back on a day; day 0 is that of the start.
            case retention(RetentionQuery, day: Int)
        }

        /// What people call it, if they do.
        public var label: String?
        /// The measure's frame stands for the table's, and means nothing.
        public var measure: Measure

        public init(label: String? = nil, _ measure: Measure) {
            self.label = label
            self.measure = measure
        }
    }

    /// 1 to 10.
    public var columns: [Column]
    /// One segment; the group-bys, two at most, make the rows. The whole range is one bucket.
    public var frame: ChartFrame

    public static let mostColumns = 10

    public init(
        _ columns: [Column],
        rows: [PropertyReference],
        of segment: Segment = .everybody,
        range: ChartRange,
        limit: Int = 100
    ) {
        self.columns = columns
        frame = ChartFrame(range: range, interval: .all, segments: [segment], groupBys: rows, limit: limit)
    }
}

extension DataTableQuery: Framed {}

extension DataTableQuery {
    /// What a column asks.
    ///
    /// - Parameters:
    ///   - isSplit: by rows; the whole is asked if not.
    ///   - limit: the most rows.
    public func question(_ column: Int, isSplit: Bool, limit: Int) -> Question {
        var frame = frame
        frame.limit = limit
        if !isSplit { frame.groupBys = [] }
        switch columns[column].measure {
        case .count(var query):
            query.frame = frame
            return .segmentation(query)
        case .conversion(var query):
            query.frame = frame
            return .funnel(query)
        case .retention(var query, _):
            // Days of retention are counted from days, whatever the table's width.
            frame.interval = .day
            query.frame = frame
            return .retention(query)
        }
    }
}

/// The answer to a ``DataTableQuery``.
public struct DataTableAnswer: Equatable, Sendable {
    public struct Row: Equatable, Sendable {
        /// One for each property.
        public var labels: [String]
        /// By column.
        public var values: [Double]

        public init(labels: [String], values: [Double]) {
            self.labels = labels
            self.values = values
        }
    }

    /// The largest of the first column first; without properties one, of everybody.
    public var rows: [Row]
    /// By column: the measure of everybody together.
    public var total: [Double]

    public init(rows: [Row], total: [Double]) {
        self.rows = rows
        self.total = total
    }
}
