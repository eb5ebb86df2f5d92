public import EventModel

/// A test of one property's value. A list passes a positive test if any element does, a negative one if none fails it.
public struct PropertyFilter: Hashable, Sendable {
    /// Raw value: the operator's name in requests. Source: Documentation/counting.md C4.
    public enum Operator: String, CaseIterable, Sendable {
        case `is`
        case isNot = "is not"
        case contains
        case doesNotContain = "does not contain"
        case less
        case lessOrEqual = "less or equal"
        case greater
        case greaterOrEqual = "greater or equal"
        /// The list, as a set, equals all the values together.
        case setIs = "set is"
        case setIsNot = "set is not"
        /// The list has all the values.
        case setContains = "set contains"
        case setDoesNotContain = "set does not contain"
        case startsWith = "starts with"
        case doesNotStartWith = "does not start with"
        /// `*` stops at `/`, `**` does not; `?`, `[a-z]`, `[!a-z]`.
        case globMatch = "glob match"
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
