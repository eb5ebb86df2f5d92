import EventModel
public import HTTPEdge
import JSONTape
public import QueryModel

extension Segment {
    /// Reads every `s`: each is a segment; without any, everybody is the one segment.
    static func all(_ query: SentParameters) throws(QueryParameterError) -> [Segment] {
        var segments: [Segment] = []
        for text in query.all("s") where !text.isEmpty { segments.append(try Segment(parsing: text)) }
        return segments.isEmpty ? [.everybody] : segments
    }

    private init(parsing text: String) throws(QueryParameterError) {
        let shape = "a JSON list of conditions, such as [{\"prop\":\"country\",\"op\":\"is\",\"values\":[\"France\"]}]"
        self = try withJSON(text, "s", shape) { (json) throws(QueryParameterError) in
            guard json.kind == .array || json.kind == .object else { throw .malformed("s", "s must be \(shape)") }
            var conditions: [SegmentCondition] = []
            for element in json.kind == .object ? [json] : Array(json.elements) {
                conditions.append(try SegmentCondition(element))
            }
            return Segment(conditions)
        }
    }
}

extension SegmentCondition {
    fileprivate init(_ json: JSONValue) throws(QueryParameterError) {
        if json["type"]?.string == "event" {
            self = .performed(try PerformedCondition(json))
            return
        }
        guard let name = json["prop"]?.string, !name.isEmpty else {
            throw .malformed(
                "s",
                "each condition in s needs \"prop\", \"op\" and \"values\","
                    + " or \"type\":\"event\" and what was performed"
            )
        }
        if name == "userdata_cohort" {
            self = try Self.cohort(json)
            return
        }
        self = .property(
            PropertyFilter(
                property: PropertyReference(userProperty: name),
                operator: try PropertyFilter.Operator(json["op"], named: "op", "s"),
                values: try [ExactText](values: json["values"], named: "values", "s")
            )
        )
    }

    private static func cohort(_ json: JSONValue) throws(QueryParameterError) -> SegmentCondition {
        guard let sign = json["op"]?.string, sign == "is" || sign == "is not" else {
            throw .malformed("s", "\"op\" of a cohort condition in s must be \"is\" or \"is not\"")
        }
        let ids = try [ExactText](values: json["values"], named: "values", "s")
        return .cohort(ids: ids.map(\.string), isMember: sign == "is")
    }
}

extension PerformedCondition {
    /// Source: Documentation/counting.md C19.
    fileprivate init(_ json: JSONValue) throws(QueryParameterError) {
        guard let count = json["value"].flatMap({ $0.integer ?? $0.string.flatMap { Int64($0) } }), count >= 0 else {
            throw .malformed("s", "\"value\" of a performed condition in s must be a count, such as 1")
        }
        guard let sign = json["op"]?.string, let comparison = Comparison(requestName: sign) else {
            let signs = Comparison.requestNames.dropLast().map { "\"\($0.key)\"" }.joined(separator: ", ")
            throw .malformed("s", "\"op\" of a performed condition in s must be one of \(signs)")
        }
        let event = try EventSelector(json, "s")
        if case .firstEver = event.type {
            throw .malformed("s", "\"event_type\" of a performed condition in s cannot be _new")
        }
        self.init(event: event, comparison: comparison, count: Int(clamping: count), span: try Span(json))
    }
}

extension PerformedCondition.Span {
    /// The longest look back, in days.
    private static let mostDays: Int64 = 3650

    fileprivate init(_ json: JSONValue) throws(QueryParameterError) {
        switch json["time_type"]?.string {
        case "currentInterval": self = .bucket
        case "allTime": self = .sinceEver
        case "forEachInterval":
            let days = json["time_value"].flatMap { $0.integer ?? $0.string.flatMap { Int64($0) } }
            guard let days, (1...Self.mostDays).contains(days) else {
                throw .malformed(
                    "s",
                    "\"time_value\" in s must be a number of days from 1 to \(Self.mostDays), such as 30"
                )
            }
            self = .trailing(days: Int(days))
        default:
            throw .malformed("s", "\"time_type\" in s must be forEachInterval, currentInterval or allTime")
        }
    }
}

/// How often something was performed.
extension PerformedCondition.Comparison: RequestNamed {
    public static var requestNames: KeyValuePairs<String, Self> {
        [
            "=": .equal, "!=": .notEqual, "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
            "==": .equal,
        ]
    }
}
