import EventModel
import JSONTape
import QueryModel

extension EventSelector {
    /// Reads the `e` parameter. Source: reference/dashboard.md §2.
    init(parsing text: String, parameter: String) throws(QueryParameterError) {
        do {
            self = try JSONDocument.withRoot(of: Array(text.utf8)) { try EventSelector($0, parameter) }
        } catch let error as QueryParameterError {
            throw error
        } catch {
            throw .malformed(
                parameter,
                "\(parameter) must be a JSON object, such as \(parameter)={\"event_type\":\"_active\"}"
            )
        }
    }

    private init(_ json: JSONValue, _ parameter: String) throws(QueryParameterError) {
        guard json.kind == .object, let name = json["event_type"]?.string, !name.isEmpty else {
            throw .malformed(
                parameter,
                "\(parameter) must be a JSON object with an \"event_type\", such as {\"event_type\":\"_active\"}"
            )
        }
        var filters: [PropertyFilter] = []
        if let list = json["filters"], !list.isNull {
            guard list.kind == .array else {
                throw .malformed(parameter, "\"filters\" in \(parameter) must be a list")
            }
            for filter in list.elements { filters.append(try PropertyFilter(filter, parameter)) }
        }
        self.init(
            type: try EventType(name, parameter),
            filters: filters,
            groupBy: try Self.groupBy(json, parameter)
        )
    }

    private static func groupBy(
        _ json: JSONValue,
        _ parameter: String
    ) throws(QueryParameterError) -> PropertyReference? {
        guard let list = json["group_by"], !list.isNull else { return nil }
        let elements = Array(list.elements)
        guard list.kind == .array, elements.count <= 1 else {
            throw .unsupported(parameter, "\"group_by\" in \(parameter) takes a list of one property")
        }
        guard let element = elements.first else { return nil }
        guard let type = element["type"]?.string, let name = element["value"]?.string,
            let property = PropertyReference(kind: type, name: name)
        else {
            throw .malformed(
                parameter,
                "each \"group_by\" in \(parameter) must be like {\"type\":\"user\",\"value\":\"platform\"};"
                    + " \"type\" is \"event\" or \"user\""
            )
        }
        return property
    }
}

extension EventSelector.EventType {
    fileprivate init(_ name: String, _ parameter: String) throws(QueryParameterError) {
        switch name {
        case "_active": self = .anyActive
        case "_all": self = .any
        case "revenue_amount", "verified_revenue", "unverified_revenue", "_new":
            throw .unsupported(parameter, "\(parameter) cannot be about \(name) yet; use an event's own name")
        case _ where name.hasPrefix("ce:"):
            throw .unsupported(parameter, "\(parameter) cannot be about custom events yet; use an event's own name")
        default: self = .named(ExactText(name))
        }
    }
}

extension PropertyFilter {
    fileprivate init(_ json: JSONValue, _ parameter: String) throws(QueryParameterError) {
        guard let kind = json["subprop_type"]?.string, let key = json["subprop_key"]?.string,
            let property = PropertyReference(kind: kind, name: key)
        else {
            throw .malformed(
                parameter,
                "each filter in \(parameter) needs \"subprop_type\", which is \"event\" or \"user\", and \"subprop_key\""
            )
        }
        guard let sign = json["subprop_op"]?.string, let `operator` = Operator(rawValue: sign) else {
            let known = Operator.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw .malformed(parameter, "\"subprop_op\" in \(parameter) must be one of \(known)")
        }
        guard let list = json["subprop_value"], list.kind == .array, list.elements.contains(where: { _ in true }) else {
            throw .malformed(
                parameter,
                "\"subprop_value\" in \(parameter) must be a list of values, such as [\"true\"]"
            )
        }
        var values: [ExactText] = []
        for element in list.elements {
            guard let value = element.isNull ? noValueLabel : PropertyValue(element).label else {
                throw .malformed(parameter, "\"subprop_value\" in \(parameter) takes texts, numbers and true or false")
            }
            values.append(ExactText(value))
        }
        self.init(property: property, operator: `operator`, values: values)
    }
}

extension PropertyReference {
    /// - Parameter kind: `event` or `user`; `nil` for anything else.
    init?(kind: String, name: String) {
        switch kind {
        case "event": self = .event(ExactText(name))
        case "user": self.init(userProperty: name)
        default: return nil
        }
    }

    /// A built-in property by its name, a custom one as `gp:name` or, if it is no built-in one's, by its bare name.
    init(userProperty name: String) {
        if let builtIn = BuiltInProperty(rawValue: name) ?? (name == "dma" ? .dma : nil) {
            self = .builtIn(builtIn)
        } else {
            self = .user(ExactText(name.hasPrefix("gp:") ? String(name.dropFirst(3)) : name))
        }
    }
}

extension QueryParameterError {
    static func malformed(_ parameter: String, _ message: String) -> QueryParameterError {
        QueryParameterError(.malformed, parameter, message)
    }

    static func unsupported(_ parameter: String, _ message: String) -> QueryParameterError {
        QueryParameterError(.unsupported, parameter, message)
    }
}
