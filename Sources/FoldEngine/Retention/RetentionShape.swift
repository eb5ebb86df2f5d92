/// What a retention counts: its cells, and which of them are over.
public struct RetentionShape: Sendable {
    /// What a column is.
    public enum Mode: Hashable, Sendable {
        /// Column n: came back in interval n.
        case interval(days: Int)
        /// Column n: came back in interval n or later.
        case intervalOrLater(days: Int)
        /// Column n: came back in these days.
        case brackets([Range<Int>])
    }

    public var series: Int
    public var buckets: Int
    public var columns: Int
    public var mode: Mode
    /// By bucket and column: whether it is over. What is over for a bucket is so for all before it.
    public var completeColumns: [[Bool]]
    /// Days from the first start to the last return that can matter.
    public var days: Int

    public init(series: Int, columns: Int, mode: Mode, completeColumns: [[Bool]], days: Int) {
        precondition(
            zip(completeColumns, completeColumns.dropFirst()).allSatisfy { earlier, later in
                zip(earlier, later).allSatisfy { $0 || !$1 }
            },
            "what is over for a bucket is over for an earlier one"
        )
        self.series = series
        buckets = completeColumns.count
        self.columns = columns
        self.mode = mode
        self.completeColumns = completeColumns
        self.days = max(1, days)
    }
}
