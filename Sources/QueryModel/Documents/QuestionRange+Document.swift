import EventModel

/// Days, both included, `{"start":"2026-11-01","end":"2026-11-30"}`, perhaps with hours, `2026-11-01T05`; `{"last":"30d"}`;
/// `{"named":"last_month"}`; or moments, the end not included,
/// `{"from":"2026-11-01T10:00:00Z","before":"2026-11-01T11:00:00Z"}`.
extension QuestionRange: Codable {
    static let documentShape =
        "{\"start\":\"2026-11-01\",\"end\":\"2026-11-30\"}, {\"last\":\"30d\"} or {\"named\":\"last_month\"}"

    public init(from decoder: any Decoder) throws {
        let object = try DocumentObject(
            decoder,
            Self.documentShape,
            known: ["start", "end", "last", "named", "from", "before"]
        )
        let ways = [["start", "end"], ["last"], ["named"], ["from", "before"]]
        let sent = ways.filter { $0.contains(where: object.has) }
        guard sent.count == 1 else { throw object.malformed(Self.documentShape) }
        switch sent[0][0] {
        case "start": self = .fixed(.days(try Self.days(object)))
        case "from": self = .fixed(.times(try Self.times(object)))
        case "last":
            let shape = "a number of hours, days, weeks, months or years, such as 24h, 30d, 4w, 12m or 1y"
            guard let range = RelativeRange(try object.required("last", shape, as: String.self)), case .last = range
            else {
                throw object.malformed("last", shape)
            }
            self = .relative(range)
        default:
            let names = RelativeRange.Name.allCases.map(\.rawValue).joined(separator: ", ")
            let shape = "one of \(names)"
            guard let range = QuestionRange(try object.required("named", shape, as: String.self)) else {
                throw object.malformed("named", shape)
            }
            self = range
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var writer = DocumentWriter(encoder)
        switch self {
        case .fixed(.days(let days)):
            try writer.write("start", Self.text(days.first, days.firstHour == 0 ? nil : days.firstHour))
            try writer.write("end", Self.text(days.last, days.lastHour == 23 ? nil : days.lastHour))
        case .fixed(.times(let times)):
            try writer.write("from", Timestamp(milliseconds: times.start * 1000).iso8601)
            try writer.write("before", Timestamp(milliseconds: times.end * 1000).iso8601)
        case .relative(.last(let count, let unit)): try writer.write("last", "\(count)\(unit.rawValue)")
        case .relative(.named(let name)): try writer.write("named", name.rawValue)
        }
    }

    // MARK: Days

    private static func days(_ object: DocumentObject) throws -> DateRange {
        let (first, last) = (try day("start", object), try day("end", object))
        guard
            let days = DateRange(
                first: first.date,
                last: last.date,
                firstHour: first.hour ?? 0,
                lastHour: last.hour ?? 23
            )
        else { throw object.outOfRange("end", "must not come before start") }
        return days
    }

    private static func day(_ name: String, _ object: DocumentObject) throws -> (date: CalendarDate, hour: Int?) {
        let years = CalendarDate.chartable
        let shape = "a day of the years \(years.lowerBound.year) to \(years.upperBound.year), such as 2026-11-30"
        let text = try object.required(name, shape, as: String.self)
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let date = CalendarDate(iso: parts[0]) else { throw object.malformed(name, shape) }
        guard parts.count == 2 else { return (date, nil) }
        guard parts[1].utf8.count == 2, let hour = parts[1].digits(most: 2), hour < 24 else {
            throw object.malformed(name, "a day, or a day with an hour from T00 to T23, such as 2026-11-30T05")
        }
        return (date, hour)
    }

    private static func text(_ date: CalendarDate, _ hour: Int?) -> String {
        guard let hour else { return date.iso }
        return "\(date.iso)T\(hour < 10 ? "0" : "")\(hour)"
    }

    // MARK: Moments

    private static func times(_ object: DocumentObject) throws -> TimeRange {
        let (start, end) = (try moment("from", object), try moment("before", object))
        guard let times = TimeRange(start: start, end: end) else {
            throw object.outOfRange("before", "must come after from")
        }
        return times
    }

    private static func moment(_ name: String, _ object: DocumentObject) throws -> Int64 {
        let shape = "a moment in whole seconds, such as 2026-11-30T10:00:00Z"
        let text = try object.required(name, shape, as: String.self)
        let chartable = 0..<Int64(CalendarDate.chartable.upperBound.daysSinceEpoch + 1) * 86_400
        guard let time = Timestamp(iso8601: text), time.milliseconds % 1000 == 0, chartable.contains(time.seconds)
        else { throw object.malformed(name, shape) }
        return time.seconds
    }
}
