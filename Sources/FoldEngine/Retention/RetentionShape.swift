/// What a retention counts: its cells, and which of them count for all buckets together.
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
    /// By bucket and column: whether it counts in what all buckets have together. What counts of a bucket does so of all
    /// before it.
    public var combinedColumns: [[Bool]]
    /// Days from the first start to the last return that can matter.
    public var days: Int

    public init(series: Int, columns: Int, mode: Mode, combinedColumns: [[Bool]], days: Int) {
        precondition(
            zip(combinedColumns, combinedColumns.dropFirst()).allSatisfy { earlier, later in
                zip(earlier, later).allSatisfy { $0 || !$1 }
            },
            "what counts of a bucket counts of an earlier one"
        )
        self.series = series
        buckets = combinedColumns.count
        self.columns = columns
        self.mode = mode
        self.combinedColumns = combinedColumns
        self.days = max(1, days)
    }
}
