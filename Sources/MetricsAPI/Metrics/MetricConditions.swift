import EventModel
import HTTPEdge
import QueryModel

// Conditions. Source: Documentation/metrics.md V7.

/// A condition as it is sent, before it is known to be one.
struct SentCondition {
    /// Where it stands, for errors: `conditions[0]`.
    var place: String
    var field: String?
    var `operator`: String?
    /// As they were sent; a list if `isList`.
    var values: [String] = []
    var isList = false

    static let most = 100
    private static let mostPatternCharacters = 256

    /// What each name, and each other spelling of it, asks.
    private static let operators: [String: Comparison] = {
        let spellings: [(Comparison, [String])] = [
            (.plain(.equal), ["eq", "=", "=="]), (.plain(.notEqual), ["ne", "!=", "<>"]),
            (.plain(.greater), ["gt", ">"]), (.plain(.greaterOrEqual), ["gte", ">="]), (.plain(.less), ["lt", "<"]),
            (.plain(.lessOrEqual), ["lte", "<="]), (.plain(.hasText), ["contains", "like"]),
            (.plain(.hasNoText), ["not_contains", "not_like"]), (.plain(.beginsWith), ["starts_with"]),
            (.plain(.endsWith), ["ends_with"]), (.anyOf(.equal), ["in"]), (.anyOf(.notEqual), ["not_in"]),
            (.presence(.isSet), ["is_set", "isset"]), (.presence(.isNotSet), ["is_not_set", "isnotset"]),
        ]
        return Dictionary(uniqueKeysWithValues: spellings.flatMap { meaning, names in names.map { ($0, meaning) } })
    }()

    private enum Comparison {
        case plain(PropertyFilter.Operator)
        /// One text is a list with commas.
        case anyOf(PropertyFilter.Operator)
        /// Takes no value.
        case presence(PropertyFilter.Operator)
    }

    func filter() throws(QueryParameterError) -> PropertyFilter {
        guard let field, !field.isEmpty else {
            throw .malformed(place, "\(place) needs a field, such as \(place)[field]=country")
        }
        let property = try PropertyReference(field: field, place)
        let name = self.operator ?? "eq"
        guard let comparison = Self.operators[name] else {
            let names = ["eq", "ne", "gt", "gte", "lt", "lte", "contains", "not_contains", "starts_with", "ends_with"]
            throw .malformed(
                place,
                "\(place)[operator] must be \(names.joined(separator: ", ")), in, not_in, is_set or is_not_set"
            )
        }
        switch comparison {
        case .presence(let meaning): return PropertyFilter(property: property, operator: meaning, values: [])
        case .plain(let meaning):
            try checkValues()
            return PropertyFilter(property: property, operator: meaning, values: values.map { ExactText($0) })
        case .anyOf(let meaning):
            try checkValues()
            let all =
                isList
                ? values
                : values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
            return PropertyFilter(property: property, operator: meaning, values: all.map { ExactText($0) })
        }
    }

    private func checkValues() throws(QueryParameterError) {
        if values.isEmpty { throw .malformed(place, "\(place) needs a value, such as \(place)[value]=US") }
    }
}

extension SentParameters {
    /// `conditions[0][field]=country&conditions[0][operator]=in&conditions[0][value][]=US`, in the order of their numbers.
    func conditions() throws(QueryParameterError) -> [PropertyFilter] {
        var conditions: [Int: SentCondition] = [:]
        for (name, value) in nested("conditions") {
            guard let match = name.wholeMatch(of: /\[([0-9]{1,9})\]\[(field|operator|value)\](\[[0-9]*\])?/),
                let number = Int(match.1), match.3 == nil || match.2 == "value"
            else {
                throw .malformed(
                    "conditions",
                    "conditions\(name) is not known; write conditions[0][field]=country&conditions[0][operator]=eq"
                        + "&conditions[0][value]=US, and more values as conditions[0][value][]=DE"
                )
            }
            var condition = conditions[number] ?? SentCondition(place: "conditions[\(number)]")
            switch match.2 {
            case "field": condition.field = value
            case "operator": condition.operator = value
            default:
                condition.values.append(value)
                condition.isList = condition.isList || match.3 != nil
            }
            conditions[number] = condition
        }
        guard conditions.count <= SentCondition.most else {
            throw QueryParameterError(.outOfRange, "conditions", "conditions may be \(SentCondition.most) at most")
        }
        var filters: [PropertyFilter] = []
        for number in conditions.keys.sorted() { filters.append(try conditions[number]!.filter()) }
        return filters
    }
}
