public import EventModel
public import JSONTape
public import QueryModel

extension EventSelector {
    /// Reads a parameter that holds an event. Source: Documentation/counting.md C15.
    public init(parsing text: String, _ parameter: String) throws(QueryParameterError) {
        self = try withJSON(text, parameter, "a JSON object, such as {\"event_type\":\"_active\"}") {
            (json) throws(QueryParameterError) in try EventSelector(json, parameter)
        }
    }

    /// - Parameter parameter: names the place in errors.
    public init(_ json: JSONValue, _ parameter: String) throws(QueryParameterError) {
        guard json.kind == .object, let name = json["event_type"]?.string, !name.isEmpty else {
            throw .malformed(
                parameter,
                "\(parameter) must be a JSON object with an \"event_type\", such as {\"event_type\":\"_active\"}"
            )
        }
        self.init(
            type: EventType(name),
            filters: try PropertyFilter.all(json["filters"], parameter),
            groupBy: try Self.groupBy(json["group_by"], parameter)
        )
    }

    private static func groupBy(
        _ json: JSONValue?,
        _ parameter: String
    ) throws(QueryParameterError) -> [PropertyReference] {
        guard let json, !json.isNull else { return [] }
        let elements = json.kind == .object ? [json] : Array(json.elements)
        guard json.kind == .array || json.kind == .object, elements.count <= 2 else {
            throw .malformed(parameter, "\"group_by\" in \(parameter) takes a list of one or two properties")
        }
        var properties: [PropertyReference] = []
        for element in elements {
            guard let type = element["type"]?.string, let name = element["value"]?.string, !name.isEmpty,
                let property = PropertyReference(kind: type, name: name)
            else {
                throw .malformed(
                    parameter,
                    "each \"group_by\" in \(parameter) must be like {\"type\":\"user\",\"value\":\"platform\"};"
                        + " \"type\" is \"event\" or \"user\""
                )
            }
            properties.append(property)
        }
        return properties
    }
}

extension EventSelector.EventType {
    public init(_ name: String) {
        switch name {
        case "_active": self = .anyActive
        case "_all": self = .any
        case "_new": self = .firstEver
        case _ where name.hasPrefix("ce:"): self = .custom(ExactText(String(name.dropFirst(3))))
        default: self = EventSelector.RevenueKind(requestName: name).map { .revenue($0) } ?? .named(ExactText(name))
        }
    }
}

extension PropertyFilter {
    /// Reads `filters`; without any, there is no condition.
    public static func all(_ json: JSONValue?, _ parameter: String) throws(QueryParameterError) -> [PropertyFilter] {
        guard let json, !json.isNull else { return [] }
        guard json.kind == .array else {
            throw .malformed(parameter, "\"filters\" in \(parameter) must be a list")
        }
        var filters: [PropertyFilter] = []
        for element in json.elements { filters.append(try PropertyFilter(element, parameter)) }
        return filters
    }

    /// - Parameter parameter: names the place in errors.
    init(_ json: JSONValue, _ parameter: String) throws(QueryParameterError) {
        guard let kind = json["subprop_type"]?.string, let key = json["subprop_key"]?.string, !key.isEmpty,
            let property = PropertyReference(kind: kind, name: key)
        else {
            throw .malformed(
                parameter,
                "each filter in \(parameter) needs \"subprop_type\", which is \"event\" or \"user\", and \"subprop_key\""
            )
        }
        self.init(
            property: property,
            operator: try Operator(json["subprop_op"], named: "subprop_op", parameter),
            values: try [ExactText](values: json["subprop_value"], named: "subprop_value", parameter)
        )
    }
}

extension PropertyFilter.Operator {
    public init(_ json: JSONValue?, named name: String, _ parameter: String) throws(QueryParameterError) {
        guard let sign = json?.string, let known = Self(requestName: sign) else {
            let signs = Self.requestNames.map { "\"\($0.key)\"" }.joined(separator: ", ")
            throw .malformed(parameter, "\"\(name)\" in \(parameter) must be one of \(signs)")
        }
        self = known
    }
}

extension [ExactText] {
    /// Reads a filter's values: texts, numbers, true and false; null is the value `(none)`.
    public init(values json: JSONValue?, named name: String, _ parameter: String) throws(QueryParameterError) {
        guard let json, json.kind == .array, json.elements.contains(where: { _ in true }) else {
            throw .malformed(parameter, "\"\(name)\" in \(parameter) must be a list of values, such as [\"true\"]")
        }
        self = []
        for element in json.elements {
            guard let value = element.isNull ? noValueLabel : PropertyValue(element).label else {
                throw .malformed(parameter, "\"\(name)\" in \(parameter) takes texts, numbers and true or false")
            }
            append(ExactText(value))
        }
    }
}

extension CustomEvent {
    /// - Parameter json: a list of events, each like the `e` parameter.
    public init(name: String, json: String) throws(QueryParameterError) {
        let parts = try withJSON(json, "events", "a JSON list of events") { (json) throws(QueryParameterError) in
            var parts: [EventSelector] = []
            for element in json.elements { parts.append(try EventSelector(element, "events")) }
            return parts
        }
        self.init(name: name, parts: parts)
    }
}
