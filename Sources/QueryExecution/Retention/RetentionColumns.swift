import EventModel
import FoldEngine
import QueryModel

/// The columns of a retention table, when each begins and when it is over.
struct RetentionColumns: Sendable {
    let mode: RetentionShape.Mode
    /// Of the longest row, but at least 1.
    let count: Int
    /// By bucket: the columns of its row, up to the last that has begun. Source: Documentation/retention.md R9.
    let begun: [Int]
    /// Of the calendar, what counts as a day if days are the calendar's.
    let unit: Interval
    /// By bucket: when it ends, and by column: how much later it is over for starts of that bucket. In seconds or, where
    /// days are those of the calendar, in units; as is `now`.
    private let ends: [Int64]
    private let overAfter: [Int64]
    private let now: Int64

    init(_ query: RetentionQuery, _ axis: TimeAxis, _ context: QueryContext) {
        let isCalendar = context.retentionDays == .calendar
        // Brackets are in days, whatever the interval.
        let unit: Interval = if case .brackets = query.mode { .day } else { query.interval }
        self.unit = unit
        func date(_ second: Int64) -> CalendarDate { context.zone.date(of: Timestamp(milliseconds: second * 1000)) }
        func number(_ second: Int64) -> Int64 { Int64(date(second).number(of: unit)) }
        let today = Int64(context.today.number(of: unit))
        let days = isCalendar ? 1 : query.interval.retentionDays
        // Of a bucket that the range cuts, what was asked for begins with the range.
        let starts = (0..<axis.bucketCount).map { max(axis.bounds[axis.leadCount + $0], axis.shown.lowerBound) }
        // Days that have passed since then; of the calendar, units.
        let elapsed = starts.map { start in
            isCalendar ? Int(today - number(start)) : context.today.daysSinceEpoch - date(start).daysSinceEpoch
        }
        let lastDays: [Int]
        switch query.mode {
        case .brackets(let brackets):
            mode = .brackets(brackets)
            begun = elapsed.map { elapsed in (brackets.lastIndex { $0.lowerBound <= elapsed } ?? -1) + 1 }
            lastDays = brackets.map(\.upperBound)
        case .nDay, .rolling:
            mode = query.mode == .rolling ? .intervalOrLater(days: days) : .interval(days: days)
            let most = query.interval.mostRetentionColumns
            begun = elapsed.map { $0 < 0 ? 0 : min(most, $0 / days + 1) }
            lastDays = (1...max(1, begun.max() ?? 1)).map { $0 * days }
        }
        count = lastDays.count
        let ends = (0..<axis.bucketCount).map { axis.end(of: $0) }
        if isCalendar {
            // The unit of the start is over when that of the bucket's last day is.
            self.ends = ends.map { number($0 - 1) + 1 }
            overAfter = lastDays.map { Int64($0) - 1 }
            now = today
        } else {
            self.ends = ends
            overAfter = lastDays.map { Int64($0) * 86_400 }
            now = context.now.seconds
        }
    }

    /// Columns of the longest row.
    var most: Int { begun.max() ?? 0 }

    /// Whether column n of the cohort of a bucket is not over yet.
    func isIncomplete(_ column: Int, bucket: Int) -> Bool { ends[bucket] + overAfter[column] > now }

    /// The same of all buckets together: it is over if it is for any.
    func isIncomplete(_ column: Int) -> Bool { ends.indices.allSatisfy { isIncomplete(column, bucket: $0) } }

    /// Where a column is over for some bucket, those count for which it is; else those for which it has begun. Source:
    /// Documentation/retention.md R10.
    private func isCombined(_ column: Int, bucket: Int) -> Bool {
        isIncomplete(column) ? column < begun[bucket] : !isIncomplete(column, bucket: bucket)
    }

    /// - Parameter latest: returns are earlier.
    func shape(series: Int, _ axis: TimeAxis, latest: Int64) -> RetentionShape {
        let days = Int((latest - axis.shown.lowerBound) / 86_400) + 3
        return RetentionShape(
            series: series,
            columns: count,
            mode: mode,
            combinedColumns: (0..<axis.bucketCount).map { bucket in
                (0..<count).map { isCombined($0, bucket: bucket) }
            },
            days: days
        )
    }
}

extension Interval {
    /// Days of a column: months are blocks of 30. Source: Documentation/retention.md R5.
    fileprivate var retentionDays: Int {
        switch self {
        case .week: 7
        case .month: 30
        default: 1
        }
    }

    fileprivate var mostRetentionColumns: Int {
        switch self {
        case .week: 53
        case .month: 13
        default: 365
        }
    }
}
