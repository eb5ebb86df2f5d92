public import EventExport
public import EventModel
public import HTTPEdge

extension ExportSelection {
    /// Reads `from`, `to`, `events` and `where`.
    public init(parsing sent: SentParameters, in zone: ProjectTimeZone) throws(QueryParameterError) {
        self = .all
        let from = try Self.hours("from", sent)
        let to = try Self.hours("to", sent)
        let first = from.map { Self.start(of: $0.first, on: $0.date, in: zone) }
        let end = to.map { Self.start(of: $0.last + 1, on: $0.date, in: zone) }
        if first != nil || end != nil {
            let first = first ?? Timestamp(milliseconds: .min)
            let end = end ?? Timestamp(milliseconds: .max)
            guard first < end else {
                throw QueryParameterError(.outOfRange, "to", "to must not lie before from; the same day is one day")
            }
            times = first..<end
        }
        if let events = sent.nonEmpty("events") { types = Set(try ConditionText.list(events, "events")) }
        if let text = sent.nonEmpty("where") { conditions = try ConditionText.filters(text, "where") }
    }

    private struct Hours {
        var date: CalendarDate
        /// 0 to 23: one hour, or all of the day.
        var first: Int
        var last: Int
    }

    /// `20260131`, or `20260131T09`; with or without hyphens.
    private static func hours(_ name: String, _ sent: SentParameters) throws(QueryParameterError) -> Hours? {
        guard let text = sent.nonEmpty(name) else { return nil }
        guard let match = text.wholeMatch(of: /([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T([0-9]{2}))?/),
            let year = Int(match.1), (1970...2105).contains(year), let month = Int(match.2), let day = Int(match.3),
            let date = CalendarDate(year: year, month: month, day: day)
        else {
            throw .malformed(
                name,
                "\(name) must be a day or an hour in the project's time zone, such as 20260131 or 20260131T09"
            )
        }
        guard let text = match.4 else { return Hours(date: date, first: 0, last: 23) }
        guard let hour = Int(text), hour < 24 else {
            throw .malformed(name, "\(name) may end in an hour from T00 to T23, such as 20260131T09")
        }
        return Hours(date: date, first: hour, last: hour)
    }

    /// The first moment of that day at which the clock shows `hour`, or later: 24 is the next day's beginning.
    private static func start(of hour: Int, on date: CalendarDate, in zone: ProjectTimeZone) -> Timestamp {
        let start = zone.start(of: date).milliseconds
        let end = zone.start(of: date.adding(days: 1)).milliseconds
        if hour >= 24 { return Timestamp(milliseconds: end) }
        // A quarter of an hour is the finest step of clocks that change.
        for moment in stride(from: start, to: end, by: 900_000)
        where zone.secondOfDay(at: moment / 1000) >= hour * 3600 {
            return Timestamp(milliseconds: moment)
        }
        return Timestamp(milliseconds: end)
    }
}
