/// A name and its labels, as they are written.
struct Series: Hashable, Sendable {
    let name: String
    /// Each as `a="b"`.
    private let pairs: [String]

    init(_ label: String, _ dimensions: [(String, String)]) {
        name = Self.identifier(label)
        pairs = dimensions.map(Self.pair)
    }

    /// `a="b",c="d"`, or empty.
    var labels: String { pairs.joined(separator: ",") }

    func has(_ label: String, _ value: String) -> Bool { pairs.contains(Self.pair(label, value)) }

    private static func pair(_ label: String, _ value: String) -> String {
        "\(identifier(label))=\"\(escaped(value))\""
    }

    /// - Parameters:
    ///   - suffix: after the name.
    ///   - label: one more, written as the others are.
    func text(suffix: String, label: String? = nil) -> String {
        let all = [labels, label ?? ""].filter { !$0.isEmpty }.joined(separator: ",")
        return name + suffix + (all.isEmpty ? "" : "{\(all)}")
    }

    /// What Prometheus allows in a name; everything else becomes `_`.
    private static func identifier(_ text: String) -> String {
        let text = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return text.first?.isNumber == true ? "_" + text : text
    }

    static func escaped(_ text: String, quotes: Bool = true) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return quotes ? escaped.replacing("\"", with: "\\\"") : escaped
    }
}
