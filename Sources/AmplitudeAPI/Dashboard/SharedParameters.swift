import EventModel
import HTTPEdge
import JSONTape
import QueryModel

// Parameters that several endpoints take. Source: Documentation/http.md H19, Documentation/time.md T9.

extension SentParameters {
    /// The most groups to answer with.
    func limit() throws(QueryParameterError) -> Int {
        guard let text = nonEmpty("limit") else { return 100 }
        guard let limit = Int(text), (1...1000).contains(limit) else {
            throw QueryParameterError(.outOfRange, "limit", "limit must be from 1 to 1000, such as limit=100")
        }
        return limit
    }
}

extension Framed {
    /// Groups are those of one segment.
    func checkOneSegment() throws(QueryParameterError) {
        if !groupBys.isEmpty, segments.count > 1 {
            throw .malformed("g", "g splits a single segment; send one s, or leave out g")
        }
    }
}

extension Interval {
    /// The buckets of endpoints that know none below a day.
    static let calendar: [Interval] = [.day, .week, .month]

    /// - Parameter known: the widths that the endpoint takes; `nil` for all.
    init(parsing query: SentParameters, known: [Interval]? = nil) throws(QueryParameterError) {
        guard let text = query.nonEmpty("i") else {
            self = .day
            return
        }
        let possible = Self.requestNumbers.filter { known?.contains($0.interval) ?? true }
        guard let number = Int(text), let chosen = possible.first(where: { $0.number == number }) else {
            let numbers = possible.map { String($0.number) }.joined(separator: ", ")
            throw .malformed("i", "i must be one of \(numbers), such as i=1 for days")
        }
        self = chosen.interval
    }
}

extension DateRange {
    /// Earlier and later events are on no chart, and the calendar ends not far beyond.
    private static let chartableYears = 1970...2105

    /// Reads `start` and `end`.
    init(parsing query: SentParameters, _ interval: Interval) throws(QueryParameterError) {
        let first = try Self.moment("start", query)
        let last = try Self.moment("end", query)
        guard
            let range = DateRange(
                first: first.date,
                last: last.date,
                firstHour: first.hour ?? 0,
                lastHour: last.hour ?? 23
            )
        else {
            throw QueryParameterError(.outOfRange, "end", "end must not come before start")
        }
        let most = interval.mostDays
        guard range.dayCount <= most else {
            let number = Interval.requestNumbers.first { $0.interval == interval }?.number ?? 1
            throw QueryParameterError(
                .outOfRange,
                "end",
                "start to end may be \(most) days at most with i=\(number), and these are \(range.dayCount)"
            )
        }
        self = range
    }

    /// `YYYYMMDD`, or `YYYYMMDDTHH`.
    private static func moment(
        _ name: String,
        _ query: SentParameters
    ) throws(QueryParameterError) -> (date: CalendarDate, hour: Int?) {
        let text = try query.required(name, "a day, such as \(name)=20240131")
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let day = number(parts[0], digits: 8),
            let date = CalendarDate(year: day / 10_000, month: day / 100 % 100, day: day % 100)
        else {
            throw .malformed(name, "\(name) must be a day written YYYYMMDD, such as \(name)=20240131")
        }
        guard chartableYears.contains(date.year) else {
            throw QueryParameterError(
                .outOfRange,
                name,
                "\(name) must lie in the years \(chartableYears.lowerBound) to \(chartableYears.upperBound), such as"
                    + " \(name)=20240131"
            )
        }
        guard parts.count == 2 else { return (date, nil) }
        guard let hour = number(parts[1], digits: 2), hour < 24 else {
            throw .malformed(name, "\(name) may end in an hour from T00 to T23, such as \(name)=20240131T05")
        }
        return (date, hour)
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }
}

extension PropertyReference {
    /// Reads `g`, which old clients repeat, and `g2`.
    static func groupBy(_ query: SentParameters, most: Int) throws(QueryParameterError) -> [PropertyReference] {
        if most == 1 { try query.refuse("g2", "an answer here can be split by one property; send one g") }
        let names = (query.all("g") + (most == 1 ? [] : query.all("g2"))).filter { !$0.isEmpty }
        guard names.count <= most else {
            throw .malformed(
                "g",
                most == 1
                    ? "an answer here can be split by one property; send one g"
                    : "send two properties at most: g and g2"
            )
        }
        return names.map { PropertyReference(userProperty: $0) }
    }
}
