public import EventModel

/// A test of one property's value. A list passes a positive test if any element does, a negative one if none fails it.
public struct PropertyFilter: Hashable, Sendable {
    /// Raw value: the operator's name in requests. Source: reference/dashboard.md §2.
    public enum Operator: String, CaseIterable, Sendable {
        case `is`
        case isNot = "is not"
        case contains
    }

    public var property: PropertyReference
    public var `operator`: Operator
    /// Alternatives: the test is whether any of them fits (`is not`: none).
    public var values: [ExactText]

    public init(property: PropertyReference, operator: Operator, values: [ExactText]) {
        self.property = property
        self.operator = `operator`
        self.values = values
    }
}
