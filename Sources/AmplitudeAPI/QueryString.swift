/// The parameters of a request's query string, decoded, in order; a name may come several times.
struct QueryString {
    private let parameters: [(name: String, value: String)]

    /// - Parameter text: what follows the `?`. Clients send `+` and `%20` for a space, and JSON with or without escapes.
    init(_ text: String) {
        parameters = text.utf8.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(parts[0]), parts.count > 1 ? Self.decode(parts[1]) : "")
        }
    }

    /// The last value of that name, as in most frameworks; `nil` if there is none.
    subscript(name: String) -> String? { parameters.last { $0.name == name }?.value }

    func all(_ name: String) -> [String] { parameters.filter { $0.name == name }.map(\.value) }

    /// A `%` that no two hexadecimal digits follow stands for itself.
    private static func decode(_ text: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index = text.index(after: index)
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), let decoded = hexadecimal(text[index...]) {
                bytes.append(decoded)
                index = text.index(index, offsetBy: 2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ text: Substring.UTF8View) -> UInt8? {
        let digits = text.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        return digits.count == 2 ? UInt8(digits[0] * 16 + digits[1]) : nil
    }
}
