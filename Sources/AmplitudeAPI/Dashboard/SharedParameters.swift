import EventModel
import HTTPEdge
import JSONTape
import QueryModel

// Parameters that several endpoints take. Source: Documentation/http.md H19, Documentation/time.md T9.

extension SentParameters {
    /// Whether a flag is set, where whatever else is sent is as good as nothing.
    func isTrue(_ name: String) -> Bool { self[name]?.lowercased() == "true" }

    /// The most groups to answer with.
    func limit() throws(QueryParameterError) -> Int { try limit("limit", standard: 100, most: 1_000) }

    /// A number of things to answer with: whoever asks for more than the most gets the most.
    func limit(_ name: String, standard: Int, most: Int) throws(QueryParameterError) -> Int {
        guard let text = nonEmpty(name) else { return standard }
        let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        // More digits than a number of the machine has are still more than the most.
        guard isNumber, text.utf8.contains(where: { $0 != UInt8(ascii: "0") }) else {
            throw QueryParameterError(
                .outOfRange,
                name,
                "\(name) must be a whole number from 1 on, such as \(name)=\(standard); \(most) are answered at most"
            )
        }
        return min(Int(text) ?? most, most)
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
            let numbers = possible.map { String($0.number) }
            throw .malformed(
                "i",
                numbers == ["1"]
                    ? "i must be 1, for days; leave it out"
                    : "i must be one of \(numbers.joined(separator: ", ")), such as i=1 for days"
            )
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

    /// `YYYYMMDD`, `YYYYMMDDTHH`, or `YYYYMMDDHHmmss`, of which minutes and seconds mean nothing.
    private static func moment(
        _ name: String,
        _ query: SentParameters
    ) throws(QueryParameterError) -> (date: CalendarDate, hour: Int?) {
        let text = try query.required(name, "a day, such as \(name)=20240131")
        let parts =
            Self.number(text[...], digits: 14) != nil
            ? [text.prefix(8), text.dropFirst(8).prefix(2)]
            : text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
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
            throw .malformed(
                name,
                "\(name) may have an hour from 00 to 23, such as \(name)=20240131T05 or \(name)=20240131050000"
            )
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
        return names.map { PropertyReference(grouping: $0) }
    }
}
