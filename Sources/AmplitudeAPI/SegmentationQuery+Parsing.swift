import EventModel
import QueryModel

extension SegmentationQuery {
    /// Longest range of daily buckets. Source: reference/dashboard.md §3.
    private static let mostDays = 365

    /// Reads the parameters of `GET /api/2/events/segmentation`.
    init(parsing query: FormFields) throws(QueryParameterError) {
        guard let e = query["e"] else {
            throw QueryParameterError(.missing, "e", "e is required: an event, such as e={\"event_type\":\"_active\"}")
        }
        for name in ["e2", "s", "g2", "formula", "rollingWindow", "rollingAverage"] where query[name] != nil {
            throw .unsupported(name, "\(name) is not answered yet; leave it out")
        }
        let event = try EventSelector(parsing: e, parameter: "e")
        let groupBy = query["g"].flatMap { $0.isEmpty ? nil : PropertyReference(userProperty: $0) }
        if event.groupBy != nil, groupBy != nil {
            throw .unsupported("g", "g beside a \"group_by\" in e is not answered yet; send one of them")
        }
        self.init(
            event: event,
            metric: try Self.metric(query["m"]),
            range: try DateRange(parsing: query, most: Self.mostDays),
            groupBy: groupBy,
            limit: try Self.limit(query["limit"])
        )
        if let i = query["i"], i != "1" {
            throw .unsupported("i", "i=\(i) is not answered yet; use i=1, a bucket for each day")
        }
        if let n = query["n"], !["any", "active"].contains(n) {
            throw .malformed("n", "n must be any or active")
        }
    }

    private static func metric(_ text: String?) throws(QueryParameterError) -> Metric {
        guard let text else { return .uniques }
        guard let metric = Metric(rawValue: text) else {
            throw .malformed("m", "m must be \(Metric.allCases.map(\.rawValue).joined(separator: " or "))")
        }
        return metric
    }

    private static func limit(_ text: String?) throws(QueryParameterError) -> Int {
        guard let text else { return 100 }
        guard let limit = Int(text), (1...1000).contains(limit) else {
            throw QueryParameterError(.outOfRange, "limit", "limit must be from 1 to 1000, such as limit=100")
        }
        return limit
    }
}

extension DateRange {
    /// Reads `start` and `end`.
    init(parsing query: FormFields, most days: Int) throws(QueryParameterError) {
        let first = try Self.date("start", query)
        let last = try Self.date("end", query)
        guard let range = DateRange(first: first, last: last) else {
            throw QueryParameterError(.outOfRange, "end", "end must not come before start")
        }
        guard range.dayCount <= days else {
            throw QueryParameterError(
                .outOfRange,
                "end",
                "start to end may be \(days) days at most, and these are \(range.dayCount)"
            )
        }
        self = range
    }

    /// `YYYYMMDD`; a time of day behind it, as some clients send, is left out.
    private static func date(_ name: String, _ query: FormFields) throws(QueryParameterError) -> CalendarDate {
        guard let text = query[name] else {
            throw QueryParameterError(.missing, name, "\(name) is required: a day, such as \(name)=20240131")
        }
        let digits = text.prefix { $0 != "T" }
        guard digits.utf8.count == 8, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(digits),
            let date = CalendarDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
        else {
            throw .malformed(name, "\(name) must be a day written YYYYMMDD, such as \(name)=20240131")
        }
        return date
    }
}
