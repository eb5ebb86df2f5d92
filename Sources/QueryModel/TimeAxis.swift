public import EventModel

/// The time axis of a chart: buckets that follow on from one another, each with its label.
///
/// The moments at which buckets begin are computed once from the zone's rules, so days of 23 or 25 hours are right by
/// construction.
public struct TimeAxis: Hashable, Sendable {
    /// `starts[i]` is the first millisecond of bucket i; the last element is the first millisecond after the last
    /// bucket. Strictly ascending.
    public let starts: [Int64]
    /// One for each bucket.
    public let labels: [String]

    /// One bucket for each day, labelled `YYYY-MM-DD`.
    public static func days(of range: DateRange, in zone: ProjectTimeZone) -> TimeAxis {
        var starts: [Int64] = []
        var labels: [String] = []
        for offset in 0..<range.dayCount {
            let date = range.first.adding(days: offset)
            starts.append(zone.start(of: date).milliseconds)
            labels.append(date.iso)
        }
        starts.append(zone.start(of: range.last.adding(days: 1)).milliseconds)
        return TimeAxis(starts: starts, labels: labels)
    }

    public var bucketCount: Int { labels.count }
}
