import EventModel
import JSONTape
import QueryModel

/// An object of a cohort's definition. Whatever is wrong with a member is refused by the member's path.
struct DefinitionObject {
    let json: JSONValue
    /// Such as `definition.andClauses[0]`.
    let path: String

    /// - Parameter shape: ends the sentence `… must be`.
    init(_ json: JSONValue, _ path: String, _ shape: String) throws(QueryParameterError) {
        guard json.kind == .object else { throw .malformed(path, "\(path) must be \(shape)") }
        self.json = json
        self.path = path
    }

    /// Refuses members of other names.
    func allow(_ known: [String]) throws(QueryParameterError) {
        for (key, _) in json.members {
            let name = key.string
            if known.contains(name) { continue }
            throw QueryParameterError(
                .unknown,
                "\(path).\(name)",
                "\(path).\(name) is not known here; \(path) takes \(known.joined(separator: ", "))"
            )
        }
    }

    /// A member that is there, and not null.
    subscript(name: StaticString) -> JSONValue? {
        guard let value = json[name], !value.isNull else { return nil }
        return value
    }

    /// A text that must be there, and not empty.
    func text(_ name: StaticString, _ shape: String) throws(QueryParameterError) -> String {
        guard let text = self[name]?.string, !text.isEmpty else { throw malformed(name, shape) }
        return text
    }

    /// One of a few names.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: StaticString,
        of type: Choice.Type = Choice.self
    ) throws(QueryParameterError) -> Choice {
        guard let text = self[name]?.string, let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw malformed(name, "one of \(names)")
        }
        return choice
    }

    func number(_ name: StaticString, _ valid: ClosedRange<Int64>, example: Int) throws(QueryParameterError) -> Int {
        guard let number = self[name]?.integer, valid.contains(number) else {
            throw malformed(
                name,
                "a whole number from \(valid.lowerBound) to \(valid.upperBound), such as \(example)"
            )
        }
        return Int(number)
    }

    /// A list of some objects; `nil` if there is none.
    func list<Element>(
        _ name: StaticString,
        _ valid: ClosedRange<Int>,
        _ shape: String,
        _ element: (JSONValue, _ path: String) throws(QueryParameterError) -> Element
    ) throws(QueryParameterError) -> [Element]? {
        guard let list = self[name] else { return nil }
        guard list.kind == .array else { throw malformed(name, shape) }
        var elements: [Element] = []
        for value in list.elements {
            elements.append(try element(value, "\(path).\(name)[\(elements.count)]"))
            guard elements.count <= valid.upperBound else { break }
        }
        guard valid.contains(elements.count) else {
            throw malformed(name, "\(shape), of which there are \(valid.lowerBound) to \(valid.upperBound)")
        }
        return elements
    }

    /// The tests of an event; none if there are none.
    func filters() throws(QueryParameterError) -> [PropertyFilter] {
        let shape = "a list of tests, such as [\(Self.filterExample)]"
        return try list("filters", 0...100, shape) { (json, path) throws(QueryParameterError) in
            let filter = try DefinitionObject(json, path, "a test, such as \(Self.filterExample)")
            try filter.allow(["subprop_type", "subprop_key", "subprop_op", "subprop_value"])
            return try PropertyFilter(json, path)
        } ?? []
    }

    static let filterExample =
        "{\"subprop_type\":\"user\",\"subprop_key\":\"country\",\"subprop_op\":\"is\",\"subprop_value\":[\"France\"]}"

    /// - Parameter shape: ends the sentence `… must be`.
    func malformed(_ name: StaticString, _ shape: String) -> QueryParameterError {
        .malformed("\(path).\(name)", "\(path).\(name) must be \(shape)")
    }
}
