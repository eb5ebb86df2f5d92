import EventModel
import HTTPEdge
import QueryModel

// Parameters of the endpoints that count without naming an event. Source: Documentation/counting.md C28 to C30.

/// The buckets of endpoints that know none below a day.
private let calendarIntervals: [Interval] = [.day, .week, .month]

extension ActiveUsersQuery {
    init(parsing query: FormFields) throws(QueryParameterError) {
        let interval = try Interval(parsing: query, known: calendarIntervals)
        self.init(
            metric: try query.choice("m", standard: .active),
            segments: try Segment.all(query),
            groupBy: try PropertyReference.groupBy(query, most: 2),
            range: try DateRange(parsing: query, interval),
            interval: interval
        )
        try query.checkOneSegment(segments, groupBys)
    }
}

extension RevenueQuery {
    init(parsing query: FormFields) throws(QueryParameterError) {
        let interval = try Interval(parsing: query, known: calendarIntervals)
        self.init(
            metric: try query.choice("m", standard: .total),
            segments: try Segment.all(query),
            groupBy: try PropertyReference.groupBy(query, most: 2),
            range: try DateRange(parsing: query, interval),
            interval: interval
        )
        try query.checkOneSegment(segments, groupBys)
    }
}

extension CompositionQuery {
    /// - Returns: also the property as it was written, which the answer repeats.
    static func parse(_ query: FormFields) throws(QueryParameterError) -> (query: CompositionQuery, name: String) {
        let name = try query.required("p", "a user property, such as p=platform or p=gp:plan")
        let parsed = CompositionQuery(
            property: PropertyReference(userProperty: name),
            range: try DateRange(parsing: query, .day)
        )
        return (parsed, name)
    }
}

/// `realtime` has nothing to choose.
struct RealtimeQuery: Sendable {
    init(parsing query: FormFields) throws(QueryParameterError) {
        guard query.nonEmpty("i") ?? "5" == "5" else { throw .malformed("i", "i must be 5: minutes") }
    }
}

extension FormFields {
    func checkOneSegment(_ segments: [Segment], _ groupBy: [PropertyReference]) throws(QueryParameterError) {
        if !groupBy.isEmpty, segments.count > 1 {
            throw .malformed("g", "g splits a single segment; send one s, or leave out g")
        }
    }
}

extension DateRange {
    /// Sessions are counted by day, for everybody: what would narrow or split them is refused, not passed over.
    init(parsingSessions query: FormFields) throws(QueryParameterError) {
        for name in ["s", "g"] where query.nonEmpty(name) != nil {
            throw .unsupported(name, "\(name) is not known to sessions; leave it out")
        }
        _ = try Interval(parsing: query, known: [.day])
        try self.init(parsing: query, .day)
    }
}

extension SessionLengthBins {
    private static let millisecondsOfUnit = ["hours": 3_600_000.0, "minutes": 60_000, "seconds": 1000]

    /// Custom bins only if unit, smallest and largest length are all there; else the usual ones.
    init(parsing query: FormFields) throws(QueryParameterError) {
        let prefix = "timeHistogramConfigBin"
        guard let unit = query.nonEmpty(prefix + "TimeUnit"), let first = query.nonEmpty(prefix + "Min"),
            let last = query.nonEmpty(prefix + "Max"), let scale = Self.millisecondsOfUnit[unit],
            let from = Double(first), let to = Double(last), from >= 0, to > from, to * scale < 1e15
        else {
            self = .usual
            return
        }
        let (start, end) = (Int64(from * scale), Int64(to * scale))
        var width = max(1, (end - start + 9) / 10)
        if let text = query.nonEmpty(prefix + "Size") {
            guard let size = Double(text), size * scale >= 1, size * scale < 1e15 else {
                throw .malformed(prefix + "Size", "\(prefix)Size must be a number above 0, such as 1")
            }
            width = Int64(size * scale)
        }
        guard let bins = SessionLengthBins(from: start, to: end, width: width) else {
            throw QueryParameterError(
                .outOfRange,
                prefix + "Size",
                "\(prefix)Size makes more than 1000 bins; send a larger one"
            )
        }
        self = bins
    }
}
