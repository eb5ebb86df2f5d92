/// A property's value as it was sent: JSON, with whole numbers kept exact.
public enum PropertyValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case list([PropertyValue])
    case object([PropertyMember])

    /// The text under which a scalar is compared and shown; `nil` for null, lists and objects.
    ///
    /// Numbers are their shortest round-trip decimal, without `.0`, so 3, 3.0 and "3" are one value
    /// (Documentation/counting.md C1).
    public var label: String? {
        switch self {
        case .null, .list, .object: nil
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): Self.decimal(value)
        case .string(let value): value
        }
    }

    /// Shortest text that reads back as the same number; whole numbers without a fraction.
    public static func decimal(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        return value.description
    }
}

/// One key and its value in an object, in the order in which they were sent.
public struct PropertyMember: Sendable {
    public var key: String
    public var value: PropertyValue

    public init(key: String, value: PropertyValue) {
        self.key = key
        self.value = value
    }
}
