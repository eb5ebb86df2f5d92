/// Appends JSON text to a growing buffer: no tree, no formatter, one pass.
///
/// Strings are written raw in UTF-8 with only what RFC 8259 demands escaped, so equal values give equal bytes.
public struct JSONWriter {
    public private(set) var bytes: [UInt8] = []

    public init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// The text written so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Punctuation and other text that is JSON already.
    @inlinable
    public mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { unsafe _append($0) }
    }

    /// Text that is JSON already, such as a stored property object.
    public mutating func raw(_ text: String) {
        unsafe text.utf8Span.span.withUnsafeBufferPointer { unsafe _append($0) }
    }

    public mutating func integer(_ value: some FixedWidthInteger) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = UInt64(value.magnitude)
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// A finite number in its shortest round-trip form; JSON has no word for the others, so they become null.
    public mutating func number(_ value: Double) {
        guard value.isFinite else { return raw("null") }
        raw(PropertyValue.decimal(value))
    }

    public mutating func bool(_ value: Bool) {
        if value { raw("true") } else { raw("false") }
    }

    public mutating func string(_ text: String) {
        string(utf8: text.utf8Span.span)
    }

    /// A string given as its UTF-8 bytes.
    public mutating func string(utf8 text: Span<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var mustEscape = false
        for index in text.indices { mustEscape = mustEscape || Self.mustEscape(text[index]) }
        if mustEscape {
            for index in text.indices { escaped(text[index]) }
        } else {
            unsafe text.withUnsafeBufferPointer { unsafe _append($0) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A string, or null.
    public mutating func string(_ text: String?) {
        if let text { string(text) } else { raw("null") }
    }

    public mutating func value(_ value: PropertyValue) {
        switch value {
        case .null: raw("null")
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .list(let elements): list(elements) { $0.value($1) }
        case .object(let members): object(members)
        }
    }

    public mutating func object(_ members: some Sequence<PropertyMember>) {
        var first = true
        raw("{")
        for member in members {
            if !first { raw(",") }
            first = false
            string(member.key)
            raw(":")
            value(member.value)
        }
        raw("}")
    }

    /// `[a,b,…]`, each element written by `write`.
    public mutating func list<Element>(
        _ elements: some Sequence<Element>,
        _ write: (inout JSONWriter, Element) -> Void
    ) {
        var first = true
        raw("[")
        for element in elements {
            if !first { raw(",") }
            first = false
            write(&self, element)
        }
        raw("]")
    }

    // Safe: the buffer is only read, while its owner keeps it alive for the call.
    @usableFromInline
    mutating func _append(_ buffer: UnsafeBufferPointer<UInt8>) {
        unsafe bytes.append(contentsOf: buffer)
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        case 0..<0x20:
            raw(byte < 0x10 ? "\\u000" : "\\u00")
            raw(String(byte, radix: 16))
        default: bytes.append(byte)
        }
    }
}
