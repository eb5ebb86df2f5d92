public import EventModel

/// A test of one property's value. A list passes a positive test if any element does, a negative one if none fails it.
public struct PropertyFilter: Hashable, Sendable {
    /// Raw value: its name in a question's document. Source: Documentation/counting.md C4.
    public enum Operator: String, CaseIterable, Sendable {
        case `is`
        case isNot = "is_not"
        case contains
        case doesNotContain = "does_not_contain"
        case less
        case lessOrEqual = "less_or_equal"
        case greater
        case greaterOrEqual = "greater_or_equal"
        /// The list, as a set, equals all the values together.
        case setIs = "set_is"
        case setIsNot = "set_is_not"
        /// The list has all the values.
        case setContains = "set_contains"
        case setDoesNotContain = "set_does_not_contain"
        case startsWith = "starts_with"
        case doesNotStartWith = "does_not_start_with"
        /// `*` stops at `/`, `**` does not; `?`, `[a-z]`, `[!a-z]`.
        case globMatch = "glob_match"
        // Of the metrics API. Source: Documentation/metrics.md V7.
        /// As numbers if both are, else the same text.
        case equal = "eq"
        case notEqual = "ne"
        // Letter by letter, small and capital ones apart.
        case hasText = "has_text"
        case hasNoText = "has_no_text"
        case beginsWith = "begins_with"
        case endsWith = "ends_with"
        /// There is a value, and it is not the empty text.
        case isSet = "is_set"
        case isNotSet = "is_not_set"
    }

    public var property: PropertyReference
    public var `operator`: Operator
    /// Alternatives: the test is whether any of them fits (negative ones: none). For sets they stand together.
    public var values: [ExactText]

    public init(property: PropertyReference, operator: Operator, values: [ExactText]) {
        self.property = property
        self.operator = `operator`
        self.values = values
    }
}
