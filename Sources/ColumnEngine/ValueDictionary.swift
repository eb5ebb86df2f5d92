import EventModel
import JSONTape

/// The distinct values of one property, each with its code. Code 0 is "no value"; codes never change.
struct ValueDictionary: Sendable {
    /// By code.
    private(set) var values: [DistinctValue] = [.none]
    private var codes: [ExactText: UInt32] = [:]

    /// The code of a value given as JSON text.
    mutating func code(ofJSON json: String) -> UInt32 {
        code(of: json) { DistinctValue(json: $0) }
    }

    /// The code of a value given as plain text.
    mutating func code(ofText text: String) -> UInt32 {
        code(of: text) { DistinctValue(labels: [$0]) }
    }

    private mutating func code(of text: String, _ value: (String) -> DistinctValue) -> UInt32 {
        let key = ExactText(text)
        if let code = codes[key] { return code }
        let code = UInt32(values.count)
        codes[key] = code
        values.append(value(text))
        return code
    }
}

/// A property's value as predicates and group-bys see it.
public struct DistinctValue: Equatable, Sendable {
    /// Missing, or null.
    public static let none = DistinctValue(labels: [])

    /// The label of a scalar, or of each element of a list; empty if there is no value.
    public var labels: [String]

    public init(labels: [String]) {
        self.labels = labels
    }

    /// - Parameter json: valid JSON; anything else counts as the text that it is.
    init(json: String) {
        let value = try? JSONDocument.withRoot(of: Array(json.utf8)) { PropertyValue($0) }
        switch value {
        case .null: labels = []
        case .list(let elements): labels = elements.compactMap(Self.label)
        case let value?: labels = [Self.label(of: value) ?? json]
        case nil: labels = [json]
        }
    }

    /// Nested lists and objects have no label of their own, so their JSON text stands for them.
    private static func label(of value: PropertyValue) -> String? {
        switch value {
        case .null: return nil
        case .list, .object:
            var text = JSONWriter()
            text.value(value)
            return text.text
        default: return value.label
        }
    }
}
