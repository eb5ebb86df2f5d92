/// Names and values of a query string or of a form, decoded, in order; a name may come several times.
public struct FormFields: Sendable {
    public private(set) var fields: [(name: String, value: String)]

    /// - Parameter text: what follows the `?`, or a body of type `application/x-www-form-urlencoded`. Clients send `+` and
    ///   `%20` for a space, and JSON with or without escapes.
    public init(urlEncoded text: some StringProtocol) {
        fields = text.utf8.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(Array(parts[0])), parts.count > 1 ? Self.decode(Array(parts[1])) : "")
        }
    }

    public init(_ fields: [(name: String, value: String)]) {
        self.fields = fields
    }

    /// The last value of that name, as in most frameworks; `nil` if there is none.
    public subscript(name: String) -> String? { fields.last { $0.name == name }?.value }

    /// A `%` that no two hexadecimal digits follow stands for itself.
    private static func decode(_ text: [UInt8]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), let decoded = hexadecimal(text, index) {
                bytes.append(decoded)
                index += 2
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ text: [UInt8], _ index: Int) -> UInt8? {
        guard index + 1 < text.count, let high = digit(text[index]), let low = digit(text[index + 1]) else {
            return nil
        }
        return high * 16 + low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
