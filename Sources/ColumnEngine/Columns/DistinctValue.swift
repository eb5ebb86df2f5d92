import EventModel
import JSONTape

/// A property's value as predicates and group-bys see it.
public struct DistinctValue: Equatable, Sendable {
    /// Missing, or null.
    public static let none = DistinctValue(labels: [])

    /// The label of a scalar, or of each element of a list; empty if there is no value.
    public var labels: [String]

    /// The value as a number, for sums and comparisons: a JSON number, or a string that is wholly a decimal. `nil` for
    /// all else, lists included. Source: Documentation/counting.md C1, C2.
    public var number: Double?

    public init(labels: [String], number: Double? = nil) {
        self.labels = labels
        self.number = number
    }

    /// A value that is text.
    init(text: String) {
        self.init(labels: [text], number: Self.number(text))
    }

    /// - Parameter json: valid JSON; anything else counts as the text that it is.
    init(json: String) {
        if let value = try? JSONDocument.withRoot(of: Array(json.utf8), { PropertyValue($0) }) {
            self.init(value)
        } else {
            self.init(labels: [json])
        }
    }

    init(_ value: PropertyValue) {
        switch value {
        case .list(let elements): self.init(labels: elements.compactMap(Self.label))
        case .string(let text): self.init(text: text)
        case .integer(let whole): self.init(labels: [String(whole)], number: Double(whole))
        case .number(let number): self.init(labels: [PropertyValue.decimal(number)], number: number)
        case .null, .bool, .object: self.init(labels: Self.label(of: value).map { [$0] } ?? [])
        }
    }

    /// The number that a text is: digits with at most one point, and perhaps a sign and a power of ten.
    public static func number(_ text: String) -> Double? {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard allowed, let number = Double(text), number.isFinite else { return nil }
        return number
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
