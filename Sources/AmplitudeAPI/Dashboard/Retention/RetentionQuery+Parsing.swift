import EventModel
import HTTPEdge
import JSONTape
import QueryModel

extension RetentionQuery {
    /// Reads the parameters of `GET /api/2/retention`. Source: Documentation/retention.md R1, R6, R11.
    init(parsing query: SentParameters) throws(QueryParameterError) {
        let interval = try Interval(parsing: query, known: Interval.calendar)
        self.init(
            start: try Self.event("se", "the event that starts, such as se={\"event_type\":\"_new\"}", query),
            return: try Self.event("re", "the event to come back for, such as re={\"event_type\":\"_active\"}", query),
            mode: try Mode(parsing: query),
            range: try DateRange(parsing: query, interval),
            interval: interval,
            segments: try Segment.all(query),
            groupBy: try PropertyReference.groupBy(query, most: 1).first
        )
        if case .firstEver = self.return.type {
            throw .malformed("re", "re cannot be _new: nobody is new a second time; use se={\"event_type\":\"_new\"}")
        }
        try checkOneSegment()
    }

    private static func event(
        _ name: String,
        _ example: String,
        _ query: SentParameters
    ) throws(QueryParameterError) -> EventSelector {
        let event = try EventSelector(parsing: try query.required(name, example), name)
        guard event.groupBy.isEmpty else {
            throw .unsupported(name, "retention is not split by \"group_by\" in \(name); use g")
        }
        return event
    }
}

extension RetentionQuery.Mode {
    private static let mostBrackets = 100
    private static let mostDays: Int64 = 3650

    fileprivate init(parsing query: SentParameters) throws(QueryParameterError) {
        switch query.nonEmpty("rm") {
        case nil, "n-day", "nday": self = .nDay
        case "rolling": self = .rolling
        case "bracket": self = .brackets(try Self.brackets(query))
        default: throw .malformed("rm", "rm must be n-day, rolling or bracket")
        }
    }

    private static func brackets(_ query: SentParameters) throws(QueryParameterError) -> [Range<Int>] {
        let text = try query.required("rb", "the days of each bracket, such as rb=[[0,5],[5,10]]")
        let shape = "a JSON list of brackets, each from a day to the day after its last, such as [[0,5],[5,10]]"
        return try withJSON(text, "rb", shape) { (json) throws(QueryParameterError) in
            var brackets: [Range<Int>] = []
            for element in json.elements {
                let days = element.elements.compactMap(\.integer)
                guard element.kind == .array, days.count == 2, days[0] >= 0, days[1] > days[0], days[1] <= mostDays
                else { throw .malformed("rb", "rb must be \(shape)") }
                brackets.append(Int(days[0])..<Int(days[1]))
            }
            guard (1...mostBrackets).contains(brackets.count) else {
                throw .malformed("rb", "rb takes 1 to \(mostBrackets) brackets, such as [[0,5],[5,10]]")
            }
            return brackets
        }
    }
}
