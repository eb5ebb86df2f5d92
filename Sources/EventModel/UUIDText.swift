/// UUIDs in the form that nearly every client sends as insert id: 36 characters, lower case. As numbers they take less
/// than half of the space, and nothing need be compressed.
public enum UUIDText {
    public static let length = 36

    /// The number that the text stands for; `nil` if it is not written exactly so.
    public static func number(_ text: Span<UInt8>) -> UInt128? {
        guard text.count == length else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var wrong: UInt8 = 0
        for index in 0..<18 {
            if index == 8 || index == 13 {
                wrong |= text[index] ^ dash
            } else {
                let digit = digit(text[index])
                wrong |= digit & 0xF0
                high = high << 4 | UInt64(digit & 15)
            }
        }
        for index in 18..<36 {
            if index == 18 || index == 23 {
                wrong |= text[index] ^ dash
            } else {
                let digit = digit(text[index])
                wrong |= digit & 0xF0
                low = low << 4 | UInt64(digit & 15)
            }
        }
        return wrong == 0 ? UInt128(high) << 64 | UInt128(low) : nil
    }

    public static func text(_ number: UInt128) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        for place in 0..<32 {
            if place == 8 || place == 12 || place == 16 || place == 20 { bytes.append(dash) }
            let digit = UInt8(truncatingIfNeeded: number >> UInt128(4 * (31 - place))) & 15
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let dash = UInt8(ascii: "-")

    /// The value of a digit; more than 15 for what is none.
    @inline(__always)
    private static func digit(_ character: UInt8) -> UInt8 {
        let number = character &- UInt8(ascii: "0")
        let letter = character &- UInt8(ascii: "a")
        return number < 10 ? number : letter < 6 ? letter + 10 : 0xFF
    }
}
