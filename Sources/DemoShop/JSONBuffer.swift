/// Bytes that grow by pieces of JSON text.
struct JSONBuffer: Sendable {
    private(set) var bytes: [UInt8] = []

    /// Appends `text` as it is: punctuation, keys and values that are known to need no escape.
    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends JSON that was written before.
    mutating func append(_ json: [UInt8]) {
        bytes.append(contentsOf: json)
    }

    /// Appends JSON that was written before.
    mutating func append(_ json: ArraySlice<UInt8>) {
        bytes.append(contentsOf: json)
    }

    /// Appends `text` in quotes, escaped where JSON asks for it.
    mutating func append(quoting text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                append("\\u00")
                append(hexDigit: byte >> 4)
                append(hexDigit: byte & 0xF)
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func append(key: String, quoting value: String) {
        append(key: key)
        append(quoting: value)
    }

    mutating func append(key: String, _ value: Int) {
        append(key: key)
        append(integer: value)
    }

    mutating func append(key: String, _ value: Bool) {
        append(key: key)
        append(value ? "true" : "false")
    }

    mutating func append(key: String, cents: Int) {
        append(key: key)
        append(cents: cents)
    }

    /// Appends `"key":`, with the comma before it where it is not the first of its object.
    mutating func append(key: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        append(key)
        append("\":")
    }

    /// Appends object members that were written before, without the braces around them.
    mutating func append(members json: [UInt8]) {
        separate()
        append(json)
    }

    private mutating func separate() {
        if let last = bytes.last, last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
    }

    mutating func append(integer: Int, minimumDigits: Int = 1) {
        if integer < 0 { bytes.append(UInt8(ascii: "-")) }
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var rest = integer.magnitude
        var count = 0
        while rest > 0 {
            digits[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            count += 1
        }
        for index in stride(from: max(count, minimumDigits) - 1, through: 0, by: -1) { bytes.append(digits[index]) }
    }

    /// Appends an amount with its two decimals: 1999 is `19.99`.
    mutating func append(cents: Int) {
        if cents < 0 { bytes.append(UInt8(ascii: "-")) }
        append(integer: abs(cents) / 100)
        bytes.append(UInt8(ascii: "."))
        append(integer: abs(cents) % 100, minimumDigits: 2)
    }

    /// Appends `id` in quotes, as `8-4-4-4-12` hexadecimal digits.
    mutating func append(quoting id: RandomID) {
        bytes.append(UInt8(ascii: "\""))
        append(hexDigitsOf: id.high, from: 60, through: 32)
        bytes.append(UInt8(ascii: "-"))
        append(hexDigitsOf: id.high, from: 28, through: 16)
        bytes.append(UInt8(ascii: "-"))
        append(hexDigitsOf: id.high, from: 12, through: 0)
        bytes.append(UInt8(ascii: "-"))
        append(hexDigitsOf: id.low, from: 60, through: 48)
        bytes.append(UInt8(ascii: "-"))
        append(hexDigitsOf: id.low, from: 44, through: 0)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(hexDigitsOf value: UInt64, from firstShift: Int, through lastShift: Int) {
        for shift in stride(from: firstShift, through: lastShift, by: -4) {
            append(hexDigit: UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 0xF)
        }
    }

    private mutating func append(hexDigit digit: UInt8) {
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
}
