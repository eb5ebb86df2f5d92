/// Whole numbers beyond 64 bits: JSON, but not for simdjson, which refuses a document for one of them.
///
/// JavaScript writes every number below 1e21 without an exponent, so 1e20 comes as 100000000000000000000.
enum LargeNumbers {
    /// The same document with `e0` behind each of them, so that they are read as doubles; `nil` if there are none.
    static func withExponents(_ bytes: Span<UInt8>) -> [UInt8]? {
        var copy: [UInt8] = []
        var copied = 0
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index = endOfString(bytes, from: index + 1)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let start = index
                while index < bytes.count, isPartOfNumber(bytes[index]) { index += 1 }
                guard isTooLarge(bytes.extracting(start..<index)) else { continue }
                for position in copied..<index { copy.append(bytes[position]) }
                copy += Array("e0".utf8)
                copied = index
            default:
                index += 1
            }
        }
        if copied == 0 { return nil }
        for position in copied..<bytes.count { copy.append(bytes[position]) }
        return copy
    }

    /// The place behind the closing quote, or the end.
    private static func endOfString(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.count)
    }

    private static func isPartOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    /// Numbers with a point or an exponent, and what is no number, are none of ours.
    private static func isTooLarge(_ number: Span<UInt8>) -> Bool {
        // Fewer digits always fit.
        guard number.count > 18 else { return false }
        var (value, overflow): (UInt64, Bool) = (0, false)
        let isNegative = number[0] == UInt8(ascii: "-")
        for index in (isNegative ? 1 : 0)..<number.count {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = number[index] else { return false }
            let (tenfold, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = tenfold.addingReportingOverflow(UInt64(number[index] - UInt8(ascii: "0")))
            (value, overflow) = (sum, overflow || first || second)
        }
        return overflow || isNegative && value > Int64.min.magnitude
    }
}
