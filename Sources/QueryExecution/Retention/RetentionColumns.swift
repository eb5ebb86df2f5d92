import EventModel
import FoldEngine
import QueryModel

/// The columns of a retention table, and when each is over.
struct RetentionColumns: Sendable {
    let mode: RetentionShape.Mode
    let count: Int
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
        func number(_ second: Int64) -> Int64 {
            Int64(context.zone.date(of: Timestamp(milliseconds: second * 1000)).number(of: unit))
        }
        let today = Int64(context.today.number(of: unit))
        let days = isCalendar ? 1 : query.interval.retentionDays
        let lastDays: [Int]
        switch query.mode {
        case .brackets(let brackets):
            mode = .brackets(brackets)
            lastDays = brackets.map(\.upperBound)
        case .nDay, .rolling:
            mode = query.mode == .rolling ? .intervalOrLater(days: days) : .interval(days: days)
            let elapsed =
                isCalendar
                ? today - number(axis.shown.lowerBound) : (context.now.seconds - axis.shown.lowerBound) / 86_400
            let columns = min(query.interval.mostRetentionColumns, Int(max(0, elapsed)) / days + 1)
            lastDays = (1...columns).map { $0 * days }
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

    /// Whether column n of the cohort of a bucket is not over yet.
    func isIncomplete(_ column: Int, bucket: Int) -> Bool { ends[bucket] + overAfter[column] > now }

    /// - Parameter latest: returns are earlier.
    func shape(series: Int, _ axis: TimeAxis, latest: Int64) -> RetentionShape {
        let days = Int((latest - axis.shown.lowerBound) / 86_400) + 3
        return RetentionShape(
            series: series,
            columns: count,
            mode: mode,
            completeColumns: (0..<axis.bucketCount).map { bucket in
                (0..<count).map { !isIncomplete($0, bucket: bucket) }
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
