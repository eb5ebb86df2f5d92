/// A JSON number that is beyond 64 bits or beyond a double.
struct LargeNumber {
    /// As it was sent.
    let text: String
    /// Whether it is written without a point and without an exponent.
    let isWhole: Bool
    /// The nearest double; `nil` if it lies beyond all of them.
    let double: Double?

    /// `nil` if the bytes are no JSON number, or none of these.
    init?(_ bytes: Span<UInt8>) {
        guard let form = Form(bytes) else { return nil }
        if form.isWhole ? Self.fitsInteger(bytes) : !form.mayExceedDouble { return nil }
        var text = ""
        for index in bytes.indices { text.unicodeScalars.append(Unicode.Scalar(bytes[index])) }
        self.init(text: text, isWhole: form.isWhole)
        if !isWhole, double != nil { return nil }
    }

    /// - Parameter text: a JSON number.
    init(text: String, isWhole: Bool) {
        self.text = text
        self.isWhole = isWhole
        double = Double(text).flatMap { $0.isFinite ? $0 : nil }
    }

    /// How a number is written.
    private struct Form {
        var isWhole = true
        /// False where a look at the parts' lengths tells that a double is close.
        var mayExceedDouble: Bool

        /// `nil` if it is no number by JSON's grammar.
        init?(_ bytes: Span<UInt8>) {
            var index = 0
            func take(_ bytes: Span<UInt8>, _ byte: UInt8) -> Bool {
                guard index < bytes.count, bytes[index] == byte else { return false }
                index += 1
                return true
            }
            func digits(_ bytes: Span<UInt8>) -> Int {
                let start = index
                while index < bytes.count, LargeNumber.isDigit(bytes[index]) { index += 1 }
                return index - start
            }
            _ = take(bytes, UInt8(ascii: "-"))
            let hasLeadingZero = index < bytes.count && bytes[index] == UInt8(ascii: "0")
            let wholeDigits = digits(bytes)
            guard wholeDigits > 0, wholeDigits == 1 || !hasLeadingZero else { return nil }
            mayExceedDouble = wholeDigits > 300
            if take(bytes, UInt8(ascii: ".")) {
                isWhole = false
                guard digits(bytes) > 0 else { return nil }
            }
            if take(bytes, UInt8(ascii: "e")) || take(bytes, UInt8(ascii: "E")) {
                isWhole = false
                let isNegative = take(bytes, UInt8(ascii: "-"))
                if !isNegative { _ = take(bytes, UInt8(ascii: "+")) }
                let exponentDigits = digits(bytes)
                guard exponentDigits > 0 else { return nil }
                // 200 digits before the point and 99 after the e are still less than the largest, 1.8e308.
                if !isNegative, exponentDigits > 2 || wholeDigits > 200 { mayExceedDouble = true }
            }
            guard index == bytes.count else { return nil }
        }
    }

    fileprivate static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// Whether a whole number is an `Int64` or a `UInt64`.
    private static func fitsInteger(_ bytes: Span<UInt8>) -> Bool {
        let isNegative = bytes[0] == UInt8(ascii: "-")
        var value: UInt64 = 0
        for index in (isNegative ? 1 : 0)..<bytes.count {
            let (tenfold, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = tenfold.addingReportingOverflow(UInt64(bytes[index] - UInt8(ascii: "0")))
            if first || second { return false }
            value = sum
        }
        return !isNegative || value <= Int64.min.magnitude
    }
}
