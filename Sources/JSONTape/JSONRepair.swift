/// What is JSON, but not for simdjson, which refuses a document for one of these: half of a surrogate pair, and a number
/// beyond 64 bits or beyond a double.
///
/// Sites cut texts by UTF-16 units, JavaScript writes every whole number below 1e21 with all its digits, and RFC 8259
/// §8.2 and §6 leave to the reader what to make of either.
enum JSONRepair {
    /// A document that simdjson reads.
    struct Repaired {
        var bytes: [UInt8] = []
        /// Which of its strings stand for numbers: their places among all of them, keys included, ascending.
        var numbers: [Int] = []
    }

    /// The same document with U+FFFD for each half of a pair, and each large number as a string of its characters; `nil`
    /// if it has none of them.
    ///
    /// - Complexity: O(bytes). What is no JSON stays none.
    static func repaired(_ bytes: Span<UInt8>) -> Repaired? {
        var document = Repaired()
        var isChanged = false
        var strings = 0
        var index = 0
        document.bytes.reserveCapacity(bytes.count + 64)
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                strings += 1
                index = copyString(bytes, from: index, to: &document.bytes, &isChanged)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let start = index
                while index < bytes.count, isPartOfNumber(bytes[index]) { index += 1 }
                let isLarge = isValue(bytes, start..<index) && LargeNumber(bytes.extracting(start..<index)) != nil
                if isLarge {
                    document.numbers.append(strings)
                    strings += 1
                    isChanged = true
                    document.bytes.append(UInt8(ascii: "\""))
                }
                for place in start..<index { document.bytes.append(bytes[place]) }
                if isLarge { document.bytes.append(UInt8(ascii: "\"")) }
            case let byte:
                document.bytes.append(byte)
                index += 1
            }
        }
        return isChanged ? document : nil
    }

    // MARK: Strings

    /// - Parameter start: place of the opening quote.
    /// - Returns: the place behind the closing quote, or the end.
    private static func copyString(
        _ bytes: Span<UInt8>,
        from start: Int,
        to copy: inout [UInt8],
        _ isChanged: inout Bool
    ) -> Int {
        copy.append(bytes[start])
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            guard bytes[index] == UInt8(ascii: "\\") else {
                copy.append(bytes[index])
                index += 1
                continue
            }
            var length = 2
            if let unit = escapedUnit(bytes, at: index) {
                length = 6
                if isHighHalf(unit), let next = escapedUnit(bytes, at: index + 6), isLowHalf(next) {
                    length = 12
                } else if isHighHalf(unit) || isLowHalf(unit) {
                    copy += replacement
                    isChanged = true
                    index += length
                    continue
                }
            }
            for place in index..<min(index + length, bytes.count) { copy.append(bytes[place]) }
            index += length
        }
        if index < bytes.count { copy.append(bytes[index]) }
        return min(index + 1, bytes.count)
    }

    private static let replacement = Array("\\ufffd".utf8)

    private static func isHighHalf(_ unit: UInt16) -> Bool { unit & 0xFC00 == 0xD800 }
    private static func isLowHalf(_ unit: UInt16) -> Bool { unit & 0xFC00 == 0xDC00 }

    /// The UTF-16 unit of `\uXXXX`; `nil` if that does not stand here.
    private static func escapedUnit(_ bytes: Span<UInt8>, at start: Int) -> UInt16? {
        guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"), bytes[start + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt16 = 0
        for place in start + 2..<start + 6 {
            guard let digit = hexadecimalDigit(bytes[place]) else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    // MARK: Numbers

    private static func isPartOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    /// Whether a value may stand here. As a string it could be a key, or stand where two values meet, which no number can.
    private static func isValue(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.upperBound < bytes.count else { return true }
        switch bytes[range.upperBound] {
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): return true
        default: break
        }
        var next = range.upperBound
        while next < bytes.count, isSpace(bytes[next]) { next += 1 }
        if next == range.upperBound { return false }
        return next == bytes.count || bytes[next] != UInt8(ascii: ":")
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
